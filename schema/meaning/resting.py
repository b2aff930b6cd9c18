"""What rests on an assumption: made or changed by a statement that uses what nothing made.

Where that is truly missing the server refuses the statement, and what it makes is not there. So such objects are
followed, but no later statement is called refused on their account.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .. import taint
from ..catalog import WHOLE, Missing, describe, strings
from ..parser import ParseError, parse
from ..pattern import lazy
from ..procedures import opaque
from ..procedures.values import HOLE
from ..session import split_name
from .lookup import candidates, find_relation, find_type, names_of

if TYPE_CHECKING:
    from ..catalog import Catalog, CatalogError, Key, Node, Object
    from ..source import Statement

# The fields that name what a statement makes, not what it uses
_MADE = {"CreateStmt": "relation", "ViewStmt": "view", "CreateSeqStmt": "sequence", "CompositeTypeStmt": "typevar"}
# What these statements define whole, in the place of what was there
_MAKES = {
    "CreateDomainStmt": ("type", "constraint"),
    "CreateEnumStmt": ("type",),
    "CreateFunctionStmt": ("function",),
    "CreatePolicyStmt": ("policy",),
    "CreateRangeStmt": ("type",),
    "CreateSchemaStmt": ("schema",),
    "CreateSeqStmt": ("sequence",),
    "CreateStmt": ("table", "column", "constraint", "index", "sequence"),
    "CreateTableAsStmt": ("table", "view", "column"),
    "CreateTrigStmt": ("trigger",),
    "CompositeTypeStmt": ("type",),
    "DefineStmt": ("function", "type"),
    "IndexStmt": ("index",),
    "ViewStmt": ("view",),
}
_QUOTED = lazy(r'"([^"]+)"')
_RELATION = lazy(r'\b(?:relation|table|view) "([^"]+)"')
# What the messages call the kinds of objects, where it is not by their names
_CALLED = {
    "relation": ("table", "view", "sequence", "index", "type"),
    "event": ("event_trigger",),
}
_USED = frozenset({"function", "index", "sequence", "table", "type", "view"})  # what a statement uses by its name
_WORD = lazy(rb"[\w$\x80-\xff]+")
_HIDING = (b"u&", b"\\", HOLE.encode())  # what names may be hidden behind: escapes, and what is not known of a text
_TAKEN = frozenset({"42701", "42710", "42723", "42P06", "42P07", "42P16"})  # there is one of that name
_ON_TABLES = frozenset({"constraint", "policy", "trigger"})


def note(catalog: Catalog, statement: Statement, mark: int, events: int) -> None:
    """Note after a statement whether what it made or changed rests on an assumption.

    ``mark`` is the journal's before it, ``events`` how many events there were. Where there are no more of these, and
    nothing rests on an assumption, there is nothing to note.
    """
    new = catalog.events[events:]
    changed = catalog.changed_since(mark)
    leans = any(isinstance(each, Missing) for each in new) or _leans(catalog, statement)
    if leans and catalog.transaction and catalog.leaning is None:
        catalog.leaning = mark
    if not leans and statement.kind == "DoStmt":
        leans = any(_rests(catalog, key) for key in changed)
    gone = {key for key in changed if key in catalog.resting and key not in catalog}  # if it ever was there
    resting = {key for key in changed.keys() - gone if leans or _rests(catalog, key)}
    makes = _MAKES.get(statement.kind, ())
    sure = {key for key in changed.keys() - resting if key[0] in makes or changed[key] is None or key not in catalog}
    if not resting <= catalog.resting or not sure.isdisjoint(catalog.resting):
        catalog.set_session(resting=(catalog.resting | resting) - sure)


def _rests(catalog: Catalog, key: Key) -> bool:
    """Whether an object uses, or belongs to, one that is assumed or rests on an assumption."""
    resting = catalog.resting
    if any(edge.on in resting for edge in catalog.depends_on(key)):
        return True
    obj: Any = catalog.find(key)
    parent = getattr(obj, "table", None)
    if parent is not None and (("table", parent) in resting or ("view", parent) in resting):
        return True
    return ("schema", getattr(obj, "schema", None)) in resting


def _leans(catalog: Catalog, statement: Statement) -> bool:
    if not _may_use(catalog, statement) or (statement.kind == "DropStmt" and statement.node.get("missing_ok")):
        return False
    return any(key in catalog.resting for key in _used(catalog, statement.kind, statement.node))


def _resting_used(catalog: Catalog, statement: Statement) -> list[Key]:
    """What a statement uses that rests on an assumption."""
    if not _may_use(catalog, statement):
        return []
    return [key for key in _used(catalog, statement.kind, statement.node) if key in catalog.resting]


def _may_use(catalog: Catalog, statement: Statement) -> bool:
    """Whether the text of a statement has the name of anything that rests on an assumption: a look at its words."""
    if not catalog.resting:
        return False
    text = statement.source.data[statement.start : statement.end].lower()
    if any(each in text for each in _HIDING):
        return True
    kept = catalog.derived("type", "the names of what rests on assumptions")
    names: frozenset[bytes] | None = kept.get(catalog.resting)
    if names is None:
        kept.clear()
        names = kept[catalog.resting] = frozenset(_names(catalog))
    return b"" in names or not names.isdisjoint(_WORD.findall(text))


def _names(catalog: Catalog) -> Iterator[bytes]:
    """A word of each name by which a statement may use what rests on an assumption; nothing for one without any."""
    for key in catalog.resting:
        if (word := _word(key)) is not None:
            yield word
        if key[0] == "type" and (ranges := getattr(catalog.find(key), "multirange", None)):
            yield _first_word(ranges)


@lru_cache(16384)
def _word(key: Key) -> bytes | None:
    kind, identity = key
    if kind not in _USED:
        return None
    return _first_word(split_name(identity.partition("(")[0] if kind == "function" else identity)[1])


def _first_word(name: str) -> bytes:
    found = _WORD.search(name.encode().lower())
    return found.group() if found else b""


def _used(catalog: Catalog, kind: str, node: Node) -> Iterator[Key]:
    """The relations, types and functions that a statement names, those that it makes aside."""
    made = node.get(_MADE.get(kind, ""))
    for each in opaque.relations_in(node):
        if each is not made and (found := find_relation(catalog, names_of(each))):
            yield found.key
    for name, each in _nodes(node):
        if (
            name == "TypeName"
            and "names" in each
            and (type_ := find_type(catalog, strings(each["names"])))
            and type_[2]
        ):
            yield type_[2]
        elif name in {"FuncCall", "ObjectWithArgs"}:
            names = strings(each["funcname" if name == "FuncCall" else "objname"])
            yield from (found.key for found in candidates(catalog, names))
    if kind == "CommentStmt" and "items" in (about := node["object"].get("List", {})):
        written = [each["String"].get("sval", "") for each in about["items"] if "String" in each]
        for names in (written, written[:-1]):
            if names and (found := find_relation(catalog, names)):
                yield found.key
    if kind == "DropStmt" and node.get("removeType") in {"OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_RULE"}:
        for each in node["objects"]:
            if found := find_relation(catalog, strings(each["List"]["items"])[:-1]):
                yield found.key
    if kind == "CreateFunctionStmt":
        yield from _used_in_body(catalog, node)


def _nodes(node: Any) -> Iterator[tuple[str, Any]]:
    todo: list[Any] = [node]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            for name, value in each.items():
                if isinstance(value, dict):
                    yield name, value
                    if name in {"typeName", "returnType", "argType"} and "names" in value:
                        yield "TypeName", value
                if isinstance(value, (dict, list)):
                    todo.append(value)
        elif isinstance(each, list):
            todo.extend(each)


def _used_in_body(catalog: Catalog, node: Node) -> Iterator[Key]:
    """What the text of a function in language sql names: the server reads it at once, as no other."""
    options = {each["DefElem"]["defname"]: each["DefElem"].get("arg", {}) for each in node.get("options", ())}
    if options.get("language", {}).get("String", {}).get("sval") != "sql" or "List" not in options.get("as", {}):
        return
    try:
        raws = parse(strings(options["as"]["List"]["items"])[0])
    except (ParseError, RecursionError):
        return
    for raw in raws:
        for kind, inner in raw.stmt.items():
            yield from _used(catalog, kind, inner)


# -- told ----------------------------------------------------------------------------------------------------


def resting(catalog: Catalog, objects: Iterable[Object]) -> set[Key]:
    """Those of some objects that rest on an assumption, privileges on such among them, what is assumed itself not."""
    found = set()
    for obj in objects:
        about = _about(obj) if obj.kind in {"privilege", "comment"} else None
        if (obj.key in catalog.resting or about in catalog.resting) and obj.origin != "assumed":
            found.add(obj.key)
    return found


def origin(catalog: Catalog, obj: Object) -> str:
    """Where an object comes from; of what is assumed because an extension or another's schema may hold it: external."""
    if obj.origin == "assumed" and obj.key not in catalog.resting and taint.excused(catalog, obj.key) is None:
        return "external"
    return obj.origin


