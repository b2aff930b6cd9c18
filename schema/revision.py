"""A project as a git revision has it, read from git's own store: the work tree is not touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from .changed import Revision
from .project import CONFIG, SPEC, Project, load

_REDIRECT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")  # set within hooks
_LINK, _FILE = "120000", {"100644", "100755"}
_MERGE_BASE = "..."  # as in `git diff main...`


class RevisionError(Exception):
    """A revision that cannot be read: why, and what to do about it."""


def at_revision(project: Project, directory: Path, name: str, paths: Sequence[str] = ()) -> Revision:
    """Load the project that a directory belongs to as it was at a revision.

    ``name`` is whatever git takes for a revision; with ``...`` behind it, what it and HEAD have in common. ``project``
    is the present one: it says where migrations may be. Raises RevisionError.
    """
    git = _Git(directory)
    commit = git.commit(name)
    inside = PurePosixPath(git.prefix)
    wanted = _Wanted(project, git.top, [directory / path for path in paths if path != "-"])
    with TemporaryDirectory(prefix="pasteproof-") as made:
        top = Path(made)
        (top / ".git").mkdir()  # configuration is looked for no higher than here
        (top / inside).mkdir(parents=True, exist_ok=True)
        git.extract(commit, wanted, top)
        here = [os.path.relpath(directory / path, directory) for path in paths if path != "-"]
        there = [Path(path) for path in here if os.path.lexists(top / inside / path)]
        return Revision(name=name, project=load(top / inside, there))


class _Wanted:
    """Which files of a revision can be part of the project."""

    def __init__(self, project: Project, top: Path, named: Iterable[Path]) -> None:
        self.root = _inside(project.root, top)
        self.named = [path for path in (_inside(each, top) for each in named) if path is not None]
        self.everywhere = self.root is None or any(
            glob.startswith("/") or ".." in glob.split("/") for glob in project.spec.globs
        )
        self.globs = project.spec.globs

    def __call__(self, path: str) -> bool:
        """Whether a file, by its path from the top of the repository, is to be read."""
        if path.rpartition("/")[2] == SPEC or f"/{path}".endswith(f"/{CONFIG.as_posix()}"):
            return True
        if any(path == each or path.startswith(f"{each}/") for each in self.named):
            return True
        within = f"{self.root}/" if self.root not in {None, "."} else ""
        if not self.everywhere and not path.startswith(within):
            return False
        return path.endswith(".sql") or any(fnmatchcase(path.removeprefix(within), glob) for glob in self.globs)


def _inside(path: Path, top: Path) -> str | None:
    """A path as seen from the top of the repository; None where it is not in it."""
    shown = os.path.relpath(os.path.realpath(path), top)
    return None if shown == ".." or shown.startswith(f"..{os.sep}") else shown.replace(os.sep, "/")


class _Git:
    """git, run where the project is; only what it has stored is read."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {name: value for name, value in os.environ.items() if name not in _REDIRECT}
        self.top = Path(os.path.realpath(os.fsdecode(self._run("rev-parse", "--show-toplevel")).rstrip("\n")))
        self.prefix = os.fsdecode(self._run("rev-parse", "--show-prefix")).rstrip("\n")

    def commit(self, name: str) -> str:
        """The commit that a name stands for."""
        if name.endswith(_MERGE_BASE):
            ours, theirs = self.commit("HEAD"), self.commit(name.removesuffix(_MERGE_BASE))
            return self._run("merge-base", ours, theirs).decode().strip()
        try:
            found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except RevisionError:
            advice = "fetch it first (actions/checkout: fetch-depth: 0)" if self._is_shallow() else "see git log"
            raise RevisionError(f"git knows no revision {name!r} here: {advice}") from None
        return found.decode().strip()

    def _is_shallow(self) -> bool:
        return self._run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def extract(self, commit: str, wanted: _Wanted, folder: Path) -> None:
        """Write the files that are wanted into a folder."""
        listed = list(self._listed(commit, wanted))
        blobs = self._blobs([blob for _, blob, _ in listed])
        for (mode, _, path), data in zip(listed, blobs, strict=True):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if mode in _FILE:
                target.write_bytes(data)
            elif _inside(target.parent / os.fsdecode(data), Path(os.path.realpath(folder))) is not None:
                target.symlink_to(os.fsdecode(data))

    def _listed(self, commit: str, wanted: _Wanted) -> Iterator[tuple[str, str, str]]:
        """Mode, blob and path of each file."""
        for line in self._run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
            if line:
                about, _, path = os.fsdecode(line).partition("\t")
                mode, _, blob = about.split(" ")
                if mode in {_LINK, *_FILE} and wanted(path):
                    yield mode, blob, path

    def _blobs(self, names: list[str]) -> Iterator[bytes]:
        """The contents of blobs, in their order."""
        answer = self._run("cat-file", "--batch", given="".join(f"{name}\n" for name in names).encode())
        at = 0
        for name in names:
            end = answer.index(b"\n", at)
            words = answer[at:end].split(b" ")
            if len(words) != 3:  # a partial clone that cannot fetch
                raise RevisionError(f"git has not the contents of {name}: {words[-1].decode(errors='replace')}")
            size = int(words[2])
            yield answer[end + 1 : end + 1 + size]
            at = end + size + 2

    def _run(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["git", "-C", str(self.directory), *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - git itself, a revision is never taken for an option
                command, input=given, capture_output=True, check=False, env=self.environment
            )
        except OSError as error:
            raise RevisionError(f"git cannot be run: {error.strerror or error}") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
            raise RevisionError(f"git {arguments[0]}: {said or f'exit code {done.returncode}'}")
        return done.stdout
