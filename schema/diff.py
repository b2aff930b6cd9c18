"""Comparing: what is expected with what is there, and what was before with what is after.

Three answers, not two: a fact that is not known on either side, or expressions of which nobody can say
whether they mean the same, make a difference that is *undecided*, never a silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from .acl import PRIVILEGES, PUBLIC
from .catalog import WHOLE, Catalog, CatalogError, Key, Object
from .difference import Difference, Verdict
from .expression import Likeness
from .names import quote_ident
from .objects.column import Column
from .objects.constraint import Constraint
from .objects.index import Index
from .objects.privilege import Privilege, holds, privileges
from .objects.view import View
from .source import Location
from .stating.expected import CHILDREN, Exact, Expectation, Expected, Grant, expected
from .stating.fragments import Fault, named
from .stating.section import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .spec import Spec

_READING_ORDER = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
_NOT_KNOWN = "what was granted is not known"
_ALIKE = {Likeness.EXACT, Likeness.NORMAL}
# What is asked for under a name of its own, and the attribute by which it is known or unknown.
_READ_FROM = {"security_invoker": "options", "search_path": "config"}
_ACL_KINDS = {
    "table": "tables",
    "view": "tables",
    "sequence": "sequences",
    "function": "functions",
    "type": "types",
    "schema": "schemas",
    "column": "columns",
}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one object.

    ``attributes`` are those that changed, ``undecided`` those of which nobody can say; both are empty for an
    object that was made or dropped.
    """

    kind: Literal["made", "changed", "dropped"]
    key: Key
    before: Object | None = None
    after: Object | None = None
    attributes: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


# -- a specification and a catalog ---------------------------------------------------------------------------


def differences(spec: Spec, catalog: Catalog) -> list[Difference]:
    """Compare all that a specification states with a catalog; in the order of schema.yaml."""
    wanted = expected(spec, catalog)
    found = list(_differences(wanted, catalog))
    found += absences(spec, catalog)
    return sorted(found, key=lambda each: (each.location is None, each.location or 0, each.key))


def _differences(wanted: Expected, catalog: Catalog) -> Iterator[Difference]:
    lost: set[str] = set()  # relations of which nothing more is said: one cause, one difference
    for expectation in sorted(wanted.objects, key=lambda each: hasattr(each.object, "table")):  # relations first
        if lost.intersection(_holders(expectation)):
            continue
        found = compare(expectation, catalog)
        if any(each.attribute is None for each in found):
            lost.add(expectation.object.identity)
        yield from found
    for each in wanted.unusable:
        if each.table in lost:
            continue
        yield Difference(kind="undecided", key=each.key, location=each.place, reason=each.message)
    for grant in wanted.grants:
        if grant.key[1] not in lost:
            yield from compare_grant(grant, catalog)
    for exact in wanted.exact:
        if exact.table not in lost:
            yield from surplus(exact, wanted.objects, catalog)


def _holders(expectation: Expectation) -> Iterator[str]:
    """Name the table an object belongs to, and the column that a constraint is written in."""
    obj = expectation.object
    table = getattr(obj, "table", None)
    if table is not None:
        yield table
    if isinstance(obj, Constraint) and not expectation.named:
        yield from (f"{table}.{quote_ident(column)}" for column in obj.columns)


