"""The hook, as pre-commit installs and runs it in somebody's repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pasteproof
from pasteproof.tests.index import skip_without_index

ROOT = Path(pasteproof.__file__).resolve().parent
TAKEN = {".pkg", ".pre-commit-hooks.yaml"}  # of what is hidden

CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: schema-lint
        args: [-C, apps/web]
"""


def git(where: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=True).stdout.strip()


def committed(where: Path) -> str:
    """Put a folder under version control; returns the revision."""
    git(where, "init", "--quiet")
    git(where, "add", "--all", "--force")
    git(where, "commit", "--quiet", "--no-verify", "--message", "as it is")
    return git(where, "rev-parse", "HEAD")


def pre_commit(where: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run pre-commit; skipped where it cannot get what the hook needs."""
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    said = done.stdout + done.stderr
    if done.returncode == 3:  # it could not make the hook's environment
        skip_without_index(said)
    assert done.returncode in {0, 1}, said
    return done.returncode, said


def example(name: str, where: Path) -> None:
    shutil.rmtree(where, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / name, where, ignore=shutil.ignore_patterns("bundle*"))


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as it is now, as a repository of its own."""
    copy = tmp_path_factory.mktemp("hook") / "pasteproof"

    def ignored(folder: str, names: list[str]) -> set[str]:
        hidden = {name for name in names if name.startswith(".") and Path(folder) == ROOT} - TAKEN
        return hidden | {name for name in names if name == "__pycache__"}

    shutil.copytree(ROOT, copy, symlinks=True, ignore=ignored)
    committed(copy)
    return copy


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of its own: nothing of an earlier hook counts, and nothing stays."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "store"))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "SKIP"):
        monkeypatch.delenv(name, raising=False)


def test_a_project_in_a_folder_is_checked_on_each_commit(hook: Path, tmp_path: Path) -> None:
    repository = tmp_path / "theirs"
    web = repository / "apps" / "web"
    example("integration_logs", web)
    config = CONFIG.format(repository=hook, revision=git(hook, "rev-parse", "HEAD"))
    (repository / ".pre-commit-config.yaml").write_text(config)
    committed(repository)
    code, said = pre_commit(repository, "run", "--all-files")
    assert code == 1
    assert "schema lint....." in said
    assert "exit code: 1" in said
    assert "error[security_definer_view]" in said
    assert "--> supabase/migrations/004_integration_logs.sql:" in said

    example("integration_logs_mended", web)
    (repository / "readme.txt").write_text("no migration\n")  # the hook runs whatever was changed
    git(repository, "add", "--all")
    code, said = pre_commit(repository, "run")
    assert code == 0, said
    assert "Passed" in said


def test_it_can_be_tried(hook: Path, tmp_path: Path) -> None:
    repository = tmp_path / "theirs"
    example("integration_logs", repository)
    committed(repository)
    code, said = pre_commit(repository, "try-repo", hook, "schema-lint", "--all-files")
    assert code == 1
    assert "error[security_definer_view]" in said
