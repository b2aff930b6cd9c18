"""PostgreSQL's own parser, from pglast, without pglast's classes for nodes: loading those takes longer than all of it.

The parser's module imports them for ``parse_sql`` alone, which nobody here calls: trees are read from JSON. They are
loaded when somebody asks for one of them.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ParseError", "parse_plpgsql_json", "parse_sql_json", "scan"]

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
