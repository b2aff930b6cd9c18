"""What the rules about schema.yaml share: where such a finding stands, how values are printed, what mends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..schema.acl import PRIVILEGES
from .finding import Related

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schema.difference import Difference
    from ..schema.source import Location
    from .schema import Schema

_GRANTS = "grants to "

# What is changed by a statement of its own, which is then the place.
_SET_LATER = {"row_security", "force_row_security"}


def named(difference: Difference) -> str:
    """Name the object as the server's messages do."""
    kind, identity = difference.key
    return f"{kind.replace('_', ' ')} {identity}"


def stated_in(difference: Difference) -> str:
    """The file that says what is expected: schema.yaml, or one of those under ``expect_sql``."""
    return difference.location.file if difference.location else "schema.yaml"


def attribute(difference: Difference) -> str:
    """Name the attribute that is meant."""
    name = difference.attribute or "its shape"
    return name if name.startswith(_GRANTS) else name.replace("_", " ")


def places(difference: Difference, schema: Schema, said: str) -> tuple[Location | None, tuple[Related, ...]]:
    """Find the statement that made what is there, with the line of schema.yaml beside it; or that line alone."""
    obj = schema.catalog.find(difference.key)
    made = difference.at if difference.attribute in _SET_LATER or obj is None else schema.place(obj)
    if made is None or made.file not in schema.files:
        return difference.location, ()
    return made, (Related(difference.location, said),) if difference.location else ()


def value(given: Any) -> str:
    """Print an attribute's value."""
    if given is None:
        return "none"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, tuple | list | frozenset | set):
        if set(given) == set(PRIVILEGES["tables"]):
            return "all"
        return ", ".join(map(value, given)) or "none"
    return str(given) or "''"


def together(difference: Difference, schema: Schema) -> Sequence[Difference]:
    """Gather the differences that have one cause: what all roles were granted on an object.

    Empty for all of them but the first, which speaks for the rest.
    """
    if not (difference.attribute or "").startswith(_GRANTS):
        return (difference,)
    same = [
        each
        for each in schema.differences
        if each.key == difference.key and each.kind == difference.kind and (each.attribute or "").startswith(_GRANTS)
    ]
    return same if same[0] is difference else ()


def mending(differences: Sequence[Difference]) -> str | None:
    """Write the SQL that makes an object what is stated; None where that takes more than a line or two."""
    (kind, identity), first = differences[0].key, differences[0]
    name = first.attribute or ""
    if name.startswith(_GRANTS):
        roles = [(each.attribute or "").removeprefix(_GRANTS) for each in differences]
        if kind == "column" or any(" " in each for one in differences for each in one.expected):
            return None
        thing = identity if kind in {"table", "view"} else f"{kind} {identity}"
        lines = [f"revoke all on {thing} from {', '.join(roles)};"]
        for role, each in zip(roles, differences, strict=True):
            if each.expected:
                lines.append(f"grant {', '.join(each.expected)} on {thing} to {role};")
        return "\n".join(lines)
    if kind == "function" and name == "execute":
        lines = [f"revoke all on function {identity} from {', '.join(first.actual)};"] if first.actual else []
        lines += [f"grant execute on function {identity} to {', '.join(first.expected)};"] if first.expected else []
        return "\n".join(lines)
    if kind == "function" and name == "search_path" and first.expected in {"", '""'}:
        return f"alter function {identity} set search_path = '';"
    if kind == "view" and name == "security_invoker":
        return f"alter view {identity} set (security_invoker = {'on' if first.expected else 'off'});"
    if kind == "table" and name in _SET_LATER:
        verb = {"row_security": ("enable", "disable"), "force_row_security": ("force", "no force")}[name]
        return f"alter table {identity} {verb[not first.expected]} row level security;"
    return None
