"""PL/pgSQL as its own parser reads it: the tree of a body, and what the names in it stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .catalog import Node
from .names import quote_ident

if TYPE_CHECKING:
    from .objects.function import Function

# What can change an object, in a procedure: DDL, dynamic SQL, and a call of what may contain either; or refuse to
ACTS = re.compile(
    r"\b(create|alter|drop|grant|revoke|comment|execute|perform|call|reassign|import|set|security|select|raise)\b",
    re.IGNORECASE,
)
# Statements of PL/pgSQL that neither change an object nor assign to a variable
INERT = frozenset({
    "PLpgSQL_stmt_assert", "PLpgSQL_stmt_close", "PLpgSQL_stmt_commit", "PLpgSQL_stmt_open",
    "PLpgSQL_stmt_return_next", "PLpgSQL_stmt_return_query", "PLpgSQL_stmt_rollback",
})  # fmt: skip

# Variables that every body has
PREDEFINED = frozenset({"found", "sqlstate", "sqlerrm", "new", "old"})

# Names of conditions in EXCEPTION WHEN -> SQLSTATE (src/backend/utils/errcodes.txt), those that DDL raises
CONDITIONS = {
    "ambiguous_function": "42725",
    "dependent_objects_still_exist": "2BP01",
    "duplicate_alias": "42712",
    "duplicate_column": "42701",
    "duplicate_database": "42P04",
    "duplicate_function": "42723",
    "duplicate_object": "42710",
    "duplicate_schema": "42P06",
    "duplicate_table": "42P07",
    "feature_not_supported": "0A000",
    "insufficient_privilege": "42501",
    "invalid_foreign_key": "42830",
    "invalid_object_definition": "42P17",
    "invalid_parameter_value": "22023",
    "invalid_schema_name": "3F000",
    "invalid_table_definition": "42P16",
    "object_in_use": "55006",
    "object_not_in_prerequisite_state": "55000",
    "raise_exception": "P0001",
    "reserved_name": "42939",
    "syntax_error": "42601",
    "undefined_column": "42703",
    "undefined_function": "42883",
    "undefined_object": "42704",
    "undefined_table": "42P01",
    "wrong_object_type": "42809",
}


def tree_of(body: str, signature: str | None = None) -> dict[str, Any] | None:
    """Read a body of PL/pgSQL: of a DO block, or of a function with this signature ("(a integer) returns text").

    None where the parser takes it for no PL/pgSQL.
    """
    from pglast import parse_plpgsql

    tag = "$pasteproof$"
    head = "do" if signature is None else f"create function f{signature} language plpgsql as"
    try:
        found = parse_plpgsql(f"{head} {tag}{body}{tag}")
    except Exception:  # noqa: BLE001 - any failure of the parser means the same
        return None
    return dict(found[0]["PLpgSQL_function"]) if found else None


def signature_of(function: Function) -> str:
    """Write a function's arguments and result as its CREATE does."""
    modes = {"in": "", "out": "out ", "inout": "inout ", "variadic": "variadic "}
    arguments, columns = [], []
    for each in function.arguments:
        name = quote_ident(each.name) + " " if each.name else ""
        if each.mode == "table":
            columns.append(f"{name}{each.type}")
        else:
            arguments.append(f"{modes[each.mode]}{name}{each.type}")
    result = f"table({', '.join(columns)})" if columns else function.returns
    setof = "setof " if function.returns_set and not columns else ""
    returns = f" returns {setof}{result}" if result else ""
    return f"({', '.join(arguments)}){returns}"


def states_of(handler: Node) -> Iterator[str]:
    """The SQLSTATEs that a handler catches; a condition without one here stands for itself ("others")."""
    for each in handler.get("conditions", ()):
        name = each["PLpgSQL_condition"].get("condname", "")
        yield CONDITIONS.get(name, name)


def variable_of(node: Node) -> str:
    """The name of the variable that a loop runs."""
    ((_, body),) = node.items()
    return str(body.get("refname", ""))


def targets_of(node: Node) -> list[str]:
    """The names of the variables that a statement assigns to."""
    names = []
    for kind, body in node.items():
        if kind == "PLpgSQL_row":
            names += [str(each.get("name", "")) for each in body.get("fields", ())]
        else:
            names.append(str(body.get("refname", "")))
    return names
