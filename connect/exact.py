"""The exact catalog: migrations applied to a private PostgreSQL, or a live database read, and laid over the simulation.

The live query (``schema.live``) reads the objects, ``schema.dependencies`` what needs what, ``schema.exact`` puts both
into the simulated catalog's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from ..schema import live
from ..schema.catalog import Catalog, Event, Missing, Rejection, Unmodelled
from ..schema.exact import Contradiction, Exact, exact, within
from ..schema.objects.function import Function
from ..schema.simulate import REVOKED_DEFAULTS
from ..schema.snapshots import dependencies, grid_sql, snapshot
from ..schema.snapshots.platform_objects import platform
from . import editor
from .server import Database, Server, start
from .template import SUPERUSER

if TYPE_CHECKING:
    import psycopg

    from ..schema.catalog import Dependency, Key, Object
    from ..schema.project import Project
    from ..schema.simulate import Simulation
    from ..schema.source import Location, Source
    from ..schema.spec import Platform

# Refusals that depend on rows, of which a private database has none: integrity (23), data (22), RAISE (P0)
_OF_DATA = ("22", "23", "P0")
_EMULATION = "supautils_"  # the private server's event triggers, which stand for what the platform refuses
# The bodies of functions, which the live query knows by their md5 alone: rules look into them, and nothing shows them
_BODIES = """\
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '('
  || pg_catalog.oidvectortypes(p.proargtypes) || ')', p.prosrc
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
where l.lanname in ('sql', 'plpgsql') and n.nspname not in ('pg_catalog', 'information_schema')"""
# What a database says of itself, as the grid's trailer has it
_DATABASE = """\
select pg_catalog.current_database(), pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1),
  (select s.system_identifier::pg_catalog.text from pg_catalog.pg_control_system() s), current_user,
  pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.now()), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
