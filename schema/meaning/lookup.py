"""Which object a name means: along the search_path, and what is done about a name that nothing made.

The words and SQLSTATEs are those of namespace.c, parse_type.c and parse_func.c (PostgreSQL, src/backend).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, TypeVar

from ..catalog import WHOLE, Catalog, CatalogError, Key, Node, Object, strings
from ..names import name_of, print_type, quote_ident, type_parts
from . import builtin, missing
from .result_types import argument_form

if TYPE_CHECKING:
    from ..objects.function import Function
    from ..objects.schema import Schema
    from ..objects.type import Type

T = TypeVar("T", bound=Object)

TEMPORARY = "pg_temp"
SYSTEM = frozenset({"pg_catalog", "information_schema", "pg_toast"})


def place_of(node: Node) -> int | None:
    """Where a node stands: its ``location``, which the tree leaves out when it is 0; None where not known."""
    location = node.get("location", 0)
    return location if location >= 0 else None


# -- schemas ---------------------------------------------------------------------------------------------


def has_schema(catalog: Catalog, name: str) -> bool:
    """Whether a schema of this name exists."""
    return name in SYSTEM or name.startswith(TEMPORARY) or ("schema", name) in catalog


def path(catalog: Catalog) -> Iterator[str]:
    """The schemas a bare name is looked up in, ``pg_catalog`` aside: ``current_schemas(false)``."""
    for name in catalog.search_path:
        schema = catalog.role if name == "$user" else name
        if ("schema", schema) in catalog:
            yield schema


def schema(catalog: Catalog, name: str, position: int | None = None) -> str:
    """Find a schema that a statement names; one that nothing made is assumed (3F000)."""
    if name.startswith(TEMPORARY):
        catalog.temporary = True
    elif not has_schema(catalog, name):
        message = f'schema "{name}" does not exist'

        def build() -> Schema:
            from ..objects.schema import Schema

            return Schema(identity=name, name=name, origin="assumed", unknown=frozenset({WHOLE}))

        missing.assume(catalog, ("schema", name), "3F000", message, position=position, build=build)
    return name


def creation(catalog: Catalog, names: Sequence[str], position: int | None = None) -> tuple[str, str]:
    """Say where an object with this written name is made: (schema, name).

    Raises 3F000 where the search_path leads nowhere.
    """
    if len(names) > 1:
        return schema(catalog, names[-2], position), names[-1]
    for each in path(catalog):
        return each, names[-1]
    raise CatalogError("3F000", "no schema has been selected to create in", position)


def schema_for_creation(catalog: Catalog, rangevar: Node) -> str:
    """Say in which schema the relation that a CREATE names is made (``pg_temp`` for a temporary one)."""
    if rangevar.get("relpersistence") == "t":
        catalog.temporary = True
        return TEMPORARY
    return creation(catalog, names_of(rangevar), place_of(rangevar))[0]


# -- relations -------------------------------------------------------------------------------------------


def names_of(rangevar: Node) -> list[str]:
    """The written name of a RangeVar, with its schema where it has one."""
    written = rangevar.get("schemaname")
    return [intern(written), rangevar["relname"]] if written else [rangevar["relname"]]


def _written(names: Sequence[str]) -> str:
    """A name as the server's messages show it."""
    return ".".join(names)


def in_schema(catalog: Catalog, schema: str, name: str) -> Object | None:
    """The table, view, sequence or index of this name in one schema."""
    return catalog.relation(name_of(schema, name))


def find_relation(catalog: Catalog, names: Sequence[str]) -> Object | None:
    """Look a relation up by its written name; None where there is none.

    One in ``pg_catalog`` or ``information_schema`` is found with an unknown shape.
    """
    name = names[-1]
    if len(names) > 1:
        schema = names[-2]
        if found := in_schema(catalog, schema, name):
            return found
        if schema == "pg_catalog":
            known = name in builtin.pg_catalog().relations
        else:
            known = schema in SYSTEM or missing.in_extension(catalog, schema, name, "relations")
        return _system_view(schema, name) if known else None
    if found := in_schema(catalog, TEMPORARY, name):
        return found
    if name.startswith("pg_") and name in builtin.pg_catalog().relations:
        return _system_view("pg_catalog", name)
    for schema in path(catalog):
        if found := in_schema(catalog, schema, name):
            return found
    for schema in path(catalog):
        if missing.in_extension(catalog, schema, name, "relations"):
            return _system_view(schema, name)
    return None


@lru_cache(256)
def _system_view(schema: str, name: str) -> Object:
    from ..objects.view import View

    unknown = frozenset({WHOLE})
    return View(identity=name_of(schema, name), schema=schema, name=name, origin="platform", unknown=unknown)


