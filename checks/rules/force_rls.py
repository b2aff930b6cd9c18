"""The owner of a table with row level security is a role that people or clients use, and is not asked.

Row level security leaves out a table's owner, unless it is forced. Where the owner may log in, or is a role that
``anon`` or ``authenticated`` are members of, whoever comes that way reads and changes every row.

On Supabase tables belong to ``postgres``, which bypasses row level security whether it is forced or not: that is no
fault, and nothing is said. Found are owners that do not bypass it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.privilege import acts_as
from ...schema.objects.role import Role
from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Table)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Ask who owns each protected table."""
    if not all(map(table.knows, ("row_security", "force_row_security", "owner"))):
        return
    owner = schema.catalog.get(Role, table.owner)
    if not table.row_security or table.force_row_security or owner is None or owner.origin == "platform":
        return
    if not all(map(owner.knows, ("login", "bypassrls", "superuser"))) or schema.bypasses_rls(owner.name):
        return
    clients = [role for role in CLIENT_ROLES if owner.name in acts_as(schema.catalog, role)]
    if clients:
        use = f"{listed(clients)} {'is a member' if len(clients) == 1 else 'are members'} of {owner.name}"
    elif owner.login:
        use = f"{owner.name} may log in, and does not bypass row level security otherwise"
    else:
        return
    yield Fault(
        table,
        f"row level security of {table.identity} does not concern its owner {owner.name}",
        why=(use, f"a table's owner is asked by no policy: {owner.name} gets every row of {table.identity}"),
        remedy="Force it, or give the table to a role that nobody works as:",
        sql=f"alter table {table.identity} force row level security;",
    )
