"""PL/pgSQL as its own parser reads it: the tree of a body, and what the names in it stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from ..catalog import CatalogError, Node
from ..names import quote_ident
from ..parser import ParseError, parse_plpgsql_json
from ..pattern import lazy

if TYPE_CHECKING:
    from ..objects.function import Function

# What can change an object, in a procedure: DDL, dynamic SQL, a call of what may contain either, and rows that are
# schema; or refuse to
ACTS = lazy(
    r"\b(create|alter|drop|grant|revoke|comment|execute|perform|call|reassign|import|set|security|select|raise"
    r"|insert|update|delete|merge)\b",
    re.IGNORECASE,
)
# Statements of PL/pgSQL that neither change an object nor assign to a variable
INERT = frozenset({
    "PLpgSQL_stmt_assert", "PLpgSQL_stmt_close", "PLpgSQL_stmt_commit", "PLpgSQL_stmt_open",
    "PLpgSQL_stmt_return_next", "PLpgSQL_stmt_return_query", "PLpgSQL_stmt_rollback",
})  # fmt: skip

# Variables that every body has
PREDEFINED = frozenset({"found", "sqlstate", "sqlerrm", "new", "old"})

# Names of conditions in EXCEPTION WHEN -> SQLSTATE (src/backend/utils/errcodes.txt): those that statements raise
# which are followed here; one that ends in 000 is a class
CONDITIONS = {
    "ambiguous_alias": "42P09",
    "ambiguous_column": "42702",
    "ambiguous_function": "42725",
    "ambiguous_parameter": "42P08",
    "cannot_coerce": "42846",
    "check_violation": "23514",
    "collation_mismatch": "42P21",
    "datatype_mismatch": "42804",
    "dependent_objects_still_exist": "2BP01",
    "dependent_privilege_descriptors_still_exist": "2B000",
    "duplicate_alias": "42712",
    "duplicate_column": "42701",
    "duplicate_database": "42P04",
    "duplicate_function": "42723",
    "duplicate_object": "42710",
    "duplicate_schema": "42P06",
    "duplicate_table": "42P07",
    "feature_not_supported": "0A000",
    "foreign_key_violation": "23503",
    "generated_always": "428C9",
    "grouping_error": "42803",
    "indeterminate_datatype": "42P18",
    "insufficient_privilege": "42501",
    "integrity_constraint_violation": "23000",
    "internal_error": "XX000",
    "invalid_column_definition": "42611",
    "invalid_column_reference": "42P10",
    "invalid_foreign_key": "42830",
    "invalid_function_definition": "42P13",
    "invalid_grant_operation": "0LP01",
    "invalid_name": "42602",
    "invalid_object_definition": "42P17",
    "invalid_parameter_value": "22023",
    "invalid_schema_definition": "42P15",
    "invalid_schema_name": "3F000",
    "invalid_table_definition": "42P16",
    "invalid_text_representation": "22P02",
    "name_too_long": "42622",
    "not_null_violation": "23502",
    "null_value_not_allowed": "22004",
    "object_in_use": "55006",
    "object_not_in_prerequisite_state": "55000",
    "plpgsql_error": "P0000",
    "raise_exception": "P0001",
    "reserved_name": "42939",
    "syntax_error": "42601",
    "syntax_error_or_access_rule_violation": "42000",
    "undefined_column": "42703",
    "undefined_file": "58P01",
    "undefined_function": "42883",
    "undefined_object": "42704",
    "undefined_parameter": "42P02",
    "undefined_table": "42P01",
    "unique_violation": "23505",
    "unsafe_new_enum_value_usage": "55P04",
    "windowing_error": "42P20",
    "wrong_object_type": "42809",
}

# What its parser says of bodies that no server takes either, whatever tables and types there are -> SQLSTATE
_REFUSALS = (
    (r"^syntax error at or near|^missing |^loop variable of loop over rows", "42601"),
    (r"is not a known variable$|parameters specified for RAISE$|^duplicate declaration", "42601"),
    (r"^end label|^unterminated |^mismatched parentheses|^unexpected end of function", "42601"),
    (r"^(EXIT|CONTINUE) (cannot be used outside|must)|^there is no label", "42601"),
    (r"^unrecognized exception condition|^unrecognized RAISE", "42704"),
    (r"^RETURN cannot have a parameter in function returning void", "42804"),
)


# ... and those of them that it says of the body of a function alone, whatever types its variables have
_BODY_REFUSALS = (
    (r"^syntax error at |^missing |parameters specified for RAISE$|^duplicate declaration", "42601"),
    (r"^end label|^unterminated |^mismatched parentheses|^unexpected end of function", "42601"),
    (r"^(EXIT|CONTINUE) (cannot be used outside|must)|^there is no label", "42601"),
    (r"^unrecognized exception condition|^unrecognized RAISE", "42704"),
)

_ATTEMPTS = 20  # variables that are arrays of types which the parser does not know
# A declaration whose type is in a schema that the parser does not know
_OF_SCHEMA = lazy(
    r"^([ \t]*(?!(?:and|as|call|else|from|in|into|join|on|only|or|perform|return|set|table|then|update|using|when"
    r'|where)\b)(?:\w+|"[^"]+")[ \t]+(?:constant[ \t]+)?)(?!pg_catalog\.|public\.)(?:\w+|"[^"]+")\.(?:\w+|"[^"]+")'
    r"(?:%rowtype)?(?=\s*(?:;|:=|default\b|not\b))",
    re.IGNORECASE | re.MULTILINE,
)


def is_caught(sqlstate: str, caught: Collection[str]) -> bool:
    """Whether handlers for these SQLSTATEs, classes and ``others`` take an error."""
    return sqlstate in caught or "others" in caught or f"{sqlstate[:2]}000" in caught


def tree_of(body: str, signature: str | None = None) -> dict[str, Any] | None:
    """Read a body of PL/pgSQL: of a DO block, or of a function with this signature ("(a integer) returns text").

    None where the parser takes it for no PL/pgSQL. Raises CatalogError for a block that no server takes.
    """
    tag = "$pasteproof$"
    head = "do" if signature is None else f"create function f{signature} language plpgsql as"
    for _ in range(_ATTEMPTS):
        try:
            found = msgspec.json.decode(parse_plpgsql_json(f"{head} {tag}{body}{tag}"))
        except ParseError as error:
            message = str(error.args[0]) if error.args else ""
            readable = _with_known_types(body, message)
            if readable != body:
                body = readable
                continue
            for pattern, sqlstate in _REFUSALS if signature is None else ():
                if re.search(pattern, message):
                    raise CatalogError(sqlstate, message) from None
            return None
        except Exception:  # noqa: BLE001 - any failure of the parser means the same
            return None
        return dict(found[0]["PLpgSQL_function"]) if found else None
    return None


def _with_known_types(body: str, message: str) -> str:
    """Declare variables by types that the parser has heard of, where it stumbled over another; lines stay lines."""
    array = re.fullmatch(r'variable "(\w+)" has pseudo-type _record', message)
    if array:
        pattern = rf'(\b{array[1]}\s+(?:constant\s+)?)[\w."]+(\s*\[)'
        return re.sub(pattern, r"\1text\2", body, flags=re.IGNORECASE)
    return _OF_SCHEMA.sub(r"\1record", body) if "LookupExplicitNamespace" in message else body


@lru_cache(256)  # triggers of many tables have the same
def check(body: str, signature: str) -> None:
    """Read the body of a function as the server does when it makes it; raises CatalogError where it takes none."""
    tag = "$pasteproof$"
    try:
        parse_plpgsql_json(f"create function f{signature} language plpgsql as {tag}{body}{tag}")
    except ParseError as error:
        message = str(error.args[0]) if error.args else ""
        for pattern, sqlstate in _BODY_REFUSALS:
            if re.search(pattern, message):
                raise CatalogError(sqlstate, message) from None


def signature_of(function: Function) -> str:
    """Write a function's arguments and result as its CREATE does."""
    modes = {"in": "", "out": "out ", "inout": "inout ", "variadic": "variadic "}
    arguments, columns = [], []
    for each in function.arguments:
        name = quote_ident(each.name) + " " if each.name else ""
        if each.mode == "table":
            columns.append(f"{name}{_known(each.type)}")
        else:
            arguments.append(f"{modes[each.mode]}{name}{_known(each.type)}")
    result = f"table({', '.join(columns)})" if columns else _known(function.returns or "")
    setof = "setof " if function.returns_set and not columns else ""
    returns = f" returns {setof}{result}" if result else ""
    return f"({', '.join(arguments)}){returns}"


def _known(kind: str) -> str:
    """A type as the parser takes it: it knows no schemas but two."""
    return "record" if "." in kind and not kind.startswith(("pg_catalog.", "public.")) else kind


def states_of(handler: Node) -> Iterator[str]:
    """The SQLSTATEs that a handler catches; a condition without one here stands for itself ("others")."""
    for each in handler.get("conditions", ()):
        name = each["PLpgSQL_condition"].get("condname", "")
        yield CONDITIONS.get(name, name)


def begins_of(node: Any) -> Iterator[int]:
    """The lines on which the blocks of a body begin."""
    if isinstance(node, list):
        for each in node:
            yield from begins_of(each)
    elif isinstance(node, dict):
        for kind, each in node.items():
            if kind == "PLpgSQL_stmt_block" and "lineno" in each:
                yield int(each["lineno"])
            if isinstance(each, (dict, list)):
                yield from begins_of(each)


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
