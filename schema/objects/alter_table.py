"""ALTER TABLE, and what of ALTER INDEX and ALTER SEQUENCE the grammar makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .. import alter
from ..catalog import Catalog, CatalogError, Dependency, Node, Object, executes
from ..meaning.lookup import find_relation, names_of
from ..meaning.resolve import relation, type_of
from ..text.clauses import Span, tokens
from . import alter_column, constraint, inheritance
from .column import identity_of
from .constraint import Constraint, constraint_named
from .foreign_key import add_foreign_key, require_comparable, require_persistence
from .index import Index
from .key import add_key, use_index
from .relation import change_owner
from .reloptions import parsed, stored
from .sequence import Sequence
from .table import Table
from .view import View, alter_command

if TYPE_CHECKING:
    from ..source import Statement

# The passes of ATRewriteCatalogs (src/backend/commands/tablecmds.c): what is dropped goes first
_DROP, _TYPE, _ADD_COLUMN, _COLUMN, _KEY, _OTHER, _MISC = range(7)
_PASSES = {
    "AT_DropColumn": _DROP,
    "AT_DropConstraint": _DROP,
    "AT_DropIdentity": _DROP,
    "AT_DropExpression": _DROP,
    "AT_DropNotNull": _DROP,
    "AT_AlterColumnType": _TYPE,
    "AT_SetExpression": _TYPE,
    "AT_AddColumn": _ADD_COLUMN,
    "AT_SetNotNull": _COLUMN,
    "AT_SetIdentity": _COLUMN,
    "AT_AddIdentity": _OTHER,
}


class Change:
    """One ALTER TABLE under way: the table as it is by now, and what each subcommand is told."""

    def __init__(self, catalog: Catalog, identity: str, statement: Statement, *, only: bool) -> None:
        self.catalog, self.identity, self.statement, self.only = catalog, identity, statement, only
        self.constraints: list[Node] = []  # that new columns bring along
        self._spans: list[Span] | None = None

    @property
    def table(self) -> Table:
        """The table as the subcommands so far have left it."""
        found = self.catalog.get(Table, self.identity)
        if found is None:
            raise CatalogError("42P01", f'relation "{self.identity}" does not exist')
        return found

    def span(self, number: int) -> Span:
        """Where the subcommand of this number stands in the text."""
        if self._spans is None:
            self._spans = list(_commands(self.statement))
        return self._spans[number] if number < len(self._spans) else (self.statement.start, self.statement.end)

    def children(self) -> list[Table]:
        """The tables that the change goes on to."""
        return [] if self.only else inheritance.children_of(self.catalog, self.table)


def _commands(statement: Statement) -> Iterator[Span]:
    """The subcommands of an ALTER TABLE, which commas separate."""
    depth, start, end = 0, statement.start, statement.start
    for kind, first, last in tokens(statement.source.data, statement.start, statement.end):
        token = statement.source.data[first:last] if kind == "mark" else b""
        depth += (token in {b"(", b"["}) - (token in {b")", b"]"})
        if token == b"," and not depth:
            yield start, end
            start = last
        end = last
    yield start, end


@executes("AlterTableStmt", "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_INDEX", "OBJECT_SEQUENCE")
def alter_table(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TABLE: the subcommands in the server's order, all or none."""
    rangevar = node["relation"]
    found = find_relation(catalog, names_of(rangevar))
    if found is None:
        if node.get("missing_ok"):
            return
        found = relation(catalog, rangevar)
    commands = [each["AlterTableCmd"] for each in node["cmds"]]
    if not isinstance(found, Table):
        _alter_other(catalog, found, commands)
        return
    change = Change(catalog, found.identity, statement, only=not rangevar.get("inh"))
    stages = [_pass(command) for command in commands]
    for stage in sorted({*stages, _KEY, _OTHER}):
        for number, command in enumerate(commands):
            if stages[number] == stage and (handler := COMMANDS.get(command["subtype"])):  # else one of UNSEEN
                handler(change, command, number)
        for each in change.constraints:
            if stage == (_KEY if each["contype"] in constraint.KEYS else _OTHER):
                _add(change, each)
    for command in commands:
        if command["subtype"] == "AT_AlterColumnType":
            column = ("column", identity_of(change.identity, command["name"]))
            for user in catalog.dependents(column):
                if isinstance(user, Constraint) and user.type == "foreign_key":
                    require_comparable(catalog, user)