def compare(expectation: Expectation, catalog: Catalog) -> list[Difference]:
    """Compare one expected object with the one that is there, in what is stated of it."""
    wanted, place = expectation.object, expectation.places.get("")
    actual = _counterpart(expectation, catalog)
    if actual is None:
        return [_missing(wanted.key, place, catalog)]
    if WHOLE in actual.unknown:
        reason = "it was made elsewhere, and its shape is not known"
        return [Difference(kind="undecided", key=wanted.key, location=place, at=_at(actual), reason=reason)]
    found = []
    for name in wanted.attribute_names() + tuple(sorted(expectation.stated - set(wanted.attribute_names()))):
        if name not in expectation.stated:
            continue
        likeness = _likeness(wanted, actual, name)
        if likeness in _ALIKE:
            continue
        found.append(
            Difference(
                kind="differs" if likeness is Likeness.DIFFERENT else "undecided",
                key=actual.key,
                attribute=name,
                expected=_value(wanted, name),
                actual=_value(actual, name),
                location=expectation.places.get(name, place),
                at=_at(actual),
                reason=_why(likeness),
            )
        )
    whole = [each for each in found if each.attribute == "definition" and each.kind == "differs"]
    return whole or found  # a constraint's definition says all that its other attributes say


def _counterpart(expectation: Expectation, catalog: Catalog) -> Object | None:
    """Find the object that an expectation is about; a constraint without a name is known by what it says."""
    wanted = expectation.object
    found = catalog.find(wanted.key)
    if found is not None or expectation.named or not isinstance(wanted, Constraint):
        return found
    same = [
        each
        for each in catalog.children(wanted.table, Constraint)
        if each.type == wanted.type and each.columns == wanted.columns
    ]
    alike = [each for each in same if wanted.likeness(each, "definition") in _ALIKE]
    return next(iter(alike + (same if wanted.type != "check" else [])), None)


def _missing(key: Key, place: Location | None, catalog: Catalog) -> Difference:
    from .taint import possibly

    parent = key[1].rpartition(" on ")[2] if " on " in key[1] else key[1].rpartition(".")[0]
    holder = catalog.find(("table", parent)) or catalog.find(("view", parent))
    children = {kind.kind: name for kind, name in CHILDREN}
    if possibly(catalog, key) or (holder is not None and not holder.knows(children.get(key[0], ""))):
        reason = "a statement whose effect cannot be followed may have made it"
        return Difference(kind="undecided", key=key, location=place, reason=reason)
    return Difference(kind="missing", key=key, location=place, at=_at(holder) if holder else None)


def _likeness(wanted: Object, actual: Object, name: str) -> Likeness:
    if isinstance(wanted, View) and isinstance(actual, View) and name == "columns":
        if not actual.knows("columns"):
            return Likeness.UNKNOWN
        same = [each.name for each in wanted.columns] == [each.name for each in actual.columns]
        return Likeness.EXACT if same else Likeness.DIFFERENT
    if name in _READ_FROM:
        if not actual.knows(_READ_FROM[name]):
            return Likeness.UNKNOWN
        return Likeness.EXACT if getattr(wanted, name) == getattr(actual, name) else Likeness.DIFFERENT
    return wanted.likeness(actual, name)


def _value(obj: Object, name: str) -> Any:
    if not obj.knows(_READ_FROM.get(name, name)):
        return None
    if isinstance(obj, View) and name == "columns":
        return tuple(each.name for each in obj.columns)
    return getattr(obj, name)


def _why(likeness: Likeness) -> str:
    if likeness is Likeness.BUT_FOR_CASTS:
        return "they are equal but for casts, which may matter"
    return "what is there is not known" if likeness is Likeness.UNKNOWN else ""


def _at(obj: Object | None) -> Location | None:
    return (obj.changed_at or obj.made_at) if obj else None


# -- privileges ----------------------------------------------------------------------------------------------


def compare_grant(grant: Grant, catalog: Catalog) -> list[Difference]:
    """Compare what a role may do with an object, or who may execute a function, with what is stated."""
    obj = catalog.find(grant.key)
    if obj is None:
        return []  # the object itself is told to be missing
    wanted, held, reason = _roles(grant, obj, catalog) if grant.role is None else _rights(grant, obj, catalog)
    if held == wanted:
        return []
    return [
        Difference(
            kind="undecided" if reason else "differs",
            key=grant.key,
            attribute="execute" if grant.role is None else f"grants to {grant.role}",
            expected=wanted,
            actual=held,
            location=grant.place,
            at=_at(obj),
            reason=reason,
        )
    ]


