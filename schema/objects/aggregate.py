"""CREATE AGGREGATE: an aggregate is a row of ``pg_proc``, a Function of that kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .. import rename
from ..catalog import Catalog, CatalogError, Dependency, Key, Node, executes, strings, type_name
from ..meaning import lookup, resolve
from .default_privilege import initial_acl
from .function import Argument, Function, existing, replaced
from .function_body import digest

if TYPE_CHECKING:
    from ..source import Statement

_SOURCE = "aggregate_dummy"  # prosrc of every aggregate


@executes("DefineStmt", "OBJECT_AGGREGATE")
def create_aggregate(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE [OR REPLACE] AGGREGATE."""
    schema, name = resolve.creation(catalog, strings(node["defnames"]))
    found = {each["DefElem"]["defname"].lower(): each["DefElem"].get("arg", {}) for each in node["definition"]}
    needs: dict[Key, None] = {}
    for required in ("stype", "sfunc"):
        if required not in found and required + "1" not in found:
            raise CatalogError("42P13", f"aggregate {required} must be specified")
    arguments = tuple(_arguments(catalog, node, found, needs))
    state = found.get("stype", found.get("stype1", {}))
    returns, key = resolve.type_of(catalog, type_name("stype", state), modifiers=False)
    if key:
        needs[key] = None
    unknown: frozenset[str] = frozenset()
    _function(catalog, found.get("sfunc", found.get("sfunc1", {})), needs)
    if "finalfunc" in found:
        final = _function(catalog, found["finalfunc"], needs)
        returns = final.returns or returns if final is not None and final.knows("returns") else returns
        if final is None or not final.knows("returns"):
            unknown |= {"returns"}
    aggregate = Function(
        identity="",
        unknown=unknown,
        schema=schema,
        name=name,
        routine_kind="aggregate",
        arguments=arguments,
        returns=returns,
        language="internal",
        volatility="immutable",
        parallel=_word(found.get("parallel")) or "unsafe",
        owner=catalog.role,
        acl=initial_acl(catalog, "functions", catalog.role, schema),
        source=_SOURCE,
        body=digest(_SOURCE),
    )
    aggregate = replace(aggregate, identity=rename.identity_of(aggregate))
    before = existing(catalog, aggregate)
    if before is not None:
        if not node.get("replace"):
            raise CatalogError("42723", f'function "{name}" already exists with same argument types')
        aggregate = replaced(before, aggregate)
    catalog.put(aggregate, depends=[Dependency(key) for key in needs])


def _arguments(catalog: Catalog, node: Node, found: dict[str, Any], needs: dict[Key, None]) -> list[Argument]:
    """The direct and aggregated arguments; of the old form ``basetype``."""
    arguments = []
    if node.get("oldstyle"):
        base = found.get("basetype", {})
        written = [] if "TypeName" not in base else [(None, "in", base["TypeName"])]
    else:
        items = (each["FunctionParameter"] for each in node["args"][0].get("List", {}).get("items", ()))
        written = [
            (p.get("name"), "variadic" if p["mode"] == "FUNC_PARAM_VARIADIC" else "in", p["argType"]) for p in items
        ]
    for name, mode, kind in written:
        if strings(kind["names"]) in (["any"], ["pg_catalog", "any"]) and node.get("oldstyle"):
            continue
        printed, key = resolve.type_of(catalog, kind, modifiers=False)
        if key:
            needs[key] = None
        arguments.append(Argument(name or None, mode, printed))
    return arguments


def _function(catalog: Catalog, node: Node, needs: dict[Key, None]) -> Function | None:
    """A support function by its name: one of the user's, or None for a built-in one."""
    names = strings(node["TypeName"]["names"]) if "TypeName" in node else [_word(node)]
    found = lookup.candidates(catalog, names)
    if len(found) == 1:
        needs[found[0].key] = None
        return found[0]
    return None


def _word(node: Any) -> str:
    """A word that an option is: the grammar takes it for a type's name, or leaves it a string."""
    if not node:
        return ""
    named = node.get("TypeName")
    return (strings(named["names"])[-1] if named else str(node.get("String", {}).get("sval", ""))).lower()
