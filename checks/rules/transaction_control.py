"""A migration begins or ends transactions itself.

A paste is one transaction already, and so is a file that the CLI pushes. A COMMIT in it keeps what came
before even when the rest fails; a BEGIN without COMMIT keeps nothing, and the SQL Editor says Success.

One BEGIN ... COMMIT around a whole file does no harm (INFO): it is left out of a bundle. Pairs within a file run as
they are meant to while nothing fails (INFO), as in the SQL Editor's own Slack clone; no bundle is made of such a file.

A COMMIT because a new enum value is to be used means two migrations: the value alone, and what uses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.source import Source, Statement
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.ERROR, about=Source, topic=Topic.PASTE)

_BEGINS = {"TRANS_STMT_BEGIN", "TRANS_STMT_START"}


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look at all of a file's transaction control together."""
    statements = schema.statements_of[source.path]
    found = [statement for statement in statements if statement.kind == "TransactionStmt"]
    if not found:
        return
    first, *rest = found
    related = tuple(Related(each.location, _said(each)) for each in rest)
    if _is_whole(statements, found):
        yield Fault(
            first,
            "BEGIN ... COMMIT around the whole file: a paste is one transaction already",
            remedy="Leave both out; a bundle does",
            related=related,
            level=Level.INFO,
        )
        return
    if _is_paired(found):
        yield Fault(
            first,
            "this file has transactions of its own: when a statement fails, what was committed before it stays",
            remedy="Leave BEGIN and COMMIT out: a paste is one transaction already",
            related=related,
            level=Level.INFO,
        )
        return
    kinds = [_kind(each) for each in found]
    if set(kinds) <= _BEGINS:
        message = "BEGIN without COMMIT: the SQL Editor says Success, and nothing of the file is kept"
    elif kinds[-1] == "TRANS_STMT_ROLLBACK":
        message = "this file ends in ROLLBACK: nothing of it is kept from its last BEGIN on"
    else:
        message = "this file controls transactions: when a statement fails, a part of it stays"
    yield Fault(
        first,
        message,
        why=("a paste, and a file that the CLI pushes, is one transaction already",),
        remedy=_remedy(statements),
        related=related,
    )


def _remedy(statements: list[Statement]) -> str:
    if any(each.kind == "AlterEnumStmt" and "newVal" in each.node for each in statements):
        return (
            "Leave the transaction control out, and use the new enum value in a later migration: before it is "
            "committed it cannot be used (55P04)"
        )
    return "Leave the transaction control out"


def _kind(statement: Statement) -> str:
    return str(statement.node.get("kind", ""))


def _said(statement: Statement) -> str:
    return _kind(statement).removeprefix("TRANS_STMT_").replace("_", " ")


def _is_whole(statements: list[Statement], found: list[Statement]) -> bool:
    """Whether one transaction is around all that the file does."""
    return len(found) == 2 and found == [statements[0], statements[-1]] and _is_paired(found)


def _is_paired(found: list[Statement]) -> bool:
    """Whether each BEGIN is followed by its COMMIT, and there is nothing else."""
    begins, commits = found[::2], found[1::2]
    return (
        len(begins) == len(commits)
        and all(_kind(each) in _BEGINS and not each.node.get("options") for each in begins)
        and all(_kind(each) == "TRANS_STMT_COMMIT" and not each.node.get("chain") for each in commits)
    )
