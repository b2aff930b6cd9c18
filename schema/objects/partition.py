"""The key of a partitioned table and the bound of a partition, as the server prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Node, string
from ..names import quote_ident, quote_literal
from .column import column_named, identity_of

if TYPE_CHECKING:
    from ..source import Statement
    from .table import Table

_STRATEGIES = {
    "PARTITION_STRATEGY_LIST": "LIST",
    "PARTITION_STRATEGY_RANGE": "RANGE",
    "PARTITION_STRATEGY_HASH": "HASH",
}
_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})
_TEXTS = frozenset({"text", "character varying"})
_DATE_LENGTH = len("2024-01-31")


def with_key(catalog: Catalog, table: Table, node: Node, statement: Statement) -> Table:
    """The table with its PARTITION BY. Raises 42703 for a column that is not there."""
    columns: list[str] = []
    plain = True
    for each in node["partParams"]:
        element = each["PartitionElem"]
        if "name" not in element:
            plain = False
            continue
        name = element["name"]
        if table.knows("columns") and ("column", identity_of(table.identity, name)) not in catalog:
            message = f'column "{name}" named in partition key does not exist'
            raise CatalogError("42703", message, element.get("location"))
        plain = plain and not element.get("collation") and not element.get("opclass")
        columns.append(name)
    strategy = _STRATEGIES[node["strategy"]]
    text = f"{strategy} ({', '.join(quote_ident(each) for each in columns)})" if plain else None
    unknown = table.unknown | (set() if plain else {"partition_key"})
    return replace(table, partition_key=text, partition_columns=tuple(columns), unknown=unknown)


def with_bound(catalog: Catalog, table: Table, parent: Table, bound: Node, statement: Statement) -> Table:
    """The partition with its bound; where the server prints a value its own way, the bound is unknown.

    Raises 42P16 for a bound of another strategy than the parent's, 42809 where that is not partitioned.
    """
    if not parent.knows("relation_kind"):
        return replace(table, unknown=table.unknown | {"partition_bound"})
    if parent.relation_kind != "partitioned":
        raise CatalogError("42P17", f'"{parent.name}" is not partitioned')
    if bound.get("is_default"):
        return replace(table, partition_bound="DEFAULT")
    strategy = (parent.partition_key or "").partition(" ")[0]
    if strategy and bound["strategy"] != strategy[0].lower():
        message = f"invalid bound specification for a {strategy.lower()} partition"
        raise CatalogError("42P16", message, bound.get("location"))
    types = [_type(catalog, parent, each) for each in parent.partition_columns or ()]
    if bound["strategy"] == "h":
        text = f"FOR VALUES WITH (modulus {bound['modulus']}, remainder {bound.get('remainder', 0)})"
        return replace(table, partition_bound=text)
    if bound["strategy"] == "l":
        values = [_datum(each, types[0] if types else None) for each in bound["listdatums"]]
        listed = _listed(values)
        text_ = None if listed is None else f"FOR VALUES IN ({listed})"
    else:
        low = _listed(_datum(n, t) for n, t in zip(bound["lowerdatums"], _padded(types, bound), strict=False))
        high = _listed(_datum(n, t) for n, t in zip(bound["upperdatums"], _padded(types, bound), strict=False))
        text_ = None if low is None or high is None else f"FOR VALUES FROM ({low}) TO ({high})"
    unknown = table.unknown | (set() if text_ is not None else {"partition_bound"})
    return replace(table, partition_bound=text_, unknown=unknown)


def _type(catalog: Catalog, parent: Table, name: str) -> str | None:
    column = column_named(catalog, parent, name)
    return column.type if column is not None and column.knows("type") else None


def _padded(types: list[str | None], bound: Node) -> list[str | None]:
    return types + [None] * (len(bound["lowerdatums"]) - len(types))


def _listed(values: Iterable[str | None]) -> str | None:
    found = list(values)
    return None if None in found else ", ".join(each or "" for each in found)


def _datum(node: Node, printed: str | None) -> str | None:
    """A value of a bound as the server prints it for a key of this type, None where that is not known."""
    if "ColumnRef" in node:
        word = string(node["ColumnRef"]["fields"][-1]).upper()
        return word if word in {"MINVALUE", "MAXVALUE"} else None
    constant = node.get("A_Const")
    if constant is None or printed is None:
        return None
    if constant.get("isnull"):
        return "NULL"
    kind = printed.partition("(")[0]
    if "ival" in constant and kind in _NUMBERS:
        value = constant["ival"].get("ival", 0)
        return str(value) if value >= 0 else f"'{value}'"
    if "boolval" in constant and kind == "boolean":
        return "true" if constant["boolval"].get("boolval") else "false"
    text = constant.get("sval", {}).get("sval", "") if "sval" in constant else None
    if text is None:
        return None
    iso = len(text) == _DATE_LENGTH and text[4] == text[7] == "-" and text.replace("-", "").isdigit()
    if kind in _TEXTS or (kind == "date" and iso) or (kind == "uuid" and text == text.lower()):
        return quote_literal(text)
    return None
