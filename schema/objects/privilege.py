"""Privileges: what GRANT and REVOKE leave, object by object."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object


class Privilege(Object, frozen=True, kw_only=True):
    """One privilege that one grantee holds on one object, the owner's own aside.

    It is never stored: it is derived from an object's ``acl`` when asked for.
    """

    kind: ClassVar[str] = "privilege"

    object: str  # "table public.todo", "column public.todo.title", "function public.f()"
    grantee: str  # a role, or public
    privilege: str  # select, insert, ...
    grantable: bool = False
