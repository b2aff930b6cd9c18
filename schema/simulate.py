"""The simulation: the platform's baseline and the migrations, statement by statement, to the catalog they make."""

from __future__ import annotations

import pathlib
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

import msgspec

from . import bystander_made, session, taint  # noqa: F401 - bystander_made brings handlers
from .catalog import SHAPES, Catalog, CatalogError, Event, Rejection, handler_of
from .garbage import uncollected
from .meaning import resting
from .objects import kinds
from .objects.comment import put_comment
from .objects.extension import Extension
from .objects.role import Role
from .objects.schema import Schema
from .snapshots import lines
from .source import Rejected, Source, Statement, statements

_BASELINE = pathlib.Path(__file__).parent / "data" / "platform.sql"
_KEPT = _BASELINE.with_suffix(".txt")
_SUPERUSER = "supabase_admin"
_AHEAD = 131_072  # bytes of text that are parsed before any of it is run

# The roles that initdb makes, beside its superuser (PostgreSQL 15 to 18)
_PREDEFINED_ROLES = (
    "pg_checkpoint", "pg_create_subscription", "pg_database_owner", "pg_execute_server_program", "pg_maintain",
    "pg_monitor", "pg_read_all_data", "pg_read_all_settings", "pg_read_all_stats", "pg_read_server_files",
    "pg_signal_autovacuum_worker", "pg_signal_backend", "pg_stat_scan_tables", "pg_use_reserved_connections",
    "pg_write_all_data", "pg_write_server_files",
)  # fmt: skip

# What a project runs whose owner chose that new tables shall not be exposed (supabase/cli, start.go)
REVOKED_DEFAULTS = """
alter default privileges for role postgres in schema public
  revoke select, insert, update, delete on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke usage, select on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke execute on functions from anon, authenticated, service_role;
"""


class Simulation(msgspec.Struct, frozen=True):
    """What the migrations make of a database: the state before the pending ones, and after them."""

    before: Catalog
    after: Catalog
    statements: Sequence[Statement]
    rejected: tuple[Rejected, ...]  # what is no statement; in ``events`` as well
    events: tuple[Event, ...]
    pending_from: int  # where in ``statements`` the pending ones begin

    @property
    def pending(self) -> tuple[Statement, ...]:
        """The statements of the pending migrations."""
        return tuple(self.statements[self.pending_from :])


def execute(catalog: Catalog, statement: Statement) -> None:
    """Run one statement; where the server would refuse it, nothing changes but that the refusal is recorded."""
    mark, events = catalog.savepoint(), len(catalog.events)
    try:
        run(catalog, statement)
        if catalog.resting or len(catalog.events) > events:
            resting.note(catalog, statement, mark, events)
    except CatalogError as error:
        catalog.rollback(mark)
        if not resting.doubted(catalog, statement, error):
            reject(catalog, statement, error)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one statement must not hide the rest of the file
        catalog.rollback(mark)
        taint.fault(catalog, statement, error)


def run(catalog: Catalog, statement: Statement) -> None:
    """Run one statement, raising CatalogError where the server would refuse it (the caller rolls back)."""
    outer = catalog.statement
    catalog.statement = statement
    try:
        shape = SHAPES.get(statement.kind)
        node = statement.node if shape is None else statement.read(shape)
        handler = handler_of(statement.kind, node)
        if handler is not None:
            handler(catalog, node, statement)
        else:
            taint.without_handler(catalog, statement)
    finally:
        catalog.statement = outer


def reject(catalog: Catalog, statement: Statement, error: CatalogError) -> None:
    """Record that the server would refuse a statement."""
    at = statement.location if error.position is None else statement.at(error.position)
    event = Rejection(at=at, sqlstate=error.sqlstate, message=error.message, hint=error.hint)
    _refuse(catalog, event)


def _refuse(catalog: Catalog, event: Rejection) -> None:
    catalog.set_session(events=[*catalog.events, event])
    if catalog.transaction and not event.psql:
        catalog.aborted = True


def run_source(catalog: Catalog, source: Source, role: str = "postgres") -> list[Statement | Rejected]:
    """Run a file in a session of its own; returns what it consists of, its trees let go of one by one."""
    pieces = statements(source)
    _run_pieces(catalog, pieces, role)
    return pieces


def _run_pieces(catalog: Catalog, pieces: Iterable[Statement | Rejected], role: str = "postgres") -> None:
    session.begin(catalog, role)
    for piece in pieces:
        if isinstance(piece, Statement):
            execute(catalog, piece)
            piece.release()
        else:
            event = Rejection(
                at=piece.location,
                sqlstate=piece.sqlstate,
                message=piece.message,
                hint=piece.hint or "",
                psql=piece.psql,
            )
            _refuse(catalog, event)
    # A transaction that is still open is lost with the session, but one finding says so: the rest is followed
    if catalog.transaction:
        session.doubt(catalog)
    session.begin(catalog, role)


