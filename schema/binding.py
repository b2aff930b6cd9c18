"""What an expression or a query reads: its names resolved, its text qualified, its result columns.

The rules are those of PostgreSQL's parse analysis (parse_relation.c, parse_clause.c, parse_target.c and
parse_func.c), followed as far as a name's meaning needs. Where something is not known (an assumed table's columns,
a built-in function's result), nothing is said about it: a type is None, a name that may be there is no error.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from . import lookup
from .builtin import pg_catalog
from .catalog import Catalog, CatalogError, Key, Node, Object, strings
from .clauses import Span, tokens, until
from .lookup import place_of
from .names import quote_ident, quote_literal
from .result_types import UNKNOWN, common_type, element_of, literal_type, operator_type, result_type

if TYPE_CHECKING:
    from .objects.function import Function
    from .objects.view import ViewColumn
    from .source import Statement

Outputs = list["Output"] | None  # None: the columns are not known


class Bound(msgspec.Struct, frozen=True):
    """An expression: its qualified text, the objects it reads, the columns of its own table, its type."""

    text: str
    refs: tuple[Key, ...]
    columns: frozenset[str]
    type: str | None = None


class BoundQuery(msgspec.Struct, frozen=True):
    """A query: its qualified text, the objects it reads, its result columns; ``known``: that is all of them."""

    text: str
    refs: tuple[Key, ...]
    columns: tuple[ViewColumn, ...]
    known: bool


class Output(NamedTuple):
    """A column that a relation or a query has: its name, its type, and what it is in the catalog."""

    name: str
    type: str | None
    keys: tuple[Key, ...] = ()


class Form(enum.Enum):
    """How a text names an object."""

    IDENTITY = enum.auto()  # by its qualified name
    NAME = enum.auto()  # by its bare name
    LITERAL = enum.auto()  # by its qualified name, in a string


class Mention(NamedTuple):
    """A place in a text where an object is named; a negative ``start``: the text does so without a name to change.

    ``target`` is where the expression of a result column ends that takes its name from this one, else -1.
    """

    key: Key
    start: int
    end: int
    form: Form
    target: int = -1


_SYSTEM_COLUMNS = {
    "ctid": "tid",
    "xmin": "xid",
    "xmax": "xid",
    "cmin": "cid",
    "cmax": "cid",
    "tableoid": "oid",
}
_SEQUENCE_COLUMNS = (
    Output("last_value", "bigint"),
    Output("log_cnt", "bigint"),
    Output("is_called", "boolean"),
)
_AFTER_TARGET = frozenset(
    ", from where group having window union intersect except order limit offset fetch for into".split()
)
_TAKES_REGCLASS = {"nextval", "currval", "setval"}  # functions whose literal names a sequence


def view_column(view: str, name: str) -> Key:
    """What a mention of a view's column is about."""
    return ("column", f"{view}.{quote_ident(name)}")


class Entry:
    """A relation in FROM, by the name it has there."""

    __slots__ = ("aliased", "columns", "name", "obj")

    def __init__(self, name: str, columns: Outputs, obj: Object | None = None, *, aliased: bool = True) -> None:
        self.name, self.columns, self.obj, self.aliased = name, columns, obj, aliased

    @property
    def known(self) -> bool:
        """Whether a column that it does not show is not there."""
        return self.columns is not None or (self.obj is not None and self.obj.knows("columns"))

    def outputs(self, catalog: Catalog) -> Outputs:
        """All columns, in order."""
        if self.columns is None and self.obj is not None and self.obj.knows("columns"):
            self.columns = columns_of(catalog, self.obj)
        return self.columns

    def column(self, catalog: Catalog, name: str) -> Output | None:
        """The column of this name, if it is known."""
        obj = self.obj
        if obj is not None and obj.kind == "table" and self.columns is None:
            found: Any = catalog.find(("column", f"{obj.identity}.{quote_ident(name)}"))
            if found is not None:
                return Output(name, found.type if found.knows("type") else None, (found.key,))
            if name in _SYSTEM_COLUMNS:
                return Output(name, _SYSTEM_COLUMNS[name])
            return None
        return next((each for each in self.outputs(catalog) or () if each.name == name), None)


class Item(NamedTuple):
    """A whole FROM item: its entries, and the columns that USING merged."""

    entries: list[Entry]
    merged: dict[str, Output]


class Scope:
    """The names an expression can see: FROM items, common table expressions, and the query around it."""

    __slots__ = ("ctes", "items", "outputs", "parent", "values")

    def __init__(
        self,
        parent: Scope | None = None,
        items: list[Item] | None = None,
        *,
        values: Mapping[str, str | None] | None = None,
    ) -> None:
        self.parent = parent
        self.items: list[Item] = [] if items is None else items
        self.ctes: dict[str, Outputs] = {}
        self.values = values or {}
        self.outputs: frozenset[str] = frozenset()

    def beside(self) -> Scope:
        """What a subquery in FROM sees that is not LATERAL: all of this but its FROM items."""
        scope = Scope(self.parent)
        scope.ctes = self.ctes
        return scope


def columns_of(catalog: Catalog, obj: Object) -> list[Output]:
    """The columns of a table, view or sequence, in order."""
    if obj.kind == "table":
        from .objects.column import Column

        columns = sorted(catalog.children(obj.identity, Column), key=lambda each: each.position)
        return [Output(c.name, c.type if c.knows("type") else None, (c.key,)) for c in columns]
    if obj.kind == "sequence":
        return list(_SEQUENCE_COLUMNS)
    return [Output(each.name, each.type, (obj.key,)) for each in getattr(obj, "columns", ())]


