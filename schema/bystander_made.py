"""CREATE of what is known to exist only: what the server refuses, and what each of them needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from . import alter, taint
from .bystander import FORMS, Bystander, bystander, find, named, report_absent
from .catalog import Catalog, CatalogError, Dependency, Key, Node, executes, strings, type_name
from .meaning import builtin, lookup, missing
from .names import quote_ident
from .objects.extension import Extension

if TYPE_CHECKING:
    from .source import Statement


def _make(
    catalog: Catalog,
    obj: Bystander,
    needs: Iterable[Dependency],
    taken: str,
    *,
    sqlstate: str = "42710",
    over: bool = False,
) -> None:
    """Put an object that did not exist; ``over``: CREATE OR REPLACE."""
    existing = catalog.get(Bystander, obj.identity)
    if existing is not None and existing.origin != "assumed" and not over:
        raise CatalogError(sqlstate, taken)
    edges = list(needs)
    if obj.schema is not None:
        edges.append(Dependency(("schema", obj.schema)))
    catalog.put(replace(obj, owner=catalog.role), edges)


def _there(catalog: Catalog, obj: Bystander, node: Node) -> bool:
    return bool(node.get("if_not_exists")) and catalog.find(obj.key) is not None


def _options(node: Node, field: str = "definition") -> dict[str, Any]:
    return {each["DefElem"]["defname"].lower(): each["DefElem"].get("arg", {}) for each in node.get(field, ())}


def _written(node: Any) -> list[str]:
    """The name that an option is, whether the grammar took it for a type's, a list's or a string's."""
    if "TypeName" in node:
        return strings(node["TypeName"]["names"])
    if "List" in node:
        return strings(node["List"]["items"])
    return strings([node]) if "String" in node else []


def _functions(catalog: Catalog, names: list[str], types: list[str] | None = None) -> Iterator[Dependency]:
    """The function of ours that a name means."""
    for each in lookup.candidates(catalog, names) if names else ():
        if types is None or list(lookup.input_types(each)) == types:
            yield Dependency(each.key)
            return


def _with_arguments(catalog: Catalog, node: Node | None) -> Iterator[Dependency]:
    if node is not None:
        yield from _functions(catalog, strings(node["objname"]), lookup.argument_types(catalog, node))


def _type(catalog: Catalog, node: Node, needs: list[Dependency]) -> str:
    printed, key = lookup.type_of(catalog, node, modifiers=False)
    if key is not None:
        needs.append(Dependency(key))
    return printed


def _needed(catalog: Catalog, objtype: str, names: list[str]) -> Iterator[Dependency]:
    """Another of these objects that one needs."""
    meant = named(catalog, objtype, names)
    found = find(catalog, meant)
    if found is not None:
        yield Dependency(found.key)
    else:
        report_absent(catalog, meant)


# -- in schemas ----------------------------------------------------------------------------------------------


