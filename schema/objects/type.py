"""Types made by CREATE TYPE and CREATE DOMAIN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from .. import alter, taint
from ..catalog import (
    Acl,
    Catalog,
    CatalogError,
    Comparison,
    Dependency,
    Key,
    Node,
    Object,
    executes,
    strings,
    type_name,
)
from ..expression import compare
from ..live import ours
from ..meaning import lookup, resolve
from ..meaning.lookup import place_of
from ..meaning.scope import attribute_parts
from ..names import name_of, quote_ident
from .default_privilege import initial_acl

if TYPE_CHECKING:
    from ..source import Statement

_MAX_LABEL = 63  # bytes


class Type(Object, frozen=True, kw_only=True):
    """A row of ``pg_type`` that is no table's row type; a domain's constraints are objects of their own."""

    kind: ClassVar[str] = "type"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl", "multirange"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"default": compare}

    schema: str
    name: str
    type_kind: str  # enum | domain | composite | range | base
    labels: tuple[str, ...] = ()  # of an enum
    base: str | None = None  # of a domain; the subtype of a range
    not_null: bool = False  # of a domain
    default: str | None = None  # of a domain
    attributes_: tuple[str, ...] = ()  # of a composite: "name type"
    owner: str = "postgres"
    acl: Acl | None = None
    multirange: str | None = None  # name of the type of several ranges

    live: ClassVar[str] = f"""
select 'type' as kind, pg_catalog.format('%I.%I', n.nspname, t.typname) as identity,
  null::pg_catalog.text as parent,
  pg_catalog.jsonb_build_object(
    'schema', n.nspname, 'name', t.typname,
    'type_kind', case t.typtype when 'e' then 'enum' when 'd' then 'domain' when 'c' then 'composite'
      when 'r' then 'range' else 'base' end,
    'labels', coalesce((select pg_catalog.jsonb_agg(e.enumlabel order by e.enumsortorder)
      from pg_catalog.pg_enum e where e.enumtypid = t.oid), '[]'),
    'base', case t.typtype when 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) when 'r' then (
      select pg_catalog.format_type(r.rngsubtype, null) from pg_catalog.pg_range r where r.rngtypid = t.oid) end,
    'not_null', t.typnotnull, 'default', case when t.typtype = 'd'
      then coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), t.typdefault) end,
    'attributes_', coalesce((select pg_catalog.jsonb_agg(pg_catalog.quote_ident(a.attname) || ' '
        || pg_catalog.format_type(a.atttypid, a.atttypmod) order by a.attnum)
      from pg_catalog.pg_attribute a
      where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped), '[]'),
    'owner', pg_catalog.pg_get_userbyid(t.typowner)) as attributes
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
left join pg_catalog.pg_class c on c.oid = t.typrelid
where t.typtype in ('b', 'c', 'd', 'e', 'r') and (t.typtype <> 'c' or c.relkind = 'c')
  and (t.typtype <> 'b' or t.typcategory <> 'A')
  and {ours("n", "pg_type", "t.oid")}
"""


# -- CREATE ----------------------------------------------------------------------------------------------


def new_type(catalog: Catalog, names: Sequence[str], kind: str, **values: Any) -> Type:
    """A new type under a name that is free: 42710 where it is not."""
    schema, name = resolve.creation(catalog, names)
    identity = name_of(schema, name)
    for each in ("type", "table", "view", "sequence"):
        found = catalog.find((each, identity))
        if found is None or resolve.vacate(catalog, found):
            continue
        if each != "sequence":
            raise CatalogError("42710", f'type "{name}" already exists')
    return Type(
        identity=identity,
        schema=schema,
        name=name,
        type_kind=kind,
        owner=catalog.role,
        acl=initial_acl(catalog, "types", catalog.role, schema),
        **values,
    )


@executes("CreateEnumStmt")
def create_enum(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TYPE ... AS ENUM."""
    labels = strings(node.get("vals", ()))
    for each in labels:
        _check_label(each)
    kind = new_type(catalog, strings(node["typeName"]), "enum", labels=tuple(labels))
    for n, each in enumerate(labels):
        if each in labels[:n]:
            raise CatalogError("23505", 'duplicate key value violates unique constraint "pg_enum_typid_label_index"')
    catalog.put(kind, depends=())


