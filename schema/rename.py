"""A new name for an object, in everything that names it: identities, references and the texts of expressions.

The server keeps object ids and prints names late; here texts are kept, so a rename reads each text that depends on
the object again, finds where it is named, and writes the new name there. A text that cannot be read is forgotten:
its attribute becomes unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .catalog import Catalog, CatalogError, Key, Node, Object
from .meaning.binding import query
from .meaning.lookup import input_types
from .meaning.queries import Binder
from .meaning.scope import Entry, Form, Item, Mention, Scope, view_column
from .names import name_of, quote_ident, quote_literal
from .objects import kinds
from .rename_fields import LOST, UPDATES
from .store import HIDDEN
from .text.clauses import tokens

if TYPE_CHECKING:
    from .objects.view import View
    from .source import Statement

_ROWS = ("table", "view", "type")  # what is a type as well
# How the identity of each kind is made of the object's own fields.
_ON_TABLE = {"constraint", "policy", "trigger"}
_QUALIFIED = {"table", "view", "sequence", "index", "type"}


def follow(catalog: Catalog, old: Key, new: Object) -> None:
    """Give the object with the key ``old`` the name (and schema) that ``new`` has, wherever it is named."""
    Change(catalog, {old: new}).apply()


def follow_all(catalog: Catalog, renamed: Mapping[Key, Object]) -> None:
    """Rename several objects at once: a schema's with the schema, a table's indexes with the table."""
    Change(catalog, dict(renamed)).apply()


def follow_view_column(catalog: Catalog, view: View, old: str, new: str) -> None:
    """Give a column of a view another name, wherever it is named."""
    change = Change(catalog, {view.key: view})
    change.names[view_column(view.identity, old)] = (old, new)
    change.needles = {old}
    columns = tuple(replace(each, name=new) if each.name == old else each for each in view.columns)
    names = [each.name for each in columns]
    change.objects[view.key] = replace(view, columns=columns, definition=change.renamed_targets(view, names))
    change.apply()


def identity_of(obj: Object) -> str:
    """The identity that an object's own fields make."""
    fields: Any = obj
    if obj.kind in _QUALIFIED:
        return name_of(fields.schema, fields.name)
    if obj.kind in _ON_TABLE:
        return f"{quote_ident(fields.name)} on {fields.table}"
    if obj.kind == "column":
        return f"{fields.table}.{quote_ident(fields.name)}"
    if obj.kind == "function":
        return f"{name_of(fields.schema, fields.name)}({', '.join(input_types(fields))})"
    if obj.kind == HIDDEN:
        return str(fields.described())
    if obj.kind == "publication_member" and fields.table:
        return f"{fields.table} in publication {quote_ident(fields.publication)}"
    return obj.identity


