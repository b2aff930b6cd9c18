"""CREATE EXTENSION says no SCHEMA, so the extension goes wherever the search_path of that moment begins.

That is ``public``, mostly, where its functions stand among yours and are served by the API; after a dump's emptied
search_path it is nowhere, and the statement fails. Names that the migrations write for its members then hold for one
database and not for the next.

Found are extensions that such a statement made, and that are not in schema ``extensions`` in the end; those whose
schema is fixed by the extension itself are not. One that lands in ``public`` is ``extension_in_public`` as well,
which is why this one is asked in the pedantic profile alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.extension import Extension, home
from ...schema.source import Statement
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(
    __name__,
    level=Level.WARN,
    about=Statement,
    kinds=("CreateExtensionStmt",),
    profile="pedantic",
    topic=Topic.EXTENSIONS,
)

_GOOD = {"extensions", "pg_catalog"}  # the platform sends pg_cron to the latter, whatever is said


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for extensions that were made without a schema."""
    name = statement.node["extname"]
    if (
        any(each["DefElem"]["defname"] == "schema" for each in statement.node.get("options", ()))
        or home(name) is not None
    ):
        return
    made = schema.catalog.get(Extension, name)
    if made is None or made.made_at != statement.location or not made.knows("schema") or made.schema in _GOOD:
        return
    yield Fault(
        statement,
        f"CREATE EXTENSION {name} says no schema: it went to {made.schema}",
        remedy="Write  with schema extensions  behind its name; where it is installed by now, move it:",
        sql=f"alter extension {quote_ident(name)} set schema extensions;",
        object=made.key,
    )
