"""Extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from .. import taint
from ..catalog import WHOLE, Catalog, CatalogError, Key, Node, Object, executes, string
from ..meaning import builtin, resolve
from .default_privilege import initial_acl
from .schema import Schema

if TYPE_CHECKING:
    from ..source import Statement


class Extension(Object, frozen=True, kw_only=True):
    """A row of ``pg_extension``."""

    kind: ClassVar[str] = "extension"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})
    live: ClassVar[str] = """
        select 'extension' as kind, e.extname::text as identity, null::text as parent,
               pg_catalog.jsonb_build_object('name', e.extname, 'schema', n.nspname) as attributes
          from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    """

    name: str
    schema: str = "public"


# The schema that an extension's control file says
_FIXED = {
    "pg_graphql": "graphql",
    "pg_partman": "partman",
    "pg_repack": "repack",
    "pg_tle": "pgtle",
    "pgmq": "pgmq",
    "pgsodium": "pgsodium",
    "plpgsql": "pg_catalog",
    "postgis_tiger_geocoder": "tiger",
    "postgis_topology": "topology",
    "supabase_vault": "vault",
}
# ... and the one that the platform puts in place of the statement's (supautils.extensions_parameter_overrides)
_OVERRIDDEN = {"pg_cron": "pg_catalog"}
# The schemas that an extension's script makes
_SCHEMAS = {
    "pg_cron": ("cron",),
    "pg_net": ("net",),
    "pgsodium": ("pgsodium_masks",),
    "postgis_tiger_geocoder": ("tiger_data",),
    "timescaledb": (
        "_timescaledb_cache", "_timescaledb_catalog", "_timescaledb_config", "_timescaledb_functions",
        "_timescaledb_internal", "timescaledb_experimental", "timescaledb_information",
    ),
}  # fmt: skip
# "requires" of the control files
_REQUIRES = {
    "bool_plperl": ("plperl",),
    "earthdistance": ("cube",),
    "hstore_plperl": ("hstore", "plperl"),
    "index_advisor": ("hypopg",),
    "pgrouting": ("postgis",),
    "postgis_raster": ("postgis",),
    "postgis_sfcgal": ("postgis",),
    "postgis_tiger_geocoder": ("postgis", "fuzzystrmatch"),
    "postgis_topology": ("postgis",),
}


@executes("CreateExtensionStmt")
def create_extension(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE EXTENSION; its members are not modelled, and may therefore have any name."""
    name = node["extname"]
    options = {each["DefElem"]["defname"]: each["DefElem"].get("arg", {}) for each in node.get("options", ())}
    existing = catalog.get(Extension, name)
    if existing is not None and not resolve.vacate(catalog, existing):
        if node.get("if_not_exists"):
            return
        raise CatalogError("42710", f'extension "{name}" already exists')
    schema = string({"String": options["schema"]["String"]}) if "schema" in options else None
    _create(catalog, name, schema, cascade="cascade" in options)


def _create(catalog: Catalog, name: str, schema: str | None, *, cascade: bool) -> None:
    for required in _REQUIRES.get(name, ()):
        if ("extension", required) not in catalog:
            if not cascade:
                raise CatalogError(
                    "42704",
                    f'required extension "{required}" is not installed',
                    hint="Use CREATE EXTENSION ... CASCADE to install required extensions too.",
                )
            _create(catalog, required, schema, cascade=True)
    catalog.put(Extension(identity=name, name=name, schema=_home(catalog, name, schema, cascade=cascade)))
    for each in _SCHEMAS.get(name, ()):
        if ("schema", each) not in catalog:
            # a member of the extension: there, but none of ours
            catalog.put(Schema(identity=each, name=each, origin="external", unknown=frozenset({WHOLE})))


def home(name: str) -> str | None:
    """The schema that an extension's control file demands."""
    return _FIXED.get(name)


def maker(kind: str, name: str) -> str | None:
    """The extension that makes a schema, by its control file or its script, or alone such a type or function."""
    if kind == "schema":
        made = ((each, extension) for extension, schemas in _SCHEMAS.items() for each in schemas)
        return {**{home: extension for extension, home in _FIXED.items()}, **dict(made)}.get(name)
    found = builtin.extensions_with(kind, name)
    return found[0] if len(found) == 1 else None