# What says nothing of the simulation: the transaction had failed already, the platform (a rule tells of that), rows
# of a COPY and time
_OF_SERVER = frozenset({"25P02", "42501", "57014"})
# A setting or a privilege of a newer major, an extension that is not installed here
_NOT_HERE = re.compile(
    r'unrecognized configuration parameter|unrecognized privilege type "maintain"|extension "[^"]*" is not available'
)
# undefined and duplicate tables, columns, functions, objects, schemas, and what others depend on: what follows from
# something that is missing
_OF_GAPS = frozenset(
    {"42P01", "42703", "42883", "42704", "3F000", "42P07", "42710", "42723", "42701", "42P06", "2BP01"}
)
_SYNTAX = "42601"  # which nothing else can be the cause of
_OF_STUBS = frozenset({"0A000", "XX000"})  # and what a stand-in cannot do
_PATIENCE = "options='-c statement_timeout=120s'"


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A statement on which server and simulation do not agree; ``simulated`` is what the latter says, if anything."""

    at: Location
    server: str | None
    simulated: str | None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A simulation whose catalogs are a server's, and what is to be told of how they came about.

    ``contradictions`` and ``refusals`` are facts and statements about which the simulation is wrong: faults of ours.
    ``lost`` counts the statements that the server refused because they need what nothing makes (their effect is
    simulated), ``on_rows`` those it refused for the rows they did not find.
    """

    simulation: Simulation
    server: str
    contradictions: tuple[Contradiction, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    database: snapshot.Database | None = None
    lost: int = 0
    on_rows: int = 0
    stubs: tuple[str, ...] = ()


def of_migrations(project: Project, simulation: Simulation) -> Reading:
    """Apply a project's migrations to a private PostgreSQL and read its catalog.

    Raises ServerUnavailable where no PostgreSQL of a major in ``target.postgres`` can be had, and
    psycopg.OperationalError where it went away.
    """
    with start(project.target.postgres) as server:
        return on_server(server, project, simulation)


def on_server(server: Server, project: Project, simulation: Simulation) -> Reading:
    """The same on a server that runs already, in a database of its own."""
    target = project.target
    with server.database(platform=target.platform == "supabase") as database:
        if target.platform == "supabase" and target.default_grants == "revoked":
            with database.connect(SUPERUSER) as connection:
                connection.execute(REVOKED_DEFAULTS.encode())
        history = _applied(database, [each.source for each in project.applied])
        before = _read_database(database, target.platform) if history.asked else None
        new = _applied(database, [each.source for each in project.pending])
        after = _read_database(database, target.platform)
    used = {each.identity for each in after[0] if each.kind == "extension"}
    used -= {each.identity for each in platform(target.platform).objects.values() if each.kind == "extension"}
    stubs = tuple(name for name in server.stubs if name in used)
    judged = _Judgement(simulation, [*history.answers, *new.answers], stubs=stubs, bare=target.platform == "none")
    told = exact(simulation.after, *after, lost=judged.lost)
    old = exact(simulation.before, *before, lost=judged.lost) if before else None
    return Reading(
        simulation=_replaced(simulation, old.catalog if old else simulation.before, told, judged.events),
        server=server.version,
        contradictions=told.contradictions,
        refusals=tuple(judged.refusals),
        lost=len(judged.lost),
        on_rows=judged.on_rows,
        stubs=stubs,
    )


def of_database(connection: psycopg.Connection[Any], simulation: Simulation) -> Reading:
    """Read a live database over a connection, in a transaction that can write nothing.

    What the migrations say stays in the places alone; raises psycopg.Error where it cannot be read.
    """
    objects, edges = read(connection)
    told = exact(simulation.after, objects, edges, whole=True)
    database = snapshot.Database(*connection.execute(_DATABASE).fetchone() or ())
    there = {each.key for each in objects}
    events = [
        each
        for each in simulation.events
        if not isinstance(each, Unmodelled) and not (isinstance(each, Missing) and (each.kind, each.identity) in there)
    ]
    return Reading(
        simulation=_replaced(simulation, simulation.before, told, events), server=database.server, database=database
    )


def read(connection: psycopg.Connection[Any]) -> tuple[list[Object], dict[Key, tuple[Dependency, ...]]]:
    """The objects of a database and what needs what, in a transaction that can write nothing."""
    connection.execute("begin isolation level repeatable read, read only")
    try:
        for name, value in grid_sql.SETTINGS.items():
            connection.execute("select pg_catalog.set_config(%s, %s, true)", (name, value))
        cursor = connection.execute(live.query().encode())
        names = [column.name for column in cursor.description or ()]
        objects = live.objects(dict(zip(names, row, strict=True)) for row in cursor)
        bodies = dict(connection.execute(_BODIES))
        edges = dependencies.edges(connection.execute(dependencies.query().encode()))
    finally:
        if not connection.closed:
            connection.execute("rollback")
    return [
        replace(each, source=bodies.get(each.identity, "")) if isinstance(each, Function) else each for each in objects
    ], edges


# --- the private server ----------------------------------------------------------------------------------


class _Applied(msgspec.Struct):
    answers: list[editor.Answer]
    asked: bool


def _applied(database: Database, sources: Iterable[Source]) -> _Applied:
    """Run files as ``psql -f`` does, each in a session of its own."""
    answers: list[editor.Answer] = []
    files = 0
    for source in sources:
        answers += editor.run_psql(f"{database.dsn()} {_PATIENCE}", source)
        files += 1
    return _Applied(answers, files > 0)


def _read_database(database: Database, target: Platform) -> tuple[list[Object], dict[Key, tuple[Dependency, ...]]]:
    """What a project's database holds, without what makes the private server what it is."""
    with database.connect() as connection:  # as the editor's role: some rows are shown to their owner alone
        objects, edges = read(connection)
    emulated = {each.key for each in objects if each.kind == "event_trigger" and each.identity.startswith(_EMULATION)}
    if target == "none":  # roles are the server's, and its other databases are Supabase's
        emulated |= {key for key in platform("supabase").objects.keys() - platform("none").objects if key[0] == "role"}
    return [each for each in objects if each.key not in emulated], edges


class _Judgement:
    """What the server's answers make of the simulation's events, statement by statement."""

    def __init__(
        self, simulation: Simulation, answers: Sequence[editor.Answer], *, stubs: Sequence[str], bare: bool
    ) -> None:
        self.lost: list[Location] = []
        self.refusals: list[Refusal] = []
        self.on_rows = 0
        self.stubs, self.bare = stubs, bare
        said: dict[str, list[Event]] = {}
        for event in simulation.events:
            if not isinstance(event, Unmodelled):
                said.setdefault(event.at.file, []).append(event)
        self.gaps = bool(simulation.after.external)
        self.events: list[Event] = []
        for answer in answers:
            here = [each for each in said.get(answer.at.file, ()) if within(each.at, answer.at)]
            self._judge(answer, here)
        asked = {answer.at for answer in answers}
        self.events += [  # commands of psql, which no server was asked about
            event
            for events in said.values()
            for event in events
            if isinstance(event, Rejection) and event.psql and event.at not in asked
        ]

    def _judge(self, answer: editor.Answer, said: list[Event]) -> None:
        rejected = [each for each in said if isinstance(each, Rejection)]
        missing = [each for each in said if isinstance(each, Missing)]
        error = answer.error
        if error is None:
            self._went_well(answer, rejected, missing)
            return
        self.events += said
        of_data = error.sqlstate.startswith(_OF_DATA)
        if not rejected and (missing or of_data or self._is_excused(error)):
            self.lost.append(answer.at)
            self.on_rows += of_data and not missing
        elif not rejected:
            self.refusals.append(Refusal(at=answer.at, server=f"{error.sqlstate}: {error.message}", simulated=None))
            event = Rejection(at=answer.at, sqlstate=error.sqlstate, message=error.message, hint=error.hint)
            self.events.append(event)
        self.gaps = True  # what it would have made is not there, on either side

    def _is_excused(self, error: editor.EditorError) -> bool:
        """Whether a refusal says nothing of the simulation: it follows from a gap, or from what the server is."""
        if error.sqlstate in _OF_SERVER or _NOT_HERE.match(error.message):
            return True
        if self.gaps and error.sqlstate != _SYNTAX:
            return True  # what was refused before may be why: a key that ON CONFLICT needs, a column's type
        if self.stubs and error.sqlstate in _OF_GAPS:
            return True
        if self.stubs and error.sqlstate in _OF_STUBS:
            return True
        return self.bare and error.sqlstate == "42710" and error.message.startswith("role ")

    def _went_well(self, answer: editor.Answer, rejected: list[Rejection], missing: list[Missing]) -> None:
        said: list[Rejection | Missing] = [*(each for each in rejected if not each.psql), *missing]
        said = [each for each in said if not (self.gaps and each.sqlstate in _OF_GAPS)]
        words = [f"{each.sqlstate}: {each.message}" for each in said]
        self.refusals += [Refusal(at=answer.at, server=None, simulated=text) for text in words]
        if not answer.kept:
            self.lost.append(answer.at)


def _replaced(simulation: Simulation, before: Catalog, told: Exact, events: Sequence[Event]) -> Simulation:
    kept = [each for each in told.catalog.events if isinstance(each, Unmodelled)]
    ordered = _in_order(simulation, [*events, *kept])
    told.catalog.events = list(ordered)
    return replace(simulation, before=before, after=told.catalog, events=ordered)


def _in_order(simulation: Simulation, events: Iterable[Event]) -> tuple[Event, ...]:
    """Events as the files run."""
    files = dict.fromkeys(
        [*(each.source.path for each in simulation.statements), *(each.source.path for each in simulation.rejected)]
    )
    order = {file: number for number, file in enumerate(files)}
    return tuple(sorted(events, key=lambda each: (order.get(each.at.file, len(order)), each.at)))
