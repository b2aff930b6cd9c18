"""What a bundle makes, laid out for a reader: relations with all that belongs to them, functions, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ..schema.catalog import Catalog, Key, Object
from ..schema.objects.column import Column
from ..schema.objects.comment import Comment
from ..schema.objects.constraint import Constraint
from ..schema.objects.function import Function
from ..schema.objects.index import Index
from ..schema.objects.policy import Policy
from ..schema.objects.privilege import privileges
from ..schema.objects.table import Table
from ..schema.objects.trigger import Trigger
from ..schema.objects.view import View
from ..schema.source import Statement
from .reading import Effect, effects, lineage

Described = tuple[Any, str]  # an object and the comment on it
_INSIDE = (Column, Constraint, Index, Policy, Trigger)


class Granted(msgspec.Struct, frozen=True):
    """A role and what it may do with an object; with a column, on that column alone."""

    role: str
    privileges: tuple[str, ...]
    column: str = ""


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """A table or view of which something is made: all of it where it is new itself, else what is added."""

    relation: Table | View
    made: bool
    comment: str
    columns: tuple[Described, ...] = ()
    constraints: tuple[Described, ...] = ()
    indexes: tuple[Described, ...] = ()
    policies: tuple[Described, ...] = ()
    triggers: tuple[Described, ...] = ()
    granted: tuple[Granted, ...] = ()
    sources: dict[str, tuple[str, ...]] = {}


class Routine(msgspec.Struct, frozen=True, kw_only=True):
    """A function that is made, and which data its body changes (None: not known)."""

    function: Function
    comment: str
    search_path: str | None
    effects: tuple[Effect, ...] | None
    granted: tuple[Granted, ...] = ()


class Altered(msgspec.Struct, frozen=True, kw_only=True):
    """An object that is changed or dropped, and in what."""

    kind: str
    what: str
    identity: str
    attributes: tuple[str, ...] = ()


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """All that a bundle makes and changes."""

    tables: tuple[Relation, ...]
    views: tuple[Relation, ...]
    functions: tuple[Routine, ...]
    others: tuple[Described, ...]
    altered: tuple[Altered, ...]
    weekly: tuple[Function, ...]  # functions without arguments that delete rows: work for a schedule


def describe(before: Catalog, after: Catalog, makes: Sequence[Object], statements: Sequence[Statement]) -> Description:
    """Lay out what these statements make of ``before``."""
    made = {obj.key: obj for obj in makes}
    relations = dict.fromkeys(
        identity for obj in makes for identity in (_relation(after, obj),) if identity is not None
    )
    tables, views = [], []
    for identity in relations:
        table, view = after.get(Table, identity), after.get(View, identity)
        if table is not None:
            tables.append(_described(after, table, made))
        elif view is not None:
            views.append(_described(after, view, made))
    functions = tuple(_routine(after, obj, statements) for obj in makes if isinstance(obj, Function))
    covered = (*_INSIDE, Table, View, Function, Comment)
    return Description(
        tables=tuple(tables),
        views=tuple(views),
        functions=functions,
        others=tuple(
            (obj, _comment(after, obj))
            for obj in makes
            if obj.kind != "privilege" and (not isinstance(obj, covered) or _alone(after, obj))
        ),
        altered=tuple(_altered(before, after, made)),
        weekly=tuple(
            each.function
            for each in functions
            if not each.function.arguments
            and each.effects
            and any(effect.verb in {"delete", "truncate"} for effect in each.effects)
        ),
    )


def _relation(after: Catalog, obj: Object) -> str | None:
    """The table or view that an object is, or sits on."""
    identity = str(obj.table) if isinstance(obj, _INSIDE) else obj.identity
    if isinstance(obj, (*_INSIDE, Table, View)) and (after.get(Table, identity) or after.get(View, identity)):
        return identity
    return None


def _alone(after: Catalog, obj: Object) -> bool:
    """Whether it sits on no relation, as a domain's constraint does."""
    return isinstance(obj, _INSIDE) and _relation(after, obj) is None


def _comment(catalog: Catalog, obj: Object) -> str:
    found = catalog.get(Comment, f"on {obj.kind.replace('_', ' ')} {obj.identity}")
    return found.text if found else ""


def _described(catalog: Catalog, relation: Table | View, made: dict[Key, Object]) -> Relation:
    def children(kind: type[Any]) -> tuple[Described, ...]:
        found = [each for each in catalog.children(relation.identity, kind) if each.key in made]
        if kind is Column:
            found.sort(key=lambda column: column.position)
        return tuple((each, _comment(catalog, each)) for each in found)

    is_new = relation.key in made
    return Relation(
        relation=relation,
        made=is_new,
        comment=_comment(catalog, relation),
        columns=children(Column),
        constraints=children(Constraint),
        indexes=children(Index),
        policies=children(Policy),
        triggers=children(Trigger),
        granted=tuple(_granted(catalog, relation)) if is_new else (),
        sources=lineage(catalog, relation) if isinstance(relation, View) and is_new else {},
    )


def _granted(catalog: Catalog, obj: Object) -> Iterator[Granted]:
    columns = catalog.children(obj.identity, Column) if isinstance(obj, Table) else []
    for each in (obj, *columns):
        held: dict[str, list[str]] = {}
        for privilege in privileges(catalog, each):
            held.setdefault(privilege.grantee, []).append(privilege.privilege)
        for role, words in sorted(held.items()):
            yield Granted(role, tuple(sorted(words)), each.name if isinstance(each, Column) else "")


def _routine(catalog: Catalog, function: Function, statements: Sequence[Statement]) -> Routine:
    settings = dict(setting.partition("=")[::2] for setting in function.config)
    return Routine(
        function=function,
        comment=_comment(catalog, function),
        search_path=settings.get("search_path"),
        effects=effects(function, statements),
        granted=tuple(_granted(catalog, function)),
    )


def _altered(before: Catalog, after: Catalog, made: dict[Key, Object]) -> Iterator[Altered]:
    from ..schema.diff import changes

    for change in changes(before, after):
        if change.kind == "made" or change.key in made or change.key[0] == "comment":
            continue
        # The privileges of what is itself new are said with it.
        yield Altered(kind=change.kind, what=change.key[0], identity=change.key[1], attributes=change.attributes)
