"""Policies that lead back to their own table: what PostgreSQL refuses with 42P17 when the table is queried.

Expanding a query, the server adds the policies of each table that is read, and then those of the tables that their
sub-selects read; a table whose policies have sub-selects, and that is being expanded already, ends it
(``fireRIRrules`` of src/backend/rewrite/rewriteHandler.c).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from ...schema.names import qualified
from ...schema.objects.policy import Policy
from ...schema.objects.privilege import acts_as
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..bodies import mentions
from ..schema import CLIENT_ROLES
from .callers import reads_elsewhere
from .expressions import parsed

if TYPE_CHECKING:
    from ..schema import Schema


class Cycle(msgspec.Struct, frozen=True):
    """Tables whose policies read each other in a ring, and the policies that do, one for each step."""

    roles: tuple[str, ...]
    tables: tuple[str, ...]
    policies: tuple[Policy, ...]


@lru_cache(4096)
def named_in(text: str) -> tuple[str, ...]:
    """The relations that the sub-selects of an expression read, as they are qualified there."""
    if not reads_elsewhere(text):
        return ()
    found = mentions([{"Expression": parsed(text)}])
    return tuple(
        dict.fromkeys(qualified(each.schema, each.name) for each in found if each.schema and each.what == "select")
    )


def cycles(schema: Schema) -> dict[str, Cycle]:
    """The rings of tables whose policies for SELECT read each other, by the first of their tables."""
    found: dict[frozenset[str], Cycle] = {}
    tables = [each.identity for each in schema.catalog.of(Table) if each.origin == "made" and _is_asked(each)]
    leading = {identity: those for identity in tables if (those := _leading_on(identity, schema))}
    for role in CLIENT_ROLES:
        roles = {"public", *acts_as(schema.catalog, role)}
        steps = {identity: list(_steps(each, roles, schema)) for identity, each in leading.items()}
        for start in sorted(steps):
            ring = _ring(start, steps)
            if ring is None:
                continue
            ring_tables, policies = zip(*ring, strict=True)
            known = found.get(frozenset(ring_tables))
            if known is None:
                found[frozenset(ring_tables)] = Cycle((role,), ring_tables, policies)
            elif role not in known.roles:
                found[frozenset(ring_tables)] = msgspec.structs.replace(known, roles=(*known.roles, role))
    by_first: dict[str, Cycle] = {}
    for cycle in found.values():
        by_first.setdefault(min(cycle.tables), cycle)
    return by_first


def _is_asked(table: Table) -> bool:
    return table.knows("row_security") and table.row_security


def _leading_on(identity: str, schema: Schema) -> list[tuple[Policy, tuple[str, ...]]]:
    """The policies for reading a table that read something themselves, and what."""
    reading = (each for each in schema.policies_made.get(identity, ()) if each.command in {"select", "all"})
    return [
        (each, names)
        for each in reading
        if each.using and (names := named_in(each.using)) and all(map(each.knows, ("roles", "using", "command")))
    ]


def _steps(
    policies: Iterable[tuple[Policy, tuple[str, ...]]], roles: set[str], schema: Schema
) -> Iterator[tuple[str, Policy]]:
    """The tables that policies lead to, for somebody of these roles, and which policy does."""
    for policy, names in policies:
        if not roles.isdisjoint(policy.roles):
            for name in names:
                for table in _tables(name, schema, ()):
                    yield table.identity, policy


def _tables(identity: str, schema: Schema, seen: tuple[str, ...]) -> Iterator[Table]:
    """The tables behind a name whose policies are asked for whoever asks: a view with its owner's rights ends it."""
    relation = schema.relation(identity)
    if isinstance(relation, Table):
        if _is_asked(relation):
            yield relation
    elif isinstance(relation, View) and relation.security_invoker and identity not in seen:
        for each in schema.reads(relation):
            yield from _tables(each.identity, schema, (*seen, identity))


def _ring(start: str, steps: dict[str, list[tuple[str, Policy]]]) -> list[tuple[str, Policy]] | None:
    """The shortest way from a table back to itself: each table on it with the policy that leads on."""
    ways: list[list[tuple[str, Policy]]] = [[]]
    at, seen = {0: start}, set()
    number = 0
    while number < len(ways):
        here, way = at[number], ways[number]
        for following, policy in steps.get(here, ()):
            if following == start:
                return [*way, (here, policy)]
            if following not in seen:
                seen.add(following)
                at[len(ways)] = following
                ways.append([*way, (here, policy)])
        number += 1
    return None