def _check_label(label: str) -> None:
    if len(label.encode()) > _MAX_LABEL:
        detail = f"Labels must be {_MAX_LABEL} bytes or less."
        raise CatalogError("42602", f'invalid enum label "{label}"', detail=detail)


@executes("CompositeTypeStmt")
def create_composite(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TYPE ... AS (...)."""
    rangevar = node["typevar"]
    names = lookup.names_of(rangevar)
    schema, name = resolve.creation(catalog, names, place_of(rangevar))
    kind = new_type(catalog, [schema, name], "composite")
    resolve.require_free(catalog, schema, name, place_of(rangevar))
    needs: dict[Key, None] = {}
    attributes: list[str] = []
    for each in node.get("coldeflist", ()):
        column = each["ColumnDef"]
        if any(_attribute_name(other) == column["colname"] for other in attributes):
            raise CatalogError("42701", f'column "{column["colname"]}" specified more than once')
        attributes.append(_attribute(catalog, column, needs))
    catalog.put(replace(kind, attributes_=tuple(attributes)), depends=map(Dependency, needs))


def _attribute(catalog: Catalog, column: Node, needs: dict[Key, None]) -> str:
    printed, key = resolve.type_of(catalog, column["typeName"])
    if key:
        needs[key] = None
    return f"{quote_ident(column['colname'])} {printed}"


def _attribute_name(attribute: str) -> str:
    return attribute_parts(attribute)[0]


@executes("CreateRangeStmt")
def create_range(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TYPE ... AS RANGE; its multirange type and the constructors of both come and go with it."""
    options = {each["DefElem"]["defname"]: each["DefElem"].get("arg", {}) for each in node.get("params", ())}
    if "subtype" not in options:
        raise CatalogError("42601", 'type attribute "subtype" is required')
    subtype, key = resolve.type_of(catalog, type_name("subtype", options["subtype"]), modifiers=False)
    kind = new_type(catalog, strings(node["typeName"]), "range", base=subtype)
    written = options.get("multirange_type_name")
    multirange = _multirange_name(kind)
    if written is not None:
        multirange = strings(type_name("multirange_type_name", written)["names"])[-1]
    catalog.put(replace(kind, multirange=multirange), depends=[Dependency(key)] if key else ())


def _multirange_name(kind: Type) -> str:
    """The name that a multirange type gets: makeMultirangeTypeName of pg_type.c."""
    return kind.name.replace("range", "multirange", 1) if "range" in kind.name else kind.name + "_multirange"


@executes("DefineStmt", "OBJECT_TYPE")
def create_base(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE TYPE name, or name (INPUT = ...): a shell, or a base type."""
    names = strings(node["defnames"])
    alter.require_superuser(catalog, "must be superuser to create a base type")
    found = lookup.find_type(catalog, names)
    shell = catalog.find(found[2]) if found and found[2] else None
    if node.get("definition") and isinstance(shell, Type) and shell.type_kind == "base":
        catalog.put(shell)
    else:
        catalog.put(new_type(catalog, names, "base"), depends=())


# -- ALTER TYPE ------------------------------------------------------------------------------------------


def find(catalog: Catalog, names: Sequence[str], position: int | None = None) -> Object:
    """Find the type (or the table whose row type it is) that a statement names; 42704 where nothing made it."""
    key = resolve.type_of(catalog, {"names": [{"String": {"sval": n}} for n in names], "location": position or -1})[1]
    found = catalog.find(key) if key else None
    if found is None:
        raise CatalogError("42501", f"must be owner of type {names[-1]}")
    return found


@executes("AlterEnumStmt")
def alter_enum(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TYPE ... ADD VALUE, RENAME VALUE."""
    kind = find(catalog, strings(node["typeName"]))
    if not isinstance(kind, Type) or not kind.knows("labels"):
        return
    if kind.type_kind != "enum":
        raise CatalogError("42809", f"{kind.identity} is not an enum")
    labels = list(kind.labels)
    new = node.get("newVal", "")
    _check_label(new)
    if "oldVal" in node:
        old = node["oldVal"]
        if old not in labels:
            raise CatalogError("22023", f'"{old}" is not an existing enum label')
        if new in labels:
            raise CatalogError("42710", f'enum label "{new}" already exists')
        labels[labels.index(old)] = new
        catalog.put(replace(kind, labels=tuple(labels)))
        _forget_literals(catalog, kind, old)
        return
    if new in labels:
        if node.get("skipIfNewValExists"):
            return
        raise CatalogError("42710", f'enum label "{new}" already exists')
    at = len(labels)
    if "newValNeighbor" in node:
        neighbor = node["newValNeighbor"]
        if neighbor not in labels:
            raise CatalogError("22023", f'"{neighbor}" is not an existing enum label')
        at = labels.index(neighbor) + bool(node.get("newValIsAfter"))
    labels.insert(at, new)
    catalog.put(replace(kind, labels=tuple(labels)))


def _forget_literals(catalog: Catalog, kind: Type, label: str) -> None:
    """Forget the texts that may hold a renamed label: the server prints the new one there."""
    literal = "'" + label.replace("'", "''") + "'"
    users = catalog.dependents(kind.key)
    users += [each for column in users if column.kind == "column" for each in catalog.dependents(column.key)]
    for each in users:
        texts = {
            name: value
            for name in each.attribute_names()
            if isinstance(value := getattr(each, name), str) and literal in value
        }
        if texts:
            catalog.taint(each, texts)


@executes("AlterTableStmt", "OBJECT_TYPE")
def alter_composite(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TYPE ... ADD, DROP, ALTER ATTRIBUTE."""
    rangevar = node["relation"]
    kind = find(catalog, lookup.names_of(rangevar), place_of(rangevar))
    if not isinstance(kind, Type) or not kind.knows("attributes_"):
        return
    if kind.type_kind != "composite":
        raise CatalogError("42809", f'"{kind.name}" is not a composite type', place_of(rangevar))
    needs = {each.on: None for each in catalog.depends_on(kind.key)}
    attributes = list(kind.attributes_)
    for each in node["cmds"]:
        _typed_tables(catalog, kind, each["AlterTableCmd"])
        _alter_attribute(catalog, kind, attributes, each["AlterTableCmd"], needs)
    catalog.put(replace(kind, attributes_=tuple(attributes)), depends=map(Dependency, needs))


def _typed_tables(catalog: Catalog, kind: Type, command: Node) -> None:
    """Refuse (2BP01) without CASCADE to change the type of a typed table; with it, its columns are known no more."""
    for table in catalog.dependents(kind.key):
        if table.kind == "table":
            if command.get("behavior") != "DROP_CASCADE":
                raise CatalogError("2BP01", f'cannot alter type "{kind.name}" because it is the type of a typed table')
            taint.mark(catalog, table, ("columns", "constraints", "indexes"))


def _alter_attribute(
    catalog: Catalog, kind: Type, attributes: list[str], command: Node, needs: dict[Key, None]
) -> None:
    names = [_attribute_name(each) for each in attributes]
    if command["subtype"] == "AT_AddColumn":
        column = command["def"]["ColumnDef"]
        if column["colname"] in names:
            message = f'column "{column["colname"]}" of relation "{kind.name}" already exists'
            raise CatalogError("42701", message)
        attributes.append(_attribute(catalog, column, needs))
        return
    name = command.get("name", "")
    if name not in names:
        if command.get("missing_ok"):
            return
        message = f'column "{name}" of relation "{kind.name}" does not exist'
        if command["subtype"] == "AT_AlterColumnType":
            message = f'column "{name}" of relation "{kind.name}" does not exist'
        raise CatalogError("42703", message)
    at = names.index(name)
    if command["subtype"] == "AT_DropColumn":
        del attributes[at]
    elif command["subtype"] == "AT_AlterColumnType":
        attributes[at] = _attribute(catalog, {**command["def"]["ColumnDef"], "colname": name}, needs)


@executes("RenameStmt", "OBJECT_ATTRIBUTE")
def rename_attribute(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TYPE ... RENAME ATTRIBUTE."""
    rangevar = node["relation"]
    kind = find(catalog, lookup.names_of(rangevar), place_of(rangevar))
    if not isinstance(kind, Type) or not kind.knows("attributes_"):
        return
    old, new = node["subname"], node["newname"]
    pairs = [attribute_parts(each) for each in kind.attributes_]
    names = [name for name, _ in pairs]
    if old not in names:
        raise CatalogError("42703", f'column "{old}" does not exist')
    if new in names:
        raise CatalogError("42701", f'column "{new}" of relation "{kind.name}" already exists')
    _typed_tables(catalog, kind, node)
    attributes = tuple(f"{quote_ident(new if name == old else name)} {printed}" for name, printed in pairs)
    catalog.put(replace(kind, attributes_=attributes))


@executes("RenameStmt", "OBJECT_TYPE", "OBJECT_DOMAIN")
def rename_type(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TYPE or DOMAIN ... RENAME TO."""
    kind = _own(catalog, strings(node["object"]["List"]["items"]), node["renameType"])

    def check(schema: str, name: str) -> None:
        identity = name_of(schema, name)
        if any((each, identity) in catalog for each in ("type", "table", "view")):
            raise CatalogError("42710", f'type "{name}" already exists')

    if kind is not None:
        alter.change_name(catalog, kind, node["newname"], check)


def _own(catalog: Catalog, names: Sequence[str], objtype: str) -> Type | None:
    """The type that ALTER TYPE or ALTER DOMAIN names; 42809 for a row type, or no domain."""
    found = find(catalog, names)
    if not isinstance(found, Type):
        hint = "Use ALTER TABLE instead."
        raise CatalogError("42809", f"{found.identity} is a table's row type", hint=hint)
    if objtype == "OBJECT_DOMAIN" and found.knows("type_kind") and found.type_kind != "domain":
        raise CatalogError("42809", f"{found.identity} is not a domain")
    return found


@executes("AlterOwnerStmt", "OBJECT_TYPE", "OBJECT_DOMAIN")
def own_type(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TYPE or DOMAIN ... OWNER TO."""
    if kind := _own(catalog, strings(node["object"]["List"]["items"]), node["objectType"]):
        alter.change_owner(catalog, kind, node["newowner"])


@executes("AlterObjectSchemaStmt", "OBJECT_TYPE", "OBJECT_DOMAIN")
def move_type(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TYPE or DOMAIN ... SET SCHEMA."""
    if kind := _own(catalog, strings(node["object"]["List"]["items"]), node["objectType"]):
        alter.change_schema(catalog, kind, node["newschema"], "type", "42710")


@executes("AlterTypeStmt")
def alter_type(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TYPE ... SET (RECEIVE = ...): nothing that is compared changes. Raises 42P17 where it is no base type."""
    found = find(catalog, strings(node["typeName"]))
    if found.knows("type_kind") and getattr(found, "type_kind", "base") != "base":
        raise CatalogError("42P17", f"{found.identity} is not a base type")


@executes("DropStmt", "OBJECT_TYPE", "OBJECT_DOMAIN")
def drop_type(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP TYPE, DROP DOMAIN."""
    doomed = []
    for each in node["objects"]:
        names = strings(each["TypeName"]["names"])
        found = lookup.find_type(catalog, names)
        if found is None:
            if not node.get("missing_ok"):
                message = f'type "{".".join(names)}" does not exist'
                lookup.report_missing(catalog, "type", names, "42704", message)
            continue
        kind = catalog.find(found[2]) if found[2] else None
        if kind is None:
            raise CatalogError("42501", f"must be owner of type {names[-1]}")
        if not isinstance(kind, Type):
            table = kind.identity
            raise CatalogError(
                "2BP01",
                f"cannot drop type {table} because table {table} requires it",
                hint=f"You can drop table {table} instead.",
            )
        if node["removeType"] == "OBJECT_DOMAIN" and kind.knows("type_kind") and kind.type_kind != "domain":
            raise CatalogError("42809", f'"{names[-1]}" is not a domain')
        doomed.append(kind.key)
    cascade = node.get("behavior") == "DROP_CASCADE"
    if cascade:
        for key in doomed:
            _drop_attributes(catalog, key)
    catalog.drop(doomed, cascade=cascade)


def _drop_attributes(catalog: Catalog, key: Key) -> None:
    """Take the attributes of a doomed type out of the composite types that have them: only those go."""
    for user in catalog.dependents(key):
        if not isinstance(user, Type) or user.type_kind != "composite":
            continue
        kept = tuple(each for each in user.attributes_ if attribute_parts(each)[1].removesuffix("[]") != key[1])
        needs = [each for each in catalog.depends_on(user.key) if each.on != key]
        catalog.put(replace(user, attributes_=kept), depends=needs)
