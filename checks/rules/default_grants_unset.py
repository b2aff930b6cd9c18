"""Nothing says what a new table in ``public`` is granted: it is assumed that the API's roles get everything.

Projects differ: "Automatically expose new tables" can be switched off when a project is made. Every
statement here about who reaches what rests on it. A bundle's guard compares it with the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ...schema.objects.function import Function
from ...schema.objects.sequence import Sequence
from ...schema.objects.table import Table
from ...schema.objects.view import View
from ...schema.spec import Target
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.INFO, about=Target, topic=Topic.EXPOSURE)


@rule
def check(target: Target, schema: Schema) -> Iterator[Fault]:
    """Ask for target.default_grants where something was made that it decides about."""
    if target.platform != "supabase" or target.default_grants is not None:
        return
    of = schema.catalog.of
    made: Iterator[Table | View | Function | Sequence] = chain(of(Table), of(View), of(Function), of(Sequence))
    if any(each.schema == "public" and each.origin == "made" for each in made):
        yield Fault(
            target.place(),
            "it is assumed that anon, authenticated and service_role are granted every new table in public",
            remedy="Say it in schema.yaml: target: {default_grants: exposed} (or revoked). Which of the two, the "
            "database tells; a row for anon means exposed:",
            example=True,
            sql="select defaclrole::regrole, defaclobjtype, defaclacl from pg_default_acl\n"
            "  where defaclnamespace = 'public'::regnamespace;",
            object=("schema", "public"),
        )
