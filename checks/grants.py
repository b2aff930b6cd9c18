"""Where a privilege comes from: ownership, the default privileges, or a GRANT, with its place where it is known."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from ..schema.acl import PUBLIC
from ..schema.objects.column import Column
from ..schema.objects.default_privilege import DefaultPrivilege
from ..schema.objects.privilege import acl_of, acts_as, owner_of
from ..schema.objects.role import Role

if TYPE_CHECKING:
    from ..schema.catalog import Catalog, Object
    from ..schema.source import Location, Statement

_ON = {"table": "OBJECT_TABLE", "view": "OBJECT_TABLE", "sequence": "OBJECT_SEQUENCE", "schema": "OBJECT_SCHEMA"}
_ROUTINES = frozenset({"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"})
# Leaves of a text the words of letters, digits and underscores, in lower case
_TO_WORDS = (
    bytes(byte if chr(byte).isalnum() or byte in b"_" else 32 for byte in bytes(range(128)).lower()) + b" " * 128
)
_start = attrgetter("start")
_TYPES = {"table": "tables", "view": "tables", "sequence": "sequences", "function": "functions", "schema": "schemas"}


class Origin(msgspec.Struct, frozen=True):
    """Where a privilege comes from.

    ``how`` is owner, superuser, default, granted, or predefined (a role of the server's own that may read or write
    everything); ``role`` holds it itself: the one that was asked for, PUBLIC, or a role it is a member of; ``at`` is
    the GRANT, or the ALTER DEFAULT PRIVILEGES, where that is known.
    """

    how: str
    role: str
    at: Location | None = None

    def said(self, asked: str, schema: str, *, assumed: bool = False) -> str:
        """The origin in a few words, as they stand in parentheses behind what is held."""
        place = f" at {self.at.file}:{self.at.line}" if self.at else ""
        who = {asked: "", PUBLIC: " to PUBLIC"}.get(self.role, f" to {self.role}, of which {asked} is a member")
        if self.how == "default":
            guess = ", as is assumed here" if assumed and not self.at else ""
            through = f", to {self.role}" if self.role != asked else ""
            return f"the default privileges of schema {schema}{through}{place and ', set' + place}{guess}"
        if self.how == "granted":
            return f"granted{place}{who}"
        if self.how == "owner":
            return "its owner" if self.role == asked else f"as a member of its owner {self.role}"
        return "a superuser" if self.how == "superuser" else f"as a member of {self.role}"


def origin(catalog: Catalog, grants: Grants, role: str, obj: Object, privilege: str) -> Origin | None:
    """Say where a privilege that a role holds comes from; None where it holds none, or not certainly."""
    acl, owner = acl_of(obj), owner_of(catalog, obj)
    roles = [role, PUBLIC, *(each for each in acts_as(catalog, role) if each != role)]
    known = catalog.get(Role, role)
    if known is not None and known.superuser:
        return Origin("superuser", role)
    if obj.knows("owner") and owner in roles and owner not in acl:
        return Origin("owner", owner)
    holder = next((each for each in roles if privilege in acl.get(each, {})), None)
    if holder is None:
        every = {"pg_read_all_data", "pg_write_all_data"}
        return next((Origin("predefined", each) for each in roles if each in every), None)
    entry = _default(catalog, grants, obj, (owner, holder, privilege))
    if entry is not None and grants.last(obj, holder, privilege, grant=False) is None:
        return Origin("default", holder, entry.made_at if entry.origin == "made" else None)
    granting = grants.last(obj, holder, privilege)
    return Origin("granted", holder, granting.location if granting else None)


def _default(catalog: Catalog, grants: Grants, obj: Object, wanted: tuple[str, str, str]) -> DefaultPrivilege | None:
    """The default privilege (of whose objects, to whom, what) that was there when the object was made."""
    object_type, schema = _TYPES.get(obj.kind), getattr(obj, "schema", None)
    for entry in grants.defaults(catalog).get(wanted, ()):
        if entry.object_type == object_type and entry.schema in {None, schema} and grants.before(entry, obj):
            return entry
    return None


class Grants:
    """The GRANT and REVOKE statements of the migrations, to be searched by object, grantee and privilege."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements = statements
        self._defaults: tuple[Catalog, dict[tuple[str, str, str], list[DefaultPrivilege]]] | None = None

    def defaults(self, catalog: Catalog) -> Mapping[tuple[str, str, str], list[DefaultPrivilege]]:
        """The default privileges of a catalog by (of whose objects, to whom, what); kept for the last one asked."""
        if self._defaults is None or self._defaults[0] is not catalog:
            found: dict[tuple[str, str, str], list[DefaultPrivilege]] = {}
            for each in catalog.of(DefaultPrivilege):
                if not each.revoked:
                    found.setdefault((each.for_role, each.grantee, each.privilege), []).append(each)
            self._defaults = (catalog, found)
        return self._defaults[1]

    def number(self, place: Location | None) -> int:
        """Which statement stands at a place; -1 for what was there before the first."""
        first, end = self._of_file.get(place.file, (0, 0)) if place else (0, 0)
        if place is None or first == end:
            return -1
        start = self.statements[first].source.offset(place.line, place.column)
        number = bisect_left(self.statements, start, first, end, key=_start)
        return number if number < end and self.statements[number].location == place else -1

    @cached_property
    def _of_file(self) -> Mapping[str, tuple[int, int]]:
        """Where the statements of each file begin and end: they run one file after the other."""
        found: dict[str, tuple[int, int]] = {}
        end = 0
        for path, group in groupby(self.statements, lambda each: each.source.path):
            found[path] = (end, end := end + sum(1 for _ in group))
        return found

    def before(self, one: Object, other: Object) -> bool:
        """Whether one object was made before another, or was there from the beginning."""
        return one.made_at is None or self.number(one.made_at) < self.number(other.made_at)

    def last(self, obj: Object, grantee: str, privilege: str, *, grant: bool = True) -> Statement | None:
        """The last GRANT (or REVOKE) on an object, or on all of its schema, to a grantee since it was made."""
        column = obj.name if isinstance(obj, Column) else None
        schema, name = _written(obj)
        since = self.number(obj.made_at)
        about = {name, f"*{schema}"}
        everything = self._saying(schema) & self._saying("schema")  # in the schema
        for number in sorted(self._saying(name) | everything, reverse=True):
            if number <= since:
                break
            node = self.statements[number].node
            if bool(node.get("is_grant")) is not grant or about.isdisjoint(_names(node)):
                continue
            if _is_on(node, obj, schema) and _gives(node, grantee, privilege, column):
                return self.statements[number]
        return None

    def _saying(self, name: str) -> set[int]:
        """The statements that may name this: they have a word of it, or escapes (``U&"..."``)."""
        words = name.encode().translate(_TO_WORDS).split()
        found = self._by_word.get(max(words, key=len) if words else b"", set())
        return found | self._by_word[b"u"] if b"u" in self._by_word else found

    @cached_property
    def _by_word(self) -> Mapping[bytes, set[int]]:
        """The statements by the words of their texts, all by none: few are asked for, and those are read again."""
        found: dict[bytes, set[int]] = defaultdict(set)
        for number, statement in enumerate(self.statements):
            if statement.kind == "GrantStmt":
                text = statement.source.data[statement.start : statement.end]
                for word in (b"", *text.translate(_TO_WORDS).split()):
                    found[word].add(number)
        return found


