"""A policy lets a role do what the role holds no privilege for: every attempt ends in 42501.

Policies only filter; the privilege on the table (or on some of its columns), USAGE on its schema and, for a
serial column, USAGE on its sequence come first.

A policy that says ``false`` lets nobody do anything, and needs no privilege.

A policy FOR ALL of a role that holds some of the four privileges may be meant so: that is INFO. A policy
without TO is reported only where neither ``anon`` nor ``authenticated`` may use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ...schema.objects.role import Role
from ...schema.objects.schema import Schema as SchemaObject
from ...schema.objects.sequence import Sequence as SequenceObject
from ...schema.objects.table import Table
from ..conditions.outcome import Outcome, outcome
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, COMMANDS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.EXPOSURE)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Ask for the privileges that each policy needs."""
    table = schema.table_of(policy)
    if table is None or not policy.permissive or not policy.knows("roles") or not policy.knows("command"):
        return
    namespace = schema.catalog.get(SchemaObject, table.schema)
    if namespace is None or not table.knows("privileges") or not table.knows("acl"):
        return
    commands = COMMANDS if policy.command == "all" else (policy.command,)
    roles = CLIENT_ROLES if policy.roles == ("public",) else policy.roles
    all_held = schema.all_hold(roles, namespace, ("usage",)) and schema.all_hold(roles, table, commands)
    if all_held and ("insert" not in commands or not any(_serials(table, schema))):
        return
    asked = [role for role in roles if _is_asked(role, policy, schema)]
    needs = {role: _lacking(role, commands, table, namespace, schema) for role in asked}
    if policy.roles == ("public",) and not all(_unusable(lacks, commands) for lacks in needs.values()):
        return
    by_lack: dict[tuple[Lack, ...], list[str]] = {}
    for role, lacks in needs.items():
        if lacks:
            by_lack.setdefault(tuple(lacks), []).append(role)
    for lacking, who in by_lack.items():
        partly = policy.command == "all" and not _unusable(lacking, commands)
        one = len(who) == 1
        yield Fault(
            policy,
            f'policy "{policy.name}" on {policy.table} is for {listed(who)}, '
            f"who {'lacks' if one else 'lack'} {listed(_said(lacking))}",
            why=(f"{listed(who)} {'is' if one else 'are'} refused with 42501 before the policy is asked",),
            remedy="Grant what is meant:",
            sql="\n".join(_grants(who, lacking)),
            level=Level.INFO if partly else None,
        )


Lack = tuple[str, str]  # privilege, "kind identity"


def _is_asked(role: str, policy: Policy, schema: Schema) -> bool:
    """Whether the policy is one for the role: it does not bypass policies, and may pass this one."""
    texts = [text for each, text in (("using", policy.using), ("check", policy.check)) if text and policy.knows(each)]
    if any(outcome(text, role) is Outcome.NEVER for text in texts if role in CLIENT_ROLES):
        return False
    return schema.catalog.get(Role, role) is not None and not schema.bypasses_rls(role)


def _lacking(role: str, commands: tuple[str, ...], table: Table, namespace: SchemaObject, schema: Schema) -> list[Lack]:
    lacks = [(command, f"table {table.identity}") for command in commands if _lacks(role, command, table, schema)]
    if schema.holds(role, namespace, "usage") is False:
        lacks.insert(0, ("usage", f"schema {quote_ident(namespace.identity)}"))
    if "insert" in commands and not any(privilege == "insert" for privilege, _ in lacks):
        lacks += [
            ("usage", f"sequence {sequence.identity}")
            for sequence in _serials(table, schema)
            if all(schema.holds(role, sequence, each) is False for each in ("usage", "update"))
        ]
    return lacks


def _lacks(role: str, command: str, table: Table, schema: Schema) -> bool:
    """Whether a role certainly holds a privilege neither on the table nor on any of its columns."""
    if schema.holds(role, table, command) is not False:
        return False
    if command == "delete":
        return True
    columns = schema.columns(table)
    return table.knows("columns") and all(schema.holds(role, column, command) is False for column in columns)


def _serials(table: Table, schema: Schema) -> Iterator[SequenceObject]:
    """The sequences that defaults of the table's columns call."""
    for column in schema.columns(table):
        if column.default and "nextval(" in column.default and column.generated_identity is None:
            for edge in schema.catalog.depends_on(column.key):
                if isinstance(sequence := schema.catalog.find(edge.on), SequenceObject):
                    yield sequence
            for dependent in schema.catalog.dependents(column.key):
                if isinstance(dependent, SequenceObject) and not dependent.identity_column:
                    yield dependent


def _unusable(lacks: Sequence[Lack], commands: tuple[str, ...]) -> bool:
    """Whether what is lacking leaves nothing of the policy."""
    lacking = {privilege for privilege, _ in lacks}
    return set(commands) <= lacking or any(on.startswith("schema ") for _, on in lacks)


def _said(lacks: Sequence[Lack]) -> list[str]:
    by_object: dict[str, list[str]] = {}
    for privilege, on in lacks:
        by_object.setdefault(on, []).append(privilege.upper())
    return [f"{listed(privileges)} on {on}" for on, privileges in by_object.items()]


def _grants(roles: list[str], lacks: Sequence[Lack]) -> list[str]:
    by_object: dict[str, list[str]] = {}
    for privilege, on in dict.fromkeys(lacks):
        by_object.setdefault(on.removeprefix("table "), []).append(privilege)
    to = ", ".join(map(quote_ident, roles))
    return [f"grant {', '.join(privileges)} on {on} to {to};" for on, privileges in by_object.items()]