def bind(
    catalog: Catalog,
    statement: Statement,
    node: Node,
    span: Span,
    table: Object | None = None,
    *,
    aliases: Mapping[str, Object] | None = None,
    values: Mapping[str, str | None] | None = None,
) -> Bound:
    """Resolve an expression that stands in ``span`` of a statement.

    Its columns are those of ``table``, of the relations under ``aliases`` (a trigger's NEW and OLD), and the
    ``values`` by name with their types (a domain's VALUE, a function's parameters). Raises 42703, 42P01, 42883
    and 42702 where the server is sure to; a relation or function that nothing made is recorded as missing.
    """
    binder = Binder(catalog, statement)
    scope = Scope(values=values)
    entries = [Entry(name, None, obj) for name, obj in (aliases or {}).items()]
    if table is not None:
        entries.append(Entry(str(getattr(table, "name", "")), None, table, aliased=False))
    scope.items = [Item([entry], {}) for entry in entries]
    kind = binder.expression(node, scope)
    columns: frozenset[str] = frozenset()
    if table is not None and binder.refs:
        prefix = table.identity + "."
        columns = frozenset(
            str(getattr(catalog.find(key), "name", ""))
            for key in binder.refs
            if key[0] == "column" and key[1].startswith(prefix)
        )
    if table is not None and table.kind == "table" and not table.knows("columns"):
        columns |= binder.unknown_columns
    return Bound(binder.text(span), tuple(binder.refs), columns, kind)


def query(
    catalog: Catalog,
    statement: Statement,
    node: Node,
    span: Span,
    *,
    values: Mapping[str, str | None] | None = None,
    aliases: Sequence[str] = (),
) -> BoundQuery:
    """Resolve a SELECT (or VALUES, TABLE) that stands in ``span`` of a statement; errors are as in ``bind``.

    ``aliases`` are names for the first columns, given outside the query: its text then gives them.
    """
    from .objects.view import ViewColumn

    binder = Binder(catalog, statement)
    ((tag, body),) = node.items()
    outputs = binder.command(tag, body, Scope(values=values), aliases)
    columns = tuple(ViewColumn(o.name, "text" if o.type == UNKNOWN else o.type) for o in outputs or ())
    return BoundQuery(binder.text(span), tuple(binder.refs), columns, outputs is not None)


