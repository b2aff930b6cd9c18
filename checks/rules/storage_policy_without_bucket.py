"""A policy on ``storage.objects`` does not ask for the bucket, so it holds for the files of every bucket.

All buckets keep their files in one table. What was meant for avatars then opens invoices as well, those of buckets
that are made next year among them.

Found are permissive policies none of whose expressions reads ``bucket_id``. One that is limited to files of the
caller's own is found where it lets them be *written*: into any bucket, whatever its purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..storage import OBJECTS, binds_caller, closed, decided, expressions, for_clients, tests_bucket
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.STORAGE)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for bucket_id in the policies of storage.objects."""
    if policy.table != OBJECTS or not decided(policy) or tests_bucket(policy) or closed(policy):
        return
    texts = expressions(policy)
    if not for_clients(policy, schema) or (policy.command == "select" and any(map(binds_caller, texts))):
        return
    may = {"all": "read and change", "select": "read"}.get(policy.command, policy.command)
    yield Fault(
        policy,
        f'policy "{policy.name}" on {OBJECTS} names no bucket: {listed(policy.roles)} may {may} files of every bucket',
        why=(f"{OBJECTS} holds the files of all buckets, and no expression of the policy reads bucket_id",),
        remedy="Add the bucket that is meant: bucket_id = 'avatars' and ...",
    )
