"""What a reference to a column means, and where the text of an expression needs a schema.

The rules are those of PostgreSQL's parse analysis (parse_expr.c, parse_relation.c in src/backend/parser).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ..catalog import CatalogError, strings
from ..names import name_of, quote_ident
from ..text.clauses import tokens
from . import lookup, overloads
from .builtin import pg_catalog
from .lookup import place_of
from .result_types import UNKNOWN, Types, Untyped
from .scope import SYSTEM_COLUMNS, Entry, Form, Item, Mention, Output, Outputs, Scope, view_column

if TYPE_CHECKING:
    from ..catalog import Catalog, Key, Node
    from ..source import Statement
    from ..text.clauses import Span


class References:
    """The state of a walk over an expression or query, and what the names of columns mean in it."""

    def __init__(
        self,
        catalog: Catalog,
        statement: Statement,
        *,
        types: Untyped | None = None,
        mentions: bool = False,
        edits: bool = True,
    ) -> None:
        self.catalog = catalog
        self.data = statement.source.data
        self.base = statement.base
        self.statement = statement
        self.types = types or Untyped()
        self.refs: dict[Key, None] = {}
        self.constructed: str | None = None  # the range that the last call makes
        self.row_columns: tuple[tuple[str, str], ...] = ()  # of the last call of a built-in function
        self.unknown_columns: frozenset[str] = frozenset()  # what a relation of unknown columns may have
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
        if self.mentions is None:
            return
        at = place_of(node)
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

    # -- columns ------------------------------------------------------------------------------------------

    def column_ref(self, body: Node, scope: Scope) -> str | None:
        """The type of the column, or value, that a reference means, which is noted."""
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
            if found is None and entry.known:
                found = self._computed(names, entry, body)
            if found is None and not entry.known:
                self.unknown_columns |= {names[-1]}
            if found is None and entry.known and not self._may_be_call(names[-1], entry):
                raise CatalogError("42703", f"column {'.'.join(names[-2:])} does not exist", place_of(body))
            return found
        kind = self._value(names[0], scope)
        if kind is not None and len(names) == 2 and self._lacks(kind, names[1]):
            raise self._no_entry(names[0], body, scope)
        if kind is not None or not sure:
            return None
        if len(names) == 2 and (whole := self._bare_column(names[0], body, scope, quiet=True)):
            return Output(names[-1], None, whole.keys)
        raise self._no_entry(names[-2], body, scope)

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
                        self.unknown_columns |= {name}
            if len(found) > 1 and name not in SYSTEM_COLUMNS:
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

    def _value(self, name: str, scope: Scope) -> str | None:
        around: Scope | None = scope
        while around is not None:
            if name in around.values:
                return around.values[name] or UNKNOWN
            around = around.parent
        return None

    def _computed(self, names: list[str], entry: Entry, body: Node) -> Output | None:
        """What ``row.name`` is where it is a call ``name(row)``."""
        obj = entry.obj
        for function in lookup.candidates(self.catalog, names[-1:]):
            if obj is None or not function.knows("arguments") or lookup.input_types(function) != (obj.identity,):
                continue
            at = place_of(body)
            if self.writes and at is not None:
                end = at + self.base
                for _, _, last in islice(tokens(self.data, end, len(self.data)), 2 * len(names) - 1):
                    end = last
                called = f"{name_of(function.schema, function.name)}({quote_ident(entry.name)}.*)"
                self.edits.append((at + self.base, end, called))
            keys = tuple(key for each in entry.outputs(self.catalog) or () for key in each.keys)
            kind = overloads.result(Types(self.catalog), function, [obj.identity])
            return Output(names[-1], kind, (function.key, *keys))
        return None

    def _lacks(self, kind: str, name: str) -> bool:
        """Whether a composite value surely has no such field: its table is known, and no function is so called."""
        row = self.catalog.find(("table", kind))
        entry = Entry("", None, row)
        found = entry.column(self.catalog, name) if row is not None else None
        return row is not None and entry.known and found is None and not self._may_be_call(name, entry)

    def _may_be_call(self, name: str, entry: Entry) -> bool:
        """Whether ``row.name`` may be a call that is not found."""
        return entry.obj is None or name in pg_catalog().functions or bool(lookup.candidates(self.catalog, [name]))

    def _no_entry(self, name: str, body: Node, scope: Scope) -> CatalogError:
        """The error for a qualifier that no FROM item has: the table may be there under an alias."""
        around: Scope | None = scope
        while around is not None:
            for entry in (each for item in around.items for each in item.entries):
                if entry.obj is not None and getattr(entry.obj, "name", None) == name:
                    message = f'invalid reference to FROM-clause entry for table "{name}"'
                    hint = f'Perhaps you meant to reference the table alias "{entry.name}".'
                    return CatalogError("42P01", message, place_of(body), hint=hint)
            around = around.parent
        return CatalogError("42P01", f'missing FROM-clause entry for table "{name}"', place_of(body))

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
                raise self._no_entry(names[-1], body, scope)
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