class Binder:
    """One walk over an expression or query: what it reads, and where its text needs a schema."""

    def __init__(self, catalog: Catalog, statement: Statement, *, mentions: bool = False, edits: bool = True) -> None:
        self.catalog = catalog
        self.data = statement.source.data
        self.base = statement.base
        self.statement = statement
        self.refs: dict[Key, None] = {}
        self.unknown_columns: frozenset[str] = frozenset()
        self.edits: list[tuple[int, int, str]] = []
        self.writes = edits and not mentions  # whether the text is wanted
        self.mentions: list[Mention] | None = [] if mentions else None

    # -- the text ----------------------------------------------------------------------------------------

    def text(self, span: Span) -> str:
        """The text of a span, with the names in it qualified."""
        start, end = span
        if not self.edits:
            return self.data[start:end].decode()
        parts: list[bytes] = []
        for first, last, new in sorted(self.edits):
            if start <= first <= end:
                parts += [self.data[start:first], new.encode()]
                start = last
        return b"".join([*parts, self.data[start:end]]).decode()

    def qualify(self, node: Node, schema: str) -> None:
        """Write a schema before the name that a node begins with."""
        at = place_of(node)
        if self.writes and at is not None and schema not in lookup.SYSTEM:
            self.edits.append((at + self.base, at + self.base, quote_ident(schema) + "."))

    def mention(self, key: Key, node: Node, parts: int, form: Form) -> None:
        """Note that (the first or last parts of) the dotted name at a node names an object.

        ``parts`` counts from the front, or from the end where it is negative; 0: all of them.
        """
        at = place_of(node)
        if self.mentions is None:
            return
        if at is None:
            self.mentions.append(Mention(key, -1, -1, form))
            return
        spans: list[Span] = []
        for kind, first, last in tokens(self.data, at + self.base, len(self.data)):
            name = kind in {"word", "name"}
            if name == len(spans) % 2 or not (name or self.data[first:last] == b"."):
                break
            spans.append((first, last))
        names = spans[::2]
        names = names[:parts] if parts > 0 else names[parts:]
        self.mentions.append(Mention(key, names[0][0], names[-1][1], form))

    # -- expressions -------------------------------------------------------------------------------------

    def expression(self, node: Node, scope: Scope) -> str | None:
        """Resolve one node; its type where it is known."""
        for tag, body in node.items():
            method = _METHODS.get(tag)
            if method is not None:
                return method(self, body, scope)
            if isinstance(body, dict):
                self.rest(body, scope)
            return _TYPES.get(tag)
        return None

    def rest(self, body: Node, scope: Scope) -> None:
        """Resolve whatever a node without a method of its own holds."""
        for name, value in body.items():
            if isinstance(value, dict):
                if name == "typeName":
                    self.type(value)
                elif len(value) == 1 and next(iter(value))[0].isupper():
                    self.expression(value, scope)
                else:
                    self.rest(value, scope)
            elif isinstance(value, list):
                for each in value:
                    self.expression(each, scope)

    def each(self, nodes: Iterable[Node], scope: Scope) -> list[str | None]:
        """Resolve several nodes."""
        return [self.expression(node, scope) for node in nodes]

    def column_ref(self, body: Node, scope: Scope) -> str | None:
        fields = body["fields"]
        if "A_Star" in fields[-1]:
            self.star(body, scope)
            return None
        names = strings(fields)
        found = self.lookup(names, body, scope)
        if found is None:
            return None
        for key in found.keys:
            self.refs[key] = None
            if key[0] == "column":
                self.mention(key, body, -1, Form.NAME)
            elif key[0] == "view" and self.mentions is not None:  # columns of views are no objects
                self.mention(view_column(key[1], found.name), body, -1, Form.NAME)
        return found.type

    def lookup(self, names: list[str], body: Node, scope: Scope) -> Output | None:
        """Find the column that a name means; None where it cannot be told. Raises 42703, 42702, 42P01."""
        if len(names) == 1:
            return self._bare_column(names[0], body, scope)
        entry, sure = self.entry(names[:-1], scope)
        if entry is not None:
            if not entry.aliased and entry.obj is not None:
                self.mention(entry.obj.key, body, len(names) - 1, Form.NAME if len(names) == 2 else Form.IDENTITY)
            found = entry.column(self.catalog, names[-1])
            if found is None and not entry.known:
                self._guess(entry, names[-1])
            if found is None and entry.known and not self._computed(names[-1], entry):
                raise CatalogError("42703", f"column {'.'.join(names[-2:])} does not exist", place_of(body))
            return found
        if self._value(names[0], scope) is not None or not sure:
            return None
        if len(names) == 2 and (whole := self._bare_column(names[0], body, scope, quiet=True)):
            return Output(names[-1], None, whole.keys)
        raise CatalogError("42P01", f'missing FROM-clause entry for table "{names[-2]}"', place_of(body))

    def _bare_column(self, name: str, body: Node, scope: Scope, *, quiet: bool = False) -> Output | None:
        around: Scope | None = scope
        sure = True
        while around is not None:
            found: list[Output] = []
            for item in around.items:
                if name in item.merged:
                    found.append(item.merged[name])
                    continue
                for entry in item.entries:
                    column = entry.column(self.catalog, name)
                    if column is not None:
                        found.append(column)
                    elif not entry.known:
                        sure = False
                        self._guess(entry, name)
            if len(found) > 1 and name not in _SYSTEM_COLUMNS:
                raise CatalogError("42702", f'column reference "{name}" is ambiguous', place_of(body))
            if found:
                return found[0]
            if name in around.values:
                return Output(name, around.values[name])
            around = around.parent
        whole, _ = self.entry([name], scope)
        if whole is not None:  # the whole row
            keys = tuple(key for each in whole.outputs(self.catalog) or () for key in each.keys)
            if whole.obj is not None and not whole.aliased and not quiet:
                self.mention(whole.obj.key, body, 1, Form.NAME)
            row = whole.obj.identity if whole.obj is not None and whole.obj.kind != "sequence" else "record"
            return Output(name, row, keys)
        if sure and not quiet:
            raise CatalogError("42703", f'column "{name}" does not exist', place_of(body))
        return None

    def _guess(self, entry: Entry, name: str) -> None:
        """A column of a table whose columns are not known: the text may read it."""
        self.unknown_columns |= {name}

    def _value(self, name: str, scope: Scope) -> str | None:
        around: Scope | None = scope
        while around is not None:
            if name in around.values:
                return around.values[name] or UNKNOWN
            around = around.parent
        return None

    def _computed(self, name: str, entry: Entry) -> bool:
        """Whether ``row.name`` may be a call ``name(row)``; the function is then noted as read."""
        takes_row = [f for f in lookup.candidates(self.catalog, [name]) if _fits(f, 1, ())]
        for function in takes_row:
            if entry.obj is not None and lookup.input_types(function)[:1] == (entry.obj.identity,):
                self.refs[function.key] = None
        return bool(takes_row) or entry.obj is None or name in pg_catalog().functions

    def entry(self, names: Sequence[str], scope: Scope) -> tuple[Entry | None, bool]:
        """The FROM entry a qualifier means, and whether that is sure."""
        around: Scope | None = scope
        while around is not None:
            for item in around.items:
                for entry in item.entries:
                    if entry.name != names[-1]:
                        continue
                    if len(names) > 1 and (entry.aliased or getattr(entry.obj, "schema", None) != names[-2]):
                        continue
                    return entry, True
            around = around.parent
        return None, True

    def star(self, body: Node, scope: Scope) -> Outputs:
        """Resolve ``*`` or ``alias.*``: the columns it stands for, all of them read."""
        names = strings(body["fields"][:-1])
        if names:
            entry, _ = self.entry(names, scope)
            if entry is None:
                if self._value(names[0], scope) is not None:
                    return None
                raise CatalogError("42P01", f'missing FROM-clause entry for table "{names[-1]}"', place_of(body))
            if not entry.aliased and entry.obj is not None:
                self.mention(entry.obj.key, body, len(names), Form.NAME if len(names) == 1 else Form.IDENTITY)
            outputs = entry.outputs(self.catalog)
        else:
            outputs = self.all_columns(scope.items)
        for output in outputs or ():
            self.refs.update(dict.fromkeys(output.keys))
        return outputs

    def all_columns(self, items: Iterable[Item]) -> Outputs:
        """What ``*`` stands for: merged columns first, then each entry's others."""
        found: list[Output] = []
        for item in items:
            found += item.merged.values()
            for entry in item.entries:
                outputs = entry.outputs(self.catalog)
                if outputs is None:
                    return None
                found += [each for each in outputs if each.name not in item.merged]
        return found

    def constant(self, body: Node, scope: Scope) -> str | None:
        return literal_type(body)

    def type(self, node: Node) -> str:
        """Resolve a type's name."""
        printed, key = lookup.type_of(self.catalog, node)
        names = node["names"]
        if key is not None:
            self.refs[key] = None
            self.mention(key, node, 0, Form.IDENTITY)
        if len(names) == 1 and not node.get("pct_type") and "." in printed:
            found = lookup.find_type(self.catalog, strings(names))
            if found is not None:
                self.qualify(node, found[0])
        return printed

    def cast(self, body: Node, scope: Scope) -> str | None:
        arg = body["arg"]
        printed = self.type(body["typeName"])
        if printed == "regclass" and "sval" in arg.get("A_Const", ()):
            self.relation_literal(arg["A_Const"])
        else:
            self.expression(arg, scope)
        return printed

    def relation_literal(self, body: Node) -> None:
        """Resolve the relation that a regclass literal names, and qualify it."""
        at = place_of(body)
        written = _identifiers(str(body["sval"].get("sval", "")))
        if at is None or not written:
            return
        found = lookup.find_relation(self.catalog, written) or lookup.missing_relation(self.catalog, written, at)
        self.refs[found.key] = None
        _, first, last = next(iter(tokens(self.data, at + self.base, len(self.data))))
        if self.mentions is not None:
            self.mentions.append(Mention(found.key, first, last, Form.LITERAL))
        elif len(written) == 1 and getattr(found, "schema", "pg_catalog") not in lookup.SYSTEM:
            self.edits.append((first, last, quote_literal(found.identity)))

    def call(self, body: Node, scope: Scope) -> str | None:
        names = strings(body["funcname"])
        args = body.get("args", ())
        if names[-1] in _TAKES_REGCLASS and args and "sval" in args[0].get("A_Const", ()):
            self.relation_literal(args[0]["A_Const"])
            types: list[str | None] = ["regclass", *self.each(args[1:], scope)]
        else:
            types = self.each(args, scope)
        for part in ("agg_order", "agg_filter", "over"):
            value = body.get(part)
            if isinstance(value, list):
                self.each(value, scope)
            elif value:
                self.expression(value, scope) if part == "agg_filter" else self.rest(value, scope)
        named = tuple(each["NamedArgExpr"]["name"] for each in args if "NamedArgExpr" in each)
        function = self.function(names, types, named, body)
        if function is not None:
            self.refs[function.key] = None
            self.mention(function.key, body, 0, Form.IDENTITY)
            return function.returns if function.knows("returns") else None
        within = self.each(body["agg_order"], scope) if body.get("agg_within_group") else []
        built_in = len(names) == 1 or names[0] == "pg_catalog"
        return result_type(names[-1], [*types, *within], body) if built_in else None

    def function(
        self, names: list[str], types: list[str | None], named: tuple[str, ...], body: Node
    ) -> Function | None:
        """Find the function that a call means; None for a built-in one, or where it cannot be told.

        Raises 42883 where functions of that name are all known, and none takes so many arguments.
        """
        if len(names) > 1 and names[-2] in lookup.SYSTEM:
            return None
        found = lookup.candidates(self.catalog, names)
        built_in = len(names) == 1 and names[0] in pg_catalog().functions
        if not found:
            if not built_in and not self._extension_function(names):
                message = f"function {'.'.join(names)}({_shown(types)}) does not exist"
                self._missing(names, types, message, body)
            return None
        fitting = [each for each in found if _fits(each, len(types), named)]
        if not fitting and not built_in and not self._extension_function(names) and not body.get("func_variadic"):
            raise CatalogError(
                "42883",
                f"function {'.'.join(names)}({_shown(types)}) does not exist",
                place_of(body),
                hint="No function matches the given name and argument types. "
                "You might need to add explicit type casts.",
            )
        chosen = _choose(fitting, types)
        if chosen is None or (built_in and not _exact(chosen, types)):
            return None
        if len(names) == 1:
            self.qualify(body, chosen.schema)
        return chosen

    def _missing(self, names: list[str], types: list[str | None], message: str, body: Node) -> None:
        known = [each for each in types if each and each != UNKNOWN]
        args = [lookup.without_modifiers(each) for each in known] if len(known) == len(types) else None
        assumed = lookup.missing_function(self.catalog, names, args, message, place_of(body))
        self.refs[assumed.key] = None
        if len(names) == 1:
            self.qualify(body, assumed.schema)

    def _extension_function(self, names: list[str]) -> bool:
        """Whether an extension makes this function; a bare name is then qualified with the extension's schema."""
        schemas = [names[-2]] if len(names) > 1 else lookup.path(self.catalog)
        return any(lookup.in_extension(self.catalog, each, names[-1], "functions") for each in schemas)

    def operation(self, body: Node, scope: Scope) -> str | None:
        left = self.expression(body.get("lexpr", {}), scope)
        right = self.expression(body.get("rexpr", {}), scope)
        return operator_type(body, left, right)

    def collate(self, body: Node, scope: Scope) -> str | None:
        return self.expression(body.get("arg", {}), scope)

    def case(self, body: Node, scope: Scope) -> str | None:
        self.expression(body.get("arg", {}), scope)
        results = []
        for each in body.get("args", ()):
            when = each["CaseWhen"]
            self.expression(when["expr"], scope)
            results.append(self.expression(when["result"], scope))
        results.append(self.expression(body["defresult"], scope) if "defresult" in body else UNKNOWN)
        return common_type(results)

    def coalesce(self, body: Node, scope: Scope) -> str | None:
        return common_type(self.each(body.get("args", ()), scope))

    def array(self, body: Node, scope: Scope) -> str | None:
        element = common_type(self.each(body.get("elements", ()), scope))
        element = "text" if element == UNKNOWN else element
        return element if element is None or element.endswith("[]") else element + "[]"

    def indirection(self, body: Node, scope: Scope) -> str | None:
        kind = self.expression(body["arg"], scope)
        for each in body["indirection"]:
            ((tag, inner),) = each.items()
            if tag == "A_Indices":
                self.rest(inner, scope)
                kind = kind if inner.get("is_slice") else element_of(kind)
            elif tag == "String":
                kind = self.field(kind, str(inner.get("sval", "")))
            else:
                kind = None
        return kind

    def field(self, kind: str | None, name: str) -> str | None:
        """The type of a field of a composite value."""
        for each in ("table", "view"):
            row = self.catalog.find((each, kind or ""))
            if row is not None:
                column = Entry("", None, row).column(self.catalog, name)
                return column.type if column else None
        return None

    def row(self, body: Node, scope: Scope) -> str | None:
        self.each(body.get("args", ()), scope)
        return "record"

    def value_function(self, body: Node, scope: Scope) -> str | None:
        return _VALUE_FUNCTIONS.get(body["op"], (None, None))[1]

    def sublink(self, body: Node, scope: Scope) -> str | None:
        self.expression(body.get("testexpr", {}), scope)
        select = body["subselect"]["SelectStmt"]
        outputs = self.select(select, scope, named=False)
        first = outputs[0].type if outputs else None
        kind = body["subLinkType"]
        if kind == "EXPR_SUBLINK":
            return first
        if kind == "ARRAY_SUBLINK":
            return first and (first if first.endswith("[]") else ("text" if first == UNKNOWN else first) + "[]")
        return "boolean"

    # -- queries -----------------------------------------------------------------------------------------

    def sub_select(self, body: Node, scope: Scope) -> str | None:
        self.select(body, scope)
        return None

    def select(self, body: Node, parent: Scope | None, *, named: bool = True, aliases: Sequence[str] = ()) -> Outputs:
        """Resolve a SELECT; ``named``: somebody takes its columns by name, so that ``*`` is written out.

        The ``aliases`` are written down as the names of the first columns.
        """
        scope = Scope(parent)
        if "withClause" in body:
            self.common_tables(body["withClause"], scope)
        if body.get("op", "SETOP_NONE") != "SETOP_NONE":
            left = self.select(body["larg"], scope, named=named, aliases=aliases)
            right = self.select(body["rarg"], scope, named=named)
            outputs = _united(left, right)
        elif "valuesLists" in body:
            outputs = self.rows(body["valuesLists"], scope)
        else:
            for item in body.get("fromClause", ()):
                scope.items.append(self.from_item(item, scope))
            outputs = self.targets(body.get("targetList", ()), scope, named=named, aliases=aliases)
            self.expression(body.get("whereClause", {}), scope)
            by_name = {each.name for each in outputs or ()}
            for each in body.get("groupClause", ()):
                self.grouping(each, scope, by_name)
            self.expression(body.get("havingClause", {}), scope)
            for each in body.get("windowClause", ()):
                self.expression(each, scope)
            self.ordering(body.get("distinctClause", ()), scope, by_name)
        self.ordering(body.get("sortClause", ()), scope, {each.name for each in outputs or ()})
        self.expression(body.get("limitOffset", {}), scope)
        self.expression(body.get("limitCount", {}), scope)
        return outputs

    def rows(self, lists: Sequence[Node], scope: Scope) -> Outputs:
        """Resolve the rows of VALUES."""
        rows = [self.each(each["List"].get("items", ()), scope) for each in lists]
        return [Output(f"column{n}", common_type(column)) for n, column in enumerate(zip(*rows, strict=False), 1)]

    def grouping(self, node: Node, scope: Scope, by_name: set[str]) -> None:
        """Resolve a GROUP BY item: an input column comes before a result column of the same name."""
        name = _bare_name(node)
        if name not in by_name or any(e.column(self.catalog, name) for i in scope.items for e in i.entries):
            self.expression(node, scope)

    def ordering(self, nodes: Iterable[Node], scope: Scope, by_name: set[str]) -> None:
        """Resolve ORDER BY and DISTINCT ON items: a result column comes before an input column."""
        for node in nodes:
            inner = node["SortBy"]["node"] if "SortBy" in node else node
            if inner and _bare_name(inner) not in by_name:
                self.expression(inner, scope)

    def targets(self, nodes: Sequence[Node], scope: Scope, *, named: bool, aliases: Sequence[str] = ()) -> Outputs:
        """Resolve a target list; None where a star stands for columns that are not known."""
        outputs: list[Output] = []
        known = True
        for node in nodes:
            target = node["ResTarget"]
            value = target["val"]
            reference = value.get("ColumnRef")
            if reference is not None and "A_Star" in reference["fields"][-1]:
                found = self.star(reference, scope)
                if found is None:
                    known = False
                    continue
                if named:
                    self._write_out(reference, scope, found, aliases[len(outputs) :])
                outputs += found
                continue
            before = len(self.mentions or ())
            kind = self.expression(value, scope)
            name = target.get("name")
            if name is None:
                name = figure_name(value)
                self._bare_mention(before, name, value)
            if known and len(outputs) < len(aliases):
                self._name(target, aliases[len(outputs)])
            outputs.append(Output(name, kind))
        return outputs if known else None

    def _name(self, target: Node, alias: str) -> None:
        """Write the name of a result column behind its expression."""
        at = place_of(target)
        if at is None:
            return
        first, end = until(self.statement, at + self.base, _AFTER_TARGET)
        if "name" in target:
            *_, (_, first, _) = tokens(self.data, first, end)
            self.edits.append((first, end, quote_ident(alias)))
        else:
            self.edits.append((end, end, f" as {quote_ident(alias)}"))

    def _bare_mention(self, before: int, name: str, value: Node) -> None:
        """Note on a target's mentions that its column is named after what they name."""
        if not self.mentions or len(self.mentions) == before or not _named_by_reference(value):
            return
        _, end = until(self.statement, self.mentions[-1].end, _AFTER_TARGET)
        last = self.mentions[-1]
        if last.key[0] in {"column", "function"}:
            self.mentions[-1] = last._replace(target=max(end, last.end))

    def _write_out(self, reference: Node, scope: Scope, found: Sequence[Output], aliases: Sequence[str]) -> None:
        """Write out what ``*`` stands for: later columns of the table are not in it."""
        at = place_of(reference)
        if at is None or not self.writes or not found:
            return
        names = strings(reference["fields"][:-1])
        items = scope.items
        if names:
            alias, _ = self.entry(names, scope)
            items = [Item([alias], {})] if alias else []
        parts: list[str] = []
        for item in items:
            parts += [quote_ident(name) for name in item.merged]
            for entry in item.entries:
                outputs = entry.outputs(self.catalog) or ()
                own = [each.name for each in outputs if each.name not in item.merged]
                parts += [f"{quote_ident(entry.name)}.{quote_ident(name)}" for name in own]
        parts = [f"{part} as {quote_ident(aliases[n])}" if n < len(aliases) else part for n, part in enumerate(parts)]
        end = at + self.base
        for _, _, last in tokens(self.data, end, len(self.data)):
            end = last
            if self.data[last - 1 : last] == b"*":
                break
        self.edits.append((at + self.base, end, ", ".join(parts)))

    def common_tables(self, clause: Node, scope: Scope) -> None:
        """Resolve a WITH clause."""
        for each in clause["ctes"]:
            cte = each["CommonTableExpr"]
            names = strings(cte.get("aliascolnames", ()))
            ((tag, body),) = cte["ctequery"].items()
            if clause.get("recursive") and tag == "SelectStmt" and "larg" in body:
                mark = len(self.edits), dict(self.refs), len(self.mentions or ())
                scope.ctes[cte["ctename"]] = None
                first = self.select(body["larg"], scope)  # the term without recursion says what the columns are
                self.edits[mark[0] :], self.refs = [], mark[1]
                if self.mentions is not None:
                    del self.mentions[mark[2] :]
                scope.ctes[cte["ctename"]] = _renamed(first, names)
            outputs = self.command(tag, body, scope)
            scope.ctes[cte["ctename"]] = _renamed(outputs, names)

    def from_item(self, node: Node, scope: Scope) -> Item:
        """Resolve one item of FROM."""
        ((tag, body),) = node.items()
        if tag == "RangeVar":
            return Item([self.range(body, scope)], {})
        if tag == "JoinExpr":
            return self.join(body, scope)
        alias = body.get("alias") or {}
        name, names = str(alias.get("aliasname", "")), strings(alias.get("colnames", ()))
        outputs: Outputs
        if tag == "RangeSubselect":
            inside = scope if body.get("lateral") else scope.beside()
            outputs = self.select(body["subquery"]["SelectStmt"], inside)
        elif tag == "RangeFunction":
            outputs = self.table_function(body, scope, name)
            name = name or figure_name(body["functions"][0]["List"]["items"][0])
        elif tag == "RangeTableSample":
            self.each(body.get("args", ()), scope)
            return self.from_item(body["relation"], scope)
        else:
            self.rest({key: value for key, value in body.items() if key != "alias"}, scope)
            outputs = None
        return Item([Entry(name, _renamed(outputs, names))], {})

    def range(self, body: Node, scope: Scope) -> Entry:
        """Resolve a relation named in FROM: a common table expression, or an object."""
        alias = body.get("alias") or {}
        name, names = str(alias.get("aliasname", body["relname"])), strings(alias.get("colnames", ()))
        if "schemaname" not in body:
            around: Scope | None = scope
            while around is not None:
                if body["relname"] in around.ctes:
                    return Entry(name, _renamed(around.ctes[body["relname"]], names))
                around = around.parent
        found = lookup.relation(self.catalog, body)
        if found.kind == "index":
            raise CatalogError("42809", f'cannot open relation "{body["relname"]}"', place_of(body))
        self.refs[found.key] = None
        self.mention(found.key, body, 0, Form.IDENTITY)
        if "schemaname" not in body:
            self.qualify(body, str(getattr(found, "schema", "pg_catalog")))
        if names and found.knows("columns"):
            return Entry(name, _renamed(columns_of(self.catalog, found), names), found)
        return Entry(name, None, found, aliased=bool(alias))

    def join(self, body: Node, scope: Scope) -> Item:
        """Resolve a JOIN: its sides, its condition, and the columns that USING merges."""
        left = self.from_item(body["larg"], scope)
        lateral = Scope(scope.parent, [*scope.items, left])
        lateral.ctes = scope.ctes
        right = self.from_item(body["rarg"], lateral)
        entries = left.entries + right.entries
        using = strings(body.get("usingClause", ()))
        if body.get("isNatural"):
            theirs = {each.name for each in self.all_columns([right]) or ()}
            using = [each.name for each in self.all_columns([left]) or () if each.name in theirs]
        merged: dict[str, Output] = {}
        for name in using:
            sides = [self._side(item, name) for item in (left, right)]
            if None in sides and all(entry.known for entry in entries):
                side = "left" if sides[0] is None else "right"
                message = f'column "{name}" specified in USING clause does not exist in {side} table'
                raise CatalogError("42703", message)
            keys = tuple(key for each in sides if each for key in each.keys)
            self.refs.update(dict.fromkeys(keys))
            if self.mentions is not None:
                self.mentions += [Mention(key, -1, -1, Form.NAME) for key in keys]
            types = {each.type if each else None for each in sides}
            merged[name] = Output(name, types.pop() if len(types) == 1 else None, keys)
        if using:
            merged |= {n: o for item in (left, right) for n, o in item.merged.items() if n not in merged}
        else:
            merged = left.merged | right.merged
        if "quals" in body:
            inside = Scope(scope.parent, [Item(entries, merged)])
            inside.ctes = scope.ctes
            self.expression(body["quals"], inside)
        if alias := body.get("alias"):
            columns = _renamed(self.all_columns([Item(entries, merged)]), strings(alias.get("colnames", ())))
            return Item([Entry(alias["aliasname"], columns)], {})
        return Item(entries, merged)

    def _side(self, item: Item, name: str) -> Output | None:
        if name in item.merged:
            return item.merged[name]
        return next((c for e in item.entries if (c := e.column(self.catalog, name))), None)

    def table_function(self, body: Node, scope: Scope, alias: str) -> Outputs:
        """Resolve functions in FROM, and find out what columns they give."""
        outputs: list[Output] = []
        known = True
        for each in body["functions"]:
            call, definitions = (*each["List"]["items"], {})[:2]
            before = set(self.refs)
            kind = self.expression(call, scope)
            listed = definitions.get("List", {}).get("items") or body.get("coldeflist")
            if listed:
                columns: Outputs = [
                    Output(d["ColumnDef"]["colname"], self.type(d["ColumnDef"]["typeName"])) for d in listed
                ]
            else:
                made = [key for key in self.refs if key[0] == "function" and key not in before]
                columns = self._function_columns(call, kind, alias, made[-1] if made else None)
            known = known and columns is not None
            outputs += columns or ()
        if body.get("ordinality"):
            outputs.append(Output("ordinality", "bigint"))
        return outputs if known else None

    def _function_columns(self, call: Node, kind: str | None, alias: str, key: Key | None) -> Outputs:
        name = alias or figure_name(call)
        function: Any = self.catalog.find(key) if key else None
        if function is not None:
            if not function.knows("arguments") or not function.knows("returns"):
                return None
            outs = [a for a in function.arguments if a.mode in {"out", "inout", "table"}]
            if len(outs) > 1 or (outs and function.returns == "record"):
                return [Output(a.name or f"column{n}", a.type) for n, a in enumerate(outs, 1)]
            if outs:
                return [Output(outs[0].name or name, outs[0].type)]
        if kind is None or kind == "record":
            return None
        for each in ("table", "view"):
            row = self.catalog.find((each, kind))
            if row is not None:
                return columns_of(self.catalog, row) if row.knows("columns") else None
        if ("type", kind) in self.catalog:
            composite: Any = self.catalog.find(("type", kind))
            if not composite.knows("type_kind") or composite.type_kind == "composite":
                return None
        return [Output(name, kind)]

    # -- statements that change data, in WITH and in function bodies -------------------------------------

    def command(self, tag: str, body: Node, parent: Scope | None, aliases: Sequence[str] = ()) -> Outputs:
        """Resolve an INSERT, UPDATE, DELETE or MERGE as far as its relations; its RETURNING columns."""
        if tag == "SelectStmt":
            return self.select(body, parent, aliases=aliases)
        scope = Scope(parent)
        if "withClause" in body:
            self.common_tables(body["withClause"], scope)
        if "relation" not in body:
            self.rest(body, scope)
            return None
        target = self.range(body["relation"], scope)
        if "selectStmt" in body:
            self.select(body["selectStmt"]["SelectStmt"], scope)
        scope.items.append(Item([target], {}))
        for each in (*body.get("fromClause", ()), *body.get("usingClause", ())):
            scope.items.append(self.from_item(each, scope))
        if "sourceRelation" in body:
            scope.items.append(self.from_item(body["sourceRelation"], scope))
        if conflict := body.get("onConflictClause"):
            excluded = Scope(scope.parent, [*scope.items, Item([Entry("excluded", None, target.obj)], {})])
            excluded.ctes = scope.ctes
            for each in conflict.get("targetList", ()):
                self.expression(each["ResTarget"].get("val", {}), excluded)
            self.expression(conflict.get("whereClause", {}), excluded)
        if tag != "InsertStmt":
            for each in body.get("targetList", ()):
                self.expression(each["ResTarget"].get("val", {}), scope)
        for part in ("whereClause", "joinCondition"):
            self.expression(body.get(part, {}), scope)
        self.each(body.get("mergeWhenClauses", ()), scope)
        returning = body.get("returningList") or (body.get("returningClause") or {}).get("exprs", ())
        return self.targets(returning, scope, named=True) if returning else []


