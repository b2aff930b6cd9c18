"""The catalog: every object a database holds, and the machinery by which statements change it.

Objects are frozen and know each other by identity, as ``pg_identify_object`` prints it; what depends on what
is kept beside them, as ``pg_depend`` does. A handler (one module per kind of object, in ``objects/``) changes
the catalog by ``put``, ``remove`` and ``rename``; every change is journalled, so that a statement that fails
leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from sys import intern
from typing import Any, ClassVar, Self, TypeVar

import msgspec
from msgspec.structs import force_setattr, replace

from .dependency import Dependency as Dependency  # noqa: PLC0414 - most find it here, beside what has edges
from .dependency import Edges, absolute
from .dependency import Key as Key  # noqa: PLC0414 - as above
from .expression import Likeness, compare_values
from .names import first_name
from .source import Location, Statement
from .store import HIDDEN, NOTHING, NOTHING_UNKNOWN, Store

Node = Mapping[str, Any]
Acl = Mapping[str, Mapping[str, bool]]  # grantee -> privilege -> may grant it on
Comparison = Callable[[Any, Any], Likeness]

WHOLE = "*"  # in Object.unknown: nothing about the object's shape is known


class Object(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row of the catalog, whatever wrote it: a migration, the platform, a specification or a live database.

    ``unknown`` names the attributes whose value could not be derived; names of child kinds in it ("policies",
    "columns", "privileges" ...) say that the list of such children may be incomplete, and ``*`` says all of it.
    """

    kind: ClassVar[str]
    internal: ClassVar[frozenset[str]] = frozenset()
    comparisons: ClassVar[Mapping[str, Comparison]] = {}
    live: ClassVar[str] = ""
    belongs: ClassVar[bool] = False  # to a relation or domain, whose identity is its ``table``

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__(**config)
        cls.belongs = cls.belongs or "table" in cls.__annotations__

    identity: str
    origin: str = "made"  # made | platform | external | assumed
    unknown: frozenset[str] = NOTHING_UNKNOWN
    made: Any = None  # the statement (or the Location) that made it, and the one that changed it last
    changed: Any = None
    needs: Edges = ()  # as ``Catalog.depends_on`` tells them

    @property
    def key(self) -> Key:
        """What the catalog finds the object by."""
        return (self.kind, self.identity)

    @property
    def made_at(self) -> Location | None:
        """Where the object was made, if in a file."""
        return _location(self.made)

    @property
    def changed_at(self) -> Location | None:
        """Where the object was changed last."""
        return _location(self.changed)

    def knows(self, attribute: str) -> bool:
        """Whether the attribute's value (or the list of these children) was derived."""
        unknown = self.unknown  # nothing, of most objects
        return not unknown or (attribute not in unknown and WHOLE not in unknown)

    @classmethod
    def attribute_names(cls) -> tuple[str, ...]:
        """The attributes that are compared and printed, in the order they are declared."""
        return _attribute_names(cls)

    def attributes(self) -> dict[str, Any]:
        """The known attributes and their values; None means known to be none."""
        return {name: getattr(self, name) for name in _attribute_names(type(self)) if self.knows(name)}

    def likeness(self, other: Object, attribute: str) -> Likeness:
        """How alike one attribute is in two objects of this kind."""
        if not (self.knows(attribute) and other.knows(attribute)):
            return Likeness.UNKNOWN
        left, right = getattr(self, attribute), getattr(other, attribute)
        return self.comparisons.get(attribute, compare_values)(left, right)


class Part(Object, frozen=True, kw_only=True):
    """What has a name on its relation (or domain): a constraint, a policy, a trigger.

    The identity says the name, ``"my own" on public.todo``, which is not kept beside it.
    """

    table: str

    @property
    def name(self) -> str:
        """The name, without quotes."""
        return first_name(self.identity)


def _location(place: Any) -> Location | None:
    return place.location if isinstance(place, Statement) else place


