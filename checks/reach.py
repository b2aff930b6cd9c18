"""By which way a role gets at a table: grant, schema, views with their owner's rights, security-definer functions.

A ``Way`` is written out step by step, as a finding's ``why`` tells it: what the API serves, which role holds what
and where that was granted, which view or function stands between, and with whose rights the table is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from ..schema.objects.column import Column
from ..schema.objects.function import Function
from ..schema.objects.schema import Schema as SchemaObject
from ..schema.objects.table import Table
from ..schema.objects.view import View
from .bodies import touched
from .conditions.rows import writable
from .finding import Related
from .grants import origin
from .schema import CLIENT_ROLES, COMMANDS
from .words import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schema.catalog import Key
    from ..schema.source import Location
    from .schema import Relation, Schema

# What a security-definer function gives that shows no row: a judgement, nothing, or what only a trigger takes
_SILENT = frozenset({"boolean", "void"})
_DEEDS = {"select": "reads", "insert": "inserts into", "update": "updates", "delete": "deletes from"}
_UNCALLABLE = frozenset({"trigger", "event_trigger"})


class Step(msgspec.Struct, frozen=True):
    """One step of a way, in words; ``at`` is the statement that made it so, where it is known."""

    text: str
    at: Location | None = None


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way by which roles get at a table.

    ``through`` are the views, or the function, between (outermost first; empty: the table itself); ``unchecked``
    says that the table's row level security is not asked about these roles there. ``silent`` is a function that
    gives nothing but true or false, or nothing at all, of what it reads.
    """

    roles: tuple[str, ...]
    commands: tuple[str, ...]
    steps: tuple[Step, ...]
    through: tuple[Key, ...] = ()
    unchecked: bool = False
    silent: bool = False

    @property
    def why(self) -> tuple[str, ...]:
        """The steps as lines, for a fault's ``why``."""
        return tuple(step.text for step in self.steps)

    @property
    def related(self) -> tuple[Related, ...]:
        """The places of the steps, for a fault's ``related``."""
        return tuple(Related(step.at, step.text) for step in self.steps if step.at)


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """A chain of relations from a view down to a table, and with whose rights the table is asked.

    ``rights`` is the owner whose rights count; None: those of whoever asks.
    """

    views: tuple[View, ...]
    table: Table
    rights: str | None

    @property
    def links(self) -> list[tuple[View, View | Table]]:
        """Each view with what it reads on this way."""
        below: list[View | Table] = [*self.views[1:], self.table]
        return list(zip(self.views, below, strict=True))


# -- what is held on an object itself ----------------------------------------------------------------------


def direct(
    schema: Schema,
    obj: Relation | Function,
    privileges: Sequence[str] = ("select",),
    roles: Sequence[str] = CLIENT_ROLES,
) -> Way | None:
    """The way by which roles reach an object through the API, by a privilege on it; None: none of them does.

    The schema must be served, and a role must hold USAGE on it and one of the privileges. One that is held on
    some columns alone counts.
    """
    namespace = schema.catalog.get(SchemaObject, obj.schema)
    if not schema.exposed(obj.schema) or namespace is None:
        return None
    users = schema.holders(namespace, "usage", roles)
    held = {role: tuple(p for p in privileges if _holds_some(schema, role, obj, p)) for role in users}
    held = {role: each for role, each in held.items() if each}
    if not held:
        return None
    steps = (*_usage(schema, namespace, tuple(held)), *steps_of(schema, obj, held))
    commands = tuple(p for p in privileges if any(p in each for each in held.values()))
    return Way(roles=tuple(held), commands=commands, steps=steps)


def _holds_some(schema: Schema, role: str, obj: Relation | Function, privilege: str) -> bool:
    return bool(schema.holders(obj, privilege, [role]) or columns_held(schema, role, obj, privilege))


def columns_held(schema: Schema, role: str, obj: Relation | Function, privilege: str) -> tuple[Column, ...]:
    """The columns on which alone a role certainly holds a privilege."""
    if not isinstance(obj, Table) or schema.holds(role, obj, privilege) is not False:
        return ()
    return tuple(each for each in schema.columns(obj) if each.acl and schema.holds(role, each, privilege))


