"""A statement needs a newer PostgreSQL than one that ``target.postgres`` names.

There it is refused: a syntax error, an unknown setting, a function that does not exist. It is found where schema.yaml
says ``target: {postgres: [...]}``, for the least of the majors.

Found are of 16: SQL/JSON's constructors and IS JSON, sub-selects without an alias, memberships WITH INHERIT or SET; of
17: JSON_TABLE and the like, MERGE with RETURNING or BY SOURCE, SET EXPRESSION, MAINTAIN, transaction_timeout; of 18:
virtual columns, NOT ENFORCED, WITHOUT OVERLAPS, PERIOD, RETURNING WITH; and calls of their new functions, where no
migration makes one of that name.

Not found is what stands in the text of a function or a DO block, nor what else is new: the list is not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...schema.catalog import Node
from ...schema.objects.function import Function
from ...schema.source import Source, Statement
from ..conditions.expressions import nodes
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.ERROR, about=Source, topic=Topic.MIGRATIONS)


class New(NamedTuple):
    """What a major brought, and what to write for an older one."""

    major: int
    what: str
    instead: str = "Leave it out"


_BY_JSONB = "Write it with the functions and operators of jsonb"
# The release notes of PostgreSQL 16 to 18
_NODES = {
    **dict.fromkeys(("JsonObjectConstructor", "JsonObjectAgg"), New(16, "JSON_OBJECT", _BY_JSONB)),
    **dict.fromkeys(
        ("JsonArrayConstructor", "JsonArrayQueryConstructor", "JsonArrayAgg"), New(16, "JSON_ARRAY", _BY_JSONB)
    ),
    "JsonIsPredicate": New(16, "IS JSON", _BY_JSONB),
    "JsonTable": New(17, "JSON_TABLE", _BY_JSONB),
    "JsonScalarExpr": New(17, "JSON_SCALAR", "Write to_json(...)"),
    "JsonSerializeExpr": New(17, "JSON_SERIALIZE", "Write a cast to text"),
    "ReturningOption": New(18, "RETURNING WITH (...)"),
}
_NOT_ENFORCED = New(18, "NOT ENFORCED")
_SETTINGS = {
    "createrole_self_grant": New(16, "the setting createrole_self_grant"),
    "event_triggers": New(17, "the setting event_triggers"),
    "transaction_timeout": New(17, "the setting transaction_timeout", "Leave it out, or set statement_timeout"),
}
_FUNCTIONS = {
    16: "any_value array_sample array_shuffle date_add date_subtract erf erfc pg_input_error_info pg_input_is_valid"
    " random_normal",
    17: "to_bin to_oct uuid_extract_timestamp uuid_extract_version xmltext",
    18: "array_reverse array_sort casefold crc32 crc32c gamma lgamma uuidv4 uuidv7",
}
_RANDOM = {"uuidv4", "uuidv7"}
_CALLED = {
    name: New(major, f"function {name}", "Write gen_random_uuid()" if name in _RANDOM else "Write your own")
    for major, names in _FUNCTIONS.items()
    for name in names.split()
}
# One of these is in the text of whatever is found: the tree need not be read for others
_WORDS = tuple(
    word.encode()
    for word in (
        "json", "maintain", "inherit ", "set true", "set false", "merge", "virtual", "as (", "as(", "enforced",
        "overlaps", "period ", "set expression", "from (", "from(", "join (", "join(", "with (", *_SETTINGS, *_CALLED,
    )
)  # fmt: skip


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for what the least of the majors does not know."""
    least = min(schema.target.postgres)
    if "postgres" in schema.target.places and least < max(_FUNCTIONS):
        for statement in schema.statements_of[source.path]:
            if statement.says(*_WORDS):
                yield from _faults(statement, least, schema)


def _faults(statement: Statement, least: int, schema: Schema) -> Iterator[Fault]:
    found: dict[str, tuple[New, int]] = {}
    for kind, node in nodes({statement.kind: statement.node}):
        new = _new(kind, node, schema)
        if new is not None and new.major > least:
            found.setdefault(new.what, (new, node.get("location", -1)))
    for new, location in found.values():
        yield Fault(
            statement.at(location),
            f"{new.what} needs PostgreSQL {new.major}, and target.postgres has {least}",
            remedy=f"{new.instead}; where no database of {least} is left, take it out of target.postgres",
        )


def _new(kind: str, node: Node, schema: Schema) -> New | None:
    """What is new about one node, if anything is."""
    match kind:
        case "Constraint":
            return _constraint(node)
        case "JsonFuncExpr":
            return New(17, node["op"].removesuffix("_OP"), _BY_JSONB)
        case "AlterTableCmd" if node["subtype"] == "AT_SetExpression":
            return New(17, "SET EXPRESSION", "Drop the column and add it again")
        case "RangeSubselect" if "alias" not in node:
            return New(16, "a sub-select without an alias", "Write  as x  behind it")
        case "AccessPriv" if node.get("priv_name") == "maintain":
            return New(17, "privilege MAINTAIN")
        case "AlterTableCmd" if node.get("def", {}).get("ATAlterConstraint", {}).get("alterEnforceability"):
            return _NOT_ENFORCED
        case "VariableSetStmt":
            return _SETTINGS.get(node.get("name", "").lower())
        case "AlterRoleSetStmt" | "AlterDatabaseSetStmt":
            return _new("VariableSetStmt", node["setstmt"], schema)
        case "GrantRoleStmt" if any(each["DefElem"]["defname"] != "admin" for each in node.get("opt", ())):
            return New(16, "a membership WITH INHERIT or SET")
        case "MergeStmt" if "returningClause" in node:
            return New(17, "MERGE ... RETURNING", "Leave RETURNING out")
        case "MergeWhenClause" if node["matchKind"] == "MERGE_WHEN_NOT_MATCHED_BY_SOURCE":
            return New(17, "WHEN NOT MATCHED BY SOURCE", "Write a statement of its own for these rows")
        case "FuncCall":
            return _call([each["String"].get("sval", "") for each in node["funcname"]], schema)
        case _:
            return _NODES.get(kind)


def _constraint(node: Node) -> New | None:
    if node.get("without_overlaps"):
        return New(18, "WITHOUT OVERLAPS", "Write an exclusion constraint")
    if node.get("fk_with_period"):
        return New(18, "PERIOD", "Write a trigger")
    checked = node["contype"] in {"CONSTR_CHECK", "CONSTR_FOREIGN"}
    if node["contype"] == "CONSTR_ATTR_NOT_ENFORCED" or (checked and not node.get("is_enforced")):
        return _NOT_ENFORCED
    if node["contype"] == "CONSTR_GENERATED" and node.get("generated_kind") == "v":
        return New(18, "a virtual generated column", "Write  stored  behind its expression")
    return None


def _call(names: list[str], schema: Schema) -> New | None:
    *where, name = names
    new = _CALLED.get(name)
    if new is None or where not in ([], ["pg_catalog"]):
        return None
    if not where and any(function.name == name for function in schema.catalog.of(Function)):
        return None
    return new
