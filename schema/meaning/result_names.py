"""The names that result columns have without AS: FigureColname of parse_target.c (PostgreSQL, src/backend)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalog import strings

if TYPE_CHECKING:
    from ..catalog import Node


def figure_name(node: Node) -> str:
    """The name of a result column without AS: FigureColname of parse_target.c."""
    return _figured(node)[0] or "?column?"


def _figured(node: Node) -> tuple[str | None, int]:
    """The name and how good it is: 2 its own, 1 one to fall back on."""
    if not node:
        return None, 0
    ((tag, body),) = node.items()
    if tag == "ColumnRef":
        names = [each["String"].get("sval", "") for each in body["fields"] if "String" in each]
        return (names[-1], 2) if names else (None, 0)
    if tag == "A_Indirection":
        names = [each["String"].get("sval", "") for each in body["indirection"] if "String" in each]
        return (names[-1], 2) if names else _figured(body["arg"])
    if tag == "FuncCall":
        return strings(body["funcname"])[-1], 2
    if tag == "A_Expr":
        return ("nullif", 2) if body["kind"] == "AEXPR_NULLIF" else (None, 0)
    if tag == "TypeCast":
        name, strength = _figured(body["arg"])
        return (name, strength) if strength > 1 else (strings(body["typeName"]["names"])[-1], 1)
    if tag == "CollateClause":
        return _figured(body.get("arg", {}))
    if tag == "CaseExpr":
        name, strength = _figured(body.get("defresult", {}))
        return (name, strength) if strength > 1 else ("case", 1)
    if tag == "SubLink":
        return _figured_sublink(body)
    if tag == "SQLValueFunction":
        return VALUE_FUNCTIONS.get(body["op"], (None, None))[0], 2
    if tag == "MinMaxExpr":
        return ("greatest" if body["op"] == "IS_GREATEST" else "least"), 2
    if tag == "XmlExpr":
        return str(body["op"])[3:].lower().replace("xml", "xml"), 2
    if tag == "JsonFuncExpr":
        return "json_" + str(body["op"])[5:-3].lower(), 2
    return _FIGURED.get(tag), 2 if tag in _FIGURED else 0


def _figured_sublink(body: Node) -> tuple[str | None, int]:
    kind = body["subLinkType"]
    if kind == "EXISTS_SUBLINK":
        return "exists", 2
    if kind == "ARRAY_SUBLINK":
        return "array", 2
    if kind == "EXPR_SUBLINK":
        select = body["subselect"]["SelectStmt"]
        while "larg" in select:
            select = select["larg"]
        if "valuesLists" in select:
            return "column1", 2
        target = select["targetList"][0]["ResTarget"]
        return target.get("name") or figure_name(target["val"]), 2
    return None, 0


def named_by_reference(node: Node) -> bool:
    """Whether a result column takes the name of a column or function that its expression names."""
    ((tag, body),) = node.items()
    if tag in {"TypeCast", "CollateClause"}:
        return bool(body.get("arg")) and named_by_reference(body["arg"])
    return tag in {"ColumnRef", "FuncCall"}


_FIGURED = {
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    "CoalesceExpr": "coalesce",
    "GroupingFunc": "grouping",
    "XmlSerialize": "xmlserialize",
    "JsonParseExpr": "json",
    "JsonScalarExpr": "json_scalar",
    "JsonSerializeExpr": "json_serialize",
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
    "JsonArrayQueryConstructor": "json_array",
    "JsonObjectAgg": "json_objectagg",
    "JsonArrayAgg": "json_arrayagg",
    "MergeSupportFunc": "merge_action",
}
VALUE_FUNCTIONS: dict[str, tuple[str | None, str | None]] = {
    "SVFOP_CURRENT_DATE": ("current_date", "date"),
    "SVFOP_CURRENT_TIME": ("current_time", "time with time zone"),
    "SVFOP_CURRENT_TIME_N": ("current_time", None),
    "SVFOP_CURRENT_TIMESTAMP": ("current_timestamp", "timestamp with time zone"),
    "SVFOP_CURRENT_TIMESTAMP_N": ("current_timestamp", None),
    "SVFOP_LOCALTIME": ("localtime", "time without time zone"),
    "SVFOP_LOCALTIME_N": ("localtime", None),
    "SVFOP_LOCALTIMESTAMP": ("localtimestamp", "timestamp without time zone"),
    "SVFOP_LOCALTIMESTAMP_N": ("localtimestamp", None),
    "SVFOP_CURRENT_ROLE": ("current_role", "name"),
    "SVFOP_CURRENT_USER": ("current_user", "name"),
    "SVFOP_USER": ("user", "name"),
    "SVFOP_SESSION_USER": ("session_user", "name"),
    "SVFOP_CURRENT_CATALOG": ("current_catalog", "name"),
    "SVFOP_CURRENT_SCHEMA": ("current_schema", "name"),
}
