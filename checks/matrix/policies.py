"""What the policies of a table let a role do, and what may keep a statement from being run at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from ...schema.objects.function import Function
from ...schema.objects.privilege import acts_as
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..bodies import Mention, body_of, mentions, path_of, resolved
from ..conditions.expressions import named, parsed
from ..conditions.truth import NEVER, Judge, Request, Truth, every, some
from ..reach import reads

if TYPE_CHECKING:
    from ...schema.catalog import Object
    from ...schema.objects.policy import Policy
    from ..schema import Schema

_LITERALLY = Judge(Request("", None, claimed=False), {}, lambda _: False)
_COMPILED = frozenset({"c", "internal"})


class Obstacle(msgspec.Struct, frozen=True):
    """What keeps a statement from being run: ``certain``, or only possible."""

    certain: bool
    text: str


class Asked(msgspec.Struct, frozen=True):
    """The policies of a table that are asked of somebody, for one command.

    ``clause`` is using (rows that are there) or check (rows that are to be).
    """

    permissive: tuple[Policy, ...]
    restrictive: tuple[Policy, ...]
    command: str
    clause: str

    def text(self, policy: Policy) -> str | None:
        """The expression of a policy that counts; None where it has none, and PostgreSQL passes it over."""
        if self.clause == "using" or policy.check is None:
            return policy.using
        return policy.check

    @property
    def texts(self) -> list[str]:
        """The expressions that the statement gets."""
        return [text for each in (*self.permissive, *self.restrictive) if (text := self.text(each)) is not None]

    @property
    def open(self) -> bool:
        """Whether a permissive policy is literally true, so that the other permissive ones are not even looked at."""
        return any(_LITERALLY.text(self.text(each)).always for each in self.permissive if self.text(each) is not None)

    def truth(self, judge: Judge) -> Truth:
        """Work out for which rows they hold: one of the permissive, and all of the restrictive."""
        permissive = [judge.text(text) for each in self.permissive if (text := self.text(each)) is not None]
        restrictive = [judge.text(text) for each in self.restrictive if (text := self.text(each)) is not None]
        return every([some(permissive), *restrictive]) if permissive else NEVER


def asked(schema: Schema, table: Table, role: str, command: str, clause: str) -> Asked | None:
    """The policies that are asked where a role runs a command; None where they are not all known."""
    acting = acts_as(schema.catalog, role)
    if not table.knows("policies") or not all(acting.values()):
        return None
    roles = {"public", *acting}
    found = []
    for policy in schema.policies(table):
        if not policy.knows("roles") or not policy.knows("command"):
            return None
        if policy.command in {command, "all"} and roles & {*policy.roles}:
            if not all(map(policy.knows, ("permissive", "using", "check"))):
                return None
            found.append(policy)
    permissive = tuple(each for each in found if each.permissive)
    return Asked(permissive, tuple(each for each in found if not each.permissive), command, clause)


def row_security(schema: Schema, table: Table, role: str) -> bool | None:
    """Whether a role's statements on a table are subject to its policies (``check_enable_rls``); None: unknown."""
    if not table.knows("row_security"):
        return None
    if not table.row_security or schema.bypasses_rls(role):
        return False
    if not table.knows("owner") or not table.knows("force_row_security"):
        return None
    return table.force_row_security or table.owner not in acts_as(schema.catalog, role)


# -- what stands in the way ----------------------------------------------------------------------------------


def obstacle(schema: Schema, table: Table, role: str, quals: Sequence[Asked]) -> Obstacle | None:
    """What keeps a statement that gets these policies from being run: a right that is lacking, a circle."""
    at = _Asking(table.identity, quals[0].command, role)
    found = list(_circles(schema, at, [text for each in quals for text in each.texts]))
    for each in quals:
        for policy in (*(() if each.open else each.permissive), *each.restrictive):
            if (text := each.text(policy)) is not None:
                found += _lacking(schema, role, text)
    return min(found, key=lambda each: not each.certain, default=None)


@lru_cache(4096)
def _named(text: str) -> tuple[Mention, ...]:
    return mentions(parsed(text))


@lru_cache(4096)
def _has_query(text: str) -> bool:
    return bool(named(text, "SubLink"))


