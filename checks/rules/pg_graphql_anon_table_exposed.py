"""``pg_graphql`` tells anybody, signed in or not, that a table or view exists, and what its columns are called.

Its introspection shows what the role ``anon`` may SELECT, rows or no rows: row level security hides
the rows alone.

Found is what the Advisor finds (splinter 0026), where the extension is installed: tables, views, materialized
views and foreign tables of which ``anon`` may SELECT at least one column, in every schema but the
platform's own; not partitioned tables, which pg_graphql does not show.
A view of which single columns alone were granted is in the Advisor's list and not here: such grants are not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.extension import Extension
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ..advisor import members_in_graphql, shown_in_graphql
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(
    __name__, level=Level.WARN, about=Table, splinter="0026_pg_graphql_anon_table_exposed", topic=Topic.EXPOSURE
)


@rule
def check(table: Table, schema: Schema) -> Iterator[Fault]:
    """Ask of each table whether it is shown."""
    yield from shown_in_graphql(table, schema, "anon")


@rule.also(View)
def check_view(view: View, schema: Schema) -> Iterator[Fault]:
    """Ask of each view whether it is shown."""
    yield from shown_in_graphql(view, schema, "anon")


@rule.also(Extension)
def check_members(extension: Extension, schema: Schema) -> Iterator[Fault]:
    """Ask whether what an extension brings along is shown."""
    yield from members_in_graphql(extension, schema, "anon")
