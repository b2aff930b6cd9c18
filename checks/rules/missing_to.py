"""A permissive policy has no TO, or TO public: it is for every role, also for ``anon``, whom nobody may have meant.

What the expression comes to for ``anon`` and ``authenticated`` is worked out: ``auth.uid()`` is null for
``anon``, ``auth.role()`` is the role's name. ERROR where ``anon`` may certainly write through it; otherwise
the policy is evaluated for a role that it never lets in, which costs time and leaves the table one slip
away from being open.

What a function of yours says for ``anon`` is not known here: such a policy is reported as a WARN.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.expressions import SERVICE_ROLE, roles_compared
from ..conditions.outcome import Outcome, outcome
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, COMMANDS, WRITES, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy)

_PASSES = {Outcome.ALWAYS: "gets every row", Outcome.SOME: "gets the rows it is true for", Outcome.NEVER: "gets no row"}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Ask each permissive policy whom it is for."""
    table = schema.table_of(policy)
    if table is None or (table.knows("row_security") and not table.row_security):
        return
    if policy.roles != ("public",) or not policy.permissive or not all(map(policy.knows, ("roles", "using", "check"))):
        return
    passes = {role: _for(policy, role) for role in CLIENT_ROLES}
    compared = {role for text in (policy.using, policy.check) if text for role in roles_compared(text)}
    if compared == {SERVICE_ROLE} and not any(map(_lets_in, passes.values())):
        return  # that it does nothing for service_role either is service_role_policy_redundant's to say
    writes = [command for command in WRITES if _certain(passes["anon"].get(command)) and _may(schema, table, command)]
    roles = _meant(passes, compared)
    said = "is TO public" if _says_public(policy, schema) else "has no TO"
    message = f'policy "{policy.name}" on {policy.table} {said}: it is for every role'
    if writes:
        message += f", and anon may {listed(writes)} through it"
    yield Fault(
        policy,
        message,
        why=(
            *(_said(role, passes[role]) for role in CLIENT_ROLES),
            *(schema.held(table, {"anon": writes}) if writes else ()),
        ),
        remedy="Name the roles it is for"
        + (" (auth.role(), which is deprecated, need not be asked then)" if compared else "")
        + (":" if roles else ""),
        sql=f"alter policy {quote_ident(policy.name)} on {policy.table} to {', '.join(roles)};" if roles else None,
        level=Level.ERROR if writes else None,
    )


def _says_public(policy: Policy, schema: Schema) -> bool:
    """Whether one of the statements that gave the policy its shape names PUBLIC."""
    statements = (schema.statement_at(place) for place in (policy.made_at, policy.changed_at))
    roles = [each for statement in statements if statement is not None for each in statement.node.get("roles", ())]
    return any(each["RoleSpec"].get("location", -1) >= 0 for each in roles)  # -1: the parser's own, for no TO


def _for(policy: Policy, role: str) -> dict[str, Outcome]:
    """What each command of the policy comes to for a role."""
    found = {}
    for command in COMMANDS if policy.command == "all" else (policy.command,):
        parts = []
        if command != "insert":
            parts.append(outcome(policy.using, role))
        if command in {"insert", "update"}:
            parts.append(outcome(policy.check if policy.check is not None else policy.using, role))
        found[command] = max(parts, key=_ORDER.index)
    return found


# Of what USING and WITH CHECK come to, the one that decides is the last of these.
_ORDER = (Outcome.ALWAYS, Outcome.SOME, Outcome.UNDECIDED, Outcome.NEVER)


def _certain(found: Outcome | None) -> bool:
    return found in {Outcome.ALWAYS, Outcome.SOME}


def _may(schema: Schema, table: Table, command: str) -> bool:
    """Whether anon holds the privilege on a table that clients can get at."""
    served = schema.exposed(table.schema) or table.schema in {"storage", "realtime"}
    return served and schema.holds("anon", table, command) is True


def _meant(passes: dict[str, dict[str, Outcome]], compared: set[str]) -> list[str]:
    return sorted(compared & set(CLIENT_ROLES)) or [role for role in CLIENT_ROLES if _lets_in(passes[role])]


def _lets_in(passes: dict[str, Outcome]) -> bool:
    return set(passes.values()) != {Outcome.NEVER}


def _said(role: str, passes: dict[str, Outcome]) -> str:
    by_outcome: dict[Outcome, list[str]] = {}
    for command, found in passes.items():
        by_outcome.setdefault(found, []).append(command)
    return f"{role} " + ", ".join(
        f"{_PASSES.get(found, 'gets what cannot be decided here')} ({', '.join(commands)})"
        for found, commands in by_outcome.items()
    )