def _pass(command: Node) -> int:
    subtype = command["subtype"]
    if subtype == "AT_AddConstraint":
        return _KEY if command["def"]["Constraint"]["contype"] in constraint.KEYS else _OTHER
    if subtype == "AT_ColumnDefault":
        return _OTHER if "def" in command else _DROP
    return _PASSES.get(subtype, _MISC)


_OF_VIEWS = frozenset(
    {"AT_ChangeOwner", "AT_SetRelOptions", "AT_ResetRelOptions", "AT_ColumnDefault", "AT_ReplaceRelOptions"}
)
_ACTIONS = {
    "AT_AddColumn": "ADD COLUMN",
    "AT_DropColumn": "DROP COLUMN",
    "AT_AddConstraint": "ADD CONSTRAINT",
    "AT_DropConstraint": "DROP CONSTRAINT",
    "AT_AlterColumnType": "ALTER COLUMN ... SET DATA TYPE",
    "AT_SetNotNull": "ALTER COLUMN ... SET NOT NULL",
    "AT_DropNotNull": "ALTER COLUMN ... DROP NOT NULL",
    "AT_EnableRowSecurity": "ENABLE ROW SECURITY",
    "AT_DisableRowSecurity": "DISABLE ROW SECURITY",
    "AT_ForceRowSecurity": "FORCE ROW SECURITY",
    "AT_NoForceRowSecurity": "NO FORCE ROW SECURITY",
    "AT_SetLogged": "SET LOGGED",
    "AT_SetUnLogged": "SET UNLOGGED",
}


def _alter_other(catalog: Catalog, found: Object, commands: list[Node]) -> None:
    """ALTER TABLE (or INDEX, SEQUENCE) on what is no table. Raises 42809 for what it does not take."""
    for command in commands:
        subtype = command["subtype"]
        if subtype in _ACTIONS and not (isinstance(found, Sequence) and subtype in {"AT_SetLogged", "AT_SetUnLogged"}):
            name = getattr(found, "name", found.identity)
            raise CatalogError(
                "42809",
                f'ALTER action {_ACTIONS[subtype]} cannot be performed on relation "{name}"',
                detail=f"This operation is not supported for {_plural(found)}.",
            )
        if isinstance(found, View):
            if subtype in _OF_VIEWS:
                found = alter_command(catalog, found, command)
        elif isinstance(found, Sequence):
            if subtype == "AT_ChangeOwner":
                if found.owned_by is not None:
                    raise CatalogError("0A000", f'cannot change owner of sequence "{found.name}"')
                found = alter.change_owner(catalog, found, command["newowner"])
        elif isinstance(found, Index):
            found = _alter_index(catalog, found, command)


def _plural(found: Object) -> str:
    if getattr(found, "relation_kind", "") == "materialized":
        return "materialized views"
    return {"view": "views", "index": "indexes", "sequence": "sequences"}.get(found.kind, f"{found.kind}s")


def _alter_index(catalog: Catalog, index: Index, command: Node) -> Index:
    if command["subtype"] == "AT_SetRelOptions":
        return catalog.put(replace(index, options=stored(_options(command, "index"), index.options)))
    if command["subtype"] == "AT_ResetRelOptions":
        return catalog.put(replace(index, options=stored({}, index.options, _reset(command))))
    if command["subtype"] == "AT_AttachPartition":
        part = relation(catalog, command["def"]["PartitionCmd"]["name"])
        if not isinstance(part, Index):
            raise CatalogError("42809", f'"{getattr(part, "name", "")}" is not an index')
        if part.parent is None:
            inheritance.attach_index(catalog, part, index)
        table = catalog.get(Table, index.table)
        if table is not None and not index.valid:
            attached = {each.table for each in catalog.of(Index) if each.parent == index.identity}
            if all(each.identity in attached for each in inheritance.children_of(catalog, table)):
                return catalog.put(replace(index, valid=True))
    return index


