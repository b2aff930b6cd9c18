"""Access lists: what GRANT and REVOKE make of one, and what is built in.

An ``Acl`` says what each grantee but the owner may do; the owner may do everything, so an entry for the owner
stands only where something was revoked from it (and holds what is left). What another role than the owner granted
(it must hold a grant option) is kept apart, under ``granted_by``, since the owner cannot revoke it, nor that role
what the owner granted. MAINTAIN exists from PostgreSQL 17 on and is masked everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalog import Acl

PUBLIC = "public"

# ACL_ALL_RIGHTS_* of src/include/utils/acl.h, in the order of the catalog's letters
PRIVILEGES: Mapping[str, tuple[str, ...]] = {
    "tables": ("insert", "select", "update", "delete", "truncate", "references", "trigger"),
    "columns": ("insert", "select", "update", "references"),
    "sequences": ("select", "update", "usage"),
    "functions": ("execute",),
    "types": ("usage",),
    "schemas": ("usage", "create"),
}
MASKED = frozenset({"maintain"})

# acldefault() of src/backend/utils/adt/acl.c, the owner's part left out
BUILT_IN: Mapping[str, Acl] = {
    "functions": {PUBLIC: {"execute": False}},
    "types": {PUBLIC: {"usage": False}},
}
NOTHING: Acl = {}


_BY = "\0"  # in no name


def granted_by(grantee: str, grantor: str) -> str:
    """The key of what a grantee was granted by another role than the owner."""
    return f"{grantee}{_BY}{grantor}"


def merged(acl: Acl) -> Acl:
    """What each grantee may do, whoever granted it."""
    if _BY not in "".join(acl):
        return acl
    found: dict[str, dict[str, bool]] = {}
    for grantee, held in acl.items():
        mine = found.setdefault(grantee.partition(_BY)[0], {})
        for privilege, option in held.items():
            mine[privilege] = option or mine.get(privilege, False)
    return found


def effective(acl: Acl | None, object_type: str) -> Acl:
    """The access list in force: what was granted, or what is built in for objects of this type."""
    return acl if acl is not None else BUILT_IN.get(object_type, NOTHING)


def granted(acl: Acl, owner: str, grantees: Iterable[str], privileges: Iterable[str], *, option: bool) -> Acl:
    """The access list after GRANT, the same where nothing is new in it; ``option`` is WITH GRANT OPTION."""
    grantees, privileges = tuple(grantees), tuple(privileges)
    if all(_holds(acl, owner, grantee, privileges, option=option) for grantee in grantees):
        return acl
    changed = {grantee: dict(held) for grantee, held in acl.items()}
    for grantee in grantees:
        if grantee == owner and grantee not in changed:
            continue  # it has everything
        held = changed.setdefault(grantee, {})
        for privilege in privileges:
            held[privilege] = option or held.get(privilege, False)
    return _shared(changed)


def _holds(acl: Acl, owner: str, grantee: str, privileges: Iterable[str], *, option: bool) -> bool:
    """Whether a grantee may do all that already."""
    held = acl.get(grantee)
    if held is None:
        return grantee == owner
    return all(held.get(privilege, False) if option else privilege in held for privilege in privileges)


def revoked(
    acl: Acl,
    owner: str,
    grantees: Iterable[str],
    privileges: Iterable[str],
    *,
    object_type: str,
    option_only: bool,
) -> Acl:
    """The access list after REVOKE; ``option_only`` is GRANT OPTION FOR."""
    changed = {grantee: dict(held) for grantee, held in acl.items()}
    for grantee in grantees:
        if grantee == owner and not option_only:
            changed.setdefault(grantee, dict.fromkeys(PRIVILEGES[object_type], True))
        held = changed.get(grantee)
        if held is None:
            continue
        for privilege in privileges:
            if option_only and privilege in held:
                held[privilege] = False
            elif not option_only:
                held.pop(privilege, None)
        if not held and grantee != owner:
            del changed[grantee]
    return _shared(changed)


def _shared(acl: Acl) -> Acl:
    """One list for all that say the same, as those of a project's tables and functions do."""
    return _spelt(tuple([(grantee, *held.items()) for grantee, held in acl.items()]))


@lru_cache(1024)
def _spelt(entries: tuple[tuple[Any, ...], ...]) -> Acl:
    return {grantee: dict(held) for grantee, *held in entries}


def owned(acl: Acl | None, old: str, new: str) -> Acl | None:
    """The access list after ALTER ... OWNER TO, as ``aclnewowner`` makes it."""
    if acl is None or old == new:
        return acl
    changed = {grantee: held for grantee, held in acl.items() if grantee not in {old, new}}
    if old in acl:  # something was revoked from the old owner: the new one has what either had
        changed[new] = {**acl.get(new, {}), **acl[old]}
    return changed


def renamed(acl: Acl | None, old: str, new: str) -> Acl | None:
    """The access list after ALTER ROLE ... RENAME."""
    if acl is None or not names_role(acl, old):
        return acl
    return {
        _BY.join(new if name == old else name for name in grantee.split(_BY)): held for grantee, held in acl.items()
    }


def names_role(acl: Acl, role: str) -> bool:
    """Whether a role is in an access list, as grantee or as grantor."""
    return any(role in grantee.split(_BY) for grantee in acl)


def without_role(acl: Acl, roles: Collection[str]) -> Acl:
    """The access list after DROP OWNED: nothing for these roles, and nothing by them."""
    return {grantee: held for grantee, held in acl.items() if not set(grantee.split(_BY)) & set(roles)}
