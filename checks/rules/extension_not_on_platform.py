"""An extension is made that the platform does not offer, or does not let ``postgres`` make.

CREATE EXTENSION then fails: it "is not available", or needs a superuser (42501), and nothing of the paste is kept.

The list is that of Supabase's own image, of November 2026: it grows, so this is a warning. Extensions that are
installed as text through ``pg_tle`` (database.dev) are not found: their names are anybody's.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.extension import Extension
from ...schema.source import Statement
from ..finding import Level
from ..platform import EXTENSIONS, REFUSED_EXTENSIONS, UNTIL_15
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Statement, kinds=("CreateExtensionStmt",), topic=Topic.EXTENSIONS)


@rule
def check(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look each extension up in the platform's list."""
    name = statement.node["extname"]
    if schema.target.platform != "supabase" or name in EXTENSIONS or _is_text(name, schema):
        return
    if name in UNTIL_15:
        if min(schema.target.postgres) > UNTIL_15[name]:
            last = UNTIL_15[name]
            yield _fault(statement, name, f"is not offered with a later PostgreSQL than {last}")
    elif name in REFUSED_EXTENSIONS:
        yield _fault(statement, name, "is there, but not for role postgres: only a superuser may make it (42501)")
    else:
        yield _fault(statement, name, "is not one of those that the platform offers")


def _fault(statement: Statement, name: str, what: str) -> Fault:
    return Fault(
        statement,
        f"extension {name} {what}",
        why=("CREATE EXTENSION fails, and the rest of the paste with it",),
        remedy="Look under Database > Extensions in the Dashboard for one that does the same, and leave this out",
        object=("extension", name),
    )


def _is_text(name: str, schema: Schema) -> bool:
    """Whether it may be an extension that pg_tle holds: one with an author in its name, or any where pg_tle is."""
    return "@" in name or "-" in name or schema.catalog.get(Extension, "pg_tle") is not None
