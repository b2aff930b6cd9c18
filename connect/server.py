"""A private PostgreSQL with the platform's baseline: started in a moment, gone afterwards.

It listens on a socket in a directory of its own, trusts whoever can reach that, and writes nothing safely.
Its superuser is ``supabase_admin``; ``postgres`` is what it is on the platform. What the platform refuses it
is emulated (``data/restrictions.sql``), except:

* reserved roles: on 15 ``postgres`` may alter and drop the services' roles, as CREATEROLE lets it; on 16 and
  later PostgreSQL refuses that, but for anon, authenticated and service_role;
* CREATE EVENT TRIGGER needs a superuser here, and not on the platform; so does CREATE PUBLICATION FOR ALL
  TABLES when the text that says so is not the one that was sent;
* between the sessions of one server a policy that is made and not yet committed makes the next one wait;
* extensions that the server lacks are stand-ins (``Server.stubs``), and nothing in ``vault`` is encrypted;
* no server of the platform runs: no PostgREST, Auth, Storage or Realtime.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from . import roles
from .binaries import Binaries, ServerUnavailable, find_binaries, looked_for, unusable
from .template import BARE, PLATFORM, SUPERUSER, Template, User, template, user

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import TracebackType

    import psycopg

__all__ = ["Binaries", "Database", "Server", "ServerUnavailable", "find_binaries", "start"]

_PREFIX = "pasteproof-"  # of the directories of running servers
_SOCKET_LIMIT = 100  # bytes of a socket's path, the least that systems allow (103 on macOS, 107 on Linux)
_PORT = 5432
_OLDEST = 15  # the platform's oldest major; the baseline is written for it
_ROOM = 2 * 1024**3  # bytes of memory that must be free for a server's directory to be there
_PATIENCE = 120.0  # seconds that a server has to take connections: a busy machine is slow
_UNLOCKED = 60.0  # seconds after which a directory without a lock is nobody's


class Database:
    """A database of one's own, dropped at the end of the ``with`` block."""

    def __init__(self, server: Server, name: str) -> None:
        """``server`` has just made the database ``name``."""
        self.server, self.name = server, name

    def dsn(self, user: str = "postgres") -> str:
        """Say what libpq connects with."""
        return self.server.dsn(self.name, user)

    def connect(self, user: str = "postgres", *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """Open a new connection."""
        import psycopg  # an optional extra, and slow to import

        return psycopg.connect(self.dsn(user), autocommit=autocommit)

    def drop(self) -> None:
        """Drop it, whoever is connected."""
        self.server.drop(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.drop()


class Server:
    """A running private PostgreSQL; leaving its ``with`` block stops it and removes its directory."""

    def __init__(self, binaries: Binaries, template: Template, user: User, directory: Path | None) -> None:
        """Copy the template and start it, below ``directory`` or where temporary files go."""
        self.major, self.version, self.origin = binaries.major, binaries.version, binaries.origin
        self.stubs = template.stubs
        self._made = 0
        self._open: set[str] = set()
        self._younger: list[tuple[str, roles.Roles]] = []  # each database, and the roles before it
        self._spoiled = ""  # why no other project can be had
        self._admin: psycopg.Connection[Any] | None = None
        self._pid = os.getpid()
        self.directory = _new_directory(directory, user)
        lock = _locked(self.directory)
        try:
            _copy(template.data, self.directory / "data", user)
            self._watchdog = _watch(self.directory, template.postgres, user, lock)
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        finally:
            os.close(lock)  # the watchdog holds it now, for as long as it lives
        atexit.register(self.close)
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def _wait(self) -> None:
        """Wait until it takes connections."""
        status = self.directory / "data" / "postmaster.pid"
        patience = time.monotonic() + _PATIENCE
        while time.monotonic() < patience:
            with contextlib.suppress(OSError):
                if status.read_text(encoding="utf-8").rstrip().endswith("ready"):
                    return
            if self._watchdog.poll() is not None:
                break
            time.sleep(0.01)
        log = self.directory / "log"
        told = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else "(no log)"
        raise ServerUnavailable(f"the private PostgreSQL {self.version} did not start: {told}")

    def dsn(self, database: str, user: str = "postgres") -> str:
        """Say what libpq connects with; ``supabase_admin`` is the superuser."""
        return f"host={self.directory} port={_PORT} dbname={database} user={user}"

    def database(self, *, platform: bool = True) -> Database:
        """Make a database, owned by ``postgres``: with the platform's baseline and restrictions, or bare.

        Roles belong to the server: when the database is dropped they are what they were before it, at the latest
        when those that were made after it are dropped too. Raises ServerUnavailable where they could not be that.
        """
        if self._spoiled:
            raise ServerUnavailable(self._spoiled)
        self._made += 1
        name = f"project_{self._made}"
        before = roles.read(self._execute)
        source = PLATFORM if platform else BARE
        self._execute(f"create database {name} template {source} owner postgres strategy file_copy")
        if not platform:  # the role's own search_path names the platform's schema
            self._execute(f'alter role postgres in database {name} set search_path = "$user", public')
        self._open.add(name)
        self._younger.append((name, before))
        return Database(self, name)

    def drop(self, database: Database) -> None:
        """Drop a database that ``database()`` made; nothing when it is gone already."""
        if self._watchdog.poll() is not None or database.name not in self._open:
            return
        self._open.remove(database.name)
        self._execute(f"drop database if exists {database.name} with (force)")
        self._restore_roles()

    def close(self) -> None:
        """Stop it and remove its directory; may be called more than once."""
        if self._pid != os.getpid():
            return  # a forked child's exit must not stop its parent's server
        atexit.unregister(self.close)
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        if self._watchdog.stdin is not None and not self._watchdog.stdin.closed:
            self._watchdog.stdin.close()
        self._watchdog.wait()

    def _execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement as the superuser, in the database ``postgres``."""
        import psycopg  # an optional extra, and slow to import

        if self._admin is None or self._admin.closed:
            self._admin = psycopg.connect(self.dsn("postgres", SUPERUSER), autocommit=True)
        cursor = self._admin.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []

    def _restore_roles(self) -> None:
        """Undo what a project did to the roles, so that the next one finds them as if it had not been.

        A database that is older sees its own again, so only what younger ones did is undone.
        """
        import psycopg  # an optional extra, and slow to import

        roles_then = None
        while self._younger and self._younger[-1][0] not in self._open:
            _, roles_then = self._younger.pop()
        if roles_then is not None:
            try:
                roles.restore(self._execute, roles_then)
            except (psycopg.Error, RuntimeError) as error:  # who is done does not care, who comes next does
                self._spoiled = f"what a project did to the roles of the server cannot be undone: {error}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


def start(majors: Collection[int] | None = None, *, directory: Path | None = None) -> Server:
    """Start a private PostgreSQL, the first found of these majors.

    ``directory`` is where its own one is made. The first start of a binary prepares a data directory with the
    platform's baseline in the user's cache (some seconds); later ones copy it. Raises ServerUnavailable.
    """
    if told := unusable():
        raise ServerUnavailable(told)
    found = [binaries for binaries in find_binaries(majors) if binaries.major >= _OLDEST]
    if not found:
        raise ServerUnavailable(looked_for(majors))
    try:
        import psycopg  # noqa: F401 - asked for before anything is started
    except ImportError as error:
        raise ServerUnavailable(
            f"found PostgreSQL {found[0].version}, but not psycopg: `pip install 'pasteproof[server]'`"
        ) from error
    runs_as = user()
    _sweep(directory, runs_as)
    return Server(found[0], template(found[0], runs_as), runs_as, directory)


# --- the directory of a running server -------------------------------------------------------------------


def _new_directory(below: Path | None, user: User) -> Path:
    """Make a directory that only the server's user can enter, its path short enough for a socket."""
    places = [below] if below else _places()
    for place in places:
        if len(os.fsencode(place.resolve() / f"{_PREFIX}12345678" / f".s.PGSQL.{_PORT}")) <= _SOCKET_LIMIT:
            made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place)).resolve()
            if user.other:
                os.chown(made, user.uid, user.gid)
            return made
    raise ServerUnavailable(f"the path {places[-1]} is too long for a socket: set TMPDIR to a shorter one")