def _options(command: Node, kind: str) -> dict[str, str]:
    return parsed(command["def"]["List"]["items"], kind)


def _reset(command: Node) -> list[str]:
    return [each["DefElem"]["defname"] for each in command["def"]["List"]["items"]]


# -- constraints -------------------------------------------------------------------------------------------------


def _add_constraint(change: Change, command: Node, number: int) -> None:
    _add(change, command["def"]["Constraint"])


def _add(change: Change, node: Node) -> None:
    catalog, table = change.catalog, change.table
    if node["contype"] == "CONSTR_NOTNULL":
        for each in node.get("keys", ()):
            alter_column.each_column(
                change, table, each["String"]["sval"], lambda column: replace(column, not_null=True)
            )
        return
    children = inheritance.children_of(catalog, table)
    if node["contype"] == "CONSTR_CHECK" and children and change.only and not node.get("is_no_inherit"):
        raise CatalogError("42P16", "constraint must be added to child tables too")
    for made in [_added(catalog, table, node, change.statement)]:
        for child in children:
            if made.type == "check" and not made.no_inherit:
                inheritance.pass_on(catalog, child, made)
            elif made.type == "foreign_key" and table.relation_kind == "partitioned":
                inheritance.pass_foreign_key_on(catalog, table, child, made)
        index = catalog.get(Index, made.index) if made.index else None
        if index is not None and table.relation_kind == "partitioned":
            inheritance.index_partitions(catalog, table, index, only=change.only)


def _added(catalog: Catalog, table: Table, node: Node, statement: Statement) -> Constraint:
    if node["contype"] == "CONSTR_CHECK":
        return constraint.add_check(catalog, table, node, statement)
    if node["contype"] == "CONSTR_FOREIGN":
        return add_foreign_key(catalog, table, node, statement)
    return use_index(catalog, table, node) if node.get("indexname") else add_key(catalog, table, node, statement)


def _drop_constraint(change: Change, command: Node, number: int) -> None:
    catalog, table, name = change.catalog, change.table, command["name"]
    if command.get("missing_ok") and ("constraint", constraint.identity_on(name, table.identity)) not in catalog:
        return
    found = inheritance.own_constraint(catalog, table, name)
    if found is None:
        return
    if change.only and table.relation_kind == "partitioned" and inheritance.children_of(catalog, table):
        raise CatalogError(
            "42P16", "cannot remove constraint from only the partitioned table when partitions exist",
            hint="Do not specify the ONLY keyword.",
        )  # fmt: skip
    catalog.drop([found.key], cascade=command.get("behavior") == "DROP_CASCADE")
    for child in inheritance.children_of(catalog, table):
        inheritance.drop_constraint(catalog, table, child, name, only=change.only)


def _validate(change: Change, command: Node, number: int) -> None:
    catalog, table = change.catalog, change.table
    found = constraint_named(catalog, table, command["name"])
    if found is None:
        return
    if found.type not in {"foreign_key", "check"}:
        message = f'constraint "{found.name}" of relation "{table.name}" is not a foreign key or check constraint'
        raise CatalogError("42809", message)
    for owner in (table, *(change.children() if found.type == "check" else ())):
        each = catalog.get(Constraint, constraint.identity_on(found.name, owner.identity))
        if each is not None and not each.validated:
            catalog.put(replace(each, validated=True, definition=each.definition.removesuffix(" NOT VALID")))