def steps_of(schema: Schema, obj: Relation | Function, held: Mapping[str, Sequence[str]]) -> tuple[Step, ...]:
    """Say how roles hold privileges on an object of a schema that the API serves."""
    return (Step(f"the API serves schema {obj.schema}"), *held_steps(schema, obj, held)) if held else ()


def held_steps(schema: Schema, obj: Relation | Function, held: Mapping[str, Sequence[str]]) -> tuple[Step, ...]:
    """Say how roles hold privileges on an object: which, on what of it, and where that was granted."""
    steps = []
    by_source: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    places: dict[tuple[tuple[str, ...], str, str], Location | None] = {}
    for role, privileges in held.items():
        sources = [_source(schema, role, obj, each) for each in privileges]
        words = "; ".join(dict.fromkeys(text for _, text, _ in sources if text))
        targets = tuple(dict.fromkeys(target for target, _, _ in sources))
        key = (tuple(privileges), listed(targets) or obj.identity, words)
        by_source.setdefault(key, []).append(role)
        places.setdefault(key, next((place for *_, place in sources if place), None))
    for (privileges, target, words), roles in by_source.items():
        verb = "holds" if len(roles) == 1 else "hold"
        said = listed(each.upper() for each in privileges)
        end = f" ({words})" if words else ""
        key = (privileges, target, words)
        steps.append(Step(f"{listed(roles)} {verb} {said} on {target}{end}", places[key]))
    return tuple(steps)


def _source(schema: Schema, role: str, obj: Relation | Function, privilege: str) -> tuple[str, str, Location | None]:
    """What a privilege is held on, where it comes from in words, and the place of that."""
    columns = columns_held(schema, role, obj, privilege)
    target = f"{listed(each.name for each in columns)} of {obj.identity}" if columns else obj.identity
    found = origin(schema.catalog, schema.grants, role, columns[0] if columns else obj, privilege)
    if found is None:
        return target, "", None
    assumed = schema.target.default_grants is None
    return target, found.said(role, obj.schema, assumed=assumed), found.at


def _usage(schema: Schema, namespace: SchemaObject, roles: Sequence[str]) -> Iterator[Step]:
    """How the roles may use a schema, where that is not the platform's own doing."""
    if namespace.origin == "platform":
        return
    for role in roles:
        found = origin(schema.catalog, schema.grants, role, namespace, "usage")
        if found is not None:
            yield Step(f"{role} holds USAGE on schema {namespace.identity} ({found.said(role, '')})", found.at)


# -- through views -------------------------------------------------------------------------------------------


def paths(schema: Schema, view: View, above: tuple[View, ...] = (), refreshed_as: str | None = None) -> Iterator[Path]:
    """Every table at the end of a view's chain, and with whose rights it is asked.

    A view with ``security_invoker`` asks with the rights of whoever asks, inside another view too; any other asks
    with those of its owner; whatever is below a materialized view was asked by who refreshed it, its owner.
    """
    if any(each.identity == view.identity for each in above):
        return
    views = (*above, view)
    if view.relation_kind == "materialized":
        refreshed_as = view.owner
    invoker = view.relation_kind == "view" and view.security_invoker
    for relation in schema.reads(view):
        if isinstance(relation, View):
            yield from paths(schema, relation, views, refreshed_as)
        else:
            yield Path(views=views, table=relation, rights=refreshed_as if invoker else view.owner)


def unchecked(schema: Schema, table: Table, owner: str) -> bool:
    """Whether an owner's rights give rows of a table that a client role might not get."""
    if table.schema == "auth":
        return True
    if not table.knows("row_security") or not table.row_security:
        return False
    return schema.bypasses_rls(owner) or (table.owner == owner and not table.force_row_security)


def view_steps(schema: Schema, path: Path) -> tuple[Step, ...]:
    """Say how a chain of views leads to its table."""
    steps = []
    for view, below in path.links:
        if view.relation_kind == "materialized":
            text = f"{view.identity} holds a copy of what {view.owner} read in {below.identity}"
        elif view.security_invoker:
            text = f"{view.identity} reads {below.identity} with the rights of whoever asks"
        else:
            text = f"{view.identity} reads {below.identity} with the rights of its owner {view.owner}"
        if below is path.table and path.rights and path.table.row_security and past(schema, path):
            text += ", past the table's row level security"
        steps.append(Step(text, schema.place(view)))
    return tuple(steps)