_BASE_FIELDS = frozenset({"identity", "origin", "unknown", "made", "changed", "needs"})
_names_of: dict[type[Object], tuple[str, ...]] = {}


def _attribute_names(cls: type[Object]) -> tuple[str, ...]:
    names = _names_of.get(cls)
    if names is None:
        hidden = _BASE_FIELDS | cls.internal
        names = tuple(name for name in cls.__struct_fields__ if name not in hidden)
        _names_of[cls] = names
    return names


O = TypeVar("O", bound=Object)  # noqa: E741 - an object, read beside ``type[O]``


class CatalogError(Exception):
    """A statement that PostgreSQL would reject: its SQLSTATE and its words.

    ``position`` is the ``location`` of the node at fault (None: the whole statement).
    """

    def __init__(
        self, sqlstate: str, message: str, position: int | None = None, *, detail: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.sqlstate, self.message, self.position = sqlstate, message, position
        self.detail, self.hint = detail, hint


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that has no effect, because the server would refuse it."""

    at: Location
    sqlstate: str
    message: str
    hint: str = ""
    psql: bool = False


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """The first use of an object that nothing made; from there on it is assumed to exist, its shape unknown."""

    at: Location
    kind: str
    identity: str
    sqlstate: str
    message: str
    made_later_at: Location | None = None


class Unmodelled(msgspec.Struct, frozen=True, kw_only=True):
    """A statement whose effect could not be followed, and what it may have touched.

    ``touches`` holds (kind, identity) pairs, ``*`` standing for any; empty means that no object of the
    catalog can be concerned.
    """

    at: Location
    reason: str
    touches: tuple[Key, ...] = ()


Event = Rejection | Missing | Unmodelled


class Catalog(Store):
    """All objects of a database, and the session that changes them."""

    def __init__(self) -> None:
        super().__init__()
        self.search_path: tuple[str, ...] = ("public",)
        self.role: str = "postgres"
        self.session_role: str = "postgres"
        self.settings: dict[str, str] = {}
        self.local: dict[str, str | None] = {}  # what SET LOCAL hides until the end of the transaction
        self.transaction: tuple[tuple[str, int], ...] = ()  # BEGIN and the savepoints that are open: name, mark
        self.temporary = False  # whether the session may have made something in pg_temp
        self.aborted = False  # whether a statement of the transaction was refused: it will be undone
        self.leaning: int | None = None  # the mark of the transaction's first statement that leans on an assumption
        self.resting: frozenset[Key] = frozenset()  # what is assumed, and what rests on that (``resting``)
        self.external: tuple[str, ...] = ()  # patterns of what is made elsewhere: "table public.users"
        self.origin: str = "made"
        self.statement: Statement | None = None
        self.events: list[Event] = []

    def copy(self) -> Self:
        """An independent catalog with the same objects, for the state before a batch."""
        other = super().copy()
        other.transaction, other.settings, other.events = (), dict(self.settings), list(self.events)
        return other

    # -- changing --------------------------------------------------------------------------------------

    def put(self, obj: O, depends: Iterable[Dependency] | None = None) -> O:
        """Add or replace an object, and stamp it with the place of the statement that did so.

        Without ``depends`` the edges that the object had are kept.
        """
        kind, identity = obj.kind, obj.identity
        here = self._here()
        before = self._objects.get(kind, NOTHING).get(identity)
        if before is not None:
            origin = before.origin if before.origin == "platform" else obj.origin  # a statement may put twice
            needs = before.needs if depends is None else tuple(depends)
            unknown = obj.unknown or NOTHING_UNKNOWN
            obj = replace(obj, made=before.made, changed=here, origin=origin, needs=needs, unknown=unknown)
            self._change((kind, identity), obj)
            return obj
        if obj.made is None and obj.changed is None:  # fresh from its handler: nobody else has it yet
            force_setattr(obj, "made", here)
            if self.origin != "made" == obj.origin:
                force_setattr(obj, "origin", self.origin)
        else:
            origin = obj.origin if obj.origin != "made" else self.origin
            obj = replace(obj, made=obj.made or here, changed=None, origin=origin)
        if depends is not obj.needs and (depends or obj.needs):
            force_setattr(obj, "needs", tuple(depends or ()))
        self._add(kind, identity, obj)
        return obj

    def add(self, obj: O) -> O:
        """Add an object, its edges in it, that surely is not there, fresh from its handler, as ``put`` does."""
        statement = self.statement
        force_setattr(obj, "made", statement.place if statement else None)
        if self.origin != "made":
            force_setattr(obj, "origin", self.origin)
        self._add(obj.kind, obj.identity, obj)
        return obj

    def put_first(self, relation: str, parts: Iterable[tuple[O, Edges]]) -> None:
        """Add the parts of one kind that a new relation begins with, fresh from their handler, as ``put`` does each."""
        here, origin = self._here(), self.origin
        fresh: list[O] = []
        for part, needs in parts:
            force_setattr(part, "made", here)
            if origin != "made":
                force_setattr(part, "origin", origin)
            if needs is not part.needs:
                force_setattr(part, "needs", needs)
            fresh.append(part)
        if fresh:
            self._add_first(fresh[0].kind, relation, fresh)

    def _here(self) -> Statement | Location | None:
        """What says where the statement under way stands."""
        return self.statement.place if self.statement else None

    def forget_places(self) -> None:
        """From here on nothing says where an object was made or changed."""
        for obj in self._all():
            force_setattr(obj, "made", None)
            force_setattr(obj, "changed", None)

    def hold(self, obj: Object, depends: Iterable[Dependency] | None = None) -> None:
        """Take an object in as it is, places and all, as ``put`` does with what a statement makes."""
        if depends is None:
            before = self.find(obj.key)
            depends = before.needs if before else ()
        self._change(obj.key, replace(obj, needs=tuple(depends)))

    def remove(self, key: Key) -> None:
        """Take one object out, without a look at what depends on it (``drop`` looks)."""
        self._change(key, None)

    def rename(self, old: Key, new: Object) -> None:
        """Put ``new`` in the place of ``old``: edges to and from it stay, texts that name it are the handler's."""
        before = self.find(old)
        dependents = self._needing(old)
        self.remove(old)
        made, needs = (before.made, before.needs) if before else (None, ())
        self._change(new.key, replace(new, made=made, changed=self._here(), needs=needs))
        for dependent in dependents:
            if found := self.find(dependent):
                edges = ((edge, absolute(edge, found)) for edge in found.needs)
                needs = tuple(replace(meant, on=new.key) if meant.on == old else edge for edge, meant in edges)
                self._change(dependent, replace(found, needs=needs))

    def drop(self, keys: Iterable[Key], *, cascade: bool) -> list[Object]:
        """Drop objects and what goes with them, as ``performMultipleDeletions`` does.

        Returns what was removed. Raises 2BP01 (dependent_objects_still_exist) where something else needs one
        of them and CASCADE was not said.
        """
        doomed: dict[Key, None] = {}
        blocked: list[tuple[Key, Key]] = []
        losing: dict[Key, set[str]] = {}  # what stays, and the attributes that it loses
        todo: list[Key] = []
        for key in keys:
            if key not in doomed:
                doomed[key] = None
                todo.append(key)
        while todo:
            key = todo.pop()
            for dependent in self._needing(key):
                if dependent in doomed:
                    continue
                edges = [edge for edge in self.depends_on(dependent) if edge.on == key]
                if not cascade and not all(edge.auto for edge in edges):
                    blocked.append((dependent, key))
                    continue
                if all(edge.attribute for edge in edges):
                    losing.setdefault(dependent, set()).update(edge.attribute for edge in edges)
                    continue
                doomed[dependent] = None
                todo.append(dependent)
        blocked = [pair for pair in blocked if pair[0] not in doomed]
        if blocked:
            first = next(iter(doomed))
            lines = [f"{describe(a)} depends on {describe(b)}" for a, b in blocked]
            raise CatalogError(
                "2BP01",
                f"cannot drop {describe(first)} because other objects depend on it",
                detail="\n".join(lines),
                hint="Use DROP ... CASCADE to drop the dependent objects too.",
            )
        removed = [found for key in doomed if (found := self.find(key))]
        for key in doomed:
            self.remove(key)
        for key, attributes in losing.items():
            if stays := self.find(key):
                kept = [edge for edge in stays.needs if edge.attribute not in attributes]
                self.put(replace(stays, **dict.fromkeys(attributes)), kept)
        return removed

    def taint(self, obj: Object, attributes: Iterable[str]) -> None:
        """Forget attributes of an object: from here on their values are unknown."""
        self.hold(replace(obj, unknown=obj.unknown | frozenset(attributes)))

    def set_session(self, **values: Any) -> None:
        """Change role, search_path or another attribute of the session, so that a rollback restores it."""
        for name, value in values.items():
            before = getattr(self, name)
            self._journal.append((name, before))
            setattr(self, name, value)


def describe(key: Key) -> str:
    """An object as the server's messages name it: ``table public.todo``."""
    return key[1] if key[0] == HIDDEN else f"{key[0].replace('_', ' ')} {key[1]}"


# -- statements ------------------------------------------------------------------------------------------

Handler = Callable[[Catalog, Node, "Statement"], None]
HANDLERS: dict[tuple[str, str | None], Handler] = {}
SHAPES: dict[str, msgspec.json.Decoder[Any]] = {}  # of statements whose handlers may not need all of them

# The field of a statement that says which kind of object it is about.
SELECTORS = {
    "DropStmt": "removeType",
    "RenameStmt": "renameType",
    "AlterObjectSchemaStmt": "objectType",
    "AlterOwnerStmt": "objectType",
    "AlterTableStmt": "objtype",
    "CommentStmt": "objtype",
    "GrantStmt": "objtype",
    "AlterObjectDependsStmt": "objectType",
    "SecLabelStmt": "objtype",
    "DefineStmt": "kind",
    "TransactionStmt": "kind",
    "VariableSetStmt": "kind",
}


def executes(statement: str, *objects: str, shape: Any = None) -> Callable[[Handler], Handler]:
    """Register the handler of a statement, by its node's name and, where it has one, its object type.

    A handler takes (catalog, node, statement), changes the catalog, and raises CatalogError where the server
    would refuse. Without ``objects`` it handles every object type that no other handler claims. The node is of the
    ``shape`` of a TypedDict, if one is given: what it has as ``msgspec.Raw`` is read where it is needed.
    """
    if shape is not None:
        SHAPES[statement] = msgspec.json.Decoder(shape)

    def register(handler: Handler) -> Handler:
        for each in objects or (None,):
            key = (statement, each)
            if key in HANDLERS:
                raise RuntimeError(f"two handlers for {key}")
            HANDLERS[key] = handler
        return handler

    return register


def handler_of(kind: str, node: Node) -> Handler | None:
    """The handler for a statement, if its effect is modelled."""
    if kind in SELECTORS:
        exact = HANDLERS.get((kind, node.get(SELECTORS[kind])))
        if exact:
            return exact
    return HANDLERS.get((kind, None))


def string(node: Node) -> str:
    """The text of a String node, or of a one-element list of them."""
    return str(node["String"].get("sval", ""))


def type_name(option: str, value: Node) -> Node:
    """The TypeName that an option of a definition is; raises 42601 for what names no type."""
    if "TypeName" in value:
        return value["TypeName"]  # type: ignore[no-any-return]  # the leaves of pglast's JSON are untyped
    if "String" in value:
        return {"names": [value], "location": -1}
    raise CatalogError("42601", f"argument of {option} must be a type name")


def strings(nodes: Iterable[Node]) -> list[str]:
    """The texts of a list of String nodes (a qualified name)."""
    return [intern(node["String"].get("sval", "")) for node in nodes]  # names come again and again
