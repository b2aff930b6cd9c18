"""A statement makes something that exists already.

The message is the server's own, with its SQLSTATE (42P07, 42710, 42723, 42701, 42P06). The statement has no
effect.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.catalog import Rejection
from ..events import EXISTS, WHOLE_FILE
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=Rejection)


@rule
def check(rejection: Rejection, schema: Schema) -> Iterator[Fault]:
    """Tell what the server would answer."""
    if rejection.sqlstate in EXISTS:
        yield Fault(
            rejection,
            f"{rejection.sqlstate}: {rejection.message}",
            why=(WHOLE_FILE,),
            remedy=rejection.hint or "Leave the statement out, change what is there with ALTER, or drop it first",
        )
