"""What a rule may ask: the catalog, what the API exposes, and by which way a role reaches an object."""

from __future__ import annotations

import copy
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from ..schema.catalog import Missing
from ..schema.names import qualified, quote_ident
from ..schema.objects.column import Column
from ..schema.objects.constraint import Constraint
from ..schema.objects.index import Index
from ..schema.objects.policy import Policy
from ..schema.objects.privilege import holds
from ..schema.objects.role import Role
from ..schema.objects.schema import Schema as SchemaObject
from ..schema.objects.table import Table
from ..schema.objects.view import View
from .secrets import TELLING, Masks, Secret, found

if TYPE_CHECKING:
    from ..schema.catalog import Catalog, Key, Object
    from ..schema.changed import Changed
    from ..schema.difference import Difference
    from ..schema.objects.function import Function
    from ..schema.objects.sequence import Sequence as SequenceObject
    from ..schema.project import Project
    from ..schema.simulate import Simulation
    from ..schema.source import Location, Rejected, Source, Statement
    from ..schema.spec import Target
    from .conditions.recursion import Cycle
    from .grants import Grants
    from .reach import Path, Way

__all__ = ["CLIENT_ROLES", "COMMANDS", "RESERVED_SCHEMAS", "WRITES", "Relation", "Schema", "splinter_array"]

Relation = Table | View
A = TypeVar("A")
C = TypeVar("C", Column, Constraint, Index, Policy)

CLIENT_ROLES = ("anon", "authenticated")
WRITES = ("insert", "update", "delete")
COMMANDS = ("select", *WRITES)

# Where the Advisor looks away (supabase/splinter, lints/0001 to 0024).
RESERVED_SCHEMAS = frozenset(
    {
        *("_timescaledb_cache", "_timescaledb_catalog", "_timescaledb_config", "_timescaledb_internal", "auth", "cron"),
        *("extensions", "graphql", "graphql_public", "information_schema", "net", "pgmq", "pgroonga", "pgsodium"),
        *("pgsodium_masks", "pgtle", "pgbouncer", "pg_catalog", "realtime", "repack", "storage"),
        *("supabase_functions", "supabase_migrations", "tiger", "topology", "vault"),
    }
)

# Statements that set a privilege or an owner: they change an object, but its shape was written elsewhere.
_SHAPELESS = frozenset({"GrantStmt", "AlterOwnerStmt", "AlterDefaultPrivilegesStmt", "CommentStmt"})


