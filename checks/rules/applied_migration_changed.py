"""A migration that had been applied was edited, renamed or deleted.

The database has run the file as it was, and will not run it again: what is in the repository is then another schema
than the database has, and a new database, a preview branch or a colleague's machine becomes a third. A renamed file
counts as a new migration, and is run once more.

Found is what ``--since REV`` shows: the files that REV's own schema.yaml says were applied (``applied_until``),
compared with those of now.

Not found is anything without ``--since``: the files alone do not tell. Line ends do not count as a change, nor do
comments to this tool. A new file that sorts before ``applied_until`` is no change of an old one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.changed import Changed
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.ERROR, about=Changed, topic=Topic.MIGRATIONS)


@rule
def check(change: Changed, schema: Schema) -> Iterator[Fault]:
    """Tell each file that is not what it was when it was applied."""
    until = schema.project.spec.applied_until
    where = change.location or (until.place("version") if until else None)
    to = f" to {change.to}" if change.to else ""
    again = "" if change.to is None else " and take away the new one"
    yield Fault(
        where,
        f"{change.file} has been applied, and was {change.how}{to} since {change.revision}",
        why=(f"{change.file} is at or before applied_until at {change.revision}: the database has run it as it was",),
        remedy=f"Put it back (git restore --source={change.revision} -- {change.file}){again}, and write what is to "
        "change as a new migration",
    )