class Grounds:
    """What the objects of a catalog rest on."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.missing: dict[str, list[Missing]] = {}
        for event in catalog.events:
            if isinstance(event, Missing):
                self.missing.setdefault(event.at.file, []).append(event)

    def of(self, obj: Object) -> tuple[Key, ...]:
        """What nothing made and the object rests on, in order; empty where that cannot be named."""
        seen: set[Key] = set()
        roots: set[Key] = set()
        todo = [obj.key, *filter(None, [_about(obj)])]
        while todo:
            key = todo.pop()
            if key in seen:
                continue
            seen.add(key)
            found: Any = self.catalog.find(key)
            if found is not None and found.origin == "assumed" and key != obj.key:
                roots.add(key)
                continue
            used = [edge.on for edge in self.catalog.depends_on(key)]
            parent = getattr(found, "table", None)
            used += [("table", parent), ("view", parent)] if parent else []
            used += [("schema", found.schema)] if getattr(found, "schema", None) else []
            todo += [each for each in used if each in self.catalog.resting]
            roots.update(self._in_statements(found or obj))
        return tuple(sorted(roots - {obj.key}))

    def _in_statements(self, obj: Object) -> Iterator[Key]:
        """What was missing for the statements that made or changed an object."""
        for at in (obj.made_at, obj.changed_at):
            for event in self.missing.get(at.file, ()) if at else ():
                if at and (at.line, at.column) <= (event.at.line, event.at.column) <= (at.end_line, at.end_column):
                    yield (event.kind, event.identity)


def _about(obj: Any) -> Key | None:
    """The object that a privilege or a comment is on."""
    label, _, identity = str(getattr(obj, "object", None) or "").partition(" ")
    return (label, identity) if identity else None


# -- refusals ------------------------------------------------------------------------------------------------


def doubted(catalog: Catalog, statement: Statement, error: CatalogError) -> bool:
    """Whether a refusal is none for sure, because of what rests on an assumption.

    Then what the statement is about is unknown from here on, and that is recorded.
    """
    if not hinges(catalog, statement, error):
        return False
    used = _resting_used(catalog, statement)
    concerned = _in_the_way(catalog, statement, error)
    outer, catalog.statement = catalog.statement, statement
    try:
        _doubt(catalog, statement, error, concerned, firm=not used)
    finally:
        catalog.statement = outer
    return True


def hinges(catalog: Catalog, statement: Statement, error: CatalogError) -> bool:
    """Whether a statement is refused, or not, because of what may not be there."""
    if not catalog.resting:
        return False
    used = _resting_used(catalog, statement)
    if any(found.origin == "assumed" for key in used if (found := catalog.find(key))):
        return False  # refused in any case
    return bool(used or _in_the_way(catalog, statement, error) or _holders(catalog, error))


def _doubt(
    catalog: Catalog, statement: Statement, error: CatalogError, concerned: dict[Key, None], *, firm: bool
) -> None:
    """Make unknown what a statement is about that may be refused; ``firm``: it uses nothing that may not be there."""
    if statement.kind == "DoStmt":
        concerned.update(dict.fromkeys(opaque.touch(catalog, statement.text)))
    elif statement.kind == "AlterTableStmt" and len(statement.node["cmds"]) > 1:
        table = find_relation(catalog, names_of(statement.node["relation"]))
        if table is not None and table.key in catalog:
            taint.mark(catalog, table, ("columns", "constraints", "indexes", "triggers"))
    for key in concerned:
        if found := catalog.find(key):
            taint.mark(catalog, found, (WHOLE,))
    if error.sqlstate in _TAKEN and firm:  # whether it was there before or not, it is there now
        catalog.set_session(resting=catalog.resting.difference(concerned))
    else:
        catalog.set_session(resting=catalog.resting.union(concerned))
    reason = f"whether it is refused ({error.message}) depends on what nothing made"
    taint.unmodelled(catalog, reason, concerned)


def _in_the_way(catalog: Catalog, statement: Statement, error: CatalogError) -> dict[Key, None]:
    """The objects on whose account a statement is refused, all of which rest on an assumption."""
    if error.sqlstate == "2BP01":
        return _needed(catalog, error)
    names = set(_QUOTED.findall(error.message))
    word = error.message.partition(" ")[0]
    kinds = _CALLED.get(word, (word,))
    if word == "cannot" and statement.kind == "CreateFunctionStmt":
        kinds, names = ("function",), set(strings(statement.node["funcname"])[-1:])
    resting: Iterable[Key] = catalog.resting
    if error.message.endswith("used in a policy definition"):
        found = [key for key in resting if key[0] == "policy"]
    elif word == "multiple":  # primary keys for a table
        found = [key for key in resting if _is_primary_key(catalog.find(key), names)]
    else:
        found = [key for key in resting if key[0] in kinds and _is_about(key, names)]
    return dict.fromkeys(key for key in sorted(found) if key in catalog)  # a set has no order, what is told has one


def _is_primary_key(obj: Any, tables: Collection[str]) -> bool:
    """Whether an object is the primary key of one of these tables."""
    return getattr(obj, "type", "") == "primary_key" and split_name(obj.table or "")[1] in tables


def _holders(catalog: Catalog, error: CatalogError) -> list[Key]:
    """The relations of which a message speaks that rest on an assumption."""
    names = set(_RELATION.findall(error.message))
    return [key for key in catalog.resting if key[0] in {"table", "view"} and _is_about(key, names)]


def _needed(catalog: Catalog, error: CatalogError) -> dict[Key, None]:
    """What cannot be dropped, where all that needs it rests on an assumption."""
    told = {describe(key): key for key in catalog.resting}
    lines = [line.partition(" depends on ")[0] for line in error.detail.splitlines()]
    if not lines or not all(line in told for line in lines):
        return {}
    dropped = re.match(r"cannot drop (?:desired object\(s\)|(.*?)) because", error.message)
    found = {told[line]: None for line in lines}
    found.update((each.key, None) for each in catalog if dropped and describe(each.key) == dropped[1])
    return found


def _is_about(key: Key, names: Collection[str]) -> bool:
    """Whether a message that quotes these names is about an object, or about what it belongs to."""
    kind, identity = key
    name, on, parent = identity.rpartition(" on ") if kind in _ON_TABLES else ("", "", "")
    if on:
        return split_name(parent)[1] in names and split_name(name)[1] in names
    table, name = split_name(identity.partition("(")[0] if kind == "function" else identity)
    return name in names and (kind != "column" or table in names)
