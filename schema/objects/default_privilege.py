"""Default privileges: what ALTER DEFAULT PRIVILEGES gives to objects made later."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object


class DefaultPrivilege(Object, frozen=True, kw_only=True):
    """One entry of a ``pg_default_acl`` row."""

    kind: ClassVar[str] = "default_privilege"

    for_role: str
    schema: str | None
    object_type: str  # tables | sequences | functions | types | schemas
    grantee: str
    privilege: str
    grantable: bool = False
    revoked: bool = False  # a built-in default (PUBLIC's EXECUTE) that was taken away
