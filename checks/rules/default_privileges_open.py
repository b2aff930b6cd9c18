"""Every table or function made later in a schema is granted to client roles, before anybody has thought of it.

ALTER DEFAULT PRIVILEGES ... GRANT ... TO ``anon``, ``authenticated`` or PUBLIC opens what does not exist yet: a table
made in a hurry, without row level security, is served from its first minute.

Found are defaults that the migrations set, for schemas that the API serves (or for every schema). Those that a
Supabase project begins with are not: they are the project's own choice (``target.default_grants``).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.default_privilege import DefaultPrivilege
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=DefaultPrivilege)

_OPEN = {"tables", "functions"}


@rule
def check(entry: DefaultPrivilege, schema: Schema) -> Iterator[Fault]:
    """Look for defaults that give to client roles; those of one schema and kind are told together."""
    if not _is_open(entry, schema):
        return
    alike = [each for each in schema.catalog.of(DefaultPrivilege) if _is_open(each, schema) and _group(each, entry)]
    if alike[0].identity != entry.identity:
        return
    grantees = list(dict.fromkeys(each.grantee for each in alike))
    privileges = list(dict.fromkeys(each.privilege for each in alike))
    where = f" in schema {entry.schema}" if entry.schema else ""
    to = ", ".join(map(quote_ident, grantees))
    in_schema = f" in schema {quote_ident(entry.schema)}" if entry.schema else ""
    yield Fault(
        entry,
        f"all {entry.object_type} that {entry.for_role} makes later{where} are granted "
        f"{listed(map(str.upper, privileges))} to {listed(grantees)}",
        why=(
            f"the API serves schema {entry.schema}" if entry.schema else "it holds for the schemas that the API serves",
            f"{listed(grantees)} may use what is made there from its first minute",
        ),
        remedy="Grant with each object what it is to give, and take the default back:",
        sql=f"alter default privileges for role {quote_ident(entry.for_role)}{in_schema} "
        f"revoke {', '.join(privileges)} on {entry.object_type} from {to};",
    )


def _is_open(entry: DefaultPrivilege, schema: Schema) -> bool:
    return (
        entry.origin == "made"
        and not entry.revoked
        and entry.object_type in _OPEN
        and entry.grantee in {*CLIENT_ROLES, "public"}
        and (entry.schema is None or schema.exposed(entry.schema))
    )


def _group(one: DefaultPrivilege, other: DefaultPrivilege) -> bool:
    return (one.for_role, one.schema, one.object_type) == (other.for_role, other.schema, other.object_type)
