"""What may not stand in an index or a generated column, because its result can change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..catalog import Catalog, CatalogError, Key, Node, Object
from .casts import without_modifier
from .column import Column, identity_of, nodes

# Functions of pg_catalog all of whose forms are stable or volatile (pg_proc.provolatile, PostgreSQL 15 to 18)
_CHANGING = frozenset(
    {
        "clock_timestamp",
        "concat",
        "concat_ws",
        "current_database",
        "current_query",
        "current_schema",
        "current_schemas",
        "current_setting",
        "currval",
        "format",
        "gen_random_uuid",
        "json_agg",
        "json_build_array",
        "json_build_object",
        "jsonb_build_array",
        "jsonb_build_object",
        "lastval",
        "localtimestamp",
        "nextval",
        "now",
        "random",
        "row_to_json",
        "set_config",
        "setval",
        "statement_timestamp",
        "timeofday",
        "to_char",
        "to_date",
        "to_json",
        "to_jsonb",
        "transaction_timestamp",
        "txid_current",
        "uuidv4",
        "uuidv7",
    }
)
_ONE_ARGUMENT = frozenset(
    {"to_tsvector", "to_tsquery", "plainto_tsquery", "phraseto_tsquery", "websearch_to_tsquery", "age"}
)
_OF_ZONED = frozenset({"date", "date_trunc", "date_part", "extract", "time"})  # stable for timestamp with time zone
_ZONED = "timestamp with time zone"
_LOCAL_CASTS = {  # casts of a column that depend on the session: from -> to
    _ZONED: {"date", "time", "timestamp", "text", "varchar"},
    "timestamp without time zone": {"timestamptz", "text", "varchar"},
    "date": {"timestamptz", "text", "varchar"},
    "text": {"date", "timestamp", "timestamptz", "time", "interval", "regclass"},
    "character varying": {"date", "timestamp", "timestamptz", "time", "interval", "regclass"},
}
_BUILT_IN_SCHEMAS = frozenset({"pg_catalog"})


def require_immutable(catalog: Catalog, expression: Node, refs: Iterable[Key], table: Object, words: str) -> None:
    """Raise 42P17 where an expression surely calls a function that is not IMMUTABLE; ``words`` name it.

    What cannot be told from the catalog is taken for immutable.
    """
    position = next(_changing(catalog, expression, table), None)
    if position is None:
        for key in refs:
            function: Any = catalog.find(key) if key[0] == "function" else None
            # One in SQL is put in its place before the server looks
            sure = function is not None and function.knows("volatility") and function.language != "sql"
            if sure and function.volatility != "immutable":
                position = -1
                break
        else:
            return
    if words == "generation expression":
        raise CatalogError("42P17", "generation expression is not immutable", position if position >= 0 else None)
    raise CatalogError("42P17", f"{words} must be marked IMMUTABLE", position if position >= 0 else None)


def _changing(catalog: Catalog, expression: Node, table: Object) -> Iterator[int]:
    for tag, body in nodes(expression):
        at = body.get("location", 0) if isinstance(body, dict) else 0
        if tag == "SQLValueFunction":
            yield at
        elif tag == "FuncCall":
            names = [each["String"].get("sval", "") for each in body["funcname"]]
            if len(names) > 1 and names[-2] not in _BUILT_IN_SCHEMAS:
                continue
            name, args = names[-1], body.get("args", ())
            if (
                name in _CHANGING
                or (name in _ONE_ARGUMENT and len(args) == 1)
                or (name in _OF_ZONED and any(_column_type(catalog, each, table) == _ZONED for each in args))
            ):
                yield at
        elif tag == "TypeCast":
            target = body["typeName"]["names"][-1]["String"].get("sval", "")
            if target in _LOCAL_CASTS.get(_column_type(catalog, body["arg"], table) or "", ()):
                yield at


def _column_type(catalog: Catalog, node: Node, table: Object) -> str | None:
    """The type of a plain column, without its modifiers."""
    fields = node.get("ColumnRef", {}).get("fields", ())
    if len(fields) != 1 or "String" not in fields[0]:
        return None
    column = catalog.get(Column, identity_of(table.identity, fields[0]["String"].get("sval", "")))
    if column is None or not column.knows("type"):
        return None
    return without_modifier(column.type)
