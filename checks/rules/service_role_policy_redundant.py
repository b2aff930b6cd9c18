"""A policy is for ``service_role`` alone, which bypasses row level security and never asks it.

The policy does nothing for the role it means. Where it has no TO it is even asked for every other role, and
looks as if the table were protected by it.

INFO where the policy says TO a role that bypasses row level security; WARN where an expression says it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.policy import Policy
from ..conditions.expressions import SERVICE_ROLE, requires_role
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Policy)


@rule
def check(policy: Policy, schema: Schema) -> Iterator[Fault]:
    """Look for policies that nobody is asked by."""
    named = policy.roles != ("public",) and schema.bypassing.issuperset(policy.roles)
    if not named and not (_is_tested(policy) and schema.bypasses_rls(SERVICE_ROLE)):
        return
    if not policy.permissive or not all(policy.knows(each) for each in ("roles", "using", "check")):
        return
    role = listed(policy.roles) if named else SERVICE_ROLE
    verb = "bypasses" if (named and len(policy.roles) == 1) or not named else "bypass"
    asked = f"it is asked for {listed(policy.roles) if policy.roles != ('public',) else 'every other role'}, in vain"
    yield Fault(
        policy,
        f'policy "{policy.name}" on {policy.table} does nothing: it is for {role}, which {verb} row level security',
        why=() if named else (asked,),
        remedy="Drop it:",
        sql=f"drop policy {quote_ident(policy.name)} on {policy.table};",
        level=Level.INFO if named else None,
    )


def _is_tested(policy: Policy) -> bool:
    """Whether each expression that a policy has asks for the role."""
    if SERVICE_ROLE not in (policy.using or policy.check or ""):
        return False
    texts = [text for text in (policy.using, policy.check) if text is not None]
    return bool(texts) and all(requires_role(text, SERVICE_ROLE) for text in texts)
