"""What is known to exist only: the kinds of objects that no rule, comparison or bundle is about.

Casts, operators, collations, rules, statistics, text search, foreign servers and the like are kept for what depends on
them and on what they depend, so that nothing else goes wrong. They are in no snapshot and in no comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from msgspec.structs import replace

from . import rename, taint
from .catalog import Catalog, CatalogError, Dependency, Key, Node, Object, executes, string, strings
from .meaning import lookup, missing
from .names import qualified, quote_ident
from .store import HIDDEN

if TYPE_CHECKING:
    from .source import Statement


class Bystander(Object, frozen=True, kw_only=True):
    """An object of a kind that the catalog holds nothing else of."""

    kind: ClassVar[str] = HIDDEN
    internal: ClassVar[frozenset[str]] = frozenset({"label", "schema", "name", "table", "types", "of", "owner"})

    label: str  # what DROP calls it: "text search configuration"
    schema: str | None = None
    name: str = ""
    table: str | None = None  # of a rule
    types: tuple[str, ...] | None = None  # of an operator, a cast, a transform
    of: str | None = None  # access method, language or server
    owner: str = "postgres"

    def described(self) -> str:
        """The identity: the object by its kind and name, as ``pg_describe_object`` says it."""
        name = quote_ident(self.name)
        if self.label == "cast":
            return "cast from {} to {}".format(*self.types or ())
        if self.label == "transform":
            return f"transform for {(self.types or ('',))[0]} language {self.of}"
        if self.label == "user mapping":
            return f"user mapping for {name} on server {self.of}"
        if self.label == "rule":
            return f"rule {name} on {self.table}"
        if self.label == "operator":
            return f"operator {quote_ident(self.schema or '')}.{self.name}({','.join(self.types or ())})"
        full = f"{self.label} {name}" if self.schema is None else f"{self.label} {qualified(self.schema, self.name)}"
        return f"{full} for access method {self.of}" if self.of else full


class Form(msgspec.Struct, frozen=True):
    """How objects of a kind are named, and what the server says where there is none."""

    label: str
    absent: str
    sqlstate: str = "42704"
    in_schema: bool = True


FORMS: dict[str, Form] = {
    "OBJECT_ACCESS_METHOD": Form("access method", 'access method "{}" does not exist', in_schema=False),
    "OBJECT_CAST": Form("cast", "cast from type {} to type {} does not exist", in_schema=False),
    "OBJECT_COLLATION": Form("collation", 'collation "{}" for encoding "UTF8" does not exist'),
    "OBJECT_CONVERSION": Form("conversion", 'conversion "{}" does not exist'),
    "OBJECT_FDW": Form("foreign-data wrapper", 'foreign-data wrapper "{}" does not exist', in_schema=False),
    "OBJECT_FOREIGN_SERVER": Form("server", 'server "{}" does not exist', in_schema=False),
    "OBJECT_LANGUAGE": Form("language", 'language "{}" does not exist', in_schema=False),
    "OBJECT_OPCLASS": Form("operator class", 'operator class "{}" does not exist for access method "{}"'),
    "OBJECT_OPERATOR": Form("operator", "operator does not exist: {}", "42883"),
    "OBJECT_OPFAMILY": Form("operator family", 'operator family "{}" does not exist for access method "{}"'),
    "OBJECT_RULE": Form("rule", 'rule "{}" for relation "{}" does not exist', in_schema=False),
    "OBJECT_STATISTIC_EXT": Form("statistics object", 'statistics object "{}" does not exist'),
    "OBJECT_TRANSFORM": Form("transform", 'transform for type {} language "{}" does not exist', in_schema=False),
    "OBJECT_TSCONFIGURATION": Form("text search configuration", 'text search configuration "{}" does not exist'),
    "OBJECT_TSDICTIONARY": Form("text search dictionary", 'text search dictionary "{}" does not exist'),
    "OBJECT_TSPARSER": Form("text search parser", 'text search parser "{}" does not exist'),
    "OBJECT_TSTEMPLATE": Form("text search template", 'text search template "{}" does not exist'),
}
# Those that neither the server nor an extension brings; a bare name of another kind may be one of theirs
_OURS_ALONE = frozenset({"OBJECT_RULE", "OBJECT_STATISTIC_EXT", "OBJECT_FOREIGN_SERVER"})


def bystander(label: str, **fields: Any) -> Bystander:
    """Make one whose identity follows from the rest."""
    obj = Bystander(identity="", label=label, **fields)
    return replace(obj, identity=obj.described())


# -- which one a statement means -----------------------------------------------------------------------------


class Meant(msgspec.Struct, frozen=True):
    """What a statement names: what it would be, the schemas it may be in, and how the server says that it is not."""

    wanted: Bystander
    schemas: tuple[str, ...]
    absent: str
    sqlstate: str
    sure: bool  # whether the catalog would have it if it were there


def find(catalog: Catalog, meant: Meant) -> Bystander | None:
    """The object that a statement names, where something made it."""
    for schema in meant.schemas or (None,):
        candidate = replace(meant.wanted, schema=schema)
        found = catalog.get(Bystander, candidate.described())
        if found is not None:
            return found
    return None


def meaning(catalog: Catalog, objtype: str, node: Any) -> Meant | None:
    """Read the name of an object in DROP, ALTER ... RENAME and the like; None where its table is not there."""
    form = FORMS[objtype]
    if objtype == "OBJECT_RULE":
        *relation, name = strings(node["List"]["items"])
        return of_rule(catalog, relation, name)
    if objtype == "OBJECT_CAST":
        types = [lookup.type_of(catalog, each["TypeName"], modifiers=False) for each in node["List"]["items"]]
        printed = tuple(each for each, _ in types)
        ours = any(_made_here(catalog, key) for _, key in types)
        return Meant(bystander("cast", types=printed), (), form.absent.format(*printed), form.sqlstate, ours)
    if objtype == "OBJECT_TRANSFORM":
        type_name, language = node["List"]["items"]
        shown, _ = lookup.type_of(catalog, type_name["TypeName"], modifiers=False)
        wanted = bystander("transform", types=(shown,), of=string(language))
        return Meant(wanted, (), form.absent.format(shown, string(language)), form.sqlstate, sure=False)
    if objtype == "OBJECT_OPERATOR":
        return _operator(catalog, node["ObjectWithArgs"])
    if not form.in_schema:
        name = string(node)
        sure = objtype in _OURS_ALONE
        return Meant(bystander(form.label, name=name), (), form.absent.format(name), form.sqlstate, sure)
    names = strings(node["List"]["items"])
    method = names.pop(0) if objtype in {"OBJECT_OPCLASS", "OBJECT_OPFAMILY"} else None
    return named(catalog, objtype, names, method)


def named(catalog: Catalog, objtype: str, names: Sequence[str], method: str | None = None) -> Meant:
    """What a written name means, of a kind that lives in schemas."""
    form = FORMS[objtype]
    absent = form.absent.format(".".join(names), method)
    wanted = Bystander(identity="", label=form.label, name=names[-1], of=method)
    schemas = _searched(catalog, names)
    bare = len(names) == 1 and objtype not in _OURS_ALONE
    ours = objtype in _OURS_ALONE
    return Meant(wanted, schemas, absent, form.sqlstate, not bare and _complete(catalog, schemas, ours=ours))


def of_rule(catalog: Catalog, relation: Sequence[str], name: str) -> Meant | None:
    """What a rule's name and that of its relation mean."""
    found: Any = lookup.find_relation(catalog, relation)
    if found is None:
        return None
    form = FORMS["OBJECT_RULE"]
    absent = form.absent.format(name, found.name)
    return Meant(bystander("rule", name=name, table=found.identity), (), absent, form.sqlstate, found.origin == "made")