def _places() -> list[Path]:
    """List where a server's directory may be: in memory where there is room, else where temporary files go."""
    places = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - mkdtemp below it
    memory = Path("/dev/shm")  # noqa: S108 - see above
    with contextlib.suppress(OSError):
        room = os.statvfs(memory)
        if room.f_bavail * room.f_frsize >= _ROOM and os.access(memory, os.W_OK):
            places.insert(0, memory)
    return places


def _locked(directory: Path) -> int:
    """Put the lock that tells a server's directory from a leftover into a new one; free when its last holder ends."""
    held = os.open(directory / "lock.new", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    (directory / "lock.new").rename(directory / "lock")  # nobody ever sees it free
    return held


def _copy(source: Path, target: Path, user: User) -> None:
    """Copy a data directory, as its owner."""
    done = subprocess.run(  # noqa: S603 - no shell
        ["cp", "-R", "-p", source, target],  # noqa: S607 - it is POSIX's
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **user.options(),
    )
    if done.returncode:
        raise ServerUnavailable(f"cannot copy {source}: {done.stderr.strip()}")


def _watch(directory: Path, postgres: Path, user: User, lock: int) -> subprocess.Popen[bytes]:
    """Start the server under a watchdog, which holds the lock."""
    server = [str(postgres), "-D", str(directory / "data"), "-k", str(directory), "-p", str(_PORT)]
    program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("watchdog.py"))]
    return subprocess.Popen(  # noqa: S603 - no shell
        [*program, str(directory), str(user.uid), str(user.gid), *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        pass_fds=(lock,),
        start_new_session=True,  # an interrupt at the terminal is not for it
    )


def _sweep(below: Path | None, user: User) -> None:
    """Remove what earlier servers left whose watchdog was killed too."""
    for place in {below} if below else set(_places()):
        for left in place.glob(f"{_PREFIX}{'[a-z0-9_]' * 8}"):  # as mkdtemp names them: the cache may be beside them
            with contextlib.suppress(OSError):
                if left.is_symlink() or left.stat().st_uid not in (os.geteuid(), user.uid):
                    continue
                if not (left / "lock").exists():
                    if time.time() - left.stat().st_mtime > _UNLOCKED:
                        shutil.rmtree(left, ignore_errors=True)
                    continue
                held = os.open(left / "lock", os.O_RDWR | os.O_CLOEXEC)
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError: its watchdog lives
                    _kill(left)
                    shutil.rmtree(left, ignore_errors=True)
                finally:
                    os.close(held)


def _kill(directory: Path) -> None:
    """End the server that runs in a directory without its watchdog, if it is one."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((directory / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        command = subprocess.run(  # noqa: S603 - no shell
            ["ps", "-ww", "-o", "command=", "-p", str(pid)],  # noqa: S607 - it is POSIX's
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        if str(directory / "data") in command:  # else the number is another process's by now
            os.kill(pid, signal.SIGQUIT)
            for _ in range(500):
                time.sleep(0.01)
                os.kill(pid, 0)
