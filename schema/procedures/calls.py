"""The functions that a statement calls: ours are run, of others it is said what they may touch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import platform_rows, taint
from ..catalog import Catalog, Key, Node, Object, strings
from ..meaning import builtin
from ..meaning.lookup import candidates, find_relation, find_type, missing_function
from ..meaning.missing import extensions_in
from ..pattern import lazy
from ..session import assign, split_name
from .values import LEFT_OUT, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..objects.function import Function
    from .evaluate import Evaluator
    from .runner import Runner

# Functions of extensions that make objects: what they touch
_MAKERS: dict[str, tuple[Key, ...]] = {
    "pgmq": (("table", "pgmq.*"), ("sequence", "pgmq.*"), ("index", "pgmq.*")),
    "partman": (("table", "*"), ("index", "*"), ("trigger", "*")),
}
# The parameters of pg_cron's functions, for calls that name them
_CRON = {
    "schedule": ("job_name", "schedule", "command"),
    "schedule_in_database": ("job_name", "schedule", "command", "database", "username", "active"),
    "unschedule": ("job_name",),
}
_MAKER = lazy(
    r"^_?(create|add|drop|alter|enable|disable|populate|schedule|unschedule|set_|update_geometry)", re.IGNORECASE
)
_TABLE_PARTS = ("columns", "constraints", "indexes", "triggers", "policies", "privileges", "row_security")


def follow(run: Runner, call: Node, evaluator: Evaluator | None = None) -> None:
    """Run the function that a call means, where it is ours; else say what it may touch.

    The ``evaluator`` knows the row that the call is made for.
    """
    names = strings(call["funcname"])
    evaluator = evaluator or run.evaluator()
    if names[-1] == "set_config" and names[:-1] in ([], ["pg_catalog"]):
        _set_config(run, call, evaluator)
        return
    args = call.get("args", ())
    values = [evaluator.value(each) for each in args if "NamedArgExpr" not in each]
    named = {each["NamedArgExpr"]["name"]: evaluator.value(each["NamedArgExpr"]["arg"]) for each in args[len(values) :]}
    if names[:-1] == ["cron"]:
        values = _in_order(values, named, _CRON.get(names[-1], ()))
    if names[:-1] in (["cron"], ["pgmq"]):
        _foreign(run, names, values)
        return
    found = [f for f in candidates(run.catalog, names) if takes(f, len(args))]
    if len(found) == 1:
        run.call(found[0], arranged(found[0], values, named))
    elif found:
        run.trial(
            f"which function {names[-1]} it calls is not known",
            *(lambda function=function: run.call(function, arranged(function, values, named)) for function in found),
        )
    elif names[:-1] in ([], ["pg_catalog"]) and names[-1] in builtin.pg_catalog().functions:
        return
    else:
        _foreign(run, names, values)


def arranged(function: Function, values: Sequence[Value], named: Mapping[str, Value]) -> list[Value]:
    """The arguments of a call in the function's order; LEFT_OUT where its default holds."""
    inputs = [each.name or "" for each in function.arguments if each.mode not in {"out", "table"}]
    return _in_order(values, named, inputs)


def _in_order(values: Sequence[Value], named: Mapping[str, Value], names: Sequence[str]) -> list[Value]:
    if not named:
        return [*values]
    rest = [named.get(name, LEFT_OUT) for name in names[len(values) :]]
    while rest and rest[-1] is LEFT_OUT:
        rest.pop()
    return [*values, *rest]


def _foreign(run: Runner, names: list[str], values: list[Value]) -> None:
    """A function that the catalog does not hold: an extension's, or one that nothing made."""
    schema = names[-2] if len(names) > 1 else ""
    if schema == "cron":
        platform_rows.cron(run, names[-1], values)
        return
    if schema in _MAKERS:
        if schema == "pgmq" and platform_rows.pgmq(run, names[-1], values):
            return
        if _MAKER.match(names[-1]):
            run.reasons[f"{schema}.{names[-1]}() makes objects of its own"] = None
            run.touched.update(dict.fromkeys(_MAKERS[schema]))
        return
    home = run.catalog.find(("schema", schema)) if schema else None
    of_platform = home is not None and home.origin != "made" and schema != "public"
    of_extension = of_platform or any(
        names[-1] in members.functions
        for each in run.catalog.search_path
        for extension in extensions_in(run.catalog, each)
        if (members := builtin.extension(extension)) is not None
    )
    if (of_extension and not _MAKER.match(names[-1])) or (find_type(run.catalog, names) and len(values) == 1):
        return  # a cast is written as a call, too
    named = [each for value in values if isinstance(value, str) and (each := _table_named(run.catalog, value))]
    for table in named:
        taint.mark(run.catalog, table, _TABLE_PARTS)
    written = ".".join(names)
    if not of_extension:
        shown = ", ".join(_shown(value) for value in values)
        missing_function(run.catalog, names, None, f"function {written}({shown}) does not exist", None)
        if not named:
            return  # where nothing made it, that has been said
    run.reasons[f"the body of {written}() is not known"] = None
    run.touched.update(dict.fromkeys([table.key for table in named] or taint.EVERYTHING))


def _table_named(catalog: Catalog, text: str) -> Object | None:
    if not re.fullmatch(r"[\w.\"$]+", text):
        return None
    schema, name = split_name(text)
    found = find_relation(catalog, [schema, name] if schema else [name])
    return found if found is not None and found.key in catalog and found.origin == "made" else None


def _set_config(run: Runner, call: Node, evaluator: Evaluator) -> None:
    args = [evaluator.value(each) for each in call.get("args", ())]
    if len(args) == 3 and isinstance(args[0], str) and isinstance(args[1], str):
        assign(run.catalog, args[0].lower(), args[1], local=args[2] is True)


def _shown(value: Value) -> str:
    """The type of an argument, as the server's messages show it."""
    kinds = {bool: "boolean", int: "integer", list: "text[]"}
    return kinds.get(type(value), "unknown")


def takes(function: Function, count: int) -> bool:
    """Whether a function can be called with so many arguments."""
    if not function.knows("arguments"):
        return True
    inputs = [each for each in function.arguments if each.mode not in {"out", "table"}]
    if any(each.mode == "variadic" for each in inputs):
        return True
    required = sum(each.default is None for each in inputs)
    return required <= count <= len(inputs)