def _operator(catalog: Catalog, node: Node) -> Meant:
    names = strings(node["objname"])
    # An operator without one of its operands has an empty node in its place
    types = tuple(
        lookup.type_of(catalog, each["TypeName"], modifiers=False)[0] if each else "none" for each in node["objargs"]
    )
    form = FORMS["OBJECT_OPERATOR"]
    left = "" if types[0] == "none" else f"{types[0]} "
    absent = form.absent.format(f"{left}{'.'.join(names)} {types[-1]}")
    wanted = Bystander(identity="", label=form.label, name=names[-1], types=types)
    schemas = _searched(catalog, names)
    return Meant(wanted, schemas, absent, form.sqlstate, len(names) > 1 and _complete(catalog, schemas))


def _searched(catalog: Catalog, names: Sequence[str]) -> tuple[str, ...]:
    return (names[-2],) if len(names) > 1 else tuple(lookup.path(catalog))


def _complete(catalog: Catalog, schemas: Sequence[str], *, ours: bool = False) -> bool:
    """Whether what these schemas hold was made by statements that were read; ``ours``: no extension has any."""
    return not any(
        each in lookup.SYSTEM or missing.may_exist(catalog, each) or (not ours and missing.extensions_in(catalog, each))
        for each in schemas
    )


def _made_here(catalog: Catalog, key: Key | None) -> bool:
    found = catalog.find(key) if key else None
    return found is not None and found.origin == "made"


