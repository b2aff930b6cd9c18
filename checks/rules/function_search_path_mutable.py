"""A function does not set its own ``search_path``, so its names mean what the caller's search_path says.

A caller who can make objects in a schema of that path can put a table or function of the same name before
the one that was meant; where the function is SECURITY DEFINER, that runs with its owner's rights.

Found is what the Advisor finds (splinter 0011), aggregates among it, which cannot set a search_path:
suppress those.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.function import Function
from ...schema.objects.function_body import md5_of
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema

rule = Rule(__name__, level=Level.WARN, about=Function, splinter="0011_function_search_path_mutable")

_EMPTY = "d41d8cd98f00b204e9800998ecf8427e"  # md5 of the empty text: prosrc of a BEGIN ATOMIC body


@rule
def check(function: Function, schema: Schema) -> Iterator[Fault]:
    """Ask each function for a search_path."""
    if function.schema in RESERVED_SCHEMAS or not function.knows("config") or function.search_path is not None:
        return
    kind = "procedure" if function.routine_kind == "procedure" else "function"
    rights = f"the rights of its owner {function.owner}" if function.security_definer else "the caller's rights"
    yield Fault(
        function,
        f"{function.identity} does not set its search_path",
        why=(f"it runs with {rights}, and finds its tables and functions along the caller's search_path",),
        remedy="Set an empty one, and write the schema before each name in its body (public.todo, not todo):",
        sql=None if function.routine_kind == "aggregate" else f"alter {kind} {function.identity} set search_path = '';",
        cache_keys=(f"function_search_path_mutable_{function.schema}_{function.name}_{_digest(function)}",),
    )


def _digest(function: Function) -> str:
    """The md5 of the body as the server keeps it, a CR at the end of a line with it."""
    if "\r" in function.source:
        return md5_of(function.source)
    body = function.body or ""
    return body if len(body) == len(_EMPTY) and set(body) <= set("0123456789abcdef") else _EMPTY
