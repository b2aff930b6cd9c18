"""PostgreSQL's own parser, from pglast, and the trees that its JSON is read into.

It comes without pglast's classes for nodes: loading those takes longer than all of it. The parser's module imports them
for ``parse_sql`` alone, which nobody here calls. They are loaded when somebody asks for one of them.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "NODE",
    "ParseError",
    "Raw",
    "Unread",
    "node_of",
    "parse",
    "parse_plpgsql_json",
    "parse_sql_json",
    "parse_unread",
    "scan",
]

_NODES = frozenset({"pglast.ast", "pglast.enums"})


class _Later:
    """Finds the modules of the nodes, to be loaded when they are first asked for something."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:  # noqa: ARG004 - as imports call it
        spec = PathFinder.find_spec(name, path) if name in _NODES else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


sys.meta_path.insert(0, _Later)
try:
    from pglast.parser import ParseError, parse_plpgsql_json, parse_sql_json, scan
finally:
    sys.meta_path.remove(_Later)


class Raw(msgspec.Struct):
    """A statement as libpg_query writes it; a length of 0 means to the end of the text."""

    stmt: dict[str, dict[str, Any]]
    stmt_location: int = 0
    stmt_len: int = 0


class _Parsed(msgspec.Struct):
    stmts: list[Raw]


class Unread(msgspec.Struct):
    """A statement as ``Raw``, its node as JSON."""

    stmt: dict[str, msgspec.Raw]
    stmt_location: int = 0
    stmt_len: int = 0


class _ParsedUnread(msgspec.Struct):
    stmts: list[Unread]


_decoder = msgspec.json.Decoder(_Parsed)
_unread_decoder = msgspec.json.Decoder(_ParsedUnread)
NODE = msgspec.json.Decoder(dict[str, Any])


def parse(text: str) -> list[Raw]:
    """Parse a text whole; raises ParseError, or RecursionError where its tree is too deep to be decoded."""
    return _decoder.decode(parse_sql_json(text)).stmts


def parse_unread(text: str) -> list[Unread]:
    """Parse a text whole, as ``parse`` does, and leave the nodes of its statements as JSON."""
    return _unread_decoder.decode(parse_sql_json(text)).stmts


def node_of(tree: Mapping[str, Any] | msgspec.Raw) -> Mapping[str, Any]:
    """A node that may have been left as JSON."""
    return NODE.decode(tree) if isinstance(tree, msgspec.Raw) else tree