def _alter_constraint(change: Change, command: Node, number: int) -> None:
    catalog, table, node = change.catalog, change.table, command["def"]
    node = node.get("ATAlterConstraint") or node.get("Constraint") or {}
    found = constraint_named(catalog, table, node["conname"])
    if found is None:
        return
    if found.type != "foreign_key":
        message = f'constraint "{found.name}" of relation "{table.name}" is not a foreign key constraint'
        raise CatalogError("42809", message)
    if not node.get("alterDeferrability", True):
        return
    bare, invalid = found.definition.removesuffix(" NOT VALID"), found.definition.endswith(" NOT VALID")
    bare = bare.removesuffix(" INITIALLY DEFERRED").removesuffix(" DEFERRABLE")
    deferred = bool(node.get("initdeferred"))
    deferrable = deferred or bool(node.get("deferrable"))
    words = constraint.timing(deferrable=deferrable, deferred=deferred) + (" NOT VALID" if invalid else "")
    changed = replace(found, definition=bare + words, deferrable=deferrable, deferred=deferred)
    catalog.put(changed)


# -- the table itself ----------------------------------------------------------------------------------------------


def _row_security(change: Change, command: Node, number: int) -> None:
    _set(change, *_ROW_SECURITY[command["subtype"]])


_ROW_SECURITY = {
    "AT_EnableRowSecurity": ("row_security", True),
    "AT_DisableRowSecurity": ("row_security", False),
    "AT_ForceRowSecurity": ("force_row_security", True),
    "AT_NoForceRowSecurity": ("force_row_security", False),
}


def _set(change: Change, attribute: str, value: Any) -> None:
    """Set one attribute of the table, which is then known."""
    table = change.table
    unknown = table.unknown
    if "*" in unknown:  # all but this, from now on
        unknown = (frozenset(Table.attribute_names()) - {attribute}) | _CHILDREN
    if getattr(table, attribute) != value or not table.knows(attribute):
        values = {attribute: value, "unknown": unknown - {attribute}}
        change.catalog.put(replace(table, **values))


_CHILDREN = frozenset({"columns", "constraints", "indexes", "policies", "privileges", "triggers"})


def _owner(change: Change, command: Node, number: int) -> None:
    change_owner(change.catalog, change.table, command["newowner"])


def _set_options(change: Change, command: Node, number: int) -> None:
    if change.table.knows("options"):
        _set(change, "options", stored(_options(command, "table"), change.table.options))


def _reset_options(change: Change, command: Node, number: int) -> None:
    if change.table.knows("options"):
        _set(change, "options", stored({}, change.table.options, _reset(command)))


def _persistence(change: Change, command: Node, number: int) -> None:
    table = change.table
    if table.persistence == "temporary":
        raise CatalogError("42P16", f'cannot change logged status of table "{table.name}" because it is temporary')
    persistence = "permanent" if command["subtype"] == "AT_SetLogged" else "unlogged"
    require_persistence(change.catalog, table, persistence)
    _set(change, "persistence", persistence)


def _replica_identity(change: Change, command: Node, number: int) -> None:
    node = command["def"]["ReplicaIdentityStmt"]
    kind = {"d": "default", "n": "nothing", "f": "full"}.get(node["identity_type"])
    if kind is None:
        kind = node["name"]
        indexes = change.catalog.children(change.identity, Index)
        if change.table.knows("indexes") and not any(each.name == kind for each in indexes):
            raise CatalogError("42704", f'index "{kind}" for table "{change.table.name}" does not exist')
    _set(change, "replica_identity", kind)


def _attach(change: Change, command: Node, number: int) -> None:
    inheritance.attach(change.catalog, change.table, command["def"]["PartitionCmd"], change.statement)


def _detach(change: Change, command: Node, number: int) -> None:
    inheritance.detach(change.catalog, change.table, command["def"]["PartitionCmd"])


def _inherit(change: Change, command: Node, number: int) -> None:
    inheritance.inherit(change.catalog, change.table, command["def"]["RangeVar"])


def _disinherit(change: Change, command: Node, number: int) -> None:
    inheritance.disinherit(change.catalog, change.table, command["def"]["RangeVar"])


_ENABLED = {
    "AT_EnableTrig": "origin",
    "AT_EnableAlwaysTrig": "always",
    "AT_EnableReplicaTrig": "replica",
    "AT_DisableTrig": "disabled",
    "AT_EnableTrigAll": "origin",
    "AT_DisableTrigAll": "disabled",
    "AT_EnableTrigUser": "origin",
    "AT_DisableTrigUser": "disabled",
}


