"""The command of a scheduled job holds a key as a literal.

``cron.schedule`` keeps the command as text in ``cron.job``, and every run leaves it in ``cron.job_run_details`` and
the database's log: who may read those, and every dump, has the key. It cannot be replaced without a migration either.

Found are keys that ``secret_in_sql`` knows by their form or place. The public (anon, publishable) key is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...schema.pattern import lazy
from ...schema.source import Source
from ..carried import JOB, VAULT, carrying, said
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Source, topic=Topic.SECRETS)

_NAME = lazy(r"\bschedule\w*\s*\(\s*(?:job_?name\s*(?:=>|:=)\s*)?'([^']+)'", re.IGNORECASE)
_ENDS = lazy(r"\bcron\s*\.\s*unschedule\s*\(\s*'([^']+)'", re.IGNORECASE)


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for keys in what is handed to pg_cron."""
    for statement, text, secrets in carrying(source, schema):
        if not JOB.search(text):
            continue
        name = _NAME.search(text)
        if name and name[1] in _ended_after(source, statement.end, schema):
            continue
        job = f'job "{name[1]}"' if name else "a scheduled job"
        yield Fault(
            statement,
            f"the command of {job} holds {said(secrets)}",
            why=("the command stands as text in cron.job, in cron.job_run_details and in the log of each run",),
            remedy=VAULT,
        )


def _ended_after(source: Source, place: int, schema: Schema) -> set[str]:
    """The jobs that the rest of the file, or a later one, takes off the schedule."""
    later = schema.sources[schema.sources.index(source) + 1 :]
    texts = (source.slice(place, len(source.data)), *(each.text for each in later if "unschedule" in each.text))
    return {match[1] for text in texts for match in _ENDS.finditer(text)}
