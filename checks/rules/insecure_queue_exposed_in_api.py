"""A queue's table can be read by clients, and its row level security is off.

The project serves its queues through the API (``pgmq_public`` is among the schemas): whoever may read the
table ``pgmq.q_<queue>`` takes every message from it, and may put others in.

Found is what the Advisor finds (splinter 0019): tables ``pgmq.q_...`` without row level security, SELECT on
which is held by ``anon`` or ``authenticated``, while the API serves ``pgmq_public``. Its ``cache_key`` is
worded as that of ``rls_disabled_in_public``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.acl import PUBLIC
from ...schema.objects.privilege import acl_of
from ...schema.objects.table import Table
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, COMMANDS, Schema
from ..topic import Topic

rule = Rule(
    __name__, level=Level.ERROR, about=Table, splinter="0019_insecure_queue_exposed_in_api", topic=Topic.REALTIME
)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Look for queues that the API hands out."""
    is_queue = table.schema == "pgmq" and table.name[:1] == "q" and len(table.name) > 1  # LIKE 'q_%'
    if not is_queue or table.relation_kind != "table" or not schema.exposed("pgmq_public"):
        return
    if not table.knows("row_security") or table.row_security:
        return
    if readers := schema.holders(table) or _granted(table):
        yield Fault(
            table,
            f"queue {table.name[2:]} is served by the API, but the row level security of {table.identity} is off",
            why=(
                "the API serves schema pgmq_public, whose functions read and write the queues",
                *schema.held(table, {role: _held(role, table) for role in readers}),
            ),
            remedy="Switch it on, then add a policy for each role that is to use the queue:",
            sql=f"alter table {table.identity} enable row level security;",
            cache_keys=(f"rls_disabled_in_public_{table.schema}_{table.name}",),
        )


def _granted(table: Table) -> tuple[str, ...]:
    """Who was granted SELECT on a queue that pgmq made: what it had before that is not known."""
    made_by_pgmq = table.origin == "external"
    return tuple(role for role in CLIENT_ROLES if made_by_pgmq and "select" in _held(role, table))


def _held(role: str, table: Table) -> list[str]:
    acl = acl_of(table)
    return [command for command in COMMANDS if any(command in acl.get(each, {}) for each in (role, PUBLIC))]
