"""A public bucket lets clients list all its files, which nobody needs who has their addresses.

Reading a file of a public bucket by its path asks no policy; one for SELECT on ``storage.objects`` that lets a
client role see the whole bucket adds the list of everything that is in it.

Found is what the Advisor finds (splinter 0025): public buckets, and permissive policies for SELECT or ALL for
PUBLIC, ``anon`` or ``authenticated`` whose USING is not there, is plainly true, or is ``bucket_id = '...'`` and
nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...schema.names import quote_ident
from ...schema.objects.bucket import Bucket
from ...schema.objects.policy import Policy
from ..conditions.expressions import operator, parsed
from ..conditions.outcome import plainly_true
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..storage import OBJECTS
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Bucket, splinter="0025_public_bucket_allows_listing")

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#x0d;"})  # splinter reads the buckets as XML


@rule
def check(bucket: Bucket, schema: Schema) -> Iterator[Fault]:
    """Look for policies that let clients see a public bucket as a whole."""
    if not bucket.knows("public") or not bucket.public:
        return
    shown = bucket.identity.translate(_ESCAPES)
    policies = [each for each in schema.catalog.children(OBJECTS, Policy) if _lists(each, shown)]
    if policies:
        policies.sort(key=lambda policy: policy.name)
        names = listed(f'"{policy.name}"' for policy in policies)
        lets = "lets" if len(policies) == 1 else "let"
        yield Fault(
            bucket,
            f"{names} on {OBJECTS} {lets} clients list all files of the public bucket {bucket.identity}",
            why=(f"/storage/v1/object/list/{bucket.identity} asks these policies; a public file's address asks none",),
            remedy="Where nothing lists the bucket, drop "
            + ("it:" if len(policies) == 1 else "them (one for ALL is for writing as well):"),
            sql="\n".join(f"drop policy {quote_ident(policy.name)} on {OBJECTS};" for policy in policies),
            related=tuple(
                Related(place, f'policy "{policy.name}" shows the bucket to {listed(policy.roles)}')
                for policy in policies
                if (place := schema.place(policy))
            ),
            cache_keys=(f"public_bucket_allows_listing_{shown}",),
        )


def _lists(policy: Policy, bucket: str) -> bool:
    """Whether a policy lets clients see every file of a bucket, as splinter reads it."""
    if policy.command not in {"select", "all"} or not policy.permissive:
        return False
    if not all(map(policy.knows, ("command", "permissive", "roles", "using"))):
        return False
    if not {"public", *CLIENT_ROLES} & set(policy.roles):
        return False
    return policy.using is None or _bucket(policy.using) == bucket or plainly_true(policy.using)


def _bucket(text: str) -> str | None:
    """The bucket of ``bucket_id = '...'``, where the expression is that and nothing more."""
    test = (parsed(text) or {}).get("A_Expr", {})
    if test.get("kind") not in {"AEXPR_OP", "AEXPR_IN"} or operator(test) != "=":
        return None
    column = test.get("lexpr", {}).get("ColumnRef", {}).get("fields", [{}])[-1]
    value = test["rexpr"].get("List", {}).get("items", [test["rexpr"]])
    if column.get("String", {}).get("sval") != "bucket_id" or len(value) != 1:
        return None
    return _text(value[0])


def _text(node: Any) -> str | None:
    """The string that a node is; a cast to text is what the server prints anyway."""
    if "TypeCast" in node and node["TypeCast"]["typeName"]["names"][-1]["String"].get("sval") == "text":
        node = node["TypeCast"]["arg"]
    constant = node.get("A_Const", {}).get("sval")
    return None if constant is None or "\\" in constant.get("sval", "") else constant.get("sval", "")