def _parsed(sources: Iterable[Source]) -> Iterator[list[Statement | Rejected]]:
    """What each source consists of, some ahead: by turns, parsing and running drive each other from the cache."""
    ahead: list[list[Statement | Rejected]] = []
    size = 0
    for source in sources:
        ahead.append(statements(source))
        size += len(source.data)
        if size >= _AHEAD:
            yield from ahead
            ahead, size = [], 0
    yield from ahead


def simulate(
    catalog: Catalog, applied: Iterable[Source], pending: Iterable[Source] = (), *, external: Collection[str] = ()
) -> Simulation:
    """Run the migrations on a copy of a catalog.

    ``external`` are patterns of what is made elsewhere ("table public.users", "function public.is_*").
    """
    kinds()
    catalog = catalog.copy()
    taint.declare_external(catalog, external)
    ran: list[Statement] = []
    rejected: list[Rejected] = []
    with uncollected():
        for sources in (tuple(applied), tuple(pending)):
            before, history = catalog.copy() if sources else catalog, len(ran)
            for pieces in _parsed(sources):
                _run_pieces(catalog, pieces)
                for piece in pieces:
                    if isinstance(piece, Statement):
                        ran.append(piece)
                    else:
                        rejected.append(piece)
    return Simulation(
        before=before,
        after=catalog,
        statements=ran,
        rejected=tuple(rejected),
        events=tuple(catalog.events),
        pending_from=history,
    )


# -- what is there before the first migration ----------------------------------------------------------------


def platform_catalog(*, platform: str = "supabase", default_grants: str = "exposed") -> Catalog:
    """The catalog of a new project.

    ``platform`` is supabase or none (a bare PostgreSQL whose superuser is postgres); with ``default_grants``
    "revoked" a new table in public is granted to nobody. Returns a copy of one that is made once.
    """
    return _baseline(platform, default_grants).copy()


@cache
def _baseline(platform: str, default_grants: str) -> Catalog:
    kinds()
    if platform == "none":
        catalog = _bare("postgres")
    else:
        catalog = _kept_baseline() or baseline_by_sql()
        if default_grants == "revoked":
            _run_baseline(catalog, Source.from_text("default_grants", REVOKED_DEFAULTS))
    catalog.origin = "made"
    session.begin(catalog)
    return catalog


def baseline_by_sql() -> Catalog:
    """What platform.sql makes of a server of Supabase's; ``data/platform.txt`` is what that was."""
    kinds()
    catalog = _bare(_SUPERUSER)
    _run_baseline(catalog, Source.from_text(_BASELINE.name, _BASELINE.read_text("utf-8")))
    return catalog


def baseline_lines() -> str:
    """What ``data/platform.txt`` has to hold: the checksum of the SQL that it was made from, and what that makes."""
    return "\n".join([_checksum(), *lines.written(baseline_by_sql()), ""])


def _kept_baseline() -> Catalog | None:
    """The platform as it was written down; None where that is not there, or platform.sql is another by now."""
    try:
        checksum, *kept = _KEPT.read_bytes().splitlines()
    except (OSError, ValueError):
        return None
    if checksum.decode() != _checksum():
        return None
    catalog = Catalog()
    lines.read(catalog, kept, "platform")
    return catalog


def _checksum() -> str:
    return f"{zlib.crc32(_BASELINE.read_text('utf-8').encode()):08x}"


def _bare(superuser: str) -> Catalog:
    """What initdb makes."""
    catalog = Catalog()
    catalog.origin = "platform"
    for name in _PREDEFINED_ROLES:
        memberships = {
            "pg_monitor": ("pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"),
        }.get(name, ())
        catalog.put(Role(identity=name, name=name, memberships=memberships))
    catalog.put(
        Role(
            identity=superuser,
            name=superuser,
            superuser=True,
            bypassrls=True,
            login=True,
            createrole=True,
            createdb=True,
            replication=True,
        )
    )
    catalog.put(Schema(identity="public", name="public", owner="pg_database_owner", acl={"public": {"usage": False}}))
    put_comment(catalog, ("schema", "public"), "standard public schema")
    catalog.put(Extension(identity="plpgsql", name="plpgsql", schema="pg_catalog"))
    return catalog


def _run_baseline(catalog: Catalog, source: Source) -> None:
    """Run SQL of the platform; what it makes is at no place that the user could look at."""
    catalog.origin = "platform"
    pieces = run_source(catalog, source, _SUPERUSER)
    if catalog.events or not pieces:
        raise RuntimeError(f"the baseline of the platform cannot be read: {catalog.events[:3]}")
    catalog.forget_places()
