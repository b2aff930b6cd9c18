"""What policies on ``storage.objects`` test: the bucket, and whose file it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .expressions import Node, bare, function_name, nodes, operator, parsed, roles_compared, texts
from .outcome import Outcome, outcome

if TYPE_CHECKING:
    from ..schema.objects.policy import Policy
    from .schema import Schema

OBJECTS, BUCKETS = "storage.objects", "storage.buckets"

# Functions whose result depends on the request or the path alone, by schema; any other may know whose file it is
_PLAIN_SCHEMAS = frozenset({"storage"})
_PLAIN = frozenset({
    "array_length", "btrim", "char_length", "coalesce", "concat", "length", "lower", "ltrim", "now", "octet_length",
    "regexp_match", "regexp_replace", "replace", "rtrim", "split_part", "starts_with", "string_to_array", "substr",
    "substring", "trim", "upper", "cardinality", "position", "left", "right", "array_position", "auth.role",
})  # fmt: skip
_OWNERS = frozenset({"owner", "owner_id"})


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


@lru_cache(1024)
def columns(text: str) -> frozenset[str]:
    """The bare names of the columns that an expression reads; ``*`` for a whole row."""
    found = set()
    for name, node in nodes({"Expression": parsed(text)}):
        if name == "ColumnRef":
            last = node["fields"][-1]
            found.add("*" if "A_Star" in last else str(last["String"].get("sval", "")))
    return frozenset(found)


def tests_bucket(policy: Policy) -> bool:
    """Whether any expression of a policy reads the bucket (or the whole row)."""
    return any(columns(text) & {"bucket_id", "objects", "*"} for text in expressions(policy))


@lru_cache(1024)
def _buckets(text: str) -> frozenset[str]:
    return frozenset(
        bucket
        for name, node in nodes({"Expression": parsed(text)})
        if name == "A_Expr" and node.get("kind") in {"AEXPR_OP", "AEXPR_IN", "AEXPR_OP_ANY"} and operator(node) == "="
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
        name == "NullTest" and node.get("nulltesttype") == "IS_NOT_NULL" and _is_uid(node.get("arg"))
        for name, node in nodes({"Expression": parsed(text)})
    )


def _is_uid(node: Any) -> bool:
    node = bare(node)
    return isinstance(node, dict) and "FuncCall" in node and function_name(node["FuncCall"]) == "auth.uid"


@lru_cache(1024)
def binds_caller(text: str) -> bool:
    """Whether an expression may tell whose file it is: by its owner, by who asks, or by what is read elsewhere."""
    tree = {"Expression": parsed(text)}
    if columns(text) & {*_OWNERS, "*", "objects", "metadata", "user_metadata"}:
        return True
    ignored = {id(each) for each in _null_tested(tree)}
    for name, node in nodes(tree):
        if name == "SubLink" and "fromClause" in node.get("subselect", {}).get("SelectStmt", {}):
            return True
        if name == "SQLValueFunction":
            return True
        if name == "FuncCall" and id(node) not in ignored:
            called = function_name(node)
            if called not in _PLAIN and called.partition(".")[0] not in _PLAIN_SCHEMAS and called != "auth.role":
                return True
    return False


def _null_tested(tree: Any) -> Iterator[Node]:
    """The calls of which only it is asked whether they give anything."""
    for name, node in nodes(tree):
        if name == "NullTest":
            inner = bare(node.get("arg"))
            if isinstance(inner, dict) and "FuncCall" in inner:
                yield inner["FuncCall"]