def _lacking(schema: Schema, role: str, text: str) -> Iterator[Obstacle]:
    """The rights on what a condition names that a role lacks."""
    if parsed(text) is None:
        yield Obstacle(certain=False, text="a policy that cannot be read")
        return
    for mention in _named(text):
        objects = resolved(schema.catalog, mention, ())
        privilege = "execute" if mention.what == "execute" else "select"
        held = [_may(schema, role, each, privilege) for each in objects]
        word = "calls" if privilege == "execute" else "reads"
        if held and all(each is False for each in held):
            what = objects[0].identity
            yield Obstacle(certain=True, text=f"a policy {word} {what}, which {role} may not: 42501")
        elif not all(held):
            yield Obstacle(certain=False, text=f"a policy {word} {objects[0].identity}, which {role} perhaps may not")
        for each in objects:
            if isinstance(each, Function):
                yield from _in_function(schema, role, each)


def _may(schema: Schema, role: str, obj: Object, privilege: str) -> bool | None:
    held = schema.holds(role, obj, privilege)
    if held is False and isinstance(obj, Table) and any(each.acl for each in schema.columns(obj)):
        return None  # on some columns it may
    return held


def _in_function(
    schema: Schema, role: str, function: Function, seen: frozenset[str] = frozenset()
) -> Iterator[Obstacle]:
    """What a function that runs with the rights of whoever asks may not do for this role."""
    if function.origin == "platform" or function.language in _COMPILED or function.identity in seen:
        return
    if function.security_definer and schema.bypasses_rls(function.owner):
        return
    body, acting = body_of(function), function.owner if function.security_definer else role
    if body.open:
        yield Obstacle(certain=False, text=f"what {function.identity} does is not known")
    for mention in body.mentions:
        for each in resolved(schema.catalog, mention, path_of(function)):
            if not _may(schema, acting, each, mention.what):
                word = f"{mention.what} on {each.identity}"
                yield Obstacle(certain=False, text=f"{function.identity} needs {word}, which {acting} lacks")
            if isinstance(each, Function):
                yield from _in_function(schema, acting, each, seen | {function.identity})


class _Asking(msgspec.Struct, frozen=True):
    """Whose policies are being asked, for which command, with whose rights."""

    table: str
    command: str
    role: str


def _circles(
    schema: Schema,
    at: _Asking,
    texts: Sequence[str],
    active: frozenset[str] = frozenset(),
    above: tuple[_Asking, ...] = (),
    *,
    inside: bool = False,
) -> Iterator[Obstacle]:
    """Policies that lead back to themselves: as fireRIRrules finds them (42P17); through functions only perhaps.

    ``active`` are the tables with queries in their policies around this one, since the last function.
    """
    has_query = any(map(_has_query, texts))
    if (has_query and at.table in active) or at in above:
        yield Obstacle(certain=not inside, text=f"the policies of {at.table} lead back to themselves: 42P17")
        return
    within = active | {at.table} if has_query else active
    for table, acting, through in _read(schema, at.role, texts):
        subject = row_security(schema, table, acting)
        quals = asked(schema, table, acting, "select", "using")
        if subject is None or (subject and quals is None):
            yield Obstacle(certain=False, text=f"the policies of {table.identity} are not known")
        elif subject and quals is not None:
            below = _Asking(table.identity, "select", acting)
            rest = frozenset[str]() if through else within
            yield from _circles(schema, below, quals.texts, rest, (*above, at), inside=inside or through)


def _read(schema: Schema, role: str, texts: Iterable[str]) -> Iterator[tuple[Table, str, bool]]:
    """The tables that conditions read, views opened: with whose rights, and whether a function is between."""
    seen: set[tuple[str, str]] = set()
    names = dict.fromkeys(name for text in texts for name in _named(text))
    todo = [(each, role, False) for name in names for each in resolved(schema.catalog, name, ())]
    while todo:
        obj, acting, through = todo.pop()
        if (obj.identity, acting) in seen:
            continue
        seen.add((obj.identity, acting))
        if isinstance(obj, View):
            below = acting if obj.security_invoker else obj.owner
            todo += [(each, below, through) for each in reads(schema, obj)]
        elif isinstance(obj, Function):
            if obj.origin != "platform":
                acting = obj.owner if obj.security_definer else acting
                named = (resolved(schema.catalog, each, path_of(obj)) for each in body_of(obj).mentions)
                todo += [(each, acting, True) for found in named for each in found]
        elif isinstance(obj, Table):
            yield obj, acting, through
