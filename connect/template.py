"""A data directory with the platform's baseline in it, prepared once and copied for every server."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .binaries import Binaries, ServerUnavailable, install, reachable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SUPERUSER = "supabase_admin"
PLATFORM, BARE = "template_platform", "template1"  # the databases that are copied

_UNUSED = 30 * 24 * 3600.0  # seconds after which a prepared directory is forgotten

_HERE = Path(__file__).parent
_SQL = (_HERE.parent / "schema" / "data" / "platform.sql", _HERE / "data" / "restrictions.sql")

_SETTINGS = """
listen_addresses = ''
unix_socket_directories = ''
max_connections = 60
shared_buffers = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = logical
dynamic_shared_memory_type = mmap
autovacuum = off
max_wal_size = 512MB
timezone = '{zone}'
log_timezone = '{zone}'
"""


class User(msgspec.Struct, frozen=True):
    """Who runs the server: PostgreSQL refuses root."""

    uid: int
    gid: int
    other: bool  # not who we are

    def options(self) -> dict[str, Any]:
        """Say how ``subprocess`` starts a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}


class Template(msgspec.Struct, frozen=True):
    """A data directory that is copied for every server, and the binary that runs it."""

    data: Path
    postgres: Path
    stubs: tuple[str, ...]


def user() -> User:
    """Find who is to run it: ourselves, or for root another user that the system has."""
    if os.geteuid() != 0:
        return User(os.geteuid(), os.getegid(), other=False)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid:
                return User(entry.pw_uid, entry.pw_gid, other=True)
    raise ServerUnavailable("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _cache(user: User) -> Path:
    """Find where prepared data directories are kept: the server's user reaches it, nobody else writes."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pasteproof"
    places = [home]
    if user.other:  # root's own home is closed to others, as a rule
        places = [p for p in (home, Path("/var/cache/pasteproof")) if reachable(_existing(p))]
    places.append(Path(tempfile.gettempdir()) / f"pasteproof-cache-{os.geteuid()}")
    for place in places:
        with contextlib.suppress(OSError):
            place.mkdir(mode=0o755, parents=True, exist_ok=True)
            ours = place.stat().st_uid == os.geteuid() and not place.stat().st_mode & 0o022
            if ours and os.access(place, os.W_OK) and (not user.other or reachable(place)):
                return place.resolve()
    raise ServerUnavailable(f"no directory to prepare a PostgreSQL in: tried {', '.join(map(str, places))}")


def _existing(path: Path) -> Path:
    """Find the nearest directory above that exists."""
    return next(p for p in (path, *path.parents) if p.exists())


def template(binaries: Binaries, user: User) -> Template:
    """Find the prepared data directory of these binaries; made once, whole or not at all."""
    cache = _cache(user)
    ready = cache / f"{binaries.major}-{_digest(binaries, user)}"
    if not ready.is_dir():
        with _only_one(cache / f"{ready.name}.lock"):
            if not ready.is_dir():
                making = Path(tempfile.mkdtemp(prefix=f".{binaries.major}-", dir=cache))
                try:
                    making.chmod(0o755)
                    _prepare(binaries, user, making)
                    making.rename(ready)
                    _forget(cache)
                except BaseException:
                    shutil.rmtree(making, ignore_errors=True)
                    raise
    with contextlib.suppress(OSError):
        os.utime(ready)  # in use: not to be forgotten
    known = msgspec.json.decode((ready / "template.json").read_bytes())
    return Template(ready / "data", ready / known["postgres"], tuple(known["stubs"]))


def _forget(cache: Path) -> None:
    """Remove what no start has used for a long time: older versions, mostly."""
    for old in cache.glob("*-*"):
        if old.is_dir() and time.time() - old.stat().st_mtime > _UNUSED:
            shutil.rmtree(old, ignore_errors=True)
            old.with_name(f"{old.name}.lock").unlink(missing_ok=True)


def _digest(binaries: Binaries, user: User) -> str:
    """Digest everything that decides what a prepared directory holds."""
    digest = hashlib.sha256()
    binary = (binaries.bindir / "postgres").stat()
    for part in (binaries.bindir, binaries.version, binary.st_size, binary.st_mtime_ns, user.uid):
        digest.update(f"{part}\n".encode())
    code = (_HERE / "binaries.py", _HERE / "extensions.py", Path(__file__))
    for path in (*_SQL, *sorted((_HERE / "data" / "extensions").iterdir()), *code):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _prepare(binaries: Binaries, user: User, place: Path) -> None:
    """Initialise a cluster, make the two template databases in it, and stop it."""
    made = install(binaries, place / "install", for_another_user=user.other)
    data = place / "data"
    data.mkdir(mode=0o700)
    if user.other:
        os.chown(data, user.uid, user.gid)
    _initdb(made.initdb, data, user)
    zone = "UTC" if Path("/usr/share/zoneinfo/UTC").exists() else "GMT"
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS.format(zone=zone))
    known = {"postgres": str(made.postgres.relative_to(place)), "stubs": made.stubs}
    (place / "template.json").write_bytes(msgspec.json.encode(known))

    databases = (
        # single-user mode numbers on from where initdb ended, below 16384 (FirstNormalObjectId): there no row level
        # security is ever asked, and auth and storage would lie open
        "select pg_catalog.lo_unlink(pg_catalog.lo_create(0)) from pg_catalog.generate_series(1, 4500);",
        "update pg_database set datistemplate = false where datname = 'template0';",
        "drop database template0;",  # a quarter of what every start copies
        f"create database {PLATFORM};",
    )
    _single(made.postgres, data, "postgres", databases, user)
    sql = [path.read_text(encoding="utf-8") for path in _SQL]
    # CREATE ROLE postgres comes first in the baseline, and then the databases can be its own.
    _single(made.postgres, data, PLATFORM, sql, user)
    _single(made.postgres, data, "postgres", (f"alter database {PLATFORM} owner to postgres;",), user)


def _initdb(initdb: Path, data: Path, user: User) -> None:
    """Initialise a cluster that sorts and classifies as UTF-8 where the C library can."""
    options = f"-U {SUPERUSER} -A trust -E UTF8 --no-sync --no-instructions --wal-segsize=1".split()
    environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
        done = subprocess.run(  # noqa: S603 - our own copy of the binary, no shell
            [str(initdb), "-D", str(data), *options, f"--locale={locale}"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=environment,
            **user.options(),
        )
        if done.returncode == 0:
            return
    raise ServerUnavailable(f"initdb failed: {done.stderr.strip()[-2000:]}")


def _single(postgres: Path, data: Path, database: str, texts: Collection[str], user: User) -> None:
    """Run texts in single-user mode, each as one command.

    No process is left to stop, and event triggers do not fire. With ``-j`` a command ends at a semicolon that
    an empty line follows, so the texts' own empty lines go.
    """
    script = "".join(re.sub(r"\n\s*\n", "\n", text) + "\n\n" for text in texts)
    done = subprocess.run(  # noqa: S603 - see above
        [postgres, "--single", "-j", "-D", data, "-c", "exit_on_error=on", database],
        input=script,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **user.options(),
    )
    if done.returncode or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
        raise ServerUnavailable(f"the platform's baseline does not apply: {done.stderr.strip()[-2000:]}")


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Wait until no other process is in the block with this file."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
