"""Which of a user's functions a call means, and whether it surely means none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import lookup, missing
from .builtin import pg_catalog
from .result_types import UNKNOWN, Signature, Types, Untyped, argument_form, column_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..catalog import Catalog
    from ..objects.function import Function


def fits(function: Function, count: int, named: Sequence[str]) -> bool:
    """Whether a function can be called with so many arguments, those ``named`` among them."""
    if not function.knows("arguments"):
        return True
    inputs = [a for a in function.arguments if a.mode not in {"out", "table"}]
    if function.routine_kind == "procedure":
        inputs = list(function.arguments)
    if any(name not in {a.name for a in inputs} for name in named):
        return False
    if inputs and inputs[-1].mode == "variadic":
        return count >= len(inputs) - 1
    return len(inputs) - sum(a.default is not None for a in inputs) <= count <= len(inputs)


def signature(function: Function) -> Signature:
    """A function as the choice among overloads sees it."""
    inputs = [a for a in function.arguments if a.mode not in {"out", "table"}]
    defaults = sum(a.default is not None for a in inputs)
    variadic = bool(inputs) and inputs[-1].mode == "variadic"
    returns = column_form(function.returns or "void")
    return Signature(lookup.input_types(function), defaults, variadic, returns, (), function.returns_set)


def choose(types: Types, functions: Sequence[Function], given: Sequence[str | None]) -> Function | None:
    """The one function that a call means, None where it cannot be told."""
    if len(functions) < 2:
        return functions[0] if functions else None
    known = [(signature(each).called_with(len(given)), each) for each in functions if each.knows("arguments")]
    chosen = types.choose([each for each, _ in known], given)
    if chosen is not None and len(known) == len(functions):
        return next(function for each, function in known if each is chosen)
    bare = [argument_form(each) if each else None for each in given]
    scores = [_score(each, bare) for each in functions]
    return functions[scores.index(max(scores))] if scores.count(max(scores)) == 1 else None


def _score(function: Function, given: Sequence[str | None]) -> int:
    if not function.knows("arguments"):
        return 0
    return sum(t == w for t, w in zip(given, lookup.input_types(function), strict=False) if t)


def exact(function: Function, given: Sequence[str | None]) -> bool:
    """Whether a call gives exactly the types that a function takes, so that it comes before a built-in one."""
    return list(lookup.input_types(function)) == [argument_form(each) if each else None for each in given]


def result(types: Types, function: Function, given: Sequence[str | None]) -> str | None:
    """The type that a call of a function gives, for a column."""
    if not function.knows("returns") or function.returns is None:
        return None
    if function.returns[:3] == "any" and function.knows("arguments"):
        return types.result(signature(function).called_with(len(given)), given)
    return column_form(function.returns)


def shown(given: Sequence[str | None]) -> str:
    """The types of a call as the server's messages show them."""
    return ", ".join(argument_form(each) if each else UNKNOWN for each in given)


def refused(catalog: Catalog, types: Untyped, names: Sequence[str], given: Sequence[str | None]) -> bool:
    """Whether a call surely fits no built-in function of its name, and can mean nothing else.

    A cast that is written as a call is something else, and so is what an extension or an unknown statement may make;
    after CREATE CAST nothing is sure.
    """
    if names[-1] in pg_catalog().types or not types.refuses(names[-1], given):
        return False
    from ..bystander import Bystander
    from ..taint import excused

    if any(each.label == "cast" for each in catalog.of(Bystander)):
        return False
    for schema in lookup.path(catalog) if len(names) == 1 else ():
        key = ("function", f"{schema}.{names[-1]}({shown(given)})")
        if missing.may_exist(catalog, schema) or missing.in_extension(catalog, schema, names[-1], "functions"):
            return False
        if excused(catalog, key):
            return False
    return len(names) > 1 or not lookup.candidates(catalog, names)