def relation(catalog: Catalog, rangevar: Node) -> Object:
    """Find the table, view, sequence or index that a RangeVar means.

    What nothing made is recorded as missing (42P01), and a table is assumed in its place.
    """
    written = rangevar.get("schemaname")
    if written and (found := in_schema(catalog, written, rangevar["relname"])):
        return found
    names = names_of(rangevar)
    if found := find_relation(catalog, names):
        return found
    return missing_relation(catalog, names, place_of(rangevar))


def missing_relation(catalog: Catalog, names: Sequence[str], position: int | None) -> Object:
    """Record a relation that nothing made (42P01), and assume a table in its place."""
    where, name = _place(catalog, names)
    message = f'relation "{_written(names)}" does not exist'

    def build() -> Object:
        from ..objects.table import Table

        unknown = frozenset({WHOLE})
        return Table(identity=name_of(where, name), schema=where, name=name, origin="assumed", unknown=unknown)

    key = ("table", name_of(where, name))
    return missing.assume(
        catalog, key, "42P01", message, position=position, build=build, searched=_searched(catalog, names)
    )


def require_free(catalog: Catalog, schema: str, name: str, position: int | None = None) -> None:
    """Make sure that a relation of this name can be made in a schema.

    An assumed object gives way. Raises 42P07 for another relation, 42710 for a type of that name.
    """
    identity = name_of(schema, name)
    while found := catalog.relation(identity) or catalog.find(("type", identity)):
        if missing.vacate(catalog, found):
            continue
        if found.kind == "type" and getattr(found, "type_kind", "") != "composite":
            hint = (
                "A relation has an associated type of the same name, "
                "so you must use a name that doesn't conflict with any existing type."
            )
            raise CatalogError("42710", f'type "{name}" already exists', position, hint=hint)
        raise CatalogError("42P07", f'relation "{name}" already exists', position)


# -- types -----------------------------------------------------------------------------------------------


def find_type(catalog: Catalog, names: Sequence[str]) -> tuple[str, str, Key | None] | None:
    """Look a type up by its written name: (schema, ``typname``, its key), None where there is none.

    A row type has the key of its table or view; a built-in type, or one of an extension, has none.
    """
    name = names[-1]
    built_in = builtin.pg_catalog()
    if len(names) > 1:
        schema = names[-2]
        if schema == "pg_catalog":
            known = name in built_in.types or name in built_in.relations
            return (schema, name, None) if known else None
        if schema in SYSTEM:
            return schema, name, None
        return _type_in(catalog, schema, name)
    if name in built_in.types:
        return "pg_catalog", name, None
    for schema in (TEMPORARY, *path(catalog)):
        if found := _type_in(catalog, schema, name):
            return found
    return ("pg_catalog", name, None) if name in built_in.relations else None


def _type_in(catalog: Catalog, schema: str, name: str) -> tuple[str, str, Key | None] | None:
    identity = name_of(schema, name)
    for kind in ("type", "table", "view"):
        if (kind, identity) in catalog:
            return schema, name, (kind, identity)
    if owner := range_of(catalog, schema, name):
        return schema, name, owner.key
    return (schema, name, None) if missing.in_extension(catalog, schema, name, "types") else None


def range_of(catalog: Catalog, schema: str, name: str) -> Type | None:
    """The range type whose multirange type is called so."""
    from ..objects.type import Type

    return next((each for each in catalog.of(Type) if each.multirange == name and each.schema == schema), None)


def type_of(catalog: Catalog, node: Node, *, modifiers: bool = True) -> tuple[str, Key | None]:
    """Resolve a TypeName: the type as the server prints it, and its key where it is no built-in one.

    Without ``modifiers`` it is printed as in a function's identity. SETOF is the caller's; of %TYPE the
    column's type is given. What nothing made is recorded as missing (42704) and assumed.
    """
    if node.get("pct_type"):
        return _type_of_column(catalog, node, modifiers=modifiers)
    if "typmods" not in node:
        printed = _built_in(*strings(node["names"])[-2:], arrays=len(node.get("arrayBounds", ())), modifiers=modifiers)
        if printed is not None:
            return printed, None
    schema, name, written, dimensions = type_parts(node)
    if schema is None or schema == "pg_catalog":
        known = builtin.pg_catalog().types
        if name in known:
            return print_type(schema, name, written if modifiers else None, dimensions), None
        if name.startswith("_") and name[1:] in known:
            return print_type(schema, name[1:], written if modifiers else None, dimensions + 1), None
    names = [name] if schema is None else [schema, name]
    found = find_type(catalog, names)
    if found is None and name.startswith("_") and (found := find_type(catalog, [*names[:-1], name[1:]])):
        dimensions += 1
    if found is None:
        found = _missing_type(catalog, names, place_of(node))
    where, name, key = found
    return print_type(where, name, written if modifiers else None, dimensions), key


