"""Views and materialized views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypedDict

import msgspec
from msgspec.structs import replace

from .. import alter, rename
from ..catalog import Acl, Catalog, CatalogError, Comparison, Dependency, Node, Object, executes, strings
from ..expression import Likeness, compare_query
from ..live import named, ours
from ..meaning import resolve
from ..meaning.lookup import names_of, place_of
from ..names import name_of, quote_ident
from ..parser import node_of
from ..text import clauses
from .default_privilege import initial_acl

if TYPE_CHECKING:
    from ..source import Statement

_BOOLEAN_OPTIONS = {"security_barrier", "security_invoker"}
_PSEUDO = {"record", "record[]", "void", "trigger", "event_trigger", "internal", "cstring"}  # no column can have
_KIND_WORDS = {"view": "view", "materialized": "materialized view"}


class ViewColumn(msgspec.Struct, frozen=True):
    """A column of a view: its name, and its type where that is known."""

    name: str
    type: str | None = None


def compare_columns(left: Sequence[ViewColumn], right: Sequence[ViewColumn]) -> Likeness:
    """Equality of columns, as far as their types are known."""
    if [each.name for each in left] != [each.name for each in right]:
        return Likeness.DIFFERENT
    pairs = [(a.type, b.type) for a, b in zip(left, right, strict=True)]
    if any(a != b and None not in {a, b} for a, b in pairs):
        return Likeness.DIFFERENT
    return Likeness.UNKNOWN if any(None in pair for pair in pairs) else Likeness.EXACT


class View(Object, frozen=True, kw_only=True):
    """A row of ``pg_class`` with relkind v or m."""

    kind: ClassVar[str] = "view"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"columns": compare_columns, "definition": compare_query}

    schema: str
    name: str
    relation_kind: str = "view"  # view | materialized
    columns: tuple[ViewColumn, ...] = ()
    options: tuple[str, ...] = ()  # reloptions, name=value, sorted
    definition: str = ""  # the query
    owner: str = "postgres"
    acl: Acl | None = None

    @property
    def security_invoker(self) -> bool:
        """Whether it reads with the rights of whoever asks: on, true, 1 or yes (splinter 0010's own list)."""
        return any(
            name == "security_invoker" and value in {"on", "true", "1", "yes"}
            for name, _, value in (option.lower().partition("=") for option in self.options)
        )

    live: ClassVar[str] = f"""
select 'view' as kind, {named("n", "c.relname")} as identity, null::pg_catalog.text as parent,
  pg_catalog.jsonb_build_object(
    'schema', n.nspname, 'name', c.relname,
    'relation_kind', case c.relkind when 'v' then 'view' else 'materialized' end,
    'columns', coalesce((select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('name', a.attname,
        'type', pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]'),
    'options', coalesce((select pg_catalog.jsonb_agg(o order by o collate pg_catalog."C")
      from pg_catalog.unnest(c.reloptions) o), '[]'),
    'definition', pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';'),
    'owner', pg_catalog.pg_get_userbyid(c.relowner)) as attributes
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and {ours("n", "pg_class", "c.oid")}
"""


# -- CREATE ----------------------------------------------------------------------------------------------


class _Written(TypedDict, total=False):
    """CREATE VIEW; what its query means may be known from another that is like it."""

    view: dict[str, Any]
    query: msgspec.Raw
    aliases: list[dict[str, Any]]
    options: list[dict[str, Any]]
    replace: bool
    withCheckOption: str


@executes("ViewStmt", shape=_Written)
def create_view(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE [OR REPLACE] VIEW."""
    rangevar = node["view"]
    schema = resolve.schema_for_creation(catalog, rangevar)
    name = rangevar["relname"]
    options = _options(node.get("options", ()))
    check = node.get("withCheckOption", "NO_CHECK_OPTION")
    if check != "NO_CHECK_OPTION":
        options["check_option"] = check.partition("_")[0].lower()
    aliases = strings(node.get("aliases", ()))
    before = catalog.find(("view", name_of(schema, name))) if node.get("replace") else None
    if before is None and node.get("replace"):
        other = resolve.find_relation(catalog, [schema, name])
        if other is not None and not resolve.vacate(catalog, other):
            raise CatalogError("42809", f'"{name}" is not a view', place_of(rangevar))
    place = _Place(schema, rangevar, tail="option" if check[:2] != "NO" else None)
    view, needs = _made(catalog, statement, node["query"], place, aliases)
    view = replace(view, options=_reloptions(options))
    if isinstance(before, View):
        view = _replaced(before, view)
    else:
        resolve.require_free(catalog, schema, name, place_of(rangevar))
    catalog.put(view, depends=needs)


def create_materialized_view(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE MATERIALIZED VIEW: a CreateTableAsStmt of that object type."""
    into = node["into"]
    rangevar = into["rel"]
    schema = resolve.schema_for_creation(catalog, rangevar)
    name = rangevar["relname"]
    if node.get("if_not_exists"):
        there = resolve.find_relation(catalog, [schema, name])
        if there is not None and there.origin != "assumed":
            return
    aliases = strings(into.get("colNames", ()))
    view, needs = _made(catalog, statement, node["query"], _Place(schema, rangevar, tail="data"), aliases)
    resolve.require_free(catalog, schema, name, place_of(rangevar))
    options = {each["DefElem"]["defname"]: option_value(each["DefElem"]) for each in into.get("options", ())}
    catalog.put(replace(view, relation_kind="materialized", options=_reloptions(options)), depends=needs)


class _Place(NamedTuple):
    """Where a view is made, and the last word of what may follow its query."""

    schema: str
    rangevar: Node
    tail: str | None


def _made(
    catalog: Catalog, statement: Statement, query: Node | msgspec.Raw, place: _Place, aliases: Sequence[str]
) -> tuple[View, list[Dependency]]:
    """The view that a query makes, and what it needs."""
    schema, rangevar, tail = place
    name = rangevar["relname"]
    start = clauses.after(statement, (place_of(rangevar) or 0) + statement.base, "as")
    span = clauses.until(statement, start)
    if tail is not None:
        span = _without_tail(statement, span, tail.encode())
    if _is_recursive(query):
        bound = resolve.query(catalog, statement, query, span)
        listed = ", ".join(quote_ident(each) for each in aliases)
        own = quote_ident(name)
        text = f"with recursive {own}({listed}) as ({bound.text}) select {listed} from {own}"
        bound = replace(bound, text=text)
    else:
        bound = resolve.query(catalog, statement, query, span, aliases=aliases)
    columns = bound.columns
    if bound.known:
        if len(aliases) > len(columns):
            many = "too many column names were specified"
            raise CatalogError(
                "42601", many if tail == "data" else "CREATE VIEW specifies more column names than columns"
            )
        columns = tuple(
            ViewColumn(aliases[n] if n < len(aliases) else each.name, each.type) for n, each in enumerate(columns)
        )
        seen: set[str] = set()
        for each in columns:
            if each.type in _PSEUDO:
                raise CatalogError("42P16", f'column "{each.name}" has pseudo-type {each.type}')
            if each.name in seen:
                raise CatalogError("42701", f'column "{each.name}" specified more than once')
            seen.add(each.name)
    view = View(
        identity=name_of(schema, name),
        unknown=frozenset() if bound.known else frozenset({"columns"}),
        schema=schema,
        name=name,
        columns=columns if bound.known else (),
        definition=bound.text,
        owner=catalog.role,
        acl=initial_acl(catalog, "tables", catalog.role, schema),
    )
    return view, [Dependency(key) for key in bound.refs if key != view.key]


def _is_recursive(query: Node | msgspec.Raw) -> bool:
    """Whether the grammar wrapped the query, as of CREATE RECURSIVE VIEW: only what is in it has a place then."""
    if isinstance(query, msgspec.Raw) and b'"withClause"' not in bytes(query):
        return False
    return place_of(node_of(query)["SelectStmt"].get("withClause", {"location": 0})) is None


def _without_tail(statement: Statement, span: clauses.Span, word: bytes) -> clauses.Span:
    """The query without the clause behind it that ends in a word: WITH CHECK OPTION, or WITH [NO] DATA."""
    data = statement.source.data
    found = [(data[first:end].lower(), end) for _, first, end in clauses.tokens(data, *span)]
    if not found or found[-1][0] != word:
        return span
    cut = next(n for n in range(len(found) - 1, 0, -1) if found[n][0] == b"with")
    return span[0], found[cut - 1][1]


def _replaced(before: View, view: View) -> View:
    """The view that CREATE OR REPLACE leaves: owner and privileges stay, columns may only be added."""
    if before.relation_kind != "view":
        raise CatalogError("42809", f'"{view.name}" is not a view')
    if before.knows("columns") and view.knows("columns"):
        _check_columns(before.columns, view.columns)
    stays = {name for name in ("owner", "privileges") if not before.knows(name)}
    return replace(view, owner=before.owner, acl=before.acl, unknown=view.unknown | stays)


def _check_columns(before: Sequence[ViewColumn], after: Sequence[ViewColumn]) -> None:
    """Refuse other columns than those that were there, and more: checkViewColumns of view.c."""
    if len(after) < len(before):
        raise CatalogError("42P16", "cannot drop columns from view")
    for old, new in zip(before, after, strict=False):
        if old.name != new.name:
            raise CatalogError(
                "42P16",
                f'cannot change name of view column "{old.name}" to "{new.name}"',
                hint="Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.",
            )
        if old.type and new.type and old.type != new.type:
            message = f'cannot change data type of view column "{old.name}" from {old.type} to {new.type}'
            raise CatalogError("42P16", message)


# -- options ---------------------------------------------------------------------------------------------


def option_value(element: Node) -> str:
    """The value of a storage parameter as ``reloptions`` keeps it: what was written, ``true`` for nothing."""
    value = element.get("arg")
    if value is None:
        return "true"
    ((tag, body),) = value.items()
    if tag == "Integer":
        return str(body.get("ival", 0))
    if tag == "TypeName":
        return ".".join(strings(body["names"]))
    if tag == "Boolean":
        return "true" if body.get("boolval") else "false"
    return str(next(iter(body.values()), ""))


def _options(elements: Iterable[Node]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in elements:
        element = each["DefElem"]
        name, value = element["defname"], option_value(element)
        if name in _BOOLEAN_OPTIONS:
            if not _is_boolean(value):
                raise CatalogError("22023", f'invalid value for boolean option "{name}": {value}')
        elif name == "check_option":
            if value not in {"local", "cascaded"}:
                detail = 'Valid values are "local" and "cascaded".'
                raise CatalogError("22023", f'invalid value for enum option "{name}": {value}', detail=detail)
        else:
            raise CatalogError("22023", f'unrecognized parameter "{name}"')
        found[name] = value
    return found


def _is_boolean(value: str) -> bool:
    word = value.lower()
    if word in {"0", "1", "on", "of", "off"}:
        return True
    return bool(word) and any(full.startswith(word) for full in ("true", "false", "yes", "no"))


def _reloptions(options: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(f"{name}={value}" for name, value in options.items()))


# -- ALTER, DROP -----------------------------------------------------------------------------------------


def find_view(catalog: Catalog, names: Sequence[str], position: int | None, kind: str = "view") -> Object | None:
    """Find the view (or materialized view) that a statement names.

    None, and the gap recorded, where nothing made it. Raises 42809 for another kind of relation.
    """
    found = resolve.find_relation(catalog, names)
    word = _KIND_WORDS[kind]
    if found is None:
        return None
    if found.origin == "assumed":
        return found
    if found.kind != "view" or getattr(found, "relation_kind", kind) != kind:
        raise CatalogError("42809", f'"{names[-1]}" is not a {word}', position)
    return found


def _named(catalog: Catalog, node: Node, objtype: str) -> View | None:
    """The view that an ALTER is about; None where there is nothing to change."""
    rangevar = node["relation"]
    kind = "materialized" if objtype == "OBJECT_MATVIEW" else "view"
    found = find_view(catalog, names_of(rangevar), place_of(rangevar), kind)
    if found is None and not node.get("missing_ok"):
        found = resolve.relation(catalog, rangevar)
    return found if isinstance(found, View) else None


@executes("AlterTableStmt", "OBJECT_VIEW", "OBJECT_MATVIEW")
def alter_view(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER [MATERIALIZED] VIEW: options and owner; column defaults and storage are no attribute of ours."""
    view = _named(catalog, node, node["objtype"])
    if view is None:
        return
    for each in node["cmds"]:
        view = alter_command(catalog, view, each["AlterTableCmd"])


def alter_command(catalog: Catalog, view: View, command: Node) -> View:
    """One subcommand of ALTER VIEW, or of ALTER TABLE on a view."""
    kind = command["subtype"]
    if kind == "AT_ChangeOwner":
        return alter.change_owner(catalog, view, command["newowner"])
    if kind not in {"AT_SetRelOptions", "AT_ResetRelOptions"}:
        return view
    options = dict(each.split("=", 1) for each in view.options)
    elements = command["def"]["List"]["items"]
    if kind == "AT_ResetRelOptions":
        for each in elements:
            options.pop(each["DefElem"]["defname"], None)
    elif view.relation_kind == "view":
        options |= _options(elements)
    else:
        options |= {each["DefElem"]["defname"]: option_value(each["DefElem"]) for each in elements}
    return catalog.put(replace(view, options=_reloptions(options)))


@executes("RenameStmt", "OBJECT_VIEW", "OBJECT_MATVIEW")
def rename_view(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER VIEW ... RENAME TO."""
    view = _named(catalog, node, node["renameType"])
    if view is not None:
        alter.change_name(catalog, view, node["newname"], lambda s, n: resolve.require_free(catalog, s, n))


def rename_column(catalog: Catalog, view: View, old: str, new: str, position: int | None = None) -> None:
    """ALTER VIEW ... RENAME COLUMN."""
    if not view.knows("columns"):
        catalog.taint(view, ["definition"])
        return
    names = [each.name for each in view.columns]
    if old not in names:
        raise CatalogError("42703", f'column "{old}" does not exist', position)
    if new in names:
        raise CatalogError("42701", f'column "{new}" of relation "{view.name}" already exists', position)
    rename.follow_view_column(catalog, view, old, new)


@executes("AlterObjectSchemaStmt", "OBJECT_VIEW", "OBJECT_MATVIEW")
def set_view_schema(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER VIEW ... SET SCHEMA."""
    view = _named(catalog, node, node["objectType"])
    if view is not None:
        alter.change_schema(catalog, view, node["newschema"], "relation", "42P07")


@executes("DropStmt", "OBJECT_VIEW", "OBJECT_MATVIEW")
def drop_view(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP [MATERIALIZED] VIEW."""
    kind = "materialized" if node["removeType"] == "OBJECT_MATVIEW" else "view"
    doomed = []
    for each in node["objects"]:
        names = strings(each["List"]["items"])
        found = find_view(catalog, names, None, kind)
        if found is not None:
            doomed.append(found.key)
        elif not node.get("missing_ok"):
            message = f'{_KIND_WORDS[kind]} "{".".join(names)}" does not exist'
            resolve.report_missing(catalog, "view", names, "42P01", message)
    catalog.drop(doomed, cascade=node.get("behavior") == "DROP_CASCADE")
