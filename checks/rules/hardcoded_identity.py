"""A policy names one certain user by their id.

The id is that of one database: on staging, or after the user is deleted and comes back, it means nobody, or whoever
has it then. Everybody who reads the schema learns which account to go for.

Found are comparisons of ``auth.uid()`` (or the claim ``sub``) with a constant. The all-zero id is left out: it is
nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.objects.policy import Policy
from ..conditions.expressions import bare, is_claims, is_uid, named, operator, texts
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.WARN, about=Policy)

_KINDS = {"AEXPR_OP", "AEXPR_IN", "AEXPR_OP_ANY"}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for ids that are written out."""
    del schema
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text and policy.knows(attribute) and _names_user(text):
            yield Fault(
                policy,
                f'policy "{policy.name}" on {policy.table} names a certain user by their id',
                why=("the id belongs to one database, and the policy goes to each",),
                remedy="Keep who may do this in a table, or in the user's app_metadata, and ask for that",
            )
            return


@rule.where
def _names_user(text: str) -> bool:
    """Whether an id is written out that the caller's is compared with."""
    if "'" not in text:
        return False
    tests = [node for node in named(text, "A_Expr") if node.get("kind") in _KINDS and operator(node) == "="]
    sides = [(node.get("lexpr"), node.get("rexpr")) for node in tests]
    others = [other for left, right in sides for one, other in ((left, right), (right, left)) if _is_id(one)]
    return any(set(each) - set("0-") for each in texts(others))


def _is_id(node: Any) -> bool:
    if is_uid(node):
        return True
    node = bare(node)
    test = node.get("A_Expr", {}) if isinstance(node, dict) else {}
    return (
        bool(test) and operator(test) == "->>" and texts(test.get("rexpr")) == ["sub"] and is_claims(test.get("lexpr"))
    )