@lru_cache(1024)
def _built_in(*names: str, arrays: int, modifiers: bool) -> str | None:
    """A built-in type without modifiers as the server prints it; None for another."""
    *schema, name = names
    if schema not in ([], ["pg_catalog"]) or name not in builtin.pg_catalog().types or name.startswith("_"):
        return None
    return print_type(schema[0] if schema else None, name, () if modifiers else None, arrays)


def _type_of_column(catalog: Catalog, node: Node, *, modifiers: bool) -> tuple[str, Key | None]:
    names = strings(node["names"])
    table = find_relation(catalog, names[:-1])
    if table is None:
        table = missing_relation(catalog, names[:-1], place_of(node))
    column = catalog.find(("column", f"{table.identity}.{quote_ident(names[-1])}"))
    if column is None:
        if table.knows("columns"):
            message = f'column "{names[-1]}" of relation "{names[-2]}" does not exist'
            raise CatalogError("42703", message, place_of(node))
        return "?", None
    printed = str(getattr(column, "type", "?"))
    bare = printed if modifiers else argument_form(printed)
    dimensions = len(node.get("arrayBounds", ()))
    return bare + ("[]" if dimensions and not bare.endswith("[]") else ""), None


def _missing_type(catalog: Catalog, names: Sequence[str], position: int | None) -> tuple[str, str, Key]:
    where, name = _place(catalog, names)
    key = ("type", name_of(where, name))

    def build() -> Object:
        from ..objects.type import Type

        unknown = frozenset({WHOLE})
        return Type(identity=key[1], schema=where, name=name, type_kind="base", origin="assumed", unknown=unknown)

    message = f'type "{_written(names)}" does not exist'
    missing.assume(catalog, key, "42704", message, position=position, build=build, searched=_searched(catalog, names))
    return where, name, key


# -- functions -------------------------------------------------------------------------------------------


def candidates(catalog: Catalog, names: Sequence[str]) -> list[Function]:
    """The functions, procedures and aggregates a written name may mean, nearest schema first.

    One that an earlier schema of the search_path has with the same arguments hides the later ones.
    """
    if len(names) > 1:
        return catalog.routines(names[-2], names[-1])  # type: ignore[return-value]  # its kind is function
    found: dict[tuple[str, ...] | str, Function] = {}
    for schema in path(catalog):
        for each in catalog.routines(schema, names[-1]):
            function: Function = each  # type: ignore[assignment]  # as above
            known = function.knows("arguments")
            found.setdefault(input_types(function) if known else function.identity, function)
    return list(found.values())


def input_types(function: Function) -> tuple[str, ...]:
    """The types of a function's identity: ``proargtypes``."""
    inputs = (a for a in function.arguments if a.mode not in {"out", "table"})
    return tuple(argument_form(a.type) for a in inputs)


_ROUTINES = {  # what the object type of a statement takes, and what it calls it
    "OBJECT_FUNCTION": ({"function", "window", "aggregate"}, "function"),
    "OBJECT_PROCEDURE": ({"procedure"}, "procedure"),
    "OBJECT_AGGREGATE": ({"aggregate"}, "aggregate"),
    "OBJECT_ROUTINE": ({"function", "window", "aggregate", "procedure"}, "routine"),
}


def find_routine(
    catalog: Catalog, names: Sequence[str], args: Sequence[str] | None, objtype: str = "OBJECT_ROUTINE"
) -> Function | None:
    """Look a routine up by its written name and its input types (None: not said).

    Raises 42725 where a bare name means several, 42809 where it is another kind of routine.
    """
    takes, word = _ROUTINES[objtype]
    found = candidates(catalog, names)
    if args is None:
        found = [each for each in found if not each.knows("routine_kind") or each.routine_kind in takes]
        if len(found) > 1:
            raise CatalogError(
                "42725",
                f'{word} name "{_written(names)}" is not unique',
                hint=f"Specify the argument list to select the {word} unambiguously.",
            )
        return found[0] if found else None
    wanted = tuple(args)
    for each in found:
        if not each.knows("arguments"):
            return each
        if input_types(each) != wanted:
            continue
        kind = each.routine_kind
        if objtype == "OBJECT_AGGREGATE" and kind != "aggregate":
            raise CatalogError("42809", f"function {_signature(names, wanted)} is not an aggregate")
        if kind not in takes:
            article = "a procedure" if objtype == "OBJECT_PROCEDURE" else "a function"
            raise CatalogError("42809", f"{_signature(names, wanted)} is not {article}")
        return each
    return None


def _signature(names: Sequence[str], args: Sequence[str]) -> str:
    return f"{_written(names)}({', '.join(args)})"