class Schema:
    """The state of the database that the rules judge, with the questions they share."""

    def __init__(
        self,
        project: Project,
        simulation: Simulation,
        target: Target,
        catalog: Catalog | None = None,
        changes: Sequence[Changed] = (),
    ) -> None:
        self.project, self.simulation, self.target, self.changes = project, simulation, target, changes
        self.catalog = catalog or simulation.after

    def before(self) -> Schema:
        """The same project before the files that were not applied."""
        other = copy.copy(self)
        other.catalog = self.simulation.before
        for derived in _OF_THE_STATE:
            other.__dict__.pop(derived, None)
        return other

    # -- the files ---------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The migrations, in the order they run."""
        return tuple(migration.source for migration in self.project.migrations)

    @cached_property
    def files(self) -> frozenset[str]:
        """The paths of the migrations, as shown."""
        return frozenset(source.path for source in self.sources)

    @cached_property
    def is_whole_history(self) -> bool:
        """Whether the migrations use nothing but what they make or the platform has; else more may be elsewhere."""
        elsewhere = (isinstance(event, Missing) and event.made_later_at is None for event in self.simulation.events)
        return not self.project.spec.external and not any(elsewhere)

    @cached_property
    def statements_of(self) -> dict[str, list[Statement]]:
        """The statements of each file, in order, by the file's path as shown."""
        found: dict[str, list[Statement]] = {source.path: [] for source in self.sources}
        for statement in self.simulation.statements:
            found.setdefault(statement.source.path, []).append(statement)
        return found

    @cached_property
    def _by_kind(self) -> dict[str, array[int]]:
        found: dict[str, array[int]] = defaultdict(lambda: array("L"))
        for number, statement in enumerate(self.simulation.statements):
            found[statement.kind].append(number)
        return found

    def statements_of_kind(self, *kinds: str) -> list[Statement]:
        """The statements whose node is of one of these kinds, in the order they run."""
        numbers = [number for kind in kinds for number in self._by_kind.get(kind, ())]
        return [self.simulation.statements[number] for number in sorted(numbers)]

    @cached_property
    def secrets(self) -> list[Secret]:
        """The secrets that stand in the migrations and in schema.yaml."""
        pieces: dict[str, list[Statement | Rejected]] = {}
        telling: list[Statement | Rejected] = [*self.statements_of_kind(*TELLING), *self.simulation.rejected]
        for each in telling:
            pieces.setdefault(each.source.path, []).append(each)
        secrets = [secret for source in self.sources for secret in found(source, pieces.get(source.path, ()))]
        secrets += [secret for source in self.project.declared for secret in found(source, ())]
        spec = self.project.spec_source
        return secrets if spec is None else [*secrets, *found(spec, ())]

    @cached_property
    def masks(self) -> Masks:
        """What keeps the secrets from being repeated."""
        return Masks(self.secrets)

    @cached_property
    def differences(self) -> list[Difference]:
        """Where the catalog is not what schema.yaml expects, itself or in the files of ``expect_sql``."""
        spec = self.project.spec
        found: list[Difference] = []
        if spec.expect.tables or spec.expect.views or spec.expect.functions or spec.absent:
            from ..schema.diff import differences

            found += differences(spec, self.catalog)
        if self.project.declared:
            from ..schema.stating.declared import differences as from_declared

            found += from_declared(self.project, self.catalog)
        return found

    def statement_at(self, place: Location | None) -> Statement | None:
        """The statement that stands at a place; None where none does."""
        number = self.grants.number(place)
        return self.simulation.statements[number] if number >= 0 else None

    def place(self, obj: Object) -> Location | None:
        """The statement that gave an object its present shape.

        A table is placed where it was made; anything else where it was last changed, GRANT, COMMENT and the
        like aside.
        """
        made, changed = obj.made_at, obj.changed_at
        if changed is None or (obj.kind == "table" and made):
            return made or changed
        statement = self.statement_at(changed)
        return made if made and statement is not None and statement.kind in _SHAPELESS else changed

    # -- what belongs to a relation ------------------------------------------------------------------------

    def policies(self, table: Table) -> Sequence[Policy]:
        """The table's policies, by name."""
        return self._policies.get(table.identity, ())

    def indexes(self, relation: Relation) -> Sequence[Index]:
        """The relation's indexes, by name."""
        return self._indexes.get(relation.identity, ())

    def columns(self, table: Table) -> Sequence[Column]:
        """The table's columns, in their order."""
        return self._columns.get(table.identity, ())

    def constraints(self, table: Table) -> Sequence[Constraint]:
        """The table's constraints, in the order they were made."""
        return self._constraints.get(table.identity, ())

    @cached_property
    def policies_made(self) -> dict[str, list[Policy]]:
        """The policies by the identity of their table, in the order they were made."""
        return _by_table(self.catalog.of(Policy))

    @cached_property
    def _policies(self) -> dict[str, list[Policy]]:
        return _by_table(self.catalog.of(Policy), _name)

    @cached_property
    def _indexes(self) -> dict[str, list[Index]]:
        return _by_table(self.catalog.of(Index), _name)

    @cached_property
    def _constraints(self) -> dict[str, list[Constraint]]:
        return _by_table(self.catalog.of(Constraint))

    @cached_property
    def _columns(self) -> dict[str, list[Column]]:
        return _by_table(self.catalog.of(Column), attrgetter("position"))

    def table_of(self, child: Policy | Index | Constraint | Column) -> Table | None:
        """The table that something belongs to."""
        return self.catalog.get(Table, child.table)

    def relation(self, identity: str) -> Relation | None:
        """The table or view of this identity."""
        return self.catalog.get(Table, identity) or self.catalog.get(View, identity)

    # -- who reaches what ------------------------------------------------------------------------------------

    def advised(self, table: Table) -> bool:
        """Whether the Advisor looks at a table: an ordinary one that lasts, in no schema of the platform's."""
        lasts = table.persistence != "temporary" and not table.schema.startswith("pg_temp")
        return lasts and table.relation_kind == "table" and table.schema not in RESERVED_SCHEMAS

    def exposed(self, schema: str) -> bool:
        """Whether the API serves this schema."""
        return schema in self.target.exposed_schemas

    def bypasses_rls(self, role: str) -> bool:
        """Whether row level security does not concern the role (it may be its superuser)."""
        return role in self.bypassing

    @cached_property
    def bypassing(self) -> frozenset[str]:
        """The roles that row level security does not concern."""
        return frozenset(role.identity for role in self.catalog.of(Role) if role.bypassrls or role.superuser)

    def holders(
        self,
        obj: Relation | Function | SequenceObject | SchemaObject,
        privilege: str = "select",
        roles: Iterable[str] = CLIENT_ROLES,
    ) -> tuple[str, ...]:
        """The roles that certainly hold a privilege on the whole object."""
        if not obj.knows("privileges") or not obj.knows("acl"):
            return ()
        return tuple(role for role in roles if self.holds(role, obj, privilege))

    def holds(self, role: str, obj: Object, privilege: str) -> bool | None:
        """Whether a role holds a privilege: granted, through PUBLIC, a membership or ownership. None: unknown."""
        return self._by_acl((role, privilege), obj, lambda: holds(self.catalog, role, obj, privilege))

    def all_hold(self, roles: Sequence[str], obj: Object, privileges: Sequence[str]) -> bool:
        """Whether each of the roles certainly holds each of the privileges on an object."""
        return self._by_acl(
            (roles, privileges), obj, lambda: all(holds(self.catalog, r, obj, p) for r in roles for p in privileges)
        )

    def _by_acl(self, asked: tuple[object, ...], obj: Object, answer: Callable[[], A]) -> A:
        """What an object's owner and access list say; most share that of the default privileges, and one answer."""
        if obj.unknown or isinstance(obj, Column):
            return answer()
        acl = getattr(obj, "acl", None)
        key = (asked, obj.kind, getattr(obj, "owner", None), id(acl))
        known = self._held.get(key)
        if known is None or known[0] is not acl:
            known = self._held[key] = (acl, answer())
        return known[1]

    @cached_property
    def _held(self) -> dict[tuple[object, ...], tuple[object, Any]]:
        return {}

    def served(self, relation: Relation) -> tuple[str, ...]:
        """The client roles that may SELECT a relation of a schema the API serves: what splinter calls exposed."""
        return self.holders(relation) if self.exposed(relation.schema) else ()

    @cached_property
    def grants(self) -> Grants:
        """The GRANT statements of the migrations."""
        from .grants import Grants

        return Grants(self.simulation.statements)

    def reach(
        self,
        relation: Relation | Function,
        roles: Sequence[str] = CLIENT_ROLES,
        privileges: Sequence[str] = ("select",),
    ) -> Way | None:
        """The way by which client roles reach an object through the API, by what is held on it; None: they do not.

        The schema must be exposed, and a role must hold USAGE on it and one of the privileges.
        """
        from . import reach as reaching

        return reaching.direct(self, relation, privileges, roles)

    def ways(self, table: Table, commands: Sequence[str] = COMMANDS, roles: Sequence[str] = CLIENT_ROLES) -> list[Way]:
        """Every way to a table through the API: itself, views, security-definer functions."""
        from . import reach as reaching

        return reaching.ways(self, table, commands, roles)

    def way(self, relation: Relation | Function, held: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """Say how roles hold privileges on an object that the API serves."""
        from . import reach as reaching

        return tuple(step.text for step in reaching.steps_of(self, relation, held))

    def held(self, obj: Relation | Function, held: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """The same of an object that is reached by another way than the API's schemas."""
        from . import reach as reaching

        return tuple(step.text for step in reaching.held_steps(self, obj, held))

    # -- through views and functions -------------------------------------------------------------------------

    def reads(self, view: View) -> list[Relation]:
        """The relations that a view's query reads."""
        if (known := self._read.get(view.identity)) is None:
            from . import reach as reaching

            known = self._read[view.identity] = reaching.reads(self, view)
        return known

    @cached_property
    def _read(self) -> dict[str, list[Relation]]:
        return {}

    def bypassed(self, view: View) -> Iterator[tuple[Table, tuple[str, ...]]]:
        """The tables whose row level security a view with its owner's rights steps over, each with its way."""
        from . import reach as reaching

        return reaching.bypassed(self, view)

    @cached_property
    def chains(self) -> dict[Key, list[Path]]:
        """Every chain of views, by the table at its end."""
        from . import reach as reaching

        return reaching.chains(self)

    @cached_property
    def recursions(self) -> dict[str, Cycle]:
        """The rings of tables whose policies read each other, by the first of their tables."""
        from .conditions.recursion import cycles

        return cycles(self)

    @cached_property
    def definers(self) -> dict[Key, list[tuple[Function, tuple[str, ...]]]]:
        """The security-definer functions by what their bodies touch, with what they do there."""
        from . import reach as reaching

        return reaching.definers(self)

    # -- printing --------------------------------------------------------------------------------------------

    def drop_index(self, index: Index) -> str:
        """The statement that drops an index, or the constraint it backs."""
        if index.constraint:
            return f"alter table {index.table} drop constraint {quote_ident(index.constraint)};"
        return f"drop index {qualified(index.schema, index.name)};"


# What was worked out from the catalog, and not from the files
_OF_THE_STATE = (
    *("bypassing", "chains", "definers", "policies_made", "recursions"),
    *("_columns", "_constraints", "_held", "_indexes", "_policies", "_read"),
)

_name = attrgetter("name")


def _by_table(children: Iterable[C], order: Callable[[C], Any] | None = None) -> dict[str, list[C]]:
    found: defaultdict[str, list[C]] = defaultdict(list)
    for each in children:
        found[each.table].append(each)
    if order is not None:
        for those in found.values():
            those.sort(key=order)
    return found


def splinter_array(names: Iterable[str]) -> str:
    """Print names as PostgreSQL prints an array of them, which splinter's keys hold."""
    return "{" + ",".join(map(_array_element, names)) + "}"


def _array_element(name: str) -> str:
    plain = name and name.lower() != "null" and not any(c in '{}",\\ \t\n\r\v\f' for c in name)
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
