"""What a rule may ask: the catalog, what the API exposes, and by which way a role reaches an object."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..schema.names import qualified, quote_ident
from ..schema.objects.column import Column
from ..schema.objects.constraint import Constraint
from ..schema.objects.default_privilege import initial_acl
from ..schema.objects.index import Index
from ..schema.objects.policy import Policy
from ..schema.objects.privilege import holds
from ..schema.objects.role import Role
from ..schema.objects.schema import Schema as SchemaObject
from ..schema.objects.table import Table
from ..schema.objects.view import View
from .secrets import Masks, Secret, found
from .words import listed

if TYPE_CHECKING:
    from ..schema.catalog import Catalog, Object
    from ..schema.diff import Difference
    from ..schema.objects.function import Function
    from ..schema.objects.sequence import Sequence as SequenceObject
    from ..schema.project import Project
    from ..schema.simulate import Simulation
    from ..schema.source import Location, Rejected, Source, Statement
    from ..schema.spec import Target

Relation = Table | View

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

_ACL_TYPES = {"table": "tables", "view": "tables", "sequence": "sequences", "function": "functions"}

# Statements that set a privilege or an owner: they change an object, but its shape was written elsewhere.
_SHAPELESS = frozenset({"GrantStmt", "AlterOwnerStmt", "AlterDefaultPrivilegesStmt", "CommentStmt"})


class Schema:
    """The state of the database that the rules judge, with the questions they share."""

    def __init__(
        self, project: Project, simulation: Simulation, target: Target, catalog: Catalog | None = None
    ) -> None:
        self.project, self.simulation, self.target = project, simulation, target
        self.catalog = catalog or simulation.after

    def before(self) -> Schema:
        """The same project before the files that were not applied."""
        other = copy.copy(self)
        other.catalog = self.simulation.before
        return other

    # -- the files ---------------------------------------------------------------------------------------

    @property
    def sources(self) -> tuple[Source, ...]:
        """The migrations, in the order they run."""
        return tuple(migration.source for migration in self.project.migrations)

    @cached_property
    def files(self) -> frozenset[str]:
        """The paths of the migrations, as shown."""
        return frozenset(source.path for source in self.sources)

    @cached_property
    def statements_of(self) -> dict[str, list[Statement]]:
        """The statements of each file, in order, by the file's path as shown."""
        found: dict[str, list[Statement]] = {source.path: [] for source in self.sources}
        for statement in self.simulation.statements:
            found.setdefault(statement.source.path, []).append(statement)
        return found

    @cached_property
    def secrets(self) -> list[Secret]:
        """The secrets that stand in the migrations and in schema.yaml."""
        rejected: dict[str, list[Rejected]] = {}
        for each in self.simulation.rejected:
            rejected.setdefault(each.source.path, []).append(each)
        secrets = [
            secret
            for source in self.sources
            for secret in found(source, (*self.statements_of[source.path], *rejected.get(source.path, ())))
        ]
        spec = self.project.spec_source
        return secrets if spec is None else [*secrets, *found(spec, ())]

    @cached_property
    def masks(self) -> Masks:
        """What keeps the secrets from being repeated."""
        return Masks(self.secrets)

    @cached_property
    def differences(self) -> list[Difference]:
        """Where the catalog is not what schema.yaml expects."""
        spec = self.project.spec
        if not (spec.expect.tables or spec.expect.views or spec.expect.functions or spec.absent):
            return []
        from ..schema.diff import differences

        return differences(spec, self.catalog)

    @cached_property
    def _statement_at(self) -> dict[Location, Statement]:
        return {statement.location: statement for statement in self.simulation.statements}

    def place(self, obj: Object) -> Location | None:
        """The statement that gave an object its present shape.

        A table is placed where it was made; anything else where it was last changed, GRANT, COMMENT and the
        like aside.
        """
        if obj.changed_at is None or (obj.kind == "table" and obj.made_at):
            return obj.made_at or obj.changed_at
        statement = self._statement_at.get(obj.changed_at)
        if statement is not None and statement.kind in _SHAPELESS and obj.made_at:
            return obj.made_at
        return obj.changed_at

    # -- what belongs to a relation ------------------------------------------------------------------------

    def policies(self, table: Table) -> list[Policy]:
        """The table's policies, by name."""
        return sorted(self.catalog.children(table.identity, Policy), key=lambda each: each.name)

    def indexes(self, relation: Relation) -> list[Index]:
        """The relation's indexes, by name."""
        return sorted(self.catalog.children(relation.identity, Index), key=lambda each: each.name)

    def columns(self, table: Table) -> list[Column]:
        """The table's columns, in their order."""
        return sorted(self.catalog.children(table.identity, Column), key=lambda each: each.position)

    def constraints(self, table: Table) -> list[Constraint]:
        """The table's constraints, in the order they were made."""
        return self.catalog.children(table.identity, Constraint)

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
        found = self.catalog.get(Role, quote_ident(role))
        return found is not None and (found.bypassrls or found.superuser)

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
        return holds(self.catalog, role, obj, privilege)

    def served(self, relation: Relation) -> tuple[str, ...]:
        """The client roles that may SELECT a relation of a schema the API serves: what splinter calls exposed."""
        return self.holders(relation) if self.exposed(relation.schema) else ()

    def reach(
        self, relation: Relation, roles: Sequence[str] = CLIENT_ROLES, privileges: Sequence[str] = ("select",)
    ) -> tuple[str, ...] | None:
        """The way by which client roles reach a relation through the API, one step a line; None: they do not.

        The schema must be exposed, and a role must hold USAGE on it and one of the privileges.
        """
        schema = self.catalog.get(SchemaObject, quote_ident(relation.schema))
        if not self.exposed(relation.schema) or schema is None:
            return None
        users = self.holders(schema, "usage", roles)
        held = {role: [p for p in privileges if self.holders(relation, p, [role])] for role in users}
        return self.way(relation, {role: ps for role, ps in held.items() if ps}) or None

    def way(self, relation: Relation, held: dict[str, list[str]]) -> tuple[str, ...]:
        """Say how roles hold privileges on a relation that the API serves."""
        if not held:
            return ()
        lines = [f"the API serves schema {relation.schema}"]
        by_privileges: dict[tuple[str, ...], list[str]] = {}
        for role, each in held.items():
            by_privileges.setdefault(tuple(each), []).append(role)
        for privileges, roles in by_privileges.items():
            source = self._granted_by(relation, roles, privileges)
            verb = "holds" if len(roles) == 1 else "hold"
            said = listed(p.upper() for p in privileges)
            lines.append(f"{listed(roles)} {verb} {said} on {relation.identity}{source}")
        return tuple(lines)

    def _granted_by(self, relation: Relation, roles: Iterable[str], privileges: Iterable[str]) -> str:
        """Where the privileges come from: what a new table is granted, or a GRANT."""
        default = (
            initial_acl(self.catalog, _ACL_TYPES.get(relation.kind, "tables"), relation.owner, relation.schema) or {}
        )
        if all(privilege in default.get(role, {}) for role in roles for privilege in privileges):
            assumed = ", as is assumed here" if self.target.default_grants is None else ""
            return f" (the default privileges of schema {relation.schema}{assumed})"
        return " (granted)"

    # -- through views ---------------------------------------------------------------------------------------

    def reads(self, view: View) -> list[Relation]:
        """The relations that a view's query reads."""
        found: dict[str, Relation] = {}
        for edge in self.catalog.depends_on(view.key):
            kind, identity = edge.on
            if kind == "column":
                column = self.catalog.get(Column, identity)
                identity = column.table if column else ""
            if kind in {"column", "table", "view"} and (relation := self.relation(identity)):
                found[relation.identity] = relation
        return list(found.values())

    def bypassed(self, view: View, via: tuple[str, ...] = ()) -> Iterator[tuple[Table, tuple[str, ...]]]:
        """The tables whose row level security a view with its owner's rights steps over, each with its way."""
        owner = view.owner
        for relation in self.reads(view):
            step = f"{view.identity} reads {relation.identity} with the rights of its owner {owner}"
            if isinstance(relation, View):
                if relation.relation_kind == "view" and relation.security_invoker:
                    continue  # it reads with the rights of whoever asks, inside another view too
                if relation.identity != view.identity and step not in via:
                    yield from self.bypassed(relation, (*via, step))
            elif self._unchecked(relation, owner):
                past = f"{step}, past the table's row level security"
                yield relation, (*via, past if relation.row_security else step)

    def _unchecked(self, table: Table, owner: str) -> bool:
        """Whether the owner's rights give more rows than a client role would get."""
        if table.schema == "auth":
            return True
        if not table.knows("row_security") or not table.row_security:
            return False
        return self.bypasses_rls(owner) or (table.owner == owner and not table.force_row_security)

    # -- printing --------------------------------------------------------------------------------------------

    def drop_index(self, index: Index) -> str:
        """The statement that drops an index, or the constraint it backs."""
        if index.constraint:
            return f"alter table {index.table} drop constraint {quote_ident(index.constraint)};"
        return f"drop index {qualified(index.schema, index.name)};"


def splinter_array(names: Iterable[str]) -> str:
    """Print names as PostgreSQL prints an array of them, which splinter's keys hold."""
    return "{" + ",".join(map(_array_element, names)) + "}"


def _array_element(name: str) -> str:
    plain = name and name.lower() != "null" and not any(c in '{}",\\' or c.isspace() for c in name)
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