def _home(catalog: Catalog, name: str, schema: str | None, *, cascade: bool) -> str:
    """The schema that an extension is made in: the one that its control file demands is made where there is none."""
    if name in _OVERRIDDEN:
        return _OVERRIDDEN[name]
    if schema is not None:
        schema = resolve.schema(catalog, schema)
    fixed = home(name)
    if fixed is None:
        return schema or resolve.creation(catalog, [name])[0]
    if schema not in {None, fixed} and not cascade:
        raise CatalogError("0A000", f'extension "{name}" must be installed in schema "{fixed}"')
    if ("schema", fixed) not in catalog:
        acl = initial_acl(catalog, "schemas", catalog.role, None)
        catalog.put(Schema(identity=fixed, name=fixed, owner=catalog.role, acl=acl))
    return fixed


@executes("DropStmt", "OBJECT_EXTENSION")
def drop_extension(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP EXTENSION; what uses its members cannot be followed, so with CASCADE their users become unknown."""
    for each in node["objects"]:
        name = string(each)
        found = catalog.get(Extension, name)
        if found is None:
            if node.get("missing_ok"):
                continue
            raise CatalogError("42704", f'extension "{name}" does not exist')
        users = _users(catalog, found)
        if users and node.get("behavior") == "DROP_CASCADE":
            taint.unmodelled(catalog, f"what uses the extension {name} is dropped with it", [obj.key for obj in users])
            for obj in users:
                catalog.taint(obj, {WHOLE})
        catalog.drop([found.key], cascade=node.get("behavior") == "DROP_CASCADE")
        for schema in _SCHEMAS.get(name, ()):
            home = catalog.get(Schema, schema)
            if home is not None and home.origin == "external":
                catalog.remove(home.key)


def _users(catalog: Catalog, extension: Extension) -> list[Object]:
    """The objects that may use a member: those whose printed form has the extension's schema in it."""
    members = builtin.extension(extension.name)
    prefix = f"{extension.schema}."
    found = []
    for obj in catalog:
        if any(f" {prefix}" in key for key in getattr(obj, "columns", ()) if obj.kind == "index"):
            found.append(obj)  # an operator class
            continue
        for text in _texts(obj):
            at = text.find(prefix)
            if at >= 0 and (members is None or any(name in text for name in (*members.types, *members.functions))):
                found.append(obj)
                break
    return found


def _texts(obj: Any) -> list[str]:
    if obj.kind == "index":
        from .index import definition  # that module asks for extensions

        return [definition(obj, obj.name)]
    names = ("type", "default", "generated", "definition", "using", "check", "condition", "returns", "base")
    texts = [value for name in names if isinstance(value := getattr(obj, name, None), str)]
    return texts + [argument.type for argument in getattr(obj, "arguments", ()) if hasattr(argument, "type")]


@executes("AlterObjectSchemaStmt", "OBJECT_EXTENSION")
def move_extension(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER EXTENSION ... SET SCHEMA: types and calls that name a member are printed with the new schema."""
    name = string(node["object"])
    found = catalog.get(Extension, name)
    if found is None:
        raise CatalogError("42704", f'extension "{name}" does not exist')
    schema = resolve.schema(catalog, node["newschema"])
    if name in _FIXED or name in _OVERRIDDEN:
        raise CatalogError("0A000", f'extension "{name}" does not support SET SCHEMA')
    users = _users(catalog, found)
    catalog.put(replace(found, schema=schema))
    if users:
        keys: list[Key] = [obj.key for obj in users]
        taint.unmodelled(catalog, f"what uses the extension {name} names another schema from here on", keys)
        for obj in users:
            catalog.taint(obj, {*obj.attribute_names()} & _PRINTED)


_PRINTED = {
    "type", "default", "generated", "definition", "using", "check", "condition", "returns", "base", "arguments",
    "columns", "predicate",
}  # fmt: skip


@executes("AlterExtensionContentsStmt")
def alter_members(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER EXTENSION ... ADD and DROP: what becomes a member, or is none any more, is not followed."""
    taint.unmodelled(catalog, f"the members of the extension {node['extname']} are changed", taint.EVERYTHING)


@executes("AlterExtensionStmt")
def update_extension(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER EXTENSION ... UPDATE changes nothing that is kept."""
    if ("extension", node["extname"]) not in catalog:
        raise CatalogError("42704", f'extension "{node["extname"]}" does not exist')
