"""A table that the API serves has row level security switched off.

Whoever has the project's URL and its public key reads every row, and changes what the grants allow: the
policies that may stand on the table are not asked.

Found is what the Advisor finds (splinter 0013): ordinary tables in a schema that the API serves, SELECT on
which is held by ``anon`` or ``authenticated``. Partitioned tables, and tables that can only be written to,
are not. A table that an extension made in such a schema (PostGIS's ``spatial_ref_sys``) is; only the platform's
superuser could switch its row level security on.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.extension import Extension
from ...schema.objects.table import Table
from ..finding import Level
from ..members import members
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, COMMANDS, RESERVED_SCHEMAS, Schema
from ..words import listed

rule = Rule(__name__, level=Level.ERROR, about=Table, splinter="0013_rls_disabled_in_public")


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Ask for row level security on each table that a client role can read."""
    if not schema.advised(table) or not table.knows("row_security") or table.row_security:
        return
    if readers := schema.served(table):
        held = {role: [p for p in COMMANDS if schema.holds(role, table, p)] for role in readers}
        yield Fault(
            table,
            f"{table.identity} is served by the API, but its row level security is off",
            why=schema.way(table, held),
            remedy="Switch it on, then add a policy for each role that is to see or change rows:",
            sql=f"alter table {table.identity} enable row level security;",
            cache_keys=(f"rls_disabled_in_public_{table.schema}_{table.name}",),
        )


@rule.also(Extension)
def check_members(extension: Extension, schema: Schema) -> Iterator[Fault]:
    """Look for tables that an extension brings along."""
    if extension.schema in RESERVED_SCHEMAS or not schema.exposed(extension.schema):
        return
    readers = [role for role in CLIENT_ROLES if members(extension, schema, ("table",), role)]
    if readers:
        names = [each.name for each in members(extension, schema, ("table",), readers[0])]
        yield Fault(
            extension,
            f"{listed(names)} of extension {extension.name} is served by the API, and its row level security is off",
            why=(
                f"the API serves schema {extension.schema}",
                f"{listed(readers)} hold SELECT on {listed(f'{extension.schema}.{name}' for name in names)}",
            ),
            remedy="Make the extension in a schema that the API does not serve (extensions)",
            cache_keys=tuple(f"rls_disabled_in_public_{extension.schema}_{name}" for name in names),
        )
