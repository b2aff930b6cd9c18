r"""A command of psql (``\d``, ``\i``, ``\copy``), or data for COPY ... FROM stdin, stands in a migration.

Only psql understands it. The SQL Editor answers with a syntax error and keeps nothing of the paste; the CLI
does too.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.catalog import Rejection
from ...schema.source import Statement
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Rejection, topic=Topic.PASTE)


@rule
def check(rejection: Rejection, schema: Schema) -> Iterator[Fault]:
    """Look for what is no SQL."""
    if rejection.psql:
        yield Fault(
            rejection,
            "this is for psql: the SQL Editor and the CLI refuse it, and the whole file with it",
            remedy=rejection.hint or "Leave it out, or write what it does as SQL (INSERT for data)",
        )


@rule.also(Statement, "CopyStmt")
def check_copy(statement: Statement, schema: Schema) -> Iterator[Fault]:
    """Look for COPY whose rows were to come from the client."""
    node = statement.node
    if "filename" not in node and not node.get("is_program") and node.get("is_from"):
        yield Fault(
            statement,
            "COPY FROM stdin needs a client that sends the rows: the SQL Editor sends none (57014)",
            remedy="Write INSERT statements",
        )