def report_absent(catalog: Catalog, meant: Meant) -> None:
    """Say that the server refuses a statement about what is not there, where that is sure."""
    key = (HIDDEN, replace(meant.wanted, schema=(meant.schemas or (None,))[0]).described())
    if meant.sure and not taint.possibly(catalog, key):
        raise CatalogError(meant.sqlstate, meant.absent)


# -- DROP, and what ALTER does to all of them ----------------------------------------------------------------


@executes("DropStmt", *FORMS)
def drop(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP; with CASCADE what is not known may take anything with it."""
    cascade = node.get("behavior") == "DROP_CASCADE"
    doomed: list[Key] = []
    for each in node["objects"]:
        if node.get("missing_ok") and _of_missing_type(catalog, each):
            continue
        meant = meaning(catalog, node["removeType"], each)
        if meant is None:
            if not node.get("missing_ok"):
                lookup.relation(catalog, _rangevar(strings(each["List"]["items"])[:-1]))
            continue
        found = find(catalog, meant)
        if found is not None:
            doomed.append(found.key)
        elif not node.get("missing_ok"):
            report_absent(catalog, meant)
        if found is None and cascade and not meant.sure:
            taint.without_handler(catalog, statement)
    catalog.drop(doomed, cascade=cascade)


def _of_missing_type(catalog: Catalog, node: Node) -> bool:
    """Whether a cast, a transform or an operator is named by a type that is not there."""
    named_by = (*node.get("List", {}).get("items", ()), *node.get("ObjectWithArgs", {}).get("objargs", ()))
    types = (each["TypeName"] for each in named_by if "TypeName" in each)
    return any(lookup.find_type(catalog, strings(each["names"])) is None for each in types)


def _rangevar(names: Sequence[str]) -> Node:
    return {**dict(zip(("relname", "schemaname"), reversed(names), strict=False)), "location": -1}


@executes("RenameStmt", *FORMS)
def rename_one(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ... RENAME TO."""
    if node["renameType"] == "OBJECT_RULE":
        relation: Any = lookup.relation(catalog, node["relation"])
        written = lookup.names_of(node["relation"])
        meant = of_rule(catalog, written, node["subname"])
        taken = f'rule "{node["newname"]}" for relation "{relation.name}" already exists'
    else:
        meant = meaning(catalog, node["renameType"], node["object"])
        taken = f'{FORMS[node["renameType"]].label} "{node["newname"]}" already exists'
    if meant is None:
        return
    _change(catalog, meant, taken, name=node["newname"])


@executes("AlterObjectSchemaStmt", *FORMS)
def set_schema(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ... SET SCHEMA."""
    meant = meaning(catalog, node["objectType"], node["object"])
    schema = lookup.schema(catalog, node["newschema"])
    if meant is not None:
        taken = f'{meant.wanted.label} "{meant.wanted.name}" already exists in schema "{schema}"'
        _change(catalog, meant, taken, schema=schema)


@executes("AlterOwnerStmt", *FORMS)
def change_owner(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER ... OWNER TO."""
    meant = meaning(catalog, node["objectType"], node["object"])
    owner = lookup.role(catalog, node["newowner"])
    found = find(catalog, meant) if meant is not None else None
    if found is not None:
        catalog.put(replace(found, owner=owner))
    elif meant is not None:
        report_absent(catalog, meant)


def _change(catalog: Catalog, meant: Meant, taken: str, **values: Any) -> None:
    found = find(catalog, meant)
    if found is None:
        report_absent(catalog, meant)
        return
    changed = replace(found, **values)
    changed = replace(changed, identity=changed.described())
    if changed.key == found.key:
        return
    if changed.key in catalog:
        raise CatalogError("42710", taken)
    rename.follow(catalog, found.key, changed)
    if changed.schema != found.schema:
        edges = [each for each in catalog.depends_on(changed.key) if each.on[0] != "schema"]
        catalog.put(changed, [*edges, Dependency(("schema", changed.schema or ""))])