class Change:
    """What is renamed, and what that does to each object that names it."""

    def __init__(self, catalog: Catalog, objects: dict[Key, Object]) -> None:
        self.catalog = catalog
        self.objects = objects
        self.identities = {old: new.identity for old, new in objects.items()}
        self.names: dict[Key, tuple[str, str]] = {}  # old and new bare name
        for key, new in objects.items():
            before: Any = catalog.find(key)
            after: Any = new
            if hasattr(after, "name"):
                self.names[key] = before.name, after.name
        self.types = {key[1]: new for key, new in self.identities.items() if key[0] in _ROWS}
        self.needles = {old for old, _ in self.names.values()}

    def apply(self) -> None:
        """Work out every change against the old names, then make them all."""
        changed: dict[Key, Object] = dict(self.objects)
        todo = list(self.objects)
        while todo:
            key = todo.pop(0)
            for each in self._related(key):
                if each.key in changed and each.key not in self.objects:
                    continue
                current = changed.get(each.key, each)
                after = self.updated(current)
                identity = identity_of(after)
                if identity != after.identity and each.key not in self.objects:
                    after = replace(after, identity=identity)
                    self.identities[each.key] = identity
                    todo.append(each.key)
                if after is not each:
                    changed[each.key] = after
        for key in self.objects:
            changed[key] = self.updated(changed[key])
        for key, after in changed.items():
            before = self.catalog.find(key)
            if before is None or after == before:
                continue
            if after.key == key and getattr(before, "table", None) == getattr(after, "table", None):
                self.catalog.put(after)
            else:
                self.catalog.rename(key, after)
        self._comments()

    def _related(self, key: Key) -> Iterable[Object]:
        """What may name an object: what depends on it, and what sits on it; of a column, on its table as well."""
        yield from self.catalog.dependents(key)
        if key[0] == "column" and (column := self.catalog.find(key)) is not None:
            key = ("table", str(getattr(column, "table", "")))
        if key[0] in _ROWS:
            for kind in kinds().values():
                if "table" in kind.__struct_fields__:
                    yield from self.catalog.children(key[1], kind)

    def _comments(self) -> None:
        from .objects.comment import Comment

        comments = list(self.catalog.of(Comment))
        if not comments:
            return
        moved = {f"{kind.replace('_', ' ')} {old}": new for (kind, old), new in self.identities.items()}
        for comment in comments:
            if comment.object in moved:
                kind = comment.object.split(" ", 1)[0]
                about = f"{kind} {moved[comment.object]}"
                self.catalog.rename(comment.key, replace(comment, identity=f"on {about}", object=about))

    # -- one object --------------------------------------------------------------------------------------

    def updated(self, obj: Object) -> Object:
        """The object with the new names in its fields; itself where nothing in it changes."""
        update = UPDATES.get(obj.kind)
        if update is None:
            return obj
        values: dict[str, Any] = {
            name: value for name, value in update(self, obj).items() if value != getattr(obj, name)
        }
        lost = {name for name, value in values.items() if value is LOST}
        if lost:
            values = {name: value for name, value in values.items() if name not in lost}
            values["unknown"] = obj.unknown | lost
        return replace(obj, **values) if values else obj

    def identity(self, kinds: Iterable[str], old: str | None) -> str | None:
        """What an identity of one of these kinds is now."""
        for kind in kinds:
            new = self.identities.get((kind, old or ""))
            if new is not None:
                return new
        return old

    def column(self, table: str, name: str) -> str:
        """What a column of a table is called now; the table by its old identity."""
        names = self.names.get(("column", f"{table}.{quote_ident(name)}"))
        return names[1] if names else name

    def bystander(self, label: str, name: str | None) -> str | None:
        """What an object that is in no schema, and only known to exist, is called now."""
        names = self.names.get((HIDDEN, f"{label} {quote_ident(name)}")) if name else None
        return names[1] if names else name

    def collation(self, printed: str | None) -> str | None:
        """What a collation is called now."""
        new = self.identities.get((HIDDEN, f"collation {printed}"))
        return new.removeprefix("collation ") if new else printed

    def columns(self, table: str, names: Iterable[Any]) -> Any:
        """What columns of a table are called now."""
        return tuple(self.column(table, name) if isinstance(name, str) else name for name in names)

    def type(self, printed: str | None) -> str | None:
        """What a type is called now, its array brackets and modifiers as they were."""
        if printed is None:
            return None
        for old, new in self.types.items():
            if printed == old or (printed.startswith(old) and printed[len(old)] in "[("):
                return new + printed[len(old) :]
        return printed

    # -- texts -------------------------------------------------------------------------------------------

    def expression(
        self,
        text: str | None,
        table: str | None = None,
        aliases: Iterable[str] = (),
        values: Iterable[str] = (),
    ) -> Any:
        """An expression's text with the new names; the table by its old identity."""
        if text is None:
            return None
        own = self._relation(table)
        entries = [Entry(name, None, own) for name in aliases]
        if own is not None and not entries:
            entries.append(Entry(str(getattr(own, "name", "")), None, own, aliased=False))

        def walk(binder: Binder, node: Node) -> None:
            scope = Scope(items=[Item([entry], {}) for entry in entries], values=dict.fromkeys(values))
            for target in node["targetList"]:
                binder.expression(target["ResTarget"]["val"], scope)

        return self._rewritten("select ", text, walk)

    def query(self, text: str, values: Iterable[str] = ()) -> Any:
        """The text of a query with the new names."""

        def walk(binder: Binder, node: Node) -> None:
            binder.select(node, Scope(values=dict.fromkeys(values)))

        return self._rewritten("", text, walk)

    def renamed_targets(self, view: View, names: Sequence[str]) -> str:
        """The query of a view with these names for its result columns."""
        found = _parsed(view.definition)
        if found is None:
            return view.definition
        mark, path = self.catalog.savepoint(), self.catalog.search_path
        self.catalog.search_path = ()
        try:
            node = {found.kind: found.node}
            return query(self.catalog, found, node, (found.start, found.end), aliases=names).text
        except CatalogError:
            return view.definition
        finally:
            self.catalog.rollback(mark)
            self.catalog.search_path = path

    def keys(self, table: str, texts: Iterable[str]) -> Any:
        """The printed keys of an index with the new names."""
        return self._each(texts, lambda text: self.index_key(table, text))

    def index_key(self, table: str, text: str) -> Any:
        """One printed key of an index: a column or an expression, and its options."""
        first, last = next(((a, b) for _, a, b in tokens(text.encode(), 0, len(text.encode()))), (0, 0))
        name = _unquoted(text.encode()[first:last].decode())
        data = text.encode()
        known = name is not None and ("column", f"{table}.{quote_ident(name)}") in self.catalog
        if name is not None and known and data[last : last + 1] not in {b"(", b"."}:
            return quote_ident(self.column(table, name)) + data[last:].decode()
        own = self._relation(table)

        def walk(binder: Binder, node: Node) -> None:
            entry = Entry(str(getattr(own, "name", "")), None, own, aliased=False)
            for each in node["indexParams"]:
                binder.expression(each["IndexElem"].get("expr", {}), Scope(items=[Item([entry], {})]))

        return self._rewritten(f"create index on {table} (", text, walk, ")")

    def words(self, table: str, text: str) -> str:
        """A list of column names in a text with the new ones: UPDATE OF, a key's columns."""
        data, parts, at = text.encode(), [], 0
        for kind, first, last in tokens(data, 0, len(data)):
            name = _unquoted(data[first:last].decode()) if kind in {"word", "name"} else None
            if name is not None and (new := self.column(table, name)) != name:
                parts += [data[at:first].decode(), quote_ident(new)]
                at = last
        return "".join([*parts, data[at:].decode()])

    def _each(self, texts: Iterable[str], change: Callable[[str], Any]) -> Any:
        changed = tuple(change(text) for text in texts)
        return LOST if LOST in changed else changed

    def _relation(self, identity: str | None) -> Object | None:
        kinds = ("table", "view")
        return next((o for kind in kinds if identity and (o := self.catalog.find((kind, identity)))), None)

    def _rewritten(self, before: str, text: str, walk: Callable[[Binder, Node], None], after: str = "") -> Any:
        if not any(needle in text or needle in text.lower() for needle in self.needles):
            return text
        statement = _parsed(before + text + after)
        if statement is None:
            return LOST
        binder = Binder(self.catalog, statement, mentions=True)
        mark, path = self.catalog.savepoint(), self.catalog.search_path
        self.catalog.search_path = ()
        try:
            walk(binder, statement.node)
        except CatalogError:
            return LOST
        finally:
            self.catalog.rollback(mark)
            self.catalog.search_path = path
        start = len(before.encode())
        edits = self._edits(binder.mentions or [])
        if edits is None:
            return LOST
        data, parts = statement.source.data, []
        for first, last, new in sorted(edits):
            parts += [data[start:first], new.encode()]
            start = last
        end = len(data) - len(after.encode())
        return b"".join([*parts, data[start:end]]).decode()

    def _edits(self, mentions: Iterable[Mention]) -> set[tuple[int, int, str]] | None:
        edits: set[tuple[int, int, str]] = set()
        for key, first, last, form, target in mentions:
            if key not in self.names:
                continue
            old, name = self.names[key]
            if first < 0:
                return None
            new: Any = self.objects.get(key)
            if form is Form.NAME:
                if old == name:
                    continue
                edits.add((first, last, quote_ident(name)))
            else:
                identity = name_of(new.schema, new.name)
                edits.add((first, last, quote_literal(identity) if form is Form.LITERAL else identity))
            if target >= 0 and old != name:
                edits.add((target, target, f" as {quote_ident(old)}"))
        return edits


def _parsed(text: str) -> Statement | None:
    from .source import Source, Statement, statements

    found = statements(Source.from_text("", text))
    return found[0] if len(found) == 1 and isinstance(found[0], Statement) else None


def _unquoted(token: str) -> str | None:
    """The name that a token is, None where it is none."""
    if token.startswith('"'):
        return token[1:-1].replace('""', '"')
    return token.lower() if token[:1].isalpha() or token[:1] == "_" else None
