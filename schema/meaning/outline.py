"""What a tree asks of the catalog, but for the tables that it names: others with the like columns answer the same."""

from __future__ import annotations

import re
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
# Where a text may name its table (\0), or that with its schema (\1), and it can be nothing else than that
_IN_TEXT = lazy(
    rb"(?<![\w$.:])\x00(?=\.[A-Za-z_][\w$]*+(?!\s*[.(]))|\b(?:from|join)\s+\x01(?![\w$.]|\s*\()", re.IGNORECASE
)
_HIDING = lazy(rb'["$\\\x00\x01]|--|/\*')  # what a name in a text may hide behind


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
    if table.identity != f"{table.schema}.{table.name}" or _HIDING.search(text):
        return None
    said = text.replace(table.identity.encode(), b"\1").replace(name, b"\0")
    named = said.count(b"\0") + said.count(b"\1")
    if name in said.lower() or len(_IN_TEXT.findall(said)) != named:
        return None
    if any(b"\0" in string or b"\1" in string for string in said.split(b"'")[1::2]):
        return None
    return Outline((said, table.schema, context), (table,), named=True)


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
