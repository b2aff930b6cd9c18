"""The rows of system catalogs about what belongs to relations: columns, constraints, indexes, policies, triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..session import split_name
from .system_reader import GHOST, Reader, Row, children, facts, oid, relation, table_of, typname

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONSTRAINTS = {"primary_key": "p", "unique": "u", "foreign_key": "f", "check": "c", "exclusion": "x"}
_COMMANDS = {"all": "*", "select": "r", "insert": "a", "update": "w", "delete": "d"}
_ENABLED = {"origin": "O", "disabled": "D", "replica": "R", "always": "A"}
_ACTIONS = {"no action": "a", "restrict": "r", "cascade": "c", "set null": "n", "set default": "d"}


# -- columns -------------------------------------------------------------------------------------------------


def _column(column: Any, table: Any) -> Row:
    row = {
        "table_schema": table.schema,
        "table_name": table.name,
        "column_name": column.name,
        "attrelid": oid(table),
        "attname": column.name,
        "attisdropped": False,
        "attnum": column.position,
        "ordinal_position": column.position,
    }
    if column.knows("not_null"):
        row |= {"is_nullable": "NO" if column.not_null else "YES", "attnotnull": column.not_null}
    if column.knows("type"):
        row |= {"data_type": _data_type(column.type), "udt_name": typname(column.type)}
        row["udt_schema"] = split_name(column.type)[0] if "." in column.type else "pg_catalog"
    if column.knows("generated_identity"):
        row["is_identity"] = "YES" if column.generated_identity else "NO"
        row["attidentity"] = {"always": "a", "by default": "d"}.get(column.generated_identity, "")
    if column.knows("generated"):
        row["is_generated"] = "ALWAYS" if column.generated else "NEVER"
        row["attgenerated"] = "s" if column.generated else ""
    if column.knows("default") and column.default is None:  # its text is the server's to print
        row["column_default"] = None
        row["atthasdef"] = bool(column.generated)
    return row


def _data_type(printed: str) -> str:
    """A type as ``information_schema`` shows it: without modifiers, ARRAY, USER-DEFINED."""
    if printed.endswith("[]"):
        return "ARRAY"
    if "." in printed:
        return "USER-DEFINED"
    head, _, tail = printed.partition("(")
    return head + tail.partition(")")[2] if tail else head


def columns(reader: Reader) -> Iterator[Row]:
    """The rows of ``pg_attribute`` and ``information_schema.columns``."""

    def parent(table: Any) -> Row:
        return {"table_schema": table.schema, "table_name": table.name, "attrelid": oid(table)}

    yield from children(reader, "column", _column, parent)
    for view in reader.holders("view"):
        for column in view.columns:
            yield {"table_schema": view.schema, "table_name": view.name, "column_name": column.name,
                   "attrelid": oid(view), "attname": column.name, "attisdropped": False}  # fmt: skip
        if not view.knows("columns"):
            yield {**parent(view), GHOST: view.name}


# -- constraints ---------------------------------------------------------------------------------------------


def _constraint(constraint: Any, table: Any) -> Row:
    row = {
        "oid": constraint.identity,
        "conname": constraint.name,
        "conrelid": oid(table),
        "connamespace": table.schema,
        "constraint_name": constraint.name,
        "constraint_schema": table.schema,
        "table_schema": table.schema,
        "table_name": table.name,
    }
    if constraint.knows("type"):
        row |= {
            "contype": _CONSTRAINTS[constraint.type],
            "constraint_type": constraint.type.replace("_", " ").upper(),
        }
        if constraint.type != "foreign_key":
            row["confrelid"] = "-"
    if constraint.knows("references") and constraint.references:
        row["confrelid"] = constraint.references
    for column, rule, attribute in (
        ("confdeltype", "delete_rule", "on_delete"),
        ("confupdtype", "update_rule", "on_update"),
    ):
        action = getattr(constraint, attribute) if constraint.knows(attribute) else None
        if action:
            row |= {column: _ACTIONS[action], rule: action.upper()}
    return row | facts(constraint, {"convalidated": "validated", "condeferrable": "deferrable"})


def _parent_of_constraints(table: Any) -> Row:
    return {"conrelid": oid(table), "table_schema": table.schema, "table_name": table.name,
            "connamespace": table.schema, "constraint_schema": table.schema}  # fmt: skip


def constraints(reader: Reader) -> Iterator[Row]:
    """The rows of ``pg_constraint`` and ``information_schema.table_constraints``."""
    yield from children(reader, "constraint", _constraint, _parent_of_constraints)
    if reader.oid is not None or reader.table is not None:
        return
    for constraint in reader.all("constraint"):
        if table_of(reader.catalog, constraint) is None:  # of a domain
            yield {"conname": constraint.name, "constraint_name": constraint.name}


def foreign_keys(reader: Reader) -> Iterator[Row]:
    """The rows of ``information_schema.referential_constraints``."""
    for row in constraints(reader):
        if row.get("contype", "f") == "f":
            yield row


def key_columns(reader: Reader) -> Iterator[Row]:
    """The rows of ``information_schema.key_column_usage``."""
    for row in constraints(reader):
        if GHOST in row or "oid" not in row:
            yield {**row, GHOST: row.get(GHOST, "")}
            continue
        constraint: Any = reader.catalog.find(("constraint", row["oid"]))
        if constraint.knows("type") and constraint.type not in {"primary_key", "unique", "foreign_key"}:
            continue
        if not constraint.knows("columns") or not constraint.knows("type"):
            yield {**row, GHOST: row["table_name"]}
            continue
        for position, name in enumerate(constraint.columns, 1):
            yield {**row, "column_name": name, "ordinal_position": position}


# -- indexes, policies, triggers -----------------------------------------------------------------------------


def indexes(reader: Reader) -> Iterator[Row]:
    """The rows of ``pg_index`` and ``pg_indexes``."""

    def make(index: Any, table: Any) -> Row:
        row = {**relation(table), "indexname": index.name, "indexrelid": oid(index), "indrelid": oid(table)}
        return row | facts(index, {"indisunique": "unique", "indisvalid": "valid", "indisprimary": "primary"})

    yield from children(reader, "index", make, relation)


def policies(reader: Reader) -> Iterator[Row]:
    """The rows of ``pg_policy`` and ``pg_policies``."""

    def make(policy: Any, table: Any) -> Row:
        row = {**relation(table), "policyname": policy.name, "polname": policy.name, "polrelid": oid(table)}
        row["oid"] = policy.identity
        if policy.knows("command"):
            row |= {"cmd": policy.command.upper(), "polcmd": _COMMANDS[policy.command]}
        if policy.knows("permissive"):
            row |= {"permissive": "PERMISSIVE" if policy.permissive else "RESTRICTIVE"}
            row["polpermissive"] = policy.permissive
        if policy.knows("roles"):
            row["roles"] = list(policy.roles)
        for columns, attribute in ((("qual", "polqual"), "using"), (("with_check", "polwithcheck"), "check")):
            if policy.knows(attribute) and getattr(policy, attribute) is None:  # as with a column's default
                row |= dict.fromkeys(columns)
        return row

    def parent(table: Any) -> Row:
        return {**relation(table), "polrelid": oid(table)}

    yield from children(reader, "policy", make, parent)


def triggers(reader: Reader) -> Iterator[Row]:
    """The rows of ``pg_trigger``, but for the internal ones."""

    def make(trigger: Any, table: Any) -> Row:
        row = {
            "oid": trigger.identity,
            "tgname": trigger.name,
            "tgrelid": oid(table),
            "tgisinternal": False,
            "trigger_name": trigger.name,
            "trigger_schema": table.schema,
            "event_object_schema": table.schema,
            "event_object_table": table.name,
        }
        if trigger.knows("enabled"):
            row["tgenabled"] = _ENABLED[trigger.enabled]
        if trigger.knows("timing"):
            row["action_timing"] = trigger.timing.upper()
        if trigger.knows("level"):
            row["action_orientation"] = trigger.level.upper()
        return row | facts(trigger, {"tgfoid": "function"})

    def parent(table: Any) -> Row:
        return {"tgrelid": oid(table), "event_object_schema": table.schema, "event_object_table": table.name}

    yield from children(reader, "trigger", make, parent)


def trigger_events(reader: Reader) -> Iterator[Row]:
    """The rows of ``information_schema.triggers``: one for each event but TRUNCATE."""
    for row in triggers(reader):
        trigger: Any = reader.catalog.find(("trigger", row.get("oid", "")))
        if trigger is None or not trigger.knows("events"):
            yield row
            continue
        for event in trigger.events:
            word = event.partition(" ")[0].upper()
            if word != "TRUNCATE":
                yield {**row, "event_manipulation": word}