@executes("DefineStmt", "OBJECT_COLLATION")
def create_collation(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE COLLATION."""
    schema, name = lookup.creation(catalog, strings(node["defnames"]))
    obj = bystander("collation", schema=schema, name=name)
    if not _there(catalog, obj, node):
        _make(catalog, obj, (), f'collation "{name}" for encoding "UTF8" already exists')


@executes("CreateConversionStmt")
def create_conversion(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE CONVERSION."""
    schema, name = lookup.creation(catalog, strings(node["conversion_name"]))
    needs = _functions(catalog, strings(node["func_name"]))
    _make(catalog, bystander("conversion", schema=schema, name=name), needs, f'conversion "{name}" already exists')


@executes("DefineStmt", "OBJECT_OPERATOR")
def create_operator(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE OPERATOR."""
    schema, name = lookup.creation(catalog, strings(node["defnames"]))
    options = _options(node)
    needs: list[Dependency] = []
    types = [
        _type(catalog, type_name(side, options[side]), needs) if side in options else "none"
        for side in ("leftarg", "rightarg")
    ]
    function = options.get("function", options.get("procedure"))
    if function is None:
        raise CatalogError("42P13", "operator function must be specified")
    if types[1] == "none":
        message = (
            "operator argument types must be specified"
            if types[0] == "none"
            else "operator right argument type must be specified"
        )
        raise CatalogError(
            "42P13", message, detail="" if types[0] == "none" else "Postfix operators are not supported."
        )
    needs += _functions(catalog, _written(function), [each for each in types if each != "none"])
    obj = bystander("operator", schema=schema, name=name, types=tuple(types))
    _make(catalog, obj, needs, f"operator {name} already exists", sqlstate="42723")


_PARTS = {  # text search: the option that names what it needs, and the unique index that refuses a second one
    "OBJECT_TSCONFIGURATION": ("parser", "OBJECT_TSPARSER", "pg_ts_config_cfgname_index"),
    "OBJECT_TSDICTIONARY": ("template", "OBJECT_TSTEMPLATE", "pg_ts_dict_dictname_index"),
}


@executes("DefineStmt", *_PARTS)
def create_text_search(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TEXT SEARCH CONFIGURATION and DICTIONARY."""
    schema, name = lookup.creation(catalog, strings(node["defnames"]))
    option, part, index = _PARTS[node["kind"]]
    options = _options(node)
    needs: list[Dependency] = []
    if option in options:
        needs += _needed(catalog, part, _written(options[option]))
    if "copy" in options:
        copied = find(catalog, named(catalog, node["kind"], _written(options["copy"])))
        needs += catalog.depends_on(copied.key) if copied is not None else ()
        needs = [each for each in needs if each.on[0] != "schema"]
    taken = f'duplicate key value violates unique constraint "{index}"'
    _make(catalog, bystander(FORMS[node["kind"]].label, schema=schema, name=name), needs, taken, sqlstate="23505")


@executes("AlterTSConfigurationStmt")
def alter_text_search(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TEXT SEARCH CONFIGURATION: it needs the dictionaries that it maps to."""
    meant = named(catalog, "OBJECT_TSCONFIGURATION", strings(node["cfgname"]))
    found = find(catalog, meant)
    if found is None:
        report_absent(catalog, meant)
        return
    needs = list(catalog.depends_on(found.key))
    for each in node.get("dicts", ()):
        needs += _needed(catalog, "OBJECT_TSDICTIONARY", strings(each["List"]["items"]))
    catalog.put(found, needs)


_SUPERUSERS = {  # what PostgreSQL, and the platform, lets nobody but a superuser do
    "OBJECT_TSPARSER": "must be superuser to create text search parsers",
    "OBJECT_TSTEMPLATE": "must be superuser to create text search templates",
}


@executes("DefineStmt", *_SUPERUSERS)
def create_text_search_part(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TEXT SEARCH PARSER and TEMPLATE."""
    alter.require_superuser(catalog, _SUPERUSERS[node["kind"]])
    schema, name = lookup.creation(catalog, strings(node["defnames"]))
    label = FORMS[node["kind"]].label
    _make(catalog, bystander(label, schema=schema, name=name), (), f'{label} "{name}" already exists', sqlstate="23505")


@executes("CreateOpClassStmt")
def create_operator_class(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE OPERATOR CLASS."""
    alter.require_superuser(catalog, "must be superuser to create an operator class")
    schema, name = lookup.creation(catalog, strings(node["opclassname"]))
    needs: list[Dependency] = []
    _type(catalog, node["datatype"], needs)
    obj = bystander("operator class", schema=schema, name=name, of=node["amname"])
    _make(catalog, obj, needs, f'operator class "{name}" for access method "{node["amname"]}" already exists')


@executes("CreateOpFamilyStmt")
def create_operator_family(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE OPERATOR FAMILY."""
    alter.require_superuser(catalog, "must be superuser to create an operator family")
    schema, name = lookup.creation(catalog, strings(node["opfamilyname"]))
    obj = bystander("operator family", schema=schema, name=name, of=node["amname"])
    _make(catalog, obj, (), f'operator family "{name}" for access method "{node["amname"]}" already exists')


@executes("CreateStatsStmt")
def create_statistics(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE STATISTICS: it goes with each column it is of; one without a name has one that nothing names."""
    table: Any = lookup.relation(catalog, node["relations"][0]["RangeVar"])
    if "defnames" not in node:
        return
    schema, name = lookup.creation(catalog, strings(node["defnames"]))
    obj = bystander("statistics object", schema=schema, name=name)
    if _there(catalog, obj, node):
        return
    needs = [Dependency(table.key, auto=True)]
    for each in node["exprs"]:
        column = each["StatsElem"].get("name")
        if column is None:
            continue
        key = ("column", f"{table.identity}.{quote_ident(column)}")
        if key in catalog:
            needs.append(Dependency(key, auto=True))
        elif table.kind == "table" and table.knows("columns"):
            raise CatalogError("42703", f'column "{column}" does not exist')
    _make(catalog, obj, needs, f'statistics object "{name}" already exists')


# -- in none -------------------------------------------------------------------------------------------------


@executes("CreateCastStmt")
def create_cast(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE CAST."""
    needs: list[Dependency] = []
    types = tuple(_type(catalog, node[each], needs) for each in ("sourcetype", "targettype"))
    needs += _with_arguments(catalog, node.get("func"))
    _make(
        catalog, bystander("cast", types=types), needs, f"cast from type {types[0]} to type {types[1]} already exists"
    )


@executes("CreateTransformStmt")
def create_transform(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE [OR REPLACE] TRANSFORM."""
    needs: list[Dependency] = []
    printed = _type(catalog, node["type_name"], needs)
    for each in ("fromsql", "tosql"):
        needs += _with_arguments(catalog, node.get(each))
    taken = f'transform for type {printed} language "{node["lang"]}" already exists'
    _make(catalog, bystander("transform", types=(printed,), of=node["lang"]), needs, taken, over="replace" in node)


@executes("CreatePLangStmt")
def create_language(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE LANGUAGE with a handler of its own."""
    alter.require_superuser(catalog, "must be superuser to create custom procedural language")
    fields = ("plhandler", "plinline", "plvalidator")
    needs = [need for field in fields for need in _functions(catalog, strings(node.get(field, ())))]
    taken = f'language "{node["plname"]}" already exists'
    _make(catalog, bystander("language", name=node["plname"]), needs, taken, over="replace" in node)


@executes("CreateAmStmt")
def create_access_method(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE ACCESS METHOD."""
    name = node["amname"]
    alter.require_superuser(catalog, f'permission denied to create access method "{name}"')
    needs = _functions(catalog, strings(node["handler_name"]))
    _make(catalog, bystander("access method", name=name), needs, f'access method "{name}" already exists')


@executes("CreateFdwStmt")
def create_wrapper(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE FOREIGN DATA WRAPPER."""
    name = node["fdwname"]
    needs = [need for each in _options(node, "func_options").values() for need in _functions(catalog, _written(each))]
    label = FORMS["OBJECT_FDW"].label
    _make(catalog, bystander(label, name=name), needs, f'foreign-data wrapper "{name}" already exists')


@executes("CreateForeignServerStmt")
def create_server(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE SERVER."""
    obj = bystander("server", name=node["servername"])
    if _there(catalog, obj, node):
        return
    needs = [Dependency(key) for key in _wrapper(catalog, node["fdwname"])]
    _make(catalog, obj, needs, f'server "{obj.name}" already exists')


@executes("AlterFdwStmt")
def alter_wrapper(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER FOREIGN DATA WRAPPER ... OPTIONS, HANDLER, VALIDATOR."""
    alter.require_superuser(catalog, f'permission denied to alter foreign-data wrapper "{node["fdwname"]}"')


def _wrapper(catalog: Catalog, name: str) -> list[Key]:
    """The wrapper that a statement names, or the extension that brings it: it is called after it."""
    obj = bystander(FORMS["OBJECT_FDW"].label, name=name)
    made = [each for each in catalog.of(Extension) if each.origin != "platform"]
    if obj.key not in catalog and (named_so := [each.key for each in made if name.startswith(each.name)]):
        return named_so
    if obj.key not in catalog and any(builtin.extension(each.name) is None for each in made):
        return []
    return [_known(catalog, obj, ("foreign_data_wrapper", name))]


def server_key(catalog: Catalog, name: str) -> Key:
    """The server that a statement names."""
    return _known(catalog, bystander("server", name=name), ("server", name))


def _known(catalog: Catalog, obj: Bystander, key: Key) -> Key:
    """What a statement needs; one that nothing made is reported, and assumed."""
    if obj.key not in catalog:
        missing.report(catalog, key, "42704", f'{obj.label} "{obj.name}" does not exist')
        catalog.put(replace(obj, origin="assumed"))
    return obj.key


def _mapping(catalog: Catalog, node: Node) -> Bystander:
    return bystander("user mapping", name=lookup.role(catalog, node["user"]), of=node["servername"])


@executes("CreateUserMappingStmt")
def create_user_mapping(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE USER MAPPING."""
    server = server_key(catalog, node["servername"])
    obj = _mapping(catalog, node)
    if not _there(catalog, obj, node):
        taken = f'user mapping for "{obj.name}" already exists for server "{obj.of}"'
        _make(catalog, obj, [Dependency(server)], taken)


@executes("DropUserMappingStmt")
def drop_user_mapping(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP USER MAPPING."""
    obj = _mapping(catalog, node)
    server: Any = catalog.find(bystander("server", name=node["servername"]).key)
    if obj.key in catalog:
        catalog.drop([obj.key], cascade=False)
    elif (
        server is not None
        and server.origin == "made"
        and not node.get("missing_ok")
        and not taint.possibly(catalog, obj.key)
    ):
        raise CatalogError("42704", f'user mapping for "{obj.name}" does not exist for server "{obj.of}"')


# -- rules ---------------------------------------------------------------------------------------------------


@executes("RuleStmt")
def create_rule(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE [OR REPLACE] RULE: it goes with its relation, and holds what its actions are about."""
    relation: Any = lookup.relation(catalog, node["relation"])
    obj = bystander("rule", name=node["rulename"], table=relation.identity)
    needs = {Dependency(relation.key, auto=True): None}
    for part in (node.get("actions", ()), node.get("whereClause", {})):
        needs.update(dict.fromkeys(_used(catalog, part, relation)))
    taken = f'rule "{obj.name}" for relation "{relation.name}" already exists'
    _make(catalog, obj, needs, taken, over=bool(node.get("replace")))


def _used(catalog: Catalog, node: Any, relation: Any) -> Iterator[Dependency]:
    """The relations and the columns (by NEW and OLD) that a rule reads or changes."""
    if isinstance(node, list):
        for each in node:
            yield from _used(catalog, each, relation)
    elif isinstance(node, dict):
        if "relname" in node:
            found = lookup.find_relation(catalog, lookup.names_of(node))
            if found is not None and found.key != relation.key:
                yield Dependency(found.key)
        fields = node.get("fields")
        if fields and len(fields) == 2 and "String" in fields[1]:
            where, name = (each["String"].get("sval", "") for each in fields)
            key = ("column", f"{relation.identity}.{quote_ident(name)}")
            if where in {"new", "old"} and key in catalog:
                yield Dependency(key)
        for each in node.values():
            if isinstance(each, (dict, list)):
                yield from _used(catalog, each, relation)
