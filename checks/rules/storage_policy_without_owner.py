"""Whoever is signed in may change or delete the files of everybody else in a bucket.

The policy asks for the bucket, and perhaps for a signed-in user, but not whose file it is: neither for the owner nor
for a folder that is the user's own. With UPDATE or DELETE anybody's file can be replaced or removed; with INSERT alone
anybody can put files into anybody's folder.

Found are policies for ``authenticated`` that ask neither for ``owner_id``, nor for who asks, nor for a row of another
table, nor call a function of yours: each of them may tell.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..storage import OBJECTS, binds_caller, buckets, closed, decided, expressions, for_signed_in
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.STORAGE)

_DOES = {
    "insert": "put files anywhere in",
    "update": "replace anybody's files in",
    "delete": "delete anybody's files in",
    "all": "read, replace and delete anybody's files in",
}


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for the owner in the policies for writing files."""
    if policy.table != OBJECTS or policy.command not in _DOES or not decided(policy) or closed(policy):
        return
    if not for_signed_in(policy) or any(map(binds_caller, expressions(policy))):
        return
    named = buckets(policy)
    where = f"bucket {listed(sorted(named))}" if named else "every bucket"
    yield Fault(
        policy,
        f'policy "{policy.name}" on {OBJECTS} lets whoever is signed in {_DOES[policy.command]} {where}',
        why=("no expression of the policy asks for the owner, or for a folder that is the user's own",),
        remedy="Ask for the owner, or give each user a folder: owner_id = (select auth.uid())::text, or "
        "(storage.foldername(name))[1] = (select auth.uid())::text",
    )