Rights = tuple[str, ...]  # as GRANT has them: select, update (a, b); or the names of roles


def _roles(grant: Grant, obj: Object, catalog: Catalog) -> tuple[Rights, Rights | None, str]:
    """Say who should and who does execute a function, and why that is not known."""
    wanted = tuple(sorted(grant.roles))
    if reason := _strange(wanted, catalog):
        return wanted, None, reason
    if not obj.knows("privileges"):
        return wanted, None, _NOT_KNOWN
    return wanted, tuple(sorted({each.grantee for each in privileges(catalog, obj)})), ""


def _rights(grant: Grant, obj: Object, catalog: Catalog) -> tuple[Rights, Rights | None, str]:
    """Say what a role should and does hold on a relation, from whatever source, and why that is not known."""
    role = grant.role or PUBLIC
    every = PRIVILEGES["tables"]
    wanted = {each for name, column in grant.privileges for each in _spelled_out(name, column, every)}
    if reason := _strange([role], catalog):
        return _printed(wanted), None, reason
    held: dict[tuple[str, str | None], bool | None] = {}
    for name in every:
        held[name, None] = holds(catalog, role, obj, name)
    for column in catalog.children(obj.identity, Column):
        for name in PRIVILEGES["columns"]:
            if held[name, None] is False:  # a column's own privilege counts where the table's is not held
                held[name, column.name] = holds(catalog, role, column, name)
    known = {each for each, answer in held.items() if answer}
    unknown = {each for each, answer in held.items() if answer is None}
    if unknown and not (known ^ wanted) - unknown:
        return _printed(wanted), None, _NOT_KNOWN
    return _printed(wanted), _printed(known), ""


def _strange(roles: Iterable[str], catalog: Catalog) -> str:
    """Say which role does not exist: what is stated of it would be true whatever was granted."""
    found = next((role for role in roles if role != PUBLIC and ("role", role) not in catalog), None)
    return f'role "{found}" does not exist' if found else ""


def _spelled_out(name: str, column: str | None, every: Iterable[str]) -> list[tuple[str, str | None]]:
    return [(each, None) for each in every] if name == "all" else [(name, column)]


def _printed(held: Iterable[tuple[str, str | None]]) -> Rights:
    by_name: dict[str, list[str]] = {}
    for name, column in sorted(held, key=lambda each: (_READING_ORDER.index(each[0]), each[1] or "")):
        by_name.setdefault(name, []).extend([column] if column else [])
    return tuple(name + (f" ({', '.join(columns)})" if columns else "") for name, columns in by_name.items())


# -- what must not be there ----------------------------------------------------------------------------------


def surplus(exact: Exact, objects: Iterable[Expectation], catalog: Catalog) -> list[Difference]:
    """Find everything that belongs to a table and is not expected of it."""
    wanted = {
        (found or each.object).key
        for each in objects
        if getattr(each.object, "table", None) == exact.table
        for found in [_counterpart(each, catalog)]
    }
    table = catalog.find(("table", exact.table))
    found = []
    for kind, name in CHILDREN:
        known = table is None or table.knows(name)
        for child in catalog.children(exact.table, kind):
            if child.key in wanted or (isinstance(child, Index) and child.constraint is not None):
                continue
            reason = "" if known else "a statement whose effect cannot be followed may have dropped it"
            verdict: Verdict = "unexpected" if known else "undecided"
            found.append(Difference(kind=verdict, key=child.key, location=exact.place, at=_at(child), reason=reason))
        if not known:
            reason = f"a statement whose effect cannot be followed may have changed the list of its {name}"
            key = ("table", exact.table)
            found.append(Difference(kind="undecided", key=key, attribute=name, location=exact.place, reason=reason))
    return found


