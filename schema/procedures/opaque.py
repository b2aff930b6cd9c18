"""SQL of which only parts are known: what it may touch, read off its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .. import taint
from ..catalog import WHOLE, Catalog, Key, Object
from ..names import quote_ident
from ..pattern import lazy
from ..session import split_name
from .values import HOLE

if TYPE_CHECKING:
    from ..objects.column import Column

# Words without which a text changes no object of the catalog
DDL = lazy(r"\b(create|alter|drop|grant|revoke|comment|reassign|import)\b", re.IGNORECASE)
_HEADS = frozenset({
    "alter", "call", "comment", "create", "do", "drop", "grant", "import", "reassign", "revoke", "security",
})  # fmt: skip
_DATA_HEADS = frozenset({"analyze", "delete", "insert", "notify", "refresh", "select", "set", "update", "with"})
_HEAD = lazy(rf"(?:\s|--[^\n]*\n|/\*.*?\*/)*([\w{HOLE}]*)", re.DOTALL)
_NAMES = lazy(rf'(?:"[^"]+"|[\w{HOLE}$]+)(?:\.(?:"[^"]+"|[\w{HOLE}$]+))*')

# What a text speaks of -> the kind of object that may be made, changed or dropped, and what of its table that is
_TOPICS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"\bpolicy\b", "policy", ("policies",)),
    (r"\btrigger\b", "trigger", ("triggers",)),
    (r"\bindex\b", "index", ("indexes",)),
    (r"\b(column|type)\b", "column", ("columns", "constraints", "indexes")),
    (r"\b(constraint|foreign\s+key|primary\s+key|unique)\b", "constraint", ("constraints", "indexes")),
    (r"\bcomment\b", "comment", ()),
    (r"\bpublication\b", "publication_member", ()),
)
_TABLE_FACTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\brow\s+level\s+security\b", ("row_security", "force_row_security")),
    (r"\b(grant|revoke|privileges)\b", ("privileges",)),
    (r"\bowner\b", ("owner", "privileges")),
    (r"\bset\s+\(|\breset\s+\(", ("options",)),
)
# ALTER FUNCTION, where it is neither renamed nor moved nor given away
_ROUTINE_FACTS = (
    r"^\s*alter\s+(function|procedure|routine)\b(?!.*\b(create|drop|rename|owner|set\s+schema|depends)\b)",
    ("config", "security_definer", "volatility", "strict", "leakproof", "parallel"),
)
# What is made or dropped whole
_WHOLES: tuple[tuple[str, str], ...] = (
    (r"\b(create|drop)\s+(or\s+replace\s+)?((un)?logged\s+|temp(orary)?\s+|foreign\s+)?table\b", "table"),
    (r"\b(create|drop|alter)\s+(or\s+replace\s+)?(materialized\s+|recursive\s+)*view\b", "view"),
    (r"\b(create|drop|alter)\s+(or\s+replace\s+)?(function|procedure|routine|aggregate)\b", "function"),
    (r"\b(create|drop|alter)\s+(type|domain)\b", "type"),
    (r"\b(create|drop|alter)\s+sequence\b", "sequence"),
    (r"\b(create|drop|alter)\s+schema\b", "schema"),
    (r"\b(create|drop|alter)\s+extension\b", "extension"),
    (r"\b(create|drop|alter)\s+(role|user|group)\b", "role"),
    (r"\b(create|drop|alter)\s+publication\b", "publication"),
    (r"\bdefault\s+privileges\b", "default_privilege"),
)


def acts(text: str) -> bool:
    """Whether one of the statements of a text changes objects, by its first word; a HOLE may."""
    return any(head in _HEADS or HOLE in head for head in _heads(text))


def _heads(text: str) -> Iterator[str]:
    for piece in text.split(";"):
        match = _HEAD.match(piece)
        if match and match[1]:
            yield match[1].lower()


def pieced_together(body: str) -> str:
    """What a text that is not known may say: the literals of the body that makes it.

    Nothing where they speak of rows alone, HOLE where they say nothing.
    """
    literals = ";".join(re.findall(r"'((?:[^']|'')*)'", body))
    heads = set(_heads(literals))
    if heads & _HEADS:
        return literals.replace(";", " ")
    return "" if heads & _DATA_HEADS else HOLE


def touch(catalog: Catalog, text: str, within: str = "") -> tuple[Key, ...]:
    """Make unknown what a text may change in which HOLE stands for what is not known; say what that is.

    Where the text names existing tables, only those are touched, and what belongs to them; else those that are
    called ``within``, if that is known.
    """
    lowered = text.lower()
    touched: list[Key] = []
    spoken = any(re.search(str(entry[0]), lowered) for entry in (*_TOPICS, *_TABLE_FACTS, *_WHOLES))
    tables = list(_named_tables(catalog, text)) or list(_made(catalog, "table"))
    if within:
        tables = [table for table in tables if table.name == within]
    hole_alone = not re.sub(rf"[{HOLE}\s;]", "", text)
    if hole_alone:
        taint.forget(catalog, taint.EVERYTHING)
        return taint.EVERYTHING
    for pattern, kind, facts in _TOPICS:
        if re.search(pattern, lowered):
            for table in (_now(catalog, each) for each in tables):
                if facts and not any(table.knows(fact) for fact in facts):
                    continue
                taint.mark(catalog, _now(catalog, table), facts)
                _forget_children(catalog, table, kind)
                touched.append((kind, _of_table(kind, table)))
    for pattern, attributes in _TABLE_FACTS:
        if re.search(pattern, lowered):
            subjects: Iterable[Object] = tables
            if "privileges" in attributes:
                subjects = _holders(catalog, text, tables)
            for subject in subjects:
                if any(subject.knows(attribute) for attribute in attributes):
                    taint.mark(catalog, _now(catalog, subject), attributes)
                    touched.append(subject.key)
    for pattern, kind in _WHOLES:
        if re.search(pattern, lowered):
            altered = kind == "function" and re.search(_ROUTINE_FACTS[0], lowered, re.DOTALL)
            touched += [(kind, pattern) for pattern in _written(text, kind)]
            named = [obj for obj in _made(catalog, kind) if _mentions(text, obj)]
            creates = re.search(r"\bcreate\b", lowered) and not re.search(r"\b(drop|alter|replace)\b", lowered)
            for obj in named or (() if creates else _made(catalog, kind)):
                taint.mark(catalog, _now(catalog, obj), _ROUTINE_FACTS[1] if altered else (WHOLE,))
    if not spoken and DDL.search(text):
        taint.forget(catalog, taint.EVERYTHING)
        return taint.EVERYTHING
    return tuple(dict.fromkeys(touched))


def _written(text: str, kind: str) -> list[str]:
    """The patterns of what statements on objects of a kind name: what is not known in a name is any."""
    words = r"table|view|function|procedure|routine|aggregate|type|domain|sequence|schema|extension|role|user|group"
    names = re.findall(
        rf"\b(?:{words}|publication)\s+(?:if\s+(?:not\s+)?exists\s+)?({_NAMES.pattern})", text, re.IGNORECASE
    )
    patterns = []
    for written in names:
        schema, name = split_name(written)
        if HOLE in name or kind in {"default_privilege", "publication"}:
            return ["*"]
        rest = "*" if kind == "function" else ""
        if kind in {"schema", "extension", "role"}:
            patterns.append(name)
        elif schema is None or HOLE in schema:
            patterns.append(f"*.{quote_ident(name)}{rest}")
        else:
            patterns.append(f"{quote_ident(schema)}.{quote_ident(name)}{rest}")
    return patterns or ["*"]


def _of_table(kind: str, table: Any) -> str:
    """The pattern of the identities that children of a table have."""
    if kind == "column":
        return f"{table.identity}.*"
    return f"* on {table.identity}" if kind in {"policy", "trigger", "constraint"} else "*"


def _now(catalog: Catalog, obj: Object) -> Object:
    return catalog.find(obj.key) or obj


def _made(catalog: Catalog, kind: str) -> Iterator[Any]:
    from ..objects import kinds

    return (obj for obj in catalog.of(kinds()[kind]) if obj.origin == "made")


def _mentions(text: str, obj: Any) -> bool:
    name = getattr(obj, "name", "")
    return bool(name) and re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text, re.IGNORECASE) is not None


def _named_tables(catalog: Catalog, text: str) -> Iterator[Any]:
    """The tables that a text names, each once; with a hole for the table but a schema, that schema's."""
    seen: set[str] = set()
    for written in dict.fromkeys(match.group() for match in _NAMES.finditer(text)):
        schema, name = split_name(written)
        any_of = name == HOLE and schema and HOLE not in schema
        found: Iterable[Any] = _tables(catalog) if any_of else catalog.named("table", name)
        for table in found:
            if table.identity not in seen and (schema is None or schema == table.schema or HOLE in schema):
                seen.add(table.identity)
                yield table


