"""What schema.yaml expects, as objects: its fragments, executed by the simulator.

They are executed on a copy of the catalog that the migrations make, so that a name in a fragment means what
it means there; what is stated of an object first takes the place of the one that is there. So expected and
actual object are made by the same code, and compare attribute by attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from ..catalog import Catalog, Key, Object, Rejection
from ..names import qualified, quote_ident
from ..objects.column import Column
from ..objects.constraint import Constraint
from ..objects.index import Index
from ..objects.policy import Policy
from ..objects.sequence import Sequence
from ..objects.table import Table
from ..objects.trigger import Trigger
from ..objects.view import View, ViewColumn
from ..source import Location, Statement
from . import fragments
from .fragments import Fault
from .section import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ..spec import FunctionSpec, Spec, TableSpec, ViewSpec

CHILDREN: tuple[tuple[type[Object], str], ...] = (
    (Column, "columns"),
    (Constraint, "constraints"),
    (Index, "indexes"),
    (Policy, "policies"),
    (Trigger, "triggers"),
)
_COLUMN_FACTS = frozenset({"type", "not_null", "default", "generated", "generated_identity", "collation"})
_FUNCTION_FACTS = {
    "returns": ("returns", "returns_set"),
    "language": ("language",),
    "volatility": ("volatility",),
    "strict": ("strict",),
    "security_definer": ("security_definer",),
    "search_path": ("search_path",),
}


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """An object that must be there, and which of its attributes are stated.

    ``places`` has the place in schema.yaml of each stated attribute, and under the empty name the object's.
    ``named`` is false for a constraint written inside a column: any name will do.
    """

    object: Object
    stated: frozenset[str]
    places: Mapping[str, Location]
    named: bool = True


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What one role may do with an object, neither more nor less, whatever it has it from.

    A privilege is (name, column), the column None for the whole object. ``role`` None: the list of all roles
    but the owner that may execute the function is ``roles``.
    """

    key: Key
    place: Location | None
    role: str | None = None
    privileges: frozenset[tuple[str, str | None]] = frozenset()
    roles: frozenset[str] = frozenset()


class Exact(msgspec.Struct, frozen=True, kw_only=True):
    """A table to which nothing may belong but what is expected of it."""

    table: str
    place: Location | None


class Unusable(msgspec.Struct, frozen=True, kw_only=True):
    """Something expected that the server would refuse as it is written: nothing can be compared with it."""

    key: Key
    table: str | None
    place: Location | None
    message: str


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """All that a specification expects of the database."""

    objects: tuple[Expectation, ...] = ()
    grants: tuple[Grant, ...] = ()
    exact: tuple[Exact, ...] = ()
    unusable: tuple[Unusable, ...] = ()


def expected(spec: Spec, catalog: Catalog) -> Expected:
    """Turn what a specification expects into objects.

    ``catalog`` is what the migrations make; it is not changed. Fragments with a fault of their own (which
    ``read_spec`` told) are left out.
    """
    builder = _Builder(catalog, spec)
    expect = spec.expect
    for key, table in expect.tables.items():
        builder.table(key, table)
    for key, view in expect.views.items():
        builder.view(key, view)
    for key, routine in expect.functions.items():
        builder.function(key, routine)
    for key, table in expect.tables.items():
        builder.rules(key, table)
    return Expected(
        objects=tuple(builder.objects),
        grants=tuple(builder.grants),
        exact=tuple(builder.exact),
        unusable=tuple(builder.unusable),
    )


