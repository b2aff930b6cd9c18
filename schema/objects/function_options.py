"""The options of CREATE and ALTER FUNCTION: what each sets, and what a function sets for itself (proconfig)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from sys import intern
from typing import Any

from ..catalog import CatalogError, Node
from ..names import quote_ident

# Settings that are lists of names, which SET quotes one by one: GUC_LIST_QUOTE of guc_tables.c
_LISTS_OF_NAMES = {
    "createrole_self_grant",
    "debug_io_direct",
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
}
# Settings whose own name is not in lower case
_SPELLED = {each.lower(): each for each in ("DateStyle", "IntervalStyle", "TimeZone")}


def options(elements: Iterable[Node]) -> dict[str, Any]:
    """Take the options of a function: attributes by name, ``config`` a list of SET clauses, ``as`` the body's strings.

    Raises 42601 for an option said twice.
    """
    found: dict[str, Any] = {}
    for each in elements:
        element = each["DefElem"]
        name, value = element["defname"], element.get("arg", {})
        if name == "set":
            found.setdefault("config", []).append(value["VariableSetStmt"])
            continue
        if name in found:
            raise CatalogError("42601", "conflicting or redundant options", element.get("location", 0))
        found[name] = value
    return found


def attributes(found: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a Function that its options set, ``config`` aside."""
    values: dict[str, Any] = {}
    for name, field in (("strict", "strict"), ("security", "security_definer"), ("leakproof", "leakproof")):
        if name in found:
            values[field] = found[name]["Boolean"].get("boolval", False)
    if "volatility" in found:
        values["volatility"] = _word(found["volatility"])
    if "language" in found:
        values["language"] = _word(found["language"])
    if "parallel" in found:
        values["parallel"] = _word(found["parallel"]).lower()
        if values["parallel"] not in {"safe", "restricted", "unsafe"}:
            raise CatalogError("42601", 'parameter "parallel" must be SAFE, RESTRICTED, or UNSAFE')
    return values


def _word(node: Node) -> str:
    return intern(str(node["String"].get("sval", "")))  # the same few again and again


def with_settings(config: Sequence[str], clauses: Iterable[Node]) -> tuple[str, ...] | None:
    """The settings of a function after SET and RESET clauses, as ``proconfig`` keeps them; None: not known."""
    settings: dict[str, str] | None = dict(each.split("=", 1) for each in config)
    for clause in clauses:
        kind = clause["kind"]
        name = clause.get("name", "")
        name = _SPELLED.get(name.lower(), name.lower())
        if kind == "VAR_RESET_ALL":
            settings = {}
        elif settings is None:
            continue
        elif kind in {"VAR_SET_DEFAULT", "VAR_RESET"}:
            settings.pop(name, None)
        elif kind == "VAR_SET_CURRENT":
            settings = None
        else:
            settings[name] = flattened(name, clause.get("args", ()))
    return None if settings is None else tuple(intern(f"{name}={value}") for name, value in settings.items())


def in_order(settings: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The attributes of a Function with these settings: as they are compared, and as the server keeps them."""
    return {"config": tuple(sorted(settings)), "proconfig": settings}


def flattened(name: str, args: Iterable[Node]) -> str:
    """The value of a setting as text: flatten_set_variable_args of guc_funcs.c."""
    parts = []
    for arg in args:
        constant = arg.get("A_Const") or arg.get("TypeCast", {}).get("arg", {}).get("A_Const", {})
        if "sval" in constant:
            text = str(constant["sval"].get("sval", ""))
            parts.append(quote_ident(text) if name in _LISTS_OF_NAMES else text)
        elif "fval" in constant:
            parts.append(str(constant["fval"].get("fval", "")))
        elif "boolval" in constant:
            parts.append("true" if constant["boolval"].get("boolval") else "false")
        else:
            parts.append(str(constant.get("ival", {}).get("ival", 0)))
    return ", ".join(parts)