def _tables(catalog: Catalog) -> Iterator[Any]:
    from ..objects.table import Table

    return catalog.of(Table)


def _holders(catalog: Catalog, text: str, tables: list[Any]) -> Iterator[Object]:
    """What a GRANT in a text may be on."""
    lowered = text.lower()
    for word, kind in (("function", "function"), ("procedure", "function"), ("routine", "function"),
                       ("sequence", "sequence"), ("schema", "schema"), ("type", "type")):  # fmt: skip
        if re.search(rf"\bon\s+(all\s+)?{word}", lowered):
            yield from _made(catalog, kind)
            if kind == "schema" and "public" in lowered:
                yield from (obj for obj in catalog if obj.key == ("schema", "public"))
            return
    yield from tables
    yield from _made(catalog, "view")


def _forget_children(catalog: Catalog, table: Any, kind: str) -> None:
    from ..objects import kinds

    if kind == "publication_member":
        for publication in catalog.of(kinds()["publication"]):
            taint.mark(catalog, publication, ("members",))
        return
    child: type[Column] = kinds().get(kind)  # type: ignore[assignment]  # any kind with a table
    if "table" in child.__struct_fields__:
        for obj in catalog.children(table.identity, child):
            taint.mark(catalog, obj, (WHOLE,))


def relations_in(node: Any) -> Iterator[dict[str, Any]]:
    """Every RangeVar in a tree, as a mapping that may be changed."""
    if isinstance(node, list):
        for each in node:
            yield from relations_in(each)
    elif isinstance(node, dict):
        if "relname" in node:
            yield node
        for each in node.values():
            if isinstance(each, (dict, list)):
                yield from relations_in(each)


def names_of_objects(node: Any) -> Iterator[str]:
    """The names in lists that say which object a DROP, COMMENT or GRANT is about."""
    for statement in node.values():
        for field in ("objects", "object", "func"):
            todo = [statement.get(field)]
            while todo:
                each = todo.pop()
                if isinstance(each, dict):
                    if "String" in each:
                        yield str(each["String"].get("sval", ""))
                    elif "RangeVar" not in each:
                        todo.extend(each.values())
                elif isinstance(each, list):
                    todo.extend(each)
