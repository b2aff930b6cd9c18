"""What policies on ``storage.objects`` test: the bucket, and whose file it is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .conditions.callers import asks_caller, columns
from .conditions.expressions import bare, is_uid, named, operator, roles_compared, texts
from .conditions.outcome import Outcome, outcome

if TYPE_CHECKING:
    from ..schema.objects.policy import Policy
    from .schema import Schema

OBJECTS, BUCKETS = "storage.objects", "storage.buckets"

_OWNERS = frozenset({"owner", "owner_id", "metadata", "user_metadata", "objects", "*"})


def decided(policy: Policy) -> bool:
    """Whether everything that these questions ask of a policy is known, and it lets clients through."""
    return policy.permissive and all(map(policy.knows, ("roles", "command", "using", "check", "permissive")))


def expressions(policy: Policy) -> tuple[str, ...]:
    """The expressions of a policy."""
    return tuple(text for text in (policy.using, policy.check) if text is not None)


def closed(policy: Policy) -> bool:
    """Whether a policy lets nobody through."""
    return any(
        all(outcome(text, role) is Outcome.NEVER for role in ("anon", "authenticated")) for text in expressions(policy)
    )


def for_clients(policy: Policy, schema: Schema) -> bool:
    """Whether a policy is asked for anybody: a role that bypasses row level security never is."""
    return not all(schema.bypasses_rls(role) for role in policy.roles)


def tests_bucket(policy: Policy) -> bool:
    """Whether any expression of a policy reads the bucket (or the whole row)."""
    return any(columns(text) & {"bucket_id", "objects", "*"} for text in expressions(policy))


@lru_cache(1024)
def _buckets(text: str) -> frozenset[str]:
    return frozenset(
        bucket
        for node in named(text, "A_Expr")
        if node.get("kind") in {"AEXPR_OP", "AEXPR_IN", "AEXPR_OP_ANY"} and operator(node) == "="
        for one, other in ((node.get("lexpr"), node.get("rexpr")), (node.get("rexpr"), node.get("lexpr")))
        if _is_bucket(one)
        for bucket in texts(other)
    )


def _is_bucket(node: Any) -> bool:
    node = bare(node)
    return (
        isinstance(node, dict)
        and "ColumnRef" in node
        and node["ColumnRef"]["fields"][-1].get("String", {}).get("sval") == "bucket_id"
    )


def buckets(policy: Policy) -> frozenset[str]:
    """The buckets that a policy names; empty where it names none, and may be about any."""
    return frozenset(bucket for text in expressions(policy) for bucket in _buckets(text))


def for_signed_in(policy: Policy) -> bool:
    """Whether a policy says that it is for ``authenticated``: by TO, or by asking for the role."""
    if policy.roles == ("public",):
        compared = {role for text in expressions(policy) for role in roles_compared(text)}
        return compared == {"authenticated"} or any(map(_asks_for_user, expressions(policy)))
    return "authenticated" in policy.roles


def _asks_for_user(text: str) -> bool:
    """Whether ``auth.uid() is not null`` is asked."""
    return any(
        node.get("nulltesttype") == "IS_NOT_NULL" and is_uid(node.get("arg")) for node in named(text, "NullTest")
    )


def binds_caller(text: str) -> bool:
    """Whether an expression may tell whose file it is: by its owner, by who asks, or by what is read elsewhere."""
    return bool(columns(text) & _OWNERS) or asks_caller(text)