def function(
    catalog: Catalog,
    names: Sequence[str],
    args: Sequence[str] | None,
    *,
    objtype: str = "OBJECT_FUNCTION",
    position: int | None = None,
) -> Function:
    """Find the function with this written name and these input types, printed (None: not said).

    What nothing made is recorded as missing (42883) and assumed; raises 42725 and 42809 as ``find_routine``.
    """
    if found := find_routine(catalog, names, args, objtype):
        return found
    word = _ROUTINES[objtype][1]
    if args is not None:
        message = f"{word} {_signature(names, args)} does not exist"
    else:
        message = f'could not find {"an" if word[0] == "a" else "a"} {word} named "{_written(names)}"'
    return missing_function(catalog, names, args, message, position)


def missing_function(
    catalog: Catalog, names: Sequence[str], args: Sequence[str] | None, message: str, position: int | None
) -> Function:
    """Record a function that nothing made (42883), and assume it; without ``args`` whatever they are."""
    searched = _searched(catalog, names)
    home = next((e for e in searched if missing.in_extension(catalog, e, names[-1], "functions")), None)
    if home is None and args and "internal" in args:  # in C alone, and there are no other such functions than theirs
        home = next((e for e in searched if missing.extensions_in(catalog, e)), None)
    if home is None and (names[-2:-1] or ["pg_catalog"])[0] in SYSTEM and names[-1] in builtin.pg_catalog().functions:
        home = "pg_catalog"
    where, name = (home, names[-1]) if home else _place(catalog, names)
    identity = name_of(where, name) + ("" if args is None else f"({', '.join(args)})")

    def build() -> Function:
        from ..objects.function import Argument, Function

        unknown = frozenset(Function.attribute_names()) - {"arguments"} if args is not None else {WHOLE}
        return Function(
            identity=identity,
            schema=where,
            name=name,
            arguments=tuple(Argument(None, "in", each) for each in args or ()),
            origin="assumed",
            unknown=frozenset(unknown) | {"privileges"},
        )

    key = ("function", identity)
    if home is not None:
        return catalog.put(build())
    return missing.assume(catalog, key, "42883", message, position=position, build=build, searched=searched)


def argument_types(catalog: Catalog, node: Node) -> list[str] | None:
    """The input types of an ObjectWithArgs, printed; None where it says none."""
    if node.get("args_unspecified"):
        return None
    return [type_of(catalog, each["TypeName"], modifiers=False)[0] for each in node.get("objargs", ())]


def routine(catalog: Catalog, node: Node, objtype: str = "OBJECT_FUNCTION") -> Function:
    """Find what an ObjectWithArgs means, for GRANT, COMMENT, ALTER and the like."""
    return function(catalog, strings(node["objname"]), argument_types(catalog, node), objtype=objtype)


# -- roles -----------------------------------------------------------------------------------------------


def role(catalog: Catalog, rolespec: Node) -> str:
    """Resolve a RoleSpec to a role's name, ``public`` for PUBLIC; a role that nothing made is assumed (42704)."""
    written = rolespec["roletype"]
    if written == "ROLESPEC_PUBLIC":
        return "public"
    if written in {"ROLESPEC_CURRENT_ROLE", "ROLESPEC_CURRENT_USER"}:
        return catalog.role
    if written == "ROLESPEC_SESSION_USER":
        return catalog.session_role
    name = str(rolespec["rolename"])
    if ("role", name) not in catalog:

        def build() -> Object:
            from ..objects.role import Role

            return Role(identity=name, name=name, origin="assumed", unknown=frozenset({WHOLE}))

        message = f'role "{name}" does not exist'
        missing.assume(catalog, ("role", name), "42704", message, position=place_of(rolespec), build=build)
    return name


# -- what nothing made -----------------------------------------------------------------------------------


def _place(catalog: Catalog, names: Sequence[str]) -> tuple[str, str]:
    """Where an object would be if it existed: the schema named, or the one a CREATE would take."""
    if len(names) > 1:
        return schema(catalog, names[-2]), names[-1]
    return next(path(catalog), "public"), names[-1]


def _searched(catalog: Catalog, names: Sequence[str]) -> list[str]:
    """The schemas a written name was looked for in."""
    return [names[-2]] if len(names) > 1 else list(path(catalog))


def report_missing(catalog: Catalog, kind: str, names: Sequence[str], sqlstate: str, message: str) -> None:
    """Record that nothing made what a statement is about to drop: nothing is assumed in its place.

    ``names`` is the written name of an object in a schema; nothing is recorded where it may be there unseen.
    """
    from ..taint import excused

    searched = _searched(catalog, names)
    where, name = _place(catalog, names)
    key = (kind, name_of(where, name))
    if excused(catalog, key) is None and not any(missing.may_exist(catalog, each) for each in searched):
        missing.record(catalog, key, sqlstate, message)
