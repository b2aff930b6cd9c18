"""A bucket is public: whoever has the address of a file gets it, without a key and past every policy.

Policies on ``storage.objects`` still say who may list, upload, replace and delete; reading a file by its path is not
asked about. For pictures of a website that is meant.

WARN where a policy for SELECT names the bucket and does not let everybody read: it looks as if it protected the
files. (Where the same role may replace files too, such a policy may be there for upserts: then it is INFO.)
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_literal
from ...schema.objects.bucket import Bucket
from ...schema.objects.policy import Policy
from ..conditions.outcome import Outcome, outcome
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..storage import OBJECTS, buckets, decided
from ..words import listed

rule = Rule(__name__, level=Level.INFO, about=Bucket)


@rule
def check(bucket: Bucket, schema: Schema) -> Iterator[Fault]:
    """Look for public buckets, and for policies that this makes moot."""
    if not bucket.knows("public") or not bucket.public:
        return
    moot = _moot(bucket, schema)
    names = listed(f'"{policy.name}"' for policy in moot)
    places = [place for policy in moot if (place := schema.place(policy))]
    yield Fault(
        bucket,
        f"bucket {bucket.identity} is public" + (f", which makes {names} moot" if moot else ""),
        why=(
            f"/storage/v1/object/public/{bucket.identity}/... gives every file to whoever knows its path",
            *([f"{names} {'is' if len(moot) == 1 else 'are'} not asked there"] if moot else ()),
        ),
        remedy="Where not everybody is to have the files, make it private (and hand out signed addresses):",
        sql=f"update storage.buckets set public = false where id = {quote_literal(bucket.identity)};",
        related=tuple(Related(place, "this policy is not asked for a public address") for place in places),
        level=Level.WARN if moot else None,
    )


def _moot(bucket: Bucket, schema: Schema) -> list[Policy]:
    """The policies for reading the bucket that look as if they kept somebody out."""
    policies = [each for each in schema.catalog.children(OBJECTS, Policy) if decided(each)]
    mine = [each for each in policies if bucket.identity in buckets(each)]
    reading = [each for each in mine if each.command == "select"]
    if any({"public", "anon"} & set(each.roles) and _is_open(each) for each in reading):
        return []
    writers = {role for each in mine if each.command in {"update", "all"} for role in each.roles}
    return [each for each in reading if not writers & {*each.roles, "public"}]


def _is_open(policy: Policy) -> bool:
    """Whether nothing but the bucket is asked for."""
    from ..conditions.callers import asks_caller, columns

    text = policy.using or "true"
    return outcome(text, "anon") is not Outcome.NEVER and columns(text) <= {"bucket_id"} and not asks_caller(text)