# -- functions and how a call finds them -----------------------------------------------------------------


def _fits(function: Function, count: int, named: Sequence[str]) -> bool:
    """Whether a function can be called with so many arguments."""
    if not function.knows("arguments"):
        return True
    inputs = [a for a in function.arguments if a.mode not in {"out", "table"}]
    if function.routine_kind == "procedure":
        inputs = list(function.arguments)
    if any(name not in {a.name for a in inputs} for name in named):
        return False
    if inputs and inputs[-1].mode == "variadic":
        return count >= len(inputs) - 1
    return len(inputs) - sum(a.default is not None for a in inputs) <= count <= len(inputs)


def _score(function: Function, types: Sequence[str | None]) -> int:
    if not function.knows("arguments"):
        return 0
    wanted = lookup.input_types(function)
    return sum(t == lookup.without_modifiers(w) for t, w in zip(types, wanted, strict=False) if t)


def _choose(functions: Sequence[Function], types: Sequence[str | None]) -> Function | None:
    """The one function that a call means, None where it cannot be told."""
    if len(functions) < 2:
        return functions[0] if functions else None
    bare = [lookup.without_modifiers(each) if each else None for each in types]
    scores = [_score(each, bare) for each in functions]
    best = max(scores)
    return functions[scores.index(best)] if scores.count(best) == 1 else None


