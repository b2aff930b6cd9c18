"""Several permissive policies on one table are for the same role and command: each is evaluated for every row.

They are ORed, so the widest of them decides; a policy ``for all`` beside one ``for select`` is the usual
cause.

Found is what the Advisor finds (splinter 0006), in which each role is a row of its own: one finding here
names all roles of a table and command. Roles that bypass row level security do not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ...schema.objects.role import Role
from ...schema.objects.table import Table
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, COMMANDS, Schema
from ..topic import Topic
from ..words import counted, listed

rule = Rule(
    __name__, level=Level.WARN, about=Table, splinter="0006_multiple_permissive_policies", topic=Topic.PERFORMANCE
)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Count the permissive policies of each role and command."""
    if not schema.advised(table):
        return
    policies = [policy for policy in schema.policies(table) if policy.permissive and policy.knows("roles")]
    commands = {policy.command for policy in policies}
    if len(policies) < 2 or (len(commands) == len(policies) and "all" not in commands):
        return
    for command in COMMANDS:
        serving = [policy for policy in policies if policy.command in {command, "all"}]
        if len(serving) < 2:
            continue
        concerned = {
            role.name: found
            for role in schema.catalog.of(Role)
            if _counts(role) and len(found := [policy for policy in serving if _is_for(policy, role.name)]) > 1
        }
        if concerned:
            yield _fault(table, command, concerned, schema)


def _counts(role: Role) -> bool:
    admin = role.name.startswith("supabase") and role.name.endswith("admin")
    system = role.name.startswith("pg") and len(role.name) > 2  # splinter's LIKE 'pg_%': pgbouncer is one, too
    return not (role.bypassrls or admin or system)


def _is_for(policy: Policy, role: str) -> bool:
    return policy.roles == ("public",) or role in policy.roles


def _fault(table: Table, command: str, concerned: dict[str, list[Policy]], schema: Schema) -> Fault:
    policies = {policy.name: policy for found in concerned.values() for policy in found}
    clients = [role for role in CLIENT_ROLES if role in concerned] or sorted(concerned)[:2]
    others = len(concerned) - len(clients)
    who = listed([*clients, *([counted(others, "other role")] if others else [])])
    names = listed(f'"{name}"' for name in sorted(policies))
    return Fault(
        table,
        f"{table.identity} has {len(policies)} permissive policies for {command.upper()}: {names}",
        why=(f"for {who} each of them is evaluated for every row", "they are ORed: the widest one decides"),
        remedy="Make one policy per role and command of them (joined with OR), or narrow their TO and FOR",
        related=tuple(
            Related(place, f'policy "{name}" for {policy.command}, to {listed(policy.roles)}')
            for name, policy in sorted(policies.items())
            if (place := schema.place(policy))
        ),
        cache_keys=tuple(
            f"multiple_permissive_policies_{table.schema}_{table.name}_{role}_{command.upper()}"
            for role in sorted(concerned)
        ),
    )