def past(schema: Schema, path: Path) -> bool:
    """Whether a chain of views goes past the row level security of its table."""
    return path.rights is not None and unchecked(schema, path.table, path.rights)


def chains(schema: Schema) -> dict[Key, list[Path]]:
    """Every chain of views, by the table at its end."""
    found: dict[Key, list[Path]] = {}
    for view in schema.catalog.of(View):
        for path in paths(schema, view):
            found.setdefault(path.table.key, []).append(path)
    return found


# -- through functions ---------------------------------------------------------------------------------------


def definers(schema: Schema) -> dict[Key, list[tuple[Function, tuple[str, ...]]]]:
    """The security-definer functions by what their bodies touch, with what they do there.

    Functions that only a trigger can call are left out, and the platform's own. A view that a body reads counts for
    the tables that the view reads.
    """
    found: dict[Key, list[tuple[Function, tuple[str, ...]]]] = {}
    for function in schema.catalog.of(Function):
        if not function.security_definer or function.origin == "platform" or function.returns in _UNCALLABLE:
            continue
        done: dict[Key, set[str]] = {}
        for key, what in touched(schema.catalog, function)[0].items():
            view = schema.catalog.get(View, key[1]) if key[0] == "view" else None
            done.setdefault(key, set()).update(what)
            for path in paths(schema, view) if view else ():
                done.setdefault(path.table.key, set()).update(what)
        for key, does in done.items():
            found.setdefault(key, []).append((function, tuple(each for each in COMMANDS if each in does)))
    return found


# -- all of them ---------------------------------------------------------------------------------------------


def ways(
    schema: Schema,
    table: Table,
    commands: Sequence[str] = COMMANDS,
    roles: Sequence[str] = CLIENT_ROLES,
) -> list[Way]:
    """Every way by which roles get at a table through the API: itself, views, security-definer functions."""
    found = [way] if (way := direct(schema, table, commands, roles)) else []
    for path in schema.chains.get(table.key, ()):
        top = path.views[0]
        can = tuple(each for each in commands if each == "select" or _writes(path.views, each))
        if way := direct(schema, top, can, roles):
            steps = (*way.steps, *view_steps(schema, path))
            through = tuple(each.key for each in path.views)
            found.append(msgspec.structs.replace(way, steps=steps, through=through, unchecked=past(schema, path)))
    for function, does in schema.definers.get(table.key, ()):
        mine = tuple(each for each in commands if each in does)
        way = direct(schema, function, ("execute",), roles) if mine else None
        if way:
            does_what = listed(_DEEDS[each] for each in mine)
            step = Step(
                f"{function.identity} {does_what} {table.identity} with the rights of its owner {function.owner}",
                schema.place(function),
            )
            found.append(
                Way(
                    roles=way.roles,
                    commands=mine,
                    steps=(*way.steps, step),
                    through=(function.key,),
                    unchecked=unchecked(schema, table, function.owner),
                    silent=function.returns in _SILENT and mine == ("select",),
                )
            )
    return found


def _writes(views: Sequence[View], command: str) -> bool:
    """Whether a command on the first of these views may come down to what the last one reads."""
    return all(each.relation_kind == "view" and writable(each, command) is not False for each in views)


def reads(schema: Schema, view: View) -> list[Relation]:
    """The relations that a view's query reads."""
    found: dict[str, Relation] = {}
    for edge in schema.catalog.depends_on(view.key):
        kind, identity = edge.on
        if kind == "column":
            column = schema.catalog.get(Column, identity)
            identity = column.table if column else ""
        if kind in {"column", "table", "view"} and (relation := schema.relation(identity)):
            found[relation.identity] = relation
    return list(found.values())


def bypassed(schema: Schema, view: View) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """The tables whose row level security a view with its owner's rights steps over, each with its way."""
    for path in paths(schema, view):
        if past(schema, path):
            yield path.table, tuple(step.text for step in view_steps(schema, path))