class _Builder:
    """Executes fragments on a scratch catalog and collects what they make."""

    def __init__(self, catalog: Catalog, spec: Spec) -> None:
        path = ("$user", "public", "extensions") if spec.target.platform == "supabase" else ("$user", "public")
        self.scratch = catalog.copy()
        self.scratch.set_session(role="postgres", session_role="postgres", search_path=path)
        self.objects: list[Expectation] = []
        self.grants: list[Grant] = []
        self.exact: list[Exact] = []
        self.unusable: list[Unusable] = []

    # -- tables ------------------------------------------------------------------------------------------

    def table(self, key: str, spec: TableSpec) -> None:
        """Take in a table, its columns, constraints and indexes."""
        try:
            name = fragments.relation_name(key)
        except Fault:
            return
        there = self._take_out(qualified(*name))
        table = self.scratch.put(Table(identity=qualified(*name), schema=name[0], name=name[1]), [])
        stated = {each: place for each in ("row_security", "force_row_security") if (place := spec.places.get(each))}
        facts = {each: getattr(spec, each) for each in stated}
        whole = msgspec.structs.replace(table, **facts)
        self._expect(whole, frozenset(stated), {**stated, "": spec.place()})
        self._elements(name, spec, there)
        for index, sql in spec.indexes.items():
            self._free(("index", qualified(name[0], index)), name[0], index)
            self._child(Index, name, index, sql, fragments.index)
        if spec.grants is not None:
            self._grants(whole.key, spec.grants)
        if spec.exact:
            self.exact.append(Exact(table=table.identity, place=spec.places.get("exact")))

    def rules(self, key: str, spec: TableSpec) -> None:
        """Take in what may call functions, policies and triggers, once all tables and functions are there."""
        try:
            name = fragments.relation_name(key)
        except Fault:
            return
        for policy, parts in spec.policies.items():
            self._child(Policy, name, policy, parts, fragments.policy)
        for trigger, sql in spec.triggers.items():
            self._child(Trigger, name, trigger, sql, fragments.trigger)

    def _elements(self, name: fragments.Name, spec: TableSpec, there: list[Object]) -> None:
        """Take in columns and constraints, each by a statement of its own.

        One may need another: what is refused is tried again for as long as something else succeeds.
        """
        identity = qualified(*name)
        todo = list(_elements(name, spec))
        for element in todo:
            if element.kind is Constraint:
                self._free(("constraint", _identity(Constraint, name, element.name)), name[0], element.name)
        kept = self._put_back(there, spec, primary=any(element.is_primary for element in todo))
        refused: dict[str, Rejection] = {}
        made: list[tuple[Object, _Element]] = []
        while todo:
            left = []
            for element in todo:
                known = {each.key for each in self.scratch.children(identity, Constraint)}
                refusal = self._execute(element.statement)
                if refusal is not None:
                    left.append(element)
                    refused[element.name] = refusal
                    continue
                now = self.scratch.children(identity, Constraint)
                made += [(each, element) for each in now if each.key not in known]
            if len(left) == len(todo):
                if not kept:
                    break
                for each in kept:
                    self.scratch.put(each, [])
                kept = []
            todo = left
        for element in todo:
            key = (element.kind.kind, _identity(element.kind, name, element.name))
            refusal = refused[element.name]
            self._refuse(key, identity, element.draft.origin(refusal.at) or element.place, refusal)
        told = {element.name for element in todo}
        for column in self.scratch.children(identity, Column):
            if column.name in spec.columns and column.name not in told:  # now that a key made it not null
                self._expect(column, _COLUMN_FACTS, {"": place_of(spec.columns[column.name])})
        for constraint, element in made:
            named = getattr(constraint, "name", None) in element.names
            self._expect(constraint, _all(constraint), {"": element.place}, named=named)

    def _child(self, kind: type[Object], table: fragments.Name, name: str, written: object, make: object) -> None:
        """Something that is made by a statement of its own and belongs to the table."""
        key = (kind.kind, _identity(kind, table, name))
        try:
            draft, statement = make(table, name, written)  # type: ignore[operator]  # a maker of fragments
        except Fault:
            return
        place = place_of(name) or place_of(written if isinstance(written, str) else "")
        refused = self._execute(statement)
        if refused is not None:
            self._refuse(key, qualified(*table), draft.origin(refused.at) or place, refused)
            return
        found = self.scratch.find(key)
        if found is None:
            raise RuntimeError(f"nothing made {key}")  # a handler that neither made nor refused it
        self._expect(found, _all(found), {"": place})

    def _take_out(self, identity: str) -> list[Object]:
        """Take a relation out of the scratch catalog, with what belongs to it; answers with what it was."""
        columns = {column.identity for column in self.scratch.children(identity, Column)}
        keys = [child.key for kind, _ in CHILDREN for child in self.scratch.children(identity, kind)]
        keys += [each.key for each in self.scratch.of(Sequence) if each.owned_by in columns]
        keys += [(kind, identity) for kind in ("table", "view", "sequence", "index", "type")]
        taken = [obj for key in keys if (obj := self.scratch.find(key))]
        for obj in taken:
            self.scratch.remove(obj.key)
        return taken

    def _put_back(self, there: list[Object], spec: TableSpec, *, primary: bool) -> list[Object]:
        """Put back what is not stated and fragments may speak of all the same: columns, and keys on them.

        Answers with the keys on columns that are stated: they count only if nothing else does.
        """
        keys = [
            each
            for each in there
            if isinstance(each, Constraint)
            and (each.type == "unique" or (each.type == "primary_key" and not primary))
            and each.name not in spec.constraints
        ]
        free = [each for each in keys if not spec.columns.keys() & set(each.columns)]
        for obj in there:
            if isinstance(obj, Column) and obj.name not in spec.columns:
                self.scratch.put(obj, [])
            if isinstance(obj, Table) and not obj.knows("columns") and (table := self.scratch.find(obj.key)):
                self.scratch.taint(table, ["columns"])
        for each in free:
            self.scratch.put(each, [])
        return [each for each in keys if each not in free]

    def _free(self, key: Key, schema: str, name: str) -> None:
        """Make room for a constraint or index: one of another table is a difference, not an obstacle."""
        for each in (key, ("index", qualified(schema, name))):
            if each in self.scratch:
                self.scratch.remove(each)

    # -- views and functions -----------------------------------------------------------------------------

    def view(self, key: str, spec: ViewSpec) -> None:
        """Take in a view, with the columns and options that are stated."""
        try:
            schema, name = fragments.relation_name(key)
        except Fault:
            return
        view = View(
            identity=qualified(schema, name),
            schema=schema,
            name=name,
            columns=tuple(ViewColumn(column) for column in spec.columns or ()),
            options=("security_invoker=true",) if spec.security_invoker else (),
        )
        stated = {each: place for each in ("security_invoker", "columns") if (place := spec.places.get(each))}
        self._expect(view, frozenset(stated), {**stated, "": spec.place()})
        if spec.grants is not None:
            self._grants(view.key, spec.grants)

    def function(self, key: str, spec: FunctionSpec) -> None:
        """Take in a function, with the attributes that are stated; its overloads stay where they are."""
        try:
            (schema, name), _ = fragments.routine(key)
            draft, statement = fragments.function(key, spec)
        except Fault:
            return
        scratch, self.scratch = self.scratch, self.scratch.copy()
        for each in self.scratch.routines(schema, name):
            self.scratch.remove(each.key)
        refused = self._execute(statement)
        made = self.scratch.routines(schema, name)
        self.scratch = scratch
        if refused is not None:
            self._refuse(("function", key), None, draft.origin(refused.at) or spec.place(), refused)
            return
        function = made[0]
        if function.key not in self.scratch:
            self.scratch.put(function)
        stated = {
            fact: spec.places[each] for each, facts in _FUNCTION_FACTS.items() if each in spec.places for fact in facts
        }
        self._expect(function, frozenset(stated), {**stated, "": spec.place()})
        if spec.execute is not None:
            self.grants.append(
                Grant(
                    key=function.key,
                    place=spec.places.get("execute"),
                    roles=frozenset(map(str, spec.execute)),
                )
            )

    # -- the common part ---------------------------------------------------------------------------------

    def _grants(self, key: Key, grants: Mapping[str, Collection[str]]) -> None:
        for role, written in grants.items():
            privileges = set()
            for each in written:
                privilege, columns = fragments.privileges(each)
                privileges |= {(privilege, column) for column in columns or (None,)}
            self.grants.append(Grant(key=key, place=place_of(role), role=str(role), privileges=frozenset(privileges)))

    def _expect(
        self,
        obj: Object,
        stated: frozenset[str],
        places: Mapping[str, Location | None],
        *,
        named: bool = True,
    ) -> None:
        known = {name: place for name, place in places.items() if place is not None}
        self.objects.append(Expectation(object=obj, stated=stated, places=known, named=named))

    def _execute(self, statement: Statement) -> Rejection | None:
        """Execute a statement; answers with its refusal."""
        from ..simulate import execute

        seen = len(self.scratch.events)
        execute(self.scratch, statement)
        return next((each for each in self.scratch.events[seen:] if isinstance(each, Rejection)), None)

    def _refuse(self, key: Key, table: str | None, place: Location | None, refused: Rejection) -> None:
        self.unusable.append(
            Unusable(key=key, table=table, place=place, message=f"{refused.message} ({refused.sqlstate})")
        )


