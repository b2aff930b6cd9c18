"""What a query reads, and which columns it gives: SELECT, and the statements that change data.

The rules are those of parse_clause.c, parse_target.c, parse_cte.c and analyze.c (PostgreSQL, src/backend/parser).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..catalog import CatalogError, strings
from ..names import quote_ident
from ..text.clauses import tokens, until
from . import lookup
from .expressions import Expressions
from .lookup import place_of
from .result_names import figure_name, named_by_reference
from .scope import Entry, Form, Item, Mention, Output, Outputs, Scope, columns_of, renamed

if TYPE_CHECKING:
    from ..catalog import Key, Node

_ROWS = ("table", "view", "type")  # what a value's type may be that has columns of its own
# What a query says of the rows that it found
_ARRANGING = frozenset({
    "distinctClause", "groupClause", "havingClause", "limitCount", "limitOffset", "sortClause", "windowClause",
})  # fmt: skip
# What may follow a result column
_AFTER_TARGET = frozenset(
    [
        *",;", "from", "where", "group", "having", "window", "union", "intersect", "except", "order", "limit",
        "offset", "fetch", "for", "into",
    ]
)  # fmt: skip


class Binder(Expressions):
    """One walk over an expression or query: what it reads, and where its text needs a schema."""

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
            outputs = self.united(left, right)
        elif "valuesLists" in body:
            outputs = self.rows(body["valuesLists"], scope)
        else:
            for item in body.get("fromClause", ()):
                scope.items.append(self.from_item(item, scope))
            outputs = self.targets(body.get("targetList", ()), scope, named=named, aliases=aliases)
            if "whereClause" in body:
                self.expression(body["whereClause"], scope)
        if not _ARRANGING.isdisjoint(body):
            self.arranged(body, scope, {each.name for each in outputs or ()})
        return outputs

    def arranged(self, body: Node, scope: Scope, by_name: set[str]) -> None:
        """Resolve what a SELECT says of its rows behind WHERE."""
        for each in body.get("groupClause", ()):
            self.grouping(each, scope, by_name)
        self.expression(body.get("havingClause", {}), scope)
        self.each(body.get("windowClause", ()), scope)
        self.ordering(body.get("distinctClause", ()), scope, by_name)
        self.ordering(body.get("sortClause", ()), scope, by_name)
        self.expression(body.get("limitOffset", {}), scope)
        self.expression(body.get("limitCount", {}), scope)

    def united(self, left: Outputs, right: Outputs) -> Outputs:
        """The columns of a UNION, INTERSECT or EXCEPT: the first query's names."""
        if left is None:
            return None
        if right is None or len(right) != len(left):
            return [Output(each.name, None) for each in left]
        return [Output(a.name, self.types.common([a.type, b.type])) for a, b in zip(left, right, strict=True)]

    def rows(self, lists: Sequence[Node], scope: Scope) -> Outputs:
        """Resolve the rows of VALUES."""
        rows = [self.each(each["List"].get("items", ()), scope) for each in lists]
        return [Output(f"column{n}", self.types.common(column)) for n, column in enumerate(zip(*rows, strict=False), 1)]

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
            ((tag, inner),) = value.items()
            if tag == "ColumnRef" and "A_Star" in inner["fields"][-1]:
                found = self.star(inner, scope)
                if found is None:
                    known = False
                    continue
                if named:
                    self._write_out(inner, scope, found, aliases[len(outputs) :])
                outputs += found
                continue
            if tag == "A_Indirection" and "A_Star" in inner["indirection"][-1]:
                found = self.fields(target, scope)
                known = known and found is not None
                outputs += found or ()
                continue
            before = len(self.mentions) if self.mentions else 0
            kind = self.expression(value, scope)
            name = target.get("name")
            if name is None:
                name = figure_name(value)
                if self.mentions:
                    self._bare_mention(before, value)
            if known and len(outputs) < len(aliases):
                self._name(target, aliases[len(outputs)])
            outputs.append(Output(name, kind))
        return outputs if known else None

    def fields(self, target: Node, scope: Scope) -> Outputs:
        """Resolve ``(value).*``: the fields of a composite value, written out one by one."""
        body = target["val"]["A_Indirection"]
        kind = self.expression({"A_Indirection": {**body, "indirection": body["indirection"][:-1]}}, scope)
        columns = self.fields_of(kind)
        at = place_of(target)
        if columns is not None and self.writes and at is not None:
            start, end = until(self.statement, at + self.base, _AFTER_TARGET)
            star = [first for _, first, _ in tokens(self.data, start, end)][-2]  # the dot before it
            value = self.text((start, star))
            self.edits = [each for each in self.edits if not start <= each[0] < end]
            self.edits.append((start, end, ", ".join(f"{value}.{quote_ident(each.name)}" for each in columns)))
        return columns

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

    def _bare_mention(self, before: int, value: Node) -> None:
        """Note on a target's mentions that its column is named after what they name."""
        if not self.mentions or len(self.mentions) == before or not named_by_reference(value):
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
                scope.ctes[cte["ctename"]] = renamed(first, names)
            outputs = self.command(tag, body, scope)
            scope.ctes[cte["ctename"]] = renamed(outputs, names)

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
        return Item([Entry(name, renamed(outputs, names))], {})

    def range(self, body: Node, scope: Scope) -> Entry:
        """Resolve a relation named in FROM: a common table expression, or an object."""
        alias = body.get("alias") or {}
        name, names = str(alias.get("aliasname", body["relname"])), strings(alias.get("colnames", ()))
        if "schemaname" not in body:
            around: Scope | None = scope
            while around is not None:
                if body["relname"] in around.ctes:
                    return Entry(name, renamed(around.ctes[body["relname"]], names))
                around = around.parent
        found = lookup.relation(self.catalog, body)
        if found.kind == "index":
            raise CatalogError("42809", f'cannot open relation "{body["relname"]}"', place_of(body))
        self.refs[found.key] = None
        self.mention(found.key, body, 0, Form.IDENTITY)
        if "schemaname" not in body:
            self.qualify(body, str(getattr(found, "schema", "pg_catalog")))
        if names and found.knows("columns"):
            return Entry(name, renamed(columns_of(self.catalog, found), names), found)
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
            columns = renamed(self.all_columns([Item(entries, merged)]), strings(alias.get("colnames", ())))
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
            before, self.row_columns = set(self.refs), ()
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
        if function is None and kind is None and self.row_columns:
            return [Output(*column) for column in self.row_columns]
        if kind is None or kind == "record":
            return None
        if any((each, kind) in self.catalog for each in _ROWS):
            kinds: Any = self.catalog.find(("type", kind))
            if kinds is None or not kinds.knows("type_kind") or kinds.type_kind == "composite":
                return self.fields_of(kind)
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
            outputs = self.select(body["selectStmt"]["SelectStmt"], scope)
            self.require_room(body, target, outputs)
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

    def require_room(self, body: Node, target: Entry, outputs: Outputs) -> None:
        """Raise 42601 where an INSERT brings more values than there are columns, or fewer than it names."""
        from ..objects.column import columns_of as columns_now
        from ..objects.table import Table

        named = room = len(body.get("cols", ()))
        if not named and isinstance(target.obj, Table) and target.obj.knows("columns"):
            room = len(columns_now(self.catalog, target.obj))
        if outputs is None or not room:
            return
        if len(outputs) > room:
            raise CatalogError("42601", "INSERT has more expressions than target columns")
        if len(outputs) < named:
            raise CatalogError("42601", "INSERT has more target columns than expressions")


def _bare_name(node: Node) -> str:
    """The name of an unqualified column reference, else nothing."""
    fields = node.get("ColumnRef", {}).get("fields", ())
    return str(fields[0]["String"].get("sval", "")) if len(fields) == 1 and "String" in fields[0] else ""
