"""Roles and their memberships."""

from __future__ import annotations

from typing import ClassVar

from ..catalog import Object


class Role(Object, frozen=True, kw_only=True):
    """A row of ``pg_roles``."""

    kind: ClassVar[str] = "role"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})

    name: str
    superuser: bool = False
    bypassrls: bool = False
    login: bool = False
    inherit: bool = True
    createrole: bool = False
    createdb: bool = False
    replication: bool = False
    memberships: tuple[str, ...] = ()  # the roles it is a member of, sorted
    config: tuple[str, ...] = ()  # rolconfig
