"""A policy asks the token for ``user_metadata``, which every user may write.

Whoever is signed in sets it with ``supabase.auth.updateUser()``, to any value: a policy that decides by it is
decided by the very user it is to hold back.

Found is what the Advisor finds (splinter 0015), which matches the text of the expression as the server prints
it: ``auth.jwt()``, or ``current_setting('request.jwt.claims')``, and ``user_metadata`` somewhere behind it.
Metadata that is read from ``auth.users`` instead, or by a function, is not found; nor is, other than there, a
``select *`` behind the token from a table that has such a column, which the server writes out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.objects.policy import Policy
from ..conditions.printed import follows
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import RESERVED_SCHEMAS, Schema

rule = Rule(__name__, level=Level.ERROR, about=Policy, splinter="0015_rls_references_user_metadata")

_METADATA = "user.metadata"  # in LIKE the underscore stands for any character
_SOURCES = ((r"auth\.jwt\(\)$",), (r"current.setting\($", r"request\.jwt\.claims"))


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for the metadata behind the token in each expression."""
    table = schema.table_of(policy)
    if table is None or table.schema in RESERVED_SCHEMAS:
        return
    for attribute, text in (("using", policy.using), ("check", policy.check)):
        if text and policy.knows(attribute) and _reads_metadata(text):
            clause = "USING" if attribute == "using" else "WITH CHECK"
            yield Fault(
                policy,
                f'policy "{policy.name}" on {policy.table} trusts user_metadata of the token in its {clause}',
                why=("every user changes their own user_metadata with supabase.auth.updateUser()",),
                remedy="Decide by app_metadata, which only service_role writes, or by a table of your own",
                cache_keys=(f"rls_references_user_metadata_{table.schema}_{table.name}_{policy.name}",),
            )
            return


@rule.where
def _reads_metadata(text: str) -> bool:
    return "metadata" in text and any(follows(text, *source, _METADATA) for source in _SOURCES)