class _Element(msgspec.Struct, frozen=True, kw_only=True):
    """A column or a constraint to be added to a table."""

    kind: type[Object]
    name: str
    sql: str
    draft: fragments.Draft
    statement: Statement

    @property
    def place(self) -> Location | None:
        """Where it stands in schema.yaml."""
        return place_of(self.sql) if self.kind is Column else place_of(self.name)

    @property
    def written(self) -> list[Mapping[str, object]]:
        """The constraints it consists of."""
        command = self.statement.node["cmds"][0]["AlterTableCmd"]["def"]
        if "Constraint" in command:
            return [command["Constraint"]]
        return [each["Constraint"] for each in command["ColumnDef"].get("constraints", ())]

    @property
    def names(self) -> set[object]:
        """The names that are written: any other is PostgreSQL's choice."""
        return {each.get("conname") for each in self.written}

    @property
    def is_primary(self) -> bool:
        """Whether it makes the primary key."""
        return any(each["contype"] == "CONSTR_PRIMARY" for each in self.written)


def _elements(table: fragments.Name, spec: TableSpec) -> Iterator[_Element]:
    makers = ((Column, fragments.column, spec.columns), (Constraint, fragments.constraint, spec.constraints))
    for kind, make, written in makers:
        for name, sql in written.items():
            try:
                draft, statement = make(table, name, sql)
            except Fault:
                continue
            yield _Element(kind=kind, name=name, sql=sql, draft=draft, statement=statement)


def _identity(kind: type[Object], table: fragments.Name, name: str) -> str:
    if kind is Index:
        return qualified(table[0], name)
    if kind is Column:
        return f"{qualified(*table)}.{quote_ident(name)}"
    return f"{quote_ident(name)} on {qualified(*table)}"


def _all(obj: Object) -> frozenset[str]:
    return frozenset(obj.attribute_names())
