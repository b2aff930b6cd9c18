"""Files of a bucket can be uploaded, but not uploaded again: an upsert needs SELECT and UPDATE as well.

With ``upsert: true`` the Storage API asks for all three, the first upload included, and answers "new row violates
row-level security policy".

It may be meant: files that are written once. Found are buckets by name, in INSERT policies for a role that no
policy lets read, or none lets replace, files of the same bucket.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.catalog import Catalog
from ...schema.objects.policy import Policy
from ...schema.objects.privilege import acts_as
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..storage import OBJECTS, buckets, closed, decided, for_clients
from ..topic import Topic
from ..words import listed

rule = Rule(__name__, level=Level.INFO, about=Policy, topic=Topic.STORAGE)

_NEEDED = ("select", "update")


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for the policies that an upsert needs beside INSERT."""
    if policy.table != OBJECTS or policy.command != "insert" or not decided(policy) or closed(policy):
        return
    table = schema.table_of(policy)
    if table is None or not table.knows("policies") or not for_clients(policy, schema):
        return
    others = [each for each in schema.policies(table) if each.permissive and each.name != policy.name]
    if not all(map(decided, others)):
        return
    for bucket in sorted(buckets(policy)):
        lacking = [
            command
            for command in _NEEDED
            if not any(_covers(each, command, bucket, policy, schema.catalog) for each in others)
        ]
        if lacking:
            yield Fault(
                policy,
                f'policy "{policy.name}" lets {listed(policy.roles)} upload to bucket {bucket}, but no policy lets '
                f"them {listed(map(str.upper, lacking))}: an upsert is refused",
                remedy="Where a file may be uploaded again, let the same role SELECT and UPDATE its own files there",
            )


def _covers(other: Policy, command: str, bucket: str, policy: Policy, catalog: Catalog) -> bool:
    """Whether another policy lets one of the roles do what an upsert does as well."""
    if other.command not in {command, "all"} or closed(other):
        return False
    named = buckets(other)
    if named and bucket not in named:
        return False
    if "public" in {*other.roles, *policy.roles}:
        return True
    return any(role in acts_as(catalog, asked) for asked in policy.roles for role in other.roles)
