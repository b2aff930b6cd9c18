"""The ways beside the table itself by which a role gets at its rows: views, parents and children, functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...schema.objects.inheritance import children_of
from ...schema.objects.table import Table
from ...schema.objects.trigger import Trigger
from ...schema.objects.view import View
from ...schema.store import HIDDEN
from ..conditions.rows import Plain, plain_of, plain_text, sole_source, writable
from ..conditions.truth import ALWAYS, Judge, Request, Truth, every, request_of
from ..reach import Path, view_steps
from .cell import UNKNOWN, Through
from .policies import obstacle, row_security
from .table import TableAccess, hindered, is_platforms, judge, of_truths, usage

if TYPE_CHECKING:
    from ...schema.objects.function import Function
    from ..schema import Relation, Schema

_KINDS = {"view": "view", "materialized": "materialized view"}


class Ways:
    """The other ways by which a role gets at a table's rows for a command."""

    def __init__(self, schema: Schema, table: Table, role: str, command: str) -> None:
        self.schema, self.table, self.role, self.command = schema, table, role, command
        self.request = request_of(role, schema.target.platform)

    def found(self) -> Iterator[Through]:
        """All of them that give something, or perhaps do."""
        for each in (*self._kin(), *self._views(), *self._functions()):
            if each.access != "none":
                yield each

    def _kin(self) -> Iterator[Through]:
        """Parents, whose rows are this table's, and children, whose rows are a part of it."""
        for parent in self._above(self.table):
            if self.command != "insert" or parent.relation_kind == "partitioned":
                yield self._through(parent, "parent", part=False)
        for child in self._below(self.table):
            if self.command != "insert" or child.partition_of:
                yield self._through(child, "child", part=True)

    def _through(self, kin: Table, kind: str, *, part: bool) -> Through:
        access, why = TableAccess(self.schema, kin, self.role, self.command).access()
        if part and access == "all":
            access = "some"
        return Through(kind=kind, identity=kin.identity, access=access, why=why)

    def _above(self, table: Table) -> list[Table]:
        names = [table.partition_of] if table.partition_of else [*table.inherits]
        parents = [found for each in names if (found := self.schema.catalog.get(Table, each))]
        return [*parents, *(each for parent in parents for each in self._above(parent))]

    def _below(self, table: Table) -> Iterator[Table]:
        for each in children_of(self.schema.catalog, table):
            yield each
            yield from self._below(each)

    def _views(self) -> Iterator[Through]:
        """Chains of views that end at the table, at a parent (all its rows are there) or at a child (a part is)."""
        ends = [(self.table, False), *((each, False) for each in self._above(self.table))]
        ends += [(each, True) for each in self._below(self.table)]
        for table, part in ends:
            for path in self.schema.chains.get(table.key, ()):
                found, top = self._view(path), path.views[0]
                if found is not None:
                    access = "some" if part and found == "all" else found
                    why = tuple(step.text for step in view_steps(self.schema, path))
                    yield Through(kind=_KINDS[top.relation_kind], identity=top.identity, access=access, why=why)

    def _view(self, path: Path) -> str | None:
        """What a chain of views gives; None where that is no more than what the table itself gives."""
        may = self._may_use(path.views[0])
        if not may:
            return None if may is False else UNKNOWN
        if not all(each.knows("options") and each.knows("definition") and each.knows("owner") for each in path.views):
            return UNKNOWN
        copied = any(each.relation_kind == "materialized" for each in path.views)
        if copied and self.command != "select":
            return None
        if path.rights is None and usage(self.schema, path.table, self.role):
            return None  # it asks as whoever asks
        asking = self.role
        for view, relation in path.links:
            if view.relation_kind == "materialized":
                asking = view.owner  # who refreshes it
            invoker = view.relation_kind == "view" and view.security_invoker
            held = self.schema.holds(asking if invoker else view.owner, relation, self.command)
            if not held and not (held is False and isinstance(relation, Table)):
                return "none" if held is False else UNKNOWN
        rights = path.rights or self.role
        return self._shown(path, rights) if self.command == "select" else self._written(path, rights)

    def _may_use(self, view: View) -> bool | None:
        rights = {usage(self.schema, view, self.role), self.schema.holds(self.role, view, self.command)}
        return False if False in rights else None if None in rights else True

    def _shown(self, path: Path, rights: str) -> str:
        """Which of the table's rows a chain of views shows."""
        copied = any(each.relation_kind == "materialized" for each in path.views)
        request = Request(rights, None, claimed=False) if copied else self.request
        bases = self._as(path.table, rights, request)
        if isinstance(bases, str):
            return bases
        conditions, whole = [], True
        for view, relation in path.links:
            plain = plain_of(view, relation)
            whole = whole and plain is not None
            conditions.append(self._condition(view, relation, plain, request))
        access = of_truths([every([*bases, *conditions])])
        return "some" if access == "all" and not whole else access

    def _condition(self, view: View, relation: Relation, plain: Plain | None, request: Request) -> Truth:
        """The WHERE of a view, as far as it says something about the rows of what the view reads."""
        found = plain or sole_source(view, relation)
        if found is None:
            return Truth()
        if found.condition is None:
            return ALWAYS
        if not isinstance(relation, Table):
            return Truth(Judge(request, {}, lambda name: is_platforms(self.schema, name)).truth(found.condition).may)
        return judge(self.schema, relation, request, None if plain else found.alias).truth(found.condition)

    def _written(self, path: Path, rights: str) -> str:
        """Which of the table's rows a chain of views lets a role write: as the server rewrites it."""
        for view in path.views:
            if self._has_own_ways(view):
                return UNKNOWN
            written = writable(view, self.command)
            if not written:
                return "none" if written is False else UNKNOWN
        bases = self._as(path.table, rights, self.request)
        if isinstance(bases, str) or self.command == "insert":
            return bases if isinstance(bases, str) else of_truths(bases)
        conditions = [self._condition(*link, plain_of(*link), self.request) for link in path.links]
        return of_truths([every([base, *conditions]) for base in bases])

    def _has_own_ways(self, view: View) -> bool:
        """Whether a trigger or a rule says what is done in place of writing to a view, or perhaps does."""
        triggers = self.schema.catalog.children(view.identity, Trigger)
        instead = any(each.timing == "instead of" for each in triggers)
        ruled = any(each.kind == HIDDEN for each in self.schema.catalog.dependents(view.key))
        return instead or ruled or not view.knows("triggers")

    def _as(self, table: Table, rights: str, request: Request) -> list[Truth] | str:
        """For which rows the policies hold that are asked of somebody else; a word where that ends it."""
        direct = TableAccess(self.schema, table, rights, self.command, inside=request)
        privilege = direct.privilege()
        if not privilege:
            return UNKNOWN if privilege is None else "none"
        if table.relation_kind == "foreign":
            return UNKNOWN
        subject = row_security(self.schema, table, rights)
        if subject is None:
            return UNKNOWN
        if not subject:
            return [ALWAYS]
        quals = direct.quals()
        if quals is None:
            return UNKNOWN
        truths = [each.truth(direct.judge) for each in quals]
        left = hindered(of_truths(truths), obstacle(self.schema, table, rights, quals))
        return left if left in {"none", UNKNOWN} else truths

    def _functions(self) -> Iterator[Through]:
        for function, does in self.schema.definers.get(self.table.key, ()):
            held = self.schema.holds(self.role, function, "execute")
            if self.command not in does or held is False or not self._can_name(function):
                continue
            silent = function.returns in {"boolean", "void"} and self.command == "select"
            if silent:
                continue
            why = f"{function.identity} does so with the rights of its owner {function.owner}"
            yield Through(kind="function", identity=function.identity, access=self._given(function), why=(why,))

    def _can_name(self, function: Function) -> bool:
        """Whether the role can call a function: in its schema, or in a view that it may read."""
        if usage(self.schema, function, self.role) is not False:
            return True
        users = (self.schema.catalog.get(View, each.identity) for each in self.schema.catalog.dependents(function.key))
        return any(view is not None and self.schema.holds(self.role, view, "select") is not False for view in users)

    def _given(self, function: Function) -> str:
        """Which rows a function gives, where it gives them as a view would."""
        if self.command != "select" or function.language != "sql" or not function.returns_set:
            return UNKNOWN
        plain = plain_text(function.source)
        bases = self._as(self.table, function.owner, self.request)
        if plain is None or isinstance(bases, str) or plain.name != self.table.name:
            return UNKNOWN
        condition = ALWAYS
        if plain.condition is not None:
            condition = judge(self.schema, self.table, self.request).truth(plain.condition)
        access = of_truths([every([*bases, condition])])
        return access if access in {"all", "own", "none"} else UNKNOWN
