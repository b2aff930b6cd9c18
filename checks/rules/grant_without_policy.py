"""A role is granted a command on a table, and no policy ever lets it through: the grant is dead.

Row level security is on, and some policies stand there, but none of them is for this role and command. A SELECT,
UPDATE or DELETE then finds no row, without an error; an INSERT is refused with 42501.

Found is what somebody granted: what a new table is granted by default privileges is not, nor a table without any
permissive policy (``rls_enabled_no_policy``). It may be meant: the grant is then one policy away from being used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...schema.acl import NOTHING, merged
from ...schema.names import quote_ident
from ...schema.objects.default_privilege import initial_acl
from ...schema.objects.policy import Policy
from ...schema.objects.privilege import acts_as
from ...schema.objects.role import Role
from ...schema.objects.table import Table
from ..finding import Level
from ..grants import origin
from ..rule import Fault, Rule
from ..schema import COMMANDS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.INFO, about=Table, topic=Topic.EXPOSURE)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Compare what each role was granted with what policies let it do."""
    if not table.knows("row_security") or not table.row_security or not table.acl:
        return
    if not all(map(table.knows, ("policies", "privileges", "acl", "owner"))):
        return
    default = initial_acl(schema.catalog, "tables", table.owner, table.schema) or NOTHING
    granted = {
        role: [each for each in COMMANDS if each in held and each not in default.get(role, NOTHING)]
        for role, held in (() if table.acl is default else merged(table.acl).items())
    }
    policies = [policy for policy in schema.policies(table) if policy.permissive] if any(granted.values()) else ()
    if not policies or any(not policy.knows(each) for policy in policies for each in ("roles", "command")):
        return
    by_lack: dict[tuple[str, ...], list[str]] = {}
    for role, commands in granted.items():
        if commands and _is_asked(role, table, schema):
            dead = tuple(_dead(role, commands, table, policies, schema))
            if dead:
                by_lack.setdefault(dead, []).append(role)
    if by_lack:
        lacks = [f"{listed(roles)} {listed(map(str.upper, dead))}" for dead, roles in by_lack.items()]
        yield Fault(
            table,
            f"{table.identity} grants what no policy lets through: {'; '.join(lacks)}",
            why=(
                "row level security is on, and no permissive policy is for "
                + ("this role and command" if len(by_lack) == 1 else "these roles and commands"),
            ),
            remedy="Add the policy that was meant, or take the grant back:",
            sql="\n".join(
                f"revoke {', '.join(dead)} on {table.identity} from {', '.join(map(quote_ident, roles))};"
                for dead, roles in by_lack.items()
            ),
        )


def _is_asked(role: str, table: Table, schema: Schema) -> bool:
    """Whether policies concern the role: it is one, not the owner, and does not bypass them."""
    found = schema.catalog.get(Role, role)
    return found is not None and role != table.owner and found.knows("bypassrls") and not schema.bypasses_rls(role)


def _dead(role: str, granted: Iterable[str], table: Table, policies: Iterable[Policy], schema: Schema) -> Iterator[str]:
    roles = acts_as(schema.catalog, role)
    if not all(roles.values()):
        return
    for command in granted:
        served = (policy for policy in policies if policy.command in {command, "all"})
        if any("public" in policy.roles or roles.keys() & set(policy.roles) for policy in served):
            continue
        if _is_granted(role, table, command, schema):
            yield command


def _is_granted(role: str, table: Table, command: str, schema: Schema) -> bool:
    """Whether a GRANT says so, and not what a new table was granted when this one was made."""
    found = origin(schema.catalog, schema.grants, role, table, command)
    return found is not None and found.how == "granted" and found.role == role
