"""Which objects are the platform's own, and no matter of the project: what a snapshot leaves out.

Asked of objects alone, so that a simulated catalog and a live one, whose platform is newer or older, give the
same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from ..names import quote_ident
from ..objects.privilege import all_privileges
from ..objects.role import Role
from ..objects.schema import Schema
from ..simulate import platform_catalog

if TYPE_CHECKING:
    from ..catalog import Key, Object

SUPERUSER = "supabase_admin"  # where it is, the platform is Supabase's
PROJECT_ROLES = frozenset({"postgres", "anon", "authenticated", "service_role", "authenticator"})
CLIENTS = frozenset({"public", "anon", "authenticated", "service_role"})
# Of the platform too, once they are there: what webhooks need, and the history of migrations, whoever made it
WEBHOOKS, HISTORY = "supabase_functions", "supabase_migrations"
# What has an owner: in a schema of the platform it is the platform's, unless role postgres owns it
OWNED = frozenset({"table", "view", "sequence", "function", "type"})
# What belongs to a relation without an owner of its own, and cannot be added to one that is not one's own
PARTS = frozenset({"column", "constraint", "index"})


class Platform(msgspec.Struct, frozen=True):
    """The platform's objects by key, its schemas but public, and the roles that are closed to the project."""

    objects: dict[Key, Object]
    schemas: frozenset[str]
    roles: frozenset[str]


@cache
def platform(name: str = "supabase") -> Platform:
    """The platform of this name: supabase or none."""
    catalog = platform_catalog(platform=name)
    later = {WEBHOOKS, HISTORY} if name != "none" else set()
    return Platform(
        {each.key: each for each in (*catalog, *all_privileges(catalog))},
        frozenset({schema.identity for schema in catalog.of(Schema)} - {"public"} | later),
        frozenset(role.identity for role in catalog.of(Role)) - PROJECT_ROLES,
    )


def of_platform(objects: Collection[Object], name: str | None = None, *, used: bool = True) -> set[Key]:
    """The keys of those objects that are the platform's, but for the relations and functions that others stand on.

    ``name`` is the platform; None: whose roles are there. Without ``used`` what others stand on is the platform's too.

    Schema public, its privileges, the default privileges of role postgres, extensions, publications and policies
    are the project's, whoever made them: what is gone of them must be seen.
    """
    keys = {each.key for each in objects}
    sorting = _Sorting(platform(name or ("supabase" if ("role", SUPERUSER) in keys else "none")), objects)
    left_out = {each.key for each in objects if sorting.is_platform(each)}
    for each in objects if used else ():
        if each.key not in left_out:
            left_out.difference_update(_stands_on(each))
    return left_out


def _stands_on(obj: Object) -> Iterator[Key]:
    """What an object names as the relation or function that it belongs to or refers to."""
    for attribute in ("table", "references"):
        relation = getattr(obj, attribute, None)
        if isinstance(relation, str):
            yield from (("table", relation), ("view", relation))
    function = getattr(obj, "function", None)
    if isinstance(function, str):
        yield ("function", function)
    label, _, identity = str(getattr(obj, "object", "")).partition(" ")
    if identity:
        yield (label, identity)
        if label == "column":
            yield from (("table", name) for name in _prefixes(identity))
        elif label in {"constraint", "policy", "trigger"}:
            yield ("table", identity.rpartition(" on ")[2])


def _prefixes(identity: str) -> Iterator[str]:
    """Every beginning of a name that ends before a dot: of a column's, one is its table's."""
    return (identity[:place] for place, letter in enumerate(identity) if letter == ".")


class _Sorting:
    """Say of each object of a catalog whether it is the platform's."""

    def __init__(self, known: Platform, objects: Collection[Object]) -> None:
        self.known = known
        self.owned = {each.key for each in objects if each.kind in OWNED and self._is_owned(each)}
        self.relations = {identity for kind, identity in self.owned if kind != "function"}

    def is_platform(self, obj: Object) -> bool:
        ask = self._asked.get(obj.kind)
        return ask is not None and ask(self, obj)

    def _is_owned(self, obj: Any) -> bool:
        if obj.origin in {"assumed", "external"}:
            return False
        return obj.schema in self.known.schemas and (obj.owner != "postgres" or obj.schema == HISTORY)

    def _is_alike(self, obj: Object) -> bool:
        mine = self.known.objects.get(obj.key)
        return mine is not None and all(mine.likeness(obj, name).same for name in obj.attribute_names())

    def _is_on_owned(self, label: str, identity: str) -> bool:
        """Whether an object that a privilege or a comment names is the platform's."""
        if label == "schema":
            return identity in self.known.schemas
        if label == "column":
            return any(name in self.relations for name in _prefixes(identity))
        if label in {"constraint", "index", "trigger"}:
            return identity.rpartition(" on ")[2] in self.relations
        return (label, identity) in self.owned

    def _schema(self, obj: Any) -> bool:
        of_postgres = obj.owner == "postgres" and obj.identity != HISTORY
        return obj.identity in self.known.schemas and (not of_postgres or self._is_alike(obj))

    def _trigger(self, obj: Any) -> bool:
        """Ask for a function of the platform's on a table of the platform's; a trigger of one's own calls another."""
        schema = next(_prefixes(obj.function), "").strip('"')
        return obj.table in self.relations and (
            ("function", obj.function) in self.owned or schema in self.known.schemas
        )

    def _role(self, obj: Any) -> bool:
        name: str = obj.name
        return name in self.known.roles or name.startswith(("pg_", "supabase_")) or self._is_alike(obj)

    def _privilege(self, obj: Any) -> bool:
        label, _, identity = obj.object.partition(" ")
        closed = obj.grantee not in CLIENTS and obj.grantee in self.known.roles | PROJECT_ROLES
        return self._is_on_owned(label, identity) and (closed or self._is_alike(obj))

    def _default_privilege(self, obj: Any) -> bool:
        return obj.for_role in self.known.roles or (obj.schema in self.known.schemas and self._is_alike(obj))

    def _comment(self, obj: Any) -> bool:
        if self._is_alike(obj):
            return True
        label, _, identity = obj.object.partition(" ")
        if label == "trigger":
            return False  # one of one's own may have it; the platform's have none
        if label == "role":
            return identity in {quote_ident(name) for name in self.known.roles} | self.known.roles
        return self._is_on_owned(label, identity)

    _asked: ClassVar[dict[str, Callable[[_Sorting, Any], bool]]] = {
        **dict.fromkeys(OWNED, _is_owned),
        **dict.fromkeys(PARTS, lambda self, obj: obj.table in self.relations),
        "schema": _schema,
        "trigger": _trigger,
        "role": _role,
        "privilege": _privilege,
        "default_privilege": _default_privilege,
        "comment": _comment,
        "event_trigger": lambda self, obj: obj.owner != "postgres" and SUPERUSER in self.known.roles,
    }
