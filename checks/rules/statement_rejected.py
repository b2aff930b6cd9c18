"""PostgreSQL would refuse this statement.

The message is the server's own, with its SQLSTATE. The rest of the file is followed as if the statement
were not there; a paste, or a push by the CLI, is rolled back whole.

Something that does not exist, or exists already, is a matter of ``missing_object`` and ``object_exists``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.catalog import Rejection
from ..events import EXISTS, MISSING, WHOLE_FILE, has_own_rule
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=Rejection)


@rule
def check(rejection: Rejection, schema: Schema) -> Iterator[Fault]:
    """Tell what the server would answer."""
    if schema.target.platform == "supabase" and has_own_rule(rejection):
        return
    if not rejection.psql and rejection.sqlstate not in MISSING | EXISTS:
        yield Fault(
            rejection,
            f"{rejection.sqlstate}: {rejection.message}",
            why=(WHOLE_FILE,),
            remedy=rejection.hint,
        )
