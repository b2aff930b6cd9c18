"""A policy for ``authenticated`` is one for everybody: anonymous sign-ins are switched on.

Whoever calls ``signInAnonymously()`` has the role ``authenticated`` from then on, without an account. A policy that
asks no more than whether somebody is signed in then lets the whole world through. The Advisor lists it as 0012,
which has no SQL of its own.

Found are permissive policies that tell no user from another, where ``target.anonymous_sign_ins`` (or
``[auth] enable_anonymous_sign_ins`` of config.toml) is true. A policy for rows of one's own, one that asks for the
claim ``is_anonymous``, and a table with a restrictive policy that does, are not.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ...schema.objects.table import Table
from ..conditions.callers import asks_caller
from ..conditions.outcome import Outcome, outcome
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Policy, topic=Topic.AUTH)

_CLAIM = "is_anonymous"


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for policies that a user without an account passes as well."""
    if not schema.target.anonymous_sign_ins or not policy.permissive:
        return
    table = schema.table_of(policy)
    if table is None or not table.row_security or not all(map(policy.knows, ("roles", "command", "using", "check"))):
        return
    texts = [text for text in (policy.using, policy.check) if text is not None]
    if not _is_for_users(policy, texts) or any(_CLAIM in text or asks_caller(text) for text in texts):
        return
    if _is_limited(policy, table, schema):
        return
    does = {"all": "read and change", "select": "read"}.get(policy.command, policy.command)
    kind = "" if policy.command == "all" else f" for {policy.command}"
    clause = "with check" if policy.command == "insert" else "using"
    yield Fault(
        policy,
        f'policy "{policy.name}" on {policy.table} lets anybody {does}: to be signed in takes no account here',
        why=("anonymous sign-ins are switched on", "who signs in anonymously has the role authenticated"),
        remedy="Ask for the claim that tells them apart, in this policy or in a restrictive one:",
        sql=f"create policy {quote_ident('permanent users ' + policy.command)} on {policy.table} as restrictive{kind} "
        f"to authenticated\n  {clause} ((select (auth.jwt() ->> 'is_anonymous')::boolean) is false);",
    )


def _is_for_users(policy: Policy, texts: list[str]) -> bool:
    """Whether ``authenticated`` passes and ``anon``, who needs no account anyway, does not."""
    if not {"public", "authenticated"} & set(policy.roles):
        return False
    if any(outcome(text, "authenticated") is Outcome.NEVER for text in texts):
        return False
    open_to_anon = {"public", "anon"} & set(policy.roles)
    return not open_to_anon or any(outcome(text, "anon") is Outcome.NEVER for text in texts)


def _is_limited(policy: Policy, table: Table, schema: Schema) -> bool:
    """Whether a restrictive policy asks for the claim, or there may be one that is not known."""
    if not table.knows("policies"):
        return True
    return any(
        not each.permissive
        and each.command in {"all", policy.command}
        and any(_CLAIM in text for text in (each.using, each.check) if text)
        for each in schema.policies(table)
    )
