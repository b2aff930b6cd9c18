"""A view that the API serves shows what a SECURITY DEFINER function reads past row level security.

``security_invoker`` holds for the relations that the view names. A function in it that is SECURITY DEFINER reads with
the rights of its owner, whatever the view's option.

Found are functions whose body reads a table that row level security protects, without asking who is asking
(``auth.uid()``, ``auth.jwt()``, a setting). Those that say true or false, or nothing, are left out: helpers of
policies are of that kind. What a function makes by EXECUTE is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.function import Function
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..bodies import body_of, path_of, resolved, touched
from ..finding import Level, Related
from ..reach import unchecked
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=View)

_SILENT = {"boolean", "void"}
_ASKING = {"current_setting", "uid", "jwt", "email", "role"}


@rule
def check(view: View, schema: Schema) -> Iterator[Fault]:
    """Look at the functions that each view calls."""
    if view.schema in RESERVED_SCHEMAS:
        return
    found: list[tuple[Function, list[str]]] = []
    for edge in schema.catalog.depends_on(view.key):
        function = schema.catalog.find(edge.on) if edge.on[0] == "function" else None
        if isinstance(function, Function) and (tables := _shows(function, schema)):
            found.append((function, tables))
    way = schema.reach(view) if found else None
    if way is None:
        return
    calls = listed(function.identity for function, _ in found)
    places = [(function, place) for function, _ in found if (place := schema.place(function))]
    yield Fault(
        view,
        f"{view.identity} shows what {calls} {'reads' if len(found) == 1 else 'read'} past row level security",
        why=(
            *way.why,
            *(
                f"{function.identity} reads {listed(tables)} with the rights of its owner {function.owner}, "
                "and asks nobody who they are"
                for function, tables in found
            ),
        ),
        remedy="Let it run with the rights of whoever asks, or ask in it who that is (auth.uid()):",
        sql="\n".join(f"alter function {function.identity} security invoker;" for function, _ in found),
        related=(*way.related, *(Related(place, f"{function.identity} is made here") for function, place in places)),
    )


def _shows(function: Function, schema: Schema) -> list[str]:
    """The protected tables of which a function gives rows to whoever calls it, whoever that is."""
    if not function.security_definer or function.origin == "platform" or function.returns in _SILENT:
        return []
    tables = sorted(
        table.identity
        for key, what in touched(schema.catalog, function)[0].items()
        if "select" in what
        and isinstance(table := schema.catalog.find(key), Table)
        and table.row_security
        and unchecked(schema, table, function.owner)
    )
    return [] if not tables or _asks(function, schema, set()) else tables


def _asks(function: Function, schema: Schema, seen: set[str]) -> bool:
    """Whether a function, or one that it calls, may ask who is asking."""
    seen.add(function.identity)
    body = body_of(function)
    if body.open:
        return True
    for mention in body.mentions:
        if mention.what != "execute":
            continue
        if mention.name in _ASKING:
            return True
        for each in resolved(schema.catalog, mention, path_of(function)):
            if not isinstance(each, Function) or each.origin == "platform" or each.identity in seen:
                continue
            if _asks(each, schema, seen):
                return True
    return False