def _written(obj: Object) -> tuple[str, str]:
    """The schema and the bare name that a GRANT on an object (or on a column's table) names."""
    if isinstance(obj, Column):
        from ..schema.session import split_name

        schema, name = split_name(obj.table)
        return schema or "public", name
    name = getattr(obj, "name", obj.identity)
    return str(getattr(obj, "schema", name)), str(name)


def _names(node: Mapping[str, Any]) -> Iterator[str]:
    """The bare names that a GRANT names; ``*schema`` where it is on all in a schema."""
    everything = node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA"
    for each in node.get("objects", ()):
        if "RangeVar" in each:
            yield each["RangeVar"]["relname"]
        elif "ObjectWithArgs" in each:
            yield each["ObjectWithArgs"]["objname"][-1]["String"].get("sval", "")
        elif "String" in each:
            name = each["String"].get("sval", "")
            yield f"*{name}" if everything else name


def _is_on(node: Mapping[str, Any], obj: Object, schema: str) -> bool:
    """Whether a GRANT, on something of this name, is on this object (or on its column)."""
    kind = "table" if isinstance(obj, Column) else obj.kind
    objtype = node.get("objtype")
    if objtype not in _ROUTINES if kind == "function" else objtype != _ON.get(kind):
        return False
    return node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA" or _names_it(node, obj, schema)


def _names_it(node: Mapping[str, Any], obj: Object, schema: str) -> bool:
    """Whether the schema that stands before the name, or public where none does, is the object's."""
    _, name = _written(obj)
    for each in node["objects"]:
        if "RangeVar" in each:
            if each["RangeVar"]["relname"] == name and each["RangeVar"].get("schemaname", "public") == schema:
                return True
        elif "ObjectWithArgs" in each:
            parts = [part["String"].get("sval", "") for part in each["ObjectWithArgs"]["objname"]]
            if parts[-1] == name and (parts[-2] if len(parts) > 1 else "public") == schema:
                return True
        elif each.get("String", {}).get("sval") == name:
            return True
    return False


def _grantee(node: Mapping[str, Any]) -> str:
    spec = node["RoleSpec"]
    return PUBLIC if spec.get("roletype") == "ROLESPEC_PUBLIC" else str(spec.get("rolename", ""))


def _gives(node: Mapping[str, Any], grantee: str, privilege: str, column: str | None) -> bool:
    if grantee not in map(_grantee, node.get("grantees", ())):
        return False
    given = node.get("privileges", ())
    if not given:
        return column is None  # ALL
    for each in given:
        access = each["AccessPriv"]
        columns = [part["String"].get("sval", "") for part in access.get("cols", ())]
        named = access.get("priv_name") in {None, privilege}
        if named and (column in columns if column else not columns):
            return True
    return False
