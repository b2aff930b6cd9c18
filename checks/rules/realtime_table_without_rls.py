"""A table whose changes Realtime sends has row level security off: every subscriber gets every change.

Realtime asks the policies of a table whether a subscriber may see a changed row. Without row level security there is
nobody to ask, and whoever holds SELECT, mostly ``anon`` with the public key, receives all of it as it happens.

Found are members of ``supabase_realtime`` on which ``anon`` or ``authenticated`` hold SELECT. What a table outside of
the publication shows is other rules' business.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.publication import Publication, PublicationMember
from ...schema.objects.table import Table
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema

rule = Rule(__name__, level=Level.ERROR, about=PublicationMember)

_REALTIME = "supabase_realtime"


@rule
def check(member: PublicationMember, schema: Schema) -> Iterator[Fault]:
    """Look at the table, or the tables of the schema, that are published."""
    if member.publication != _REALTIME:
        return
    if member.table is not None:
        table = schema.catalog.get(Table, member.table)
        if table is not None:
            yield from _told(table, member, schema)
        return
    for table in schema.catalog.of(Table):
        if table.schema == member.schema:
            yield from _told(table, member, schema)


@rule.also(Publication)
def check_all(publication: Publication, schema: Schema) -> Iterator[Fault]:
    """FOR ALL TABLES publishes every table there is."""
    if publication.name == _REALTIME and publication.all_tables:
        for table in schema.catalog.of(Table):
            if table.schema not in RESERVED_SCHEMAS:
                yield from _told(table, publication, schema)


def _told(table: Table, published: PublicationMember | Publication, schema: Schema) -> Iterator[Fault]:
    if table.origin == "platform" or not table.knows("row_security") or table.row_security:
        return
    readers = schema.holders(table)
    if not readers:
        return
    place = schema.place(table)
    yield Fault(
        published,
        f"{table.identity} is published to Realtime, and its row level security is off",
        why=(
            f"{table.identity} is in publication {_REALTIME}",
            *schema.held(table, {role: ["select"] for role in readers}),
            "no policy decides which changes a subscriber gets: each gets all of them",
        ),
        remedy="Switch it on, with a policy for each role that is to follow changes:",
        sql=f"alter table {table.identity} enable row level security;",
        related=(Related(place, f"{table.identity} is made here"),) if place else (),
        object=table.key,
    )
