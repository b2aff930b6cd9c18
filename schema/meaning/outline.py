"""What a tree asks of the catalog, but for the tables that it names: others with the like columns answer the same."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ..names import name_of
from ..pattern import lazy

if TYPE_CHECKING:
    from ..catalog import Catalog

_LONG = 4096  # bytes of a tree that hardly any other is like
_PLACES = lazy(rb'"location":\d+')
_RELATIONS = lazy(rb'"schemaname":"(\w+)","relname":"(\w+)"')
# In a text: a table after FROM or JOIN, with its schema; and what stands for a table before a column (\0 and a number)
_TABLES = lazy(rb"(?<![\w$.\x80-\xff])(?:from|join)\s+([a-z_]\w*\.[a-z_]\w*)(?![\w$.\x80-\xff]|\s*\()")
_BEFORE_COLUMN = lazy(rb"\x00(?<![\w$.:\x80-\xff]\x00)\d+\x01\.[A-Za-z_\x80-\xff][\w$\x80-\xff]*+(?!\s*[.(])")
# What a name in a text may hide behind, and words with a FROM before what is no table
_HIDING = (
    b'"',
    b"$",
    b"\\",
    b"--",
    b"/*",
    b"\0",
    b"\1",
    b"\2",
    b"distinct",
    b"extract",
    b"overlay",
    b"string",
    b"trim",
)


class Outline(NamedTuple):
    """A question without the tables it is about, and those; ``named``: it says their names."""

    said: Hashable
    tables: tuple[Any, ...]
    named: bool


def of_text(text: bytes, table: Any, context: Hashable = None) -> Outline | None:
    """A text about the columns of a table; None where it may name that elsewhere than in FROM or before a column.

    And where not all is known of the table. ``context`` is what the meaning hangs on beside the text.
    """
    if not _is_plain(table) or b'&"' in text:  # U&"n\0061me"
        return None
    name = table.name.lower().encode()
    if name not in text.lower():
        return Outline((text, context), (table,), named=False)
    said = _numbered(text, (table,), _TABLES.findall(text.lower()))
    return None if said is None else Outline((said, context), (table,), named=True)


def of_query(catalog: Catalog, text: bytes, context: Hashable) -> Outline | None:
    """The text of a query; None where it may name the tables in it elsewhere than in FROM or before a column.

    As of ``of_tree``, and a text is shorter and sooner there. That it is a query somebody else has to know.
    """
    if len(text) > _LONG:
        return None
    named = _TABLES.findall(text.lower())
    tables = tuple([catalog.relation(identity.decode()) for identity in dict.fromkeys(named)])
    said = _numbered(text, tables, named) if all(map(_is_plain, tables)) else None
    return None if said is None else Outline((said, context), tables, named=True)


def _numbered(text: bytes, tables: Sequence[Any], named: Sequence[bytes]) -> bytes | None:
    """A text with numbers in the place of the names of tables; None where such a name may be something else.

    ``named`` are those after FROM.
    """
    lower = text.lower()
    for each in _HIDING:
        if each in lower:
            return None
    said, after_from = text, 0
    for number, table in enumerate(tables):
        identity, schema, name = table.identity.encode(), table.schema.encode(), table.name.encode()
        if identity != b"%b.%b" % (schema, name) or lower.count(name) != text.count(name):
            return None
        said = said.replace(identity, b"%b.\2%d\1" % (schema, number)).replace(name, b"\0%d\1" % number)
        after_from += named.count(identity)
    if said.count(b"\2") != after_from or len(_BEFORE_COLUMN.findall(said)) != said.count(b"\0"):
        return None
    if b"'" in said and any(b"\1" in each for each in said.split(b"'")[1::2]):
        return None
    return said


def of_tree(catalog: Catalog, tree: Any, context: Hashable = None, own: Any = None) -> Outline | None:
    """An expression or query as libpg_query's JSON; None where more than a table may be meant by a name in it.

    Numbers stand for the tables that it names with their schemas, and for its ``own``. Such a name may stand in FROM
    and before a column's, and nowhere else: not even as another name, a string or a column.
    """
    if not isinstance(tree, msgspec.Raw) or (own is not None and not _is_plain(own)):
        return None
    written = bytes(tree)
    schemas = {} if own is None else {own.name.encode(): own.schema.encode()}
    if len(written) > _LONG or any(schemas.setdefault(name, of) != of for of, name in _RELATIONS.findall(written)):
        return None
    said = _PLACES.sub(b"", written)
    for number, name in enumerate(schemas):
        said = said.replace(b'"%b"' % name, b'"\0%d"' % number)
    if not _are_tables(said, [*schemas.values()]):
        return None
    tables = [catalog.relation(name_of(schema.decode(), name.decode())) for name, schema in schemas.items()]
    return Outline((said, context), tuple(tables), named=True) if all(map(_is_plain, tables)) else None


def _are_tables(said: bytes, schemas: Sequence[bytes]) -> bool:
    """Whether each number stands where a table is named: behind the schema of that number, or before a column."""
    for before, behind in pairwise(said.split(b'"\0')):
        number, _, after = behind.partition(b'"')
        if before.endswith(b'"relname":'):
            if not before.endswith(b'"schemaname":"%b","relname":' % schemas[int(number)]):
                return False
        elif not before.endswith(b'"fields":[{"String":{"sval":') or not after.startswith(b"}},"):
            return False
    return True


def _is_plain(table: Any) -> bool:
    """Whether it is a table, and all of it is known."""
    return table is not None and table.kind == "table" and not table.unknown
