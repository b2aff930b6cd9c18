"""ALTER and DROP of functions, procedures and aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from .. import alter
from ..catalog import Catalog, CatalogError, Node, executes, strings
from ..meaning import lookup, resolve
from .function import Function
from .function_options import attributes, in_order, options, with_settings

if TYPE_CHECKING:
    from ..source import Statement

_ROUTINES = ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE")


@executes("AlterFunctionStmt")
def alter_function(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER FUNCTION, PROCEDURE or ROUTINE: the options."""
    function = resolve.routine(catalog, node["func"], node["objtype"])
    _refuse_aggregate(function)
    found = options(node["actions"])
    values = attributes(found)
    if values.get("leakproof"):
        alter.require_superuser(catalog, "only superuser can define a leakproof function")
    unknown = function.unknown - set(values)
    if "config" in found:
        known = (function.proconfig or function.config) if function.knows("config") else ()
        config = with_settings(known, found["config"])
        reset = any(each["kind"] == "VAR_RESET_ALL" for each in found["config"])
        if config is not None and (function.knows("config") or reset):
            values |= in_order(config)
            unknown -= {"config"}
        else:
            unknown |= {"config"}
    catalog.put(replace(function, unknown=unknown, **values))


@executes("AlterOwnerStmt", *_ROUTINES)
def own_function(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER FUNCTION ... OWNER TO."""
    function = resolve.routine(catalog, node["object"]["ObjectWithArgs"], node["objectType"])
    alter.change_owner(catalog, function, node["newowner"])


@executes("RenameStmt", *_ROUTINES)
def rename_function(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER FUNCTION ... RENAME TO."""
    function = resolve.routine(catalog, node["object"]["ObjectWithArgs"], node["renameType"])

    def check(schema: str, name: str) -> None:
        taken = [f for f in lookup.candidates(catalog, [schema, name]) if f.knows("arguments")]
        inputs = lookup.input_types(function)
        if any(lookup.input_types(each) == inputs for each in taken):
            shown = f"{name}({', '.join(inputs)})"
            raise CatalogError("42723", f'function {shown} already exists in schema "{schema}"')

    alter.change_name(catalog, function, node["newname"], check)


@executes("AlterObjectSchemaStmt", *_ROUTINES)
def move_function(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER FUNCTION ... SET SCHEMA."""
    function = resolve.routine(catalog, node["object"]["ObjectWithArgs"], node["objectType"])
    alter.change_schema(catalog, function, node["newschema"], "function", "42723")


@executes("AlterObjectDependsStmt", *_ROUTINES)
def depend(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER FUNCTION ... DEPENDS ON EXTENSION."""
    function = resolve.routine(catalog, node["object"]["ObjectWithArgs"], node["objectType"])
    alter.depend_on_extension(catalog, function, node)


@executes("DropStmt", *_ROUTINES)
def drop_function(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP FUNCTION, PROCEDURE, ROUTINE or AGGREGATE."""
    kind, missing_ok = node["removeType"], bool(node.get("missing_ok"))
    doomed = []
    for each in node["objects"]:
        wanted = each["ObjectWithArgs"]
        names = strings(wanted["objname"])
        if missing_ok and not _types_exist(catalog, wanted):
            continue
        found = _named(catalog, names, lookup.argument_types(catalog, wanted), kind, missing_ok=missing_ok)
        if found is not None:
            if kind == "OBJECT_FUNCTION":
                _refuse_aggregate(found, hint="Use DROP AGGREGATE to drop aggregate functions.")
            doomed.append(found.key)
    catalog.drop(doomed, cascade=node.get("behavior") == "DROP_CASCADE")


def _refuse_aggregate(function: Function, hint: str = "") -> None:
    if function.knows("routine_kind") and function.routine_kind == "aggregate":
        raise CatalogError("42809", f'"{function.name}" is an aggregate function', hint=hint)


def _named(
    catalog: Catalog, names: Sequence[str], args: Sequence[str] | None, kind: str, *, missing_ok: bool
) -> Function | None:
    if missing_ok or lookup.find_routine(catalog, names, args, kind) is not None:
        return lookup.find_routine(catalog, names, args, kind)
    return lookup.function(catalog, names, args, objtype=kind)


def _types_exist(catalog: Catalog, wanted: Node) -> bool:
    """Whether every argument type is known: IF EXISTS passes over one that is not."""
    names = (strings(each["TypeName"]["names"]) for each in wanted.get("objargs", ()))
    return all(
        lookup.find_type(catalog, each) or lookup.find_type(catalog, [*each[:-1], each[-1].removeprefix("_")])
        for each in names
    )
