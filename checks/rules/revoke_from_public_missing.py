"""EXECUTE is revoked from ``anon`` or ``authenticated``, and PUBLIC still has it: everybody may call the function.

Every function is granted to PUBLIC when it is made, and each role has what PUBLIC has. A REVOKE from one role takes
back what that role was granted itself, without a word on the rest.

Found is what is in force in the end: a REVOKE from PUBLIC, in whatever file, mends it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from ...schema.acl import effective, merged
from ...schema.names import quote_ident
from ...schema.objects.function import Function
from ...schema.source import Statement
from ..finding import Level
from ..named import grantees
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..topic import Topic
from ..words import counted, listed

rule = Rule(__name__, level=Level.WARN, about=Statement, kinds=("GrantStmt",), topic=Topic.FUNCTIONS)

_OBJECTS = {"OBJECT_FUNCTION": "function", "OBJECT_PROCEDURE": "procedure", "OBJECT_ROUTINE": "routine"}
_MANY = 5  # functions of one statement, from which on the remedy names the schema


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for REVOKE EXECUTE that leaves PUBLIC's."""
    if statement.source.data[statement.start : statement.start + 6].lower() != b"revoke":
        return
    if not statement.says(b"all", b"u&", *_open_names(schema)):
        return
    node = statement.node
    if node.get("is_grant") or node.get("objtype") not in _OBJECTS or node.get("grant_option"):
        return
    roles = [role for role in grantees(node) if role in CLIENT_ROLES]
    functions = [each for each in _functions(node, schema) if _is_open(each)] if roles else []
    if not functions:
        return
    first = functions[0]
    others = f" and {counted(len(functions) - 1, 'more function')}" if len(functions) > 1 else ""
    yield Fault(
        statement,
        f"{listed(roles)} may call {first.identity}{others} all the same: PUBLIC has EXECUTE",
        why=("a new function is granted to PUBLIC, and each role has what PUBLIC has",),
        remedy="Revoke it from PUBLIC as well, and grant it to whom it is meant for:",
        sql="\n".join(_revokes(functions, roles)),
        object=first.key if len(functions) == 1 else None,
    )


def _revokes(functions: list[Function], roles: list[str]) -> Iterator[str]:
    whom = ", ".join(("public", *map(quote_ident, roles)))
    schemas = list(dict.fromkeys(each.schema for each in functions))
    if len(functions) > _MANY:
        yield from (f"revoke execute on all routines in schema {quote_ident(each)} from {whom};" for each in schemas)
    else:
        yield from (f"revoke execute on routine {each.identity} from {whom};" for each in functions)


def _functions(node: dict[str, Any], schema: Schema) -> Iterator[Function]:
    """The functions that the statement is about and that are there in the end."""
    for each in node.get("objects", ()):
        if node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
            name = each["String"].get("sval", "")
            yield from (f for f in schema.catalog.of(Function) if f.schema == name and f.origin == "made")
        elif "ObjectWithArgs" in each:
            parts = [str(part["String"].get("sval", "")) for part in each["ObjectWithArgs"]["objname"]]
            home = parts[-2] if len(parts) > 1 else "public"
            found = [f for f in schema.catalog.routines(home, parts[-1]) if isinstance(f, Function)]
            if len(found) == 1:  # among overloads the argument types would have to be resolved
                yield from found


def _open_names(schema: Schema) -> Collection[bytes]:
    """The names of the functions that PUBLIC may call, in lower case."""
    known = schema.catalog.derived("function", __name__)
    if not known:
        names = (each.name for each in schema.catalog.of(Function) if _is_open(each))
        known["open"] = {name.replace('"', '""').encode().lower() for name in names}
    return known["open"]  # type: ignore[no-any-return]  # what was put there


def _is_open(function: Function) -> bool:
    """Whether PUBLIC may certainly call a function."""
    if not all(map(function.knows, ("acl", "privileges", "owner"))) or function.origin == "platform":
        return False
    if function.returns in {"trigger", "event_trigger"}:
        return False  # nobody calls those
    return "execute" in merged(effective(function.acl, "functions")).get("public", {})