def _triggers(change: Change, command: Node, number: int) -> None:
    from .trigger import Trigger

    catalog, table, name = change.catalog, change.table, command.get("name")
    triggers = catalog.children(table.identity, Trigger)
    if name is not None:
        triggers = [each for each in triggers if each.name == name]
        if not triggers and table.knows("triggers"):
            raise CatalogError("42704", f'trigger "{name}" for table "{table.name}" does not exist')
    for each in triggers:
        catalog.put(replace(each, enabled=_ENABLED[command["subtype"]]))
    for child in change.children() if table.relation_kind == "partitioned" else ():
        for each in catalog.children(child.identity, Trigger):
            if each.inherited and (name is None or each.name == name):
                catalog.put(replace(each, enabled=_ENABLED[command["subtype"]]))


def _rule(change: Change, command: Node, number: int) -> None:
    from ..bystander import find, of_rule, report_absent

    meant = of_rule(change.catalog, [change.table.schema, change.table.name], command["name"])
    if meant is not None and find(change.catalog, meant) is None:
        report_absent(change.catalog, meant)


def _typed(change: Change, command: Node, number: int) -> None:
    """OF and NOT OF: a table's own columns stay as they are. Raises 42809 where it is of no type."""
    catalog, table = change.catalog, change.table
    edges = catalog.depends_on(table.key)
    kept = [each for each in edges if each.on[0] != "type"]
    if command["subtype"] == "AT_AddOf":
        _, key = type_of(catalog, command["def"]["TypeName"])
        catalog.put(table, [*kept, *([Dependency(key)] if key else [])])
    elif len(kept) == len(edges) and table.origin == "made" and table.knows("columns"):
        raise CatalogError("42809", f'"{table.name}" is not a typed table')
    else:
        catalog.put(table, kept)


# What changes no attribute of ours, and why
UNSEEN = {
    name: why
    for why, names in {
        "it is about how the rows are kept": """AT_SetStatistics AT_SetOptions AT_ResetOptions AT_SetStorage
            AT_SetCompression AT_ClusterOn AT_DropCluster AT_DropOids AT_SetAccessMethod AT_SetTableSpace""",
        "options of foreign tables are not kept": "AT_AlterColumnGenericOptions AT_GenericOptions",
        "the partition is no part of the table since DETACH ... CONCURRENTLY": "AT_DetachPartitionFinalize",
    }.items()
    for name in names.split()
}
COMMANDS: dict[str, Callable[[Change, Node, int], None]] = {
    **dict.fromkeys(("AT_EnableRule", "AT_EnableAlwaysRule", "AT_EnableReplicaRule", "AT_DisableRule"), _rule),
    **dict.fromkeys(("AT_AddOf", "AT_DropOf"), _typed),
    "AT_SetExpression": alter_column.set_expression,
    "AT_AddColumn": alter_column.add_column,
    "AT_DropColumn": alter_column.drop_column,
    "AT_AlterColumnType": alter_column.alter_type,
    "AT_ColumnDefault": alter_column.column_default,
    "AT_SetNotNull": alter_column.set_not_null,
    "AT_DropNotNull": alter_column.drop_not_null,
    "AT_AddIdentity": alter_column.add_identity,
    "AT_SetIdentity": alter_column.set_identity,
    "AT_DropIdentity": alter_column.drop_identity,
    "AT_DropExpression": alter_column.drop_expression,
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_ValidateConstraint": _validate,
    "AT_AlterConstraint": _alter_constraint,
    "AT_EnableRowSecurity": _row_security,
    "AT_DisableRowSecurity": _row_security,
    "AT_ForceRowSecurity": _row_security,
    "AT_NoForceRowSecurity": _row_security,
    "AT_ChangeOwner": _owner,
    "AT_SetRelOptions": _set_options,
    "AT_ResetRelOptions": _reset_options,
    "AT_SetLogged": _persistence,
    "AT_SetUnLogged": _persistence,
    "AT_ReplicaIdentity": _replica_identity,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _disinherit,
    **dict.fromkeys(_ENABLED, _triggers),
}
