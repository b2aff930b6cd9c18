"""Whether an expression asks who is asking, or is the same for everybody of a role."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from .expressions import Node, bare, function_name, named, reads_rows

# Functions whose result depends on their arguments and the time alone; any other may know who asks
_PLAIN = frozenset({
    "array_length", "array_position", "auth.role", "btrim", "cardinality", "char_length", "coalesce", "concat", "left",
    "length", "lower", "ltrim", "now", "octet_length", "position", "regexp_match", "regexp_replace", "replace", "right",
    "rtrim", "split_part", "starts_with", "string_to_array", "substr", "substring", "trim", "upper",
})  # fmt: skip


@lru_cache(1024)
def columns(text: str) -> frozenset[str]:
    """The bare names of the columns that an expression reads; ``*`` for a whole row."""
    found = set()
    for node in named(text, "ColumnRef"):
        last = node["fields"][-1]
        found.add("*" if "A_Star" in last else str(last["String"].get("sval", "")))
    return frozenset(found)


def reads_elsewhere(text: str) -> bool:
    """Whether an expression may have a sub-select that reads a relation: ``(select auth.uid())`` reads none."""
    small = text.lower()
    return "select" in small and "from" in small


@lru_cache(1024)
def asks_caller(text: str) -> bool:
    """Whether an expression may tell one user from another: by who asks, or by what is read elsewhere.

    That somebody is signed in (``auth.uid() is not null``, ``auth.role()``) tells nobody from anybody.
    """
    if named(text, "SQLValueFunction"):
        return True
    if any(map(reads_rows, named(text, "SubLink"))):
        return True
    ignored = {id(each) for each in _null_tested(text)}
    called = [function_name(node) for node in named(text, "FuncCall") if id(node) not in ignored]
    return any(name not in _PLAIN and not name.startswith("storage.") for name in called)


def _null_tested(text: str) -> Iterator[Node]:
    """The calls of which only it is asked whether they give anything."""
    for node in named(text, "NullTest"):
        inner = bare(node.get("arg"))
        if isinstance(inner, dict) and "FuncCall" in inner:
            yield inner["FuncCall"]