def absences(spec: Spec, catalog: Catalog) -> list[Difference]:
    """Find what schema.yaml lists as absent and is there, or may be."""
    from .taint import possibly

    found = []
    for written in spec.absent:
        try:
            key, node = named(written)
        except Fault:
            continue  # read_spec told it
        keys = _routine_keys(key, node, catalog) if node is not None else [key]
        there = next((obj for each in keys if (obj := catalog.find(each))), None)
        place = place_of(written)
        if there is not None and there.origin != "assumed":
            found.append(Difference(kind="unexpected", key=there.key, location=place, at=_at(there)))
        elif there is not None or any(possibly(catalog, each) for each in keys):
            reason = "something uses it, or a statement whose effect cannot be followed may have made it"
            found.append(Difference(kind="undecided", key=keys[0], location=place, reason=reason))
    return found


def _routine_keys(key: Key, node: Any, catalog: Catalog) -> list[Key]:
    """Find the keys of a function, its argument types as the catalog prints them."""
    from .meaning.lookup import argument_types

    try:
        types = argument_types(catalog.copy(), node)  # a copy: what is missing would be assumed
    except CatalogError:
        return []  # nothing can have an argument of a type that does not exist
    return [("function", f"{key[1]}({', '.join(types or ())})")]


# -- before and after ----------------------------------------------------------------------------------------


def changes(before: Catalog, after: Catalog) -> list[Change]:
    """Tell what became of every object between two catalogs, privileges included, by kind and identity.

    Objects that were only assumed to exist, or are declared as made elsewhere, are not made by anything.
    """
    found: list[Change] = []
    for obj in after:
        old = before.find(obj.key)
        if old is obj:
            continue
        found += _change(old, obj)
        found += _privilege_changes(old, obj, before, after)
    for old in before:
        if after.find(old.key) is None:
            found.append(Change(kind="dropped", key=old.key, before=old))
            found += _privilege_changes(old, None, before, after)
    return sorted(found, key=lambda change: change.key)


def _change(old: Object | None, new: Object) -> list[Change]:
    if old is None or (old.origin == "assumed" and new.origin == "made"):
        real = new.origin in {"made", "platform"}
        return [Change(kind="made", key=new.key, after=new)] if real else []
    answers = {name: old.likeness(new, name) for name in new.attribute_names()}
    changed = tuple(name for name, likeness in answers.items() if likeness is Likeness.DIFFERENT)
    undecided = tuple(
        name
        for name, likeness in answers.items()
        if likeness in {Likeness.UNKNOWN, Likeness.BUT_FOR_CASTS} and not _untouched(old, new, name)
    )
    if not changed and not undecided:
        return []
    return [Change(kind="changed", key=new.key, before=old, after=new, attributes=changed, undecided=undecided)]


def _untouched(old: Object, new: Object, name: str) -> bool:
    """Whether nothing happened to an attribute, whatever its value is."""
    return old.knows(name) == new.knows(name) and getattr(old, name) == getattr(new, name)


def _privilege_changes(old: Object | None, new: Object | None, before: Catalog, after: Catalog) -> Iterator[Change]:
    one = old or new
    if one is None or one.kind not in _ACL_KINDS:
        return
    if old and new and (_access(old) == _access(new)):
        return
    held = {each.key: each for each in privileges(before, old)} if old else {}
    holds_now: dict[Key, Privilege] = {each.key: each for each in privileges(after, new)} if new else {}
    for key in held.keys() | holds_now.keys():
        then, now = held.get(key), holds_now.get(key)
        if then is None:
            yield Change(kind="made", key=key, after=now)
        elif now is None:
            yield Change(kind="dropped", key=key, before=then)
        elif then.grantable != now.grantable:
            yield Change(kind="changed", key=key, before=then, after=now, attributes=("grantable",))


def _access(obj: Object) -> tuple[object, ...]:
    return (getattr(obj, "acl", None), getattr(obj, "owner", None), obj.knows("privileges"))
