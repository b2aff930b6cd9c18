"""A request that the database sends carries a key as a literal.

``net.http_post`` and its like keep the request, headers included, in ``net.http_request_queue`` until it is sent; in a
function the key is readable for everybody who may read ``pg_proc``, which is everybody.

Found are keys that ``secret_in_sql`` knows by their form or place, in calls of ``pg_net`` and ``http`` and in
functions that make them. What a scheduled job sends is ``cron_job_with_secret``'s. The public key is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.source import Source
from ..carried import JOB, REQUEST, VAULT, carrying, said
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Source, topic=Topic.SECRETS)

_KINDS = {"SelectStmt", "DoStmt", "CreateFunctionStmt", "CreateTrigStmt"}


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for keys in what goes over HTTP."""
    for statement, text, secrets in carrying(source, schema):
        if statement.kind in _KINDS and REQUEST.search(text) and not JOB.search(text):
            where = "a function's body" if statement.kind == "CreateFunctionStmt" else "the statement"
            yield Fault(
                statement,
                f"a request is sent with {said(secrets)}, which stands in {where}",
                why=("everybody who may connect reads the bodies of functions and the definitions of triggers",)
                if statement.kind in {"CreateFunctionStmt", "CreateTrigStmt"}
                else (),
                remedy=VAULT,
            )
