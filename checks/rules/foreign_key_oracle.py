"""A foreign key tells whoever may insert whether a row exists that row level security hides from them.

The server checks a foreign key past every policy: an INSERT that refers to a row one may not see succeeds where the
row exists, and fails with 23503 where it does not. With keys that can be guessed (numbers, codes, e-mail addresses)
that answers the question who else is there; the row is then bound to somebody else's as well.

Found are keys that ``anon`` or ``authenticated`` may write, by privilege and policy, where no policy for writing looks
at the key's column or its table, to tables of which these roles do not see every row, and by a column that can be
guessed: a number, or a text that somebody writes. What a function of the project's decides is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.column import Column
from ...schema.objects.constraint import Constraint
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.callers import columns
from ..conditions.outcome import Outcome, outcome
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, RESERVED_SCHEMAS, Schema
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Constraint, topic=Topic.EXPOSURE)

_WRITES = {"insert", "all"}
_CERTAIN = {Outcome.ALWAYS, Outcome.SOME}
_NUMBERS = {"smallint", "integer", "bigint", "numeric"}
_TEXTS = ("text", "character varying", "character(", "extensions.citext")


@rule
def check(constraint: Constraint, schema: Schema) -> Iterator[Fault]:
    """Ask of each foreign key who may write it, and who may read what it points at."""
    if constraint.type != "foreign_key" or not constraint.knows("references") or len(constraint.columns) != 1:
        return
    child, parent = schema.table_of(constraint), schema.catalog.get(Table, constraint.references or "")
    if child is None or parent is None or child.identity == parent.identity or parent.schema in RESERVED_SCHEMAS:
        return
    if not _is_protected(child) or not _is_protected(parent) or not _can_be_guessed(constraint, parent, schema):
        return
    writers = [role for role in CLIENT_ROLES if _writes_freely(role, child, constraint, parent, schema)]
    blind = [role for role in writers if not _sees_all(role, parent, schema)]
    if not blind:
        return
    way = schema.reach(child, blind, ("insert",))
    if way is not None:
        place = schema.place(parent)
        yield Fault(
            constraint,
            f'foreign key "{constraint.name}" of {child.identity} tells {listed(blind)} which rows of '
            f"{parent.identity} exist, though not all of them may be seen",
            why=(
                *way.why,
                f"no policy for INSERT looks at {constraint.columns[0]}",
                "a foreign key is checked past row level security: 23503 says that the row is not there",
            ),
            remedy=f"Let the policy for INSERT ask for the row: exists (select from {parent.identity} ...), which asks "
            f"{parent.identity}'s own policies",
            related=(Related(place, "this table is pointed at"),) if place else (),
        )


def _is_protected(table: Table) -> bool:
    return table.knows("row_security") and table.row_security and table.knows("policies") and table.knows("columns")


def _can_be_guessed(constraint: Constraint, parent: Table, schema: Schema) -> bool:
    referenced = constraint.referenced_columns[:1]
    column = schema.catalog.get(Column, f"{parent.identity}.{quote_ident(referenced[0])}") if referenced else None
    if column is None or not column.knows("type") or not column.knows("default"):
        return False
    counted = column.type in _NUMBERS
    return counted or (column.type.startswith(_TEXTS) and column.default is None)


def _writes_freely(role: str, child: Table, constraint: Constraint, parent: Table, schema: Schema) -> bool:
    """Whether a role may insert rows whose key it chooses."""
    mine = [each for each in schema.policies(child) if {role, "public"} & set(each.roles)]
    if any(not each.knows(fact) for each in mine for fact in ("command", "check", "using", "permissive")):
        return False
    writing = [each for each in mine if each.command in _WRITES and _lets_in(each, role)]
    if not any(each.permissive for each in writing):
        return False
    key = constraint.columns[0]
    return not any(key in columns(text) or parent.name in text for each in writing for text in _texts(each))


def _lets_in(policy: Policy, role: str) -> bool:
    """Whether a policy certainly lets the role write some row; a function of the project's may say otherwise."""
    return not policy.permissive or all(outcome(text, role) in _CERTAIN for text in _texts(policy))


def _texts(policy: Policy) -> list[str]:
    return [text for text in (policy.using, policy.check) if text is not None]


def _sees_all(role: str, parent: Table, schema: Schema) -> bool:
    """Whether a role may read every row anyway, or it is not known whether it may."""
    mine = [each for each in schema.policies(parent) if {role, "public"} & set(each.roles)]
    return any(
        not each.knows("using")
        or (each.permissive and each.command in {"select", "all"} and outcome(each.using, role) is Outcome.ALWAYS)
        for each in mine
    )
