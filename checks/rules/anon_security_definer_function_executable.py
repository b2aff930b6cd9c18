"""Anybody, signed in or not, can run a function that has the rights of its owner.

The API serves it as ``/rest/v1/rpc/<function>``; what it reads and writes is asked of its owner, whom no
policy holds back. That is right for a function that was made to be called so and checks its caller itself.

Found is what the Advisor finds (splinter 0028): SECURITY DEFINER functions in a schema that the API serves,
EXECUTE on which is held by ``anon``: also through PUBLIC, and also those that only triggers call, or that
belong to an extension of yours.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.extension import Extension
from ...schema.objects.function import Function
from ..advisor import members_run_as_owner, runs_as_owner
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

_SPLINTER = "0028_anon_security_definer_function_executable"

rule = Rule(__name__, level=Level.WARN, about=Function, splinter=_SPLINTER)


@rule
def check(function: Function, schema: Schema) -> Iterator[Fault]:
    """Ask whether anon may run the function."""
    yield from runs_as_owner(function, schema, "anon")


@rule.also(Extension)
def check_members(extension: Extension, schema: Schema) -> Iterator[Fault]:
    """Ask whether anon may run what an extension brings along."""
    yield from members_run_as_owner(extension, schema, "anon")