def _exact(function: Function, types: Sequence[str | None]) -> bool:
    """Whether a call gives exactly the types that a function takes, so that it comes before a built-in one."""
    return list(lookup.input_types(function)) == [lookup.without_modifiers(t) if t else None for t in types]


def _shown(types: Sequence[str | None]) -> str:
    return ", ".join(each or UNKNOWN for each in types)


# -- names of result columns -----------------------------------------------------------------------------


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
        return _VALUE_FUNCTIONS.get(body["op"], (None, None))[0], 2
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


def _named_by_reference(node: Node) -> bool:
    """Whether a result column takes the name of a column or function that its expression names."""
    ((tag, body),) = node.items()
    if tag in {"TypeCast", "CollateClause"}:
        return bool(body.get("arg")) and _named_by_reference(body["arg"])
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
_VALUE_FUNCTIONS: dict[str, tuple[str | None, str | None]] = {
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
_TYPES = {"NullTest": "boolean", "BooleanTest": "boolean", "BoolExpr": "boolean", "GroupingFunc": "integer"}


def _bare_name(node: Node) -> str:
    """The name of an unqualified column reference, else nothing."""
    fields = node.get("ColumnRef", {}).get("fields", ())
    return str(fields[0]["String"].get("sval", "")) if len(fields) == 1 and "String" in fields[0] else ""


def _renamed(outputs: Outputs, names: Sequence[str]) -> Outputs:
    """Columns under the names that an alias gives to the first of them."""
    if not names or outputs is None:
        return outputs
    return [each._replace(name=names[n]) if n < len(names) else each for n, each in enumerate(outputs)]


def _united(left: Outputs, right: Outputs) -> Outputs:
    """The columns of a UNION, INTERSECT or EXCEPT: the first query's names."""
    if left is None:
        return None
    if right is None or len(right) != len(left):
        return [Output(each.name, None) for each in left]
    return [Output(a.name, common_type([a.type, b.type])) for a, b in zip(left, right, strict=True)]


def _identifiers(text: str) -> list[str]:
    """The parts of a written name: stringToQualifiedNameList; empty where it is none."""
    names: list[str] = []
    wants_name = True
    data = text.encode()
    for kind, first, last in tokens(data, 0, len(data)):
        token = data[first:last].decode()
        if wants_name and kind == "word":
            names.append(token.lower())
        elif wants_name and kind == "name":
            names.append(token[1:-1].replace('""', '"'))
        elif wants_name or token != ".":
            return []
        wants_name = not wants_name
    return [] if wants_name else names


_METHODS: dict[str, Callable[[Binder, Any, Scope], str | None]] = {
    "ColumnRef": Binder.column_ref,
    "A_Const": Binder.constant,
    "TypeCast": Binder.cast,
    "FuncCall": Binder.call,
    "A_Expr": Binder.operation,
    "CollateClause": Binder.collate,
    "CaseExpr": Binder.case,
    "CoalesceExpr": Binder.coalesce,
    "MinMaxExpr": Binder.coalesce,
    "A_ArrayExpr": Binder.array,
    "A_Indirection": Binder.indirection,
    "RowExpr": Binder.row,
    "SQLValueFunction": Binder.value_function,
    "SubLink": Binder.sublink,
    "SelectStmt": Binder.sub_select,
}
