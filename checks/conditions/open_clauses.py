"""The clauses of a policy that let everything pass, as splinter 0024 reads them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ...schema.pattern import lazy
from .outcome import plainly_true

if TYPE_CHECKING:
    from ...schema.objects.policy import Policy

_SHORT = lazy(r"\W*(true|1|t|yes|on|y|bool|cast|--|/\*)", re.IGNORECASE)  # what may be true; most is not parsed


def open_clauses(policy: Policy) -> list[str]:
    """The clauses of a policy that limit nothing, as splinter reads them."""
    return [
        *(["USING"] if _using_is_open(policy) else ()),
        *(["WITH CHECK"] if _check_is_open(policy) else ()),
    ]


@lru_cache(maxsize=1024)  # policies say the same again and again
def _is_true(expression: str | None) -> bool:
    return expression is not None and _SHORT.match(expression) is not None and plainly_true(expression)


def _using_is_open(policy: Policy) -> bool:
    return policy.command in {"update", "delete", "all"} and (policy.using is None or _is_true(policy.using))


def _check_is_open(policy: Policy) -> bool:
    if policy.check is not None:
        return _is_true(policy.check)
    return policy.command == "insert" or (policy.command in {"update", "all"} and _is_true(policy.using))
