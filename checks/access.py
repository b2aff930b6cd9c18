"""Who may do what: role x table x command, each cell with what makes it so.

A cell says which rows of the table a role's own statement gets at, at most:

* ``all``: every row; ``none``: not one, or the statement is refused; ``own``: only rows of which a column is the id
  of the user who asks (``auth.uid()``), for INSERT and UPDATE rows that still have it afterwards; ``some``: a part of
  them, which rows, functions or claims decide; ``unknown``: a fact that it rests on is unknown.
* The statement is the widest of its kind: SELECT of the columns the role may read; INSERT without RETURNING or ON
  CONFLICT, every value given; UPDATE and DELETE that read no column. One with a WHERE on columns (the API's always
  has one) needs SELECT and its policies too: ``filtered`` says what that one gets at, where it is less.
* Views that the role may use count as the table: a view with its owner's rights shows what the owner may see. So do a
  table's parents (their rows are its own), and its children (theirs are a part), each with its own rights.
* What a security-definer function does is the function's deed: it is told beside the cell and does not change it,
  unless it returns the table's rows as a view would.
* Constraints, triggers and rules of the table are not looked at, nor is whether the API serves its schema; the token
  is taken to be one of the platform's: under anon there is no user, under authenticated there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from ..schema.names import quote_ident
from ..schema.objects.function import Function
from ..schema.objects.inheritance import children_of
from ..schema.objects.role import Role
from ..schema.objects.schema import Schema as SchemaObject
from ..schema.objects.table import Table
from ..schema.objects.trigger import Trigger
from ..schema.objects.view import View
from .grants import origin
from .policies import Asked, Obstacle, asked, obstacle, row_security
from .reach import Path, view_steps
from .rows import Plain, plain_of, plain_text, sole_source
from .schema import COMMANDS
from .truth import ALWAYS, Judge, Request, Truth, every, request_of
from .words import listed

if TYPE_CHECKING:
    from .schema import Relation, Schema

ROLES = ("anon", "authenticated", "service_role")
ORDER = ("none", "own", "some", "all")
UNKNOWN = "unknown"


class Through(msgspec.Struct, frozen=True, kw_only=True):
    """Another way to the table's rows: a view, a parent, a child, or a function, and which rows it gives."""

    kind: str
    identity: str
    access: str
    why: tuple[str, ...]


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What one role may do with one table by one command.

    ``direct`` is what the table itself gives, ``access`` what that and the ways in ``through`` give together.
    ``columns``: only these; ``own``: the columns one of which is the user's id, where ``direct`` is own.
    ``blurred``: functions that may do more, which the cell does not count.
    """

    table: str
    role: str
    command: str
    access: str
    direct: str
    filtered: str | None = None
    columns: tuple[str, ...] | None = None
    own: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    through: tuple[Through, ...] = ()

    @property
    def blurred(self) -> tuple[Through, ...]:
        """The functions that may do more than the cell says."""
        return tuple(each for each in self.through if each.kind == "function" and each.access == UNKNOWN)


def greatest(accesses: Sequence[str]) -> str:
    """What several ways give together."""
    if "all" in accesses:
        return "all"
    return UNKNOWN if UNKNOWN in accesses else max(accesses, key=ORDER.index)


def matrix(schema: Schema, roles: Sequence[str] = ROLES, patterns: Sequence[str] = ()) -> list[Cell]:
    """Every cell, by table, role and command: of the project's own tables, or of those that match a pattern."""
    found = []
    for table in sorted(schema.catalog.of(Table), key=lambda each: each.identity):
        if wanted(table, patterns):
            found += [cell(schema, table, role, command) for role in roles for command in COMMANDS]
    return found


def concerned(schema: Schema) -> list[str]:
    """The tables that the files which were not applied make or change, or of which schema.yaml states the access."""
    pending = {migration.source.path for migration in schema.project.pending}
    found = set(schema.project.spec.access)
    for table in schema.catalog.of(Table):
        for each in (table, *schema.policies(table)):
            if any(place and place.file in pending for place in (each.made_at, each.changed_at)):
                found.add(table.identity)
    return sorted(found)


def wanted(table: Table, patterns: Sequence[str]) -> bool:
    """Whether a table is one of the project's, or matches one of the patterns (with its schema or without)."""
    if table.persistence == "temporary" or table.schema.startswith("pg_temp"):
        return False
    if not patterns:
        return table.origin in {"made", "external"}
    return any(fnmatchcase(name, each) for each in patterns for name in (table.identity, table.name))


def cell(schema: Schema, table: Table, role: str, command: str) -> Cell:
    """Work out one cell."""
    own = _Direct(schema, table, role, command)
    direct, reason = own.access()
    through = tuple(_Ways(schema, table, role, command).found())
    counted = [each.access for each in through if each.kind != "function" or each.access != UNKNOWN]
    access = greatest([direct, *counted])
    filtered = own.filtered() if command in {"update", "delete"} and direct != "none" else None
    held = own.columns()
    return Cell(
        table=table.identity,
        role=role,
        command=command,
        access=access,
        direct=direct,
        filtered=None if filtered in {None, direct} else filtered,
        columns=held if own.privilege() == "columns" else None,
        own=own.pinned() if direct == "own" else (),
        reason=reason,
        policies=own.policy_names() if direct != "none" or own.privilege() else (),
        through=through,
    )


# -- the table itself ----------------------------------------------------------------------------------------


class _Direct:
    """What the table itself gives a role for a command."""

    def __init__(
        self, schema: Schema, table: Table, role: str, command: str, *, request: Request | None = None
    ) -> None:
        self.schema, self.table, self.role, self.command = schema, table, role, command
        self.request = request or request_of(role, schema.target.platform)
        self.judge = judge(schema, table, self.request)

    def privilege(self, command: str | None = None) -> str | None:
        """Whether the role may run a command: "table", "columns", "" (not), or None where it is not known."""
        wanted_ = command or self.command
        if self.request.role == self.role:  # inside a view nobody needs USAGE any more
            usage = _usage(self.schema, self.table, self.role)
            if not usage:
                return "" if usage is False else None
        held = self.schema.holds(self.role, self.table, wanted_)
        if held is not False:
            return "table" if held else None
        if wanted_ == "delete":
            return ""
        if not self.table.knows("columns"):
            return None
        return "columns" if self.columns(wanted_) else ""

    def columns(self, command: str | None = None) -> tuple[str, ...]:
        """The columns on which alone the role holds the privilege."""
        found = (each for each in self.schema.columns(self.table) if each.acl)
        return tuple(each.name for each in found if self.schema.holds(self.role, each, command or self.command))

    def quals(self, *, filtered: bool = False) -> list[Asked] | None:
        """The policies that the statement gets; None where they are not known."""
        clauses = {"select": ("using",), "insert": ("check",), "update": ("using", "check"), "delete": ("using",)}
        found = [asked(self.schema, self.table, self.role, self.command, each) for each in clauses[self.command]]
        if filtered:
            found.append(asked(self.schema, self.table, self.role, "select", "using"))
        known = [each for each in found if each is not None]
        return known if len(known) == len(found) else None

    def pinned(self) -> tuple[str, ...]:
        """The columns one of which is the user's id in every row."""
        truths = [each.truth(self.judge) for each in self.quals() or ()]
        return tuple(sorted({name for each in truths for name in each.own or ()}))

    def policy_names(self) -> tuple[str, ...]:
        """The policies that are asked, by name."""
        if row_security(self.schema, self.table, self.role) is False:
            return ()
        quals = self.quals() or ()
        return tuple(dict.fromkeys(p.name for each in quals for p in (*each.permissive, *each.restrictive)))

    def access(self) -> tuple[str, tuple[str, ...]]:
        """What the statement gets at, and why."""
        privilege = self.privilege()
        if privilege is None:
            return UNKNOWN, (f"whether {self.role} may {self.command.upper()} is not known",)
        if not privilege:
            return "none", (self._lacks(),)
        access, lines = self._rows()
        return access, (self._holds(privilege), *lines)

    def _rows(self) -> tuple[str, tuple[str, ...]]:
        table = self.table
        if table.relation_kind == "foreign" and table.knows("relation_kind"):
            return UNKNOWN, (f"{table.identity} is a foreign table: the other server decides",)
        subject = row_security(self.schema, table, self.role)
        if subject is None:
            return UNKNOWN, (f"the row level security of {table.identity} is not known",)
        if not subject:
            return "all", (self._unguarded(),)
        quals = self.quals()
        if quals is None:
            return UNKNOWN, (f"the policies of {table.identity} are not all known",)
        if not any(each.permissive for each in quals):
            return "none", (f"row level security is on, and no policy lets {self.role} {self.command}",)
        access = of_truths([each.truth(self.judge) for each in quals])
        lines = tuple(_said(quals, self.judge))
        way = obstacle(self.schema, table, self.role, quals) if access != "none" else None
        return _hindered(access, way), (*lines, way.text) if way else lines

    def filtered(self) -> str:
        """What a statement gets at that reads columns of the table, as a WHERE does."""
        privilege, reading = self.privilege(), self.privilege("select")
        if privilege is None or reading is None:
            return "none" if "" in {privilege, reading} else UNKNOWN
        if not privilege or not reading:
            return "none"
        subject = row_security(self.schema, self.table, self.role)
        if not subject:
            return self._rows()[0]
        quals = self.quals(filtered=True)
        if quals is None:
            return UNKNOWN
        access = of_truths(_filtered([each.truth(self.judge) for each in quals]))
        return _hindered(access, obstacle(self.schema, self.table, self.role, quals)) if access != "none" else access

    # -- words -----------------------------------------------------------------------------------------------

    def _lacks(self) -> str:
        if _usage(self.schema, self.table, self.role) is False:
            return f"{self.role} lacks USAGE on schema {quote_ident(self.table.schema)}"
        return f"{self.role} lacks {self.command.upper()} on {self.table.identity}"

    def _holds(self, privilege: str) -> str:
        columns = self.columns() if privilege == "columns" else ()
        obj = next((each for each in self.schema.columns(self.table) if each.name in columns), self.table)
        found = origin(self.schema.catalog, self.schema.grants, self.role, obj if columns else self.table, self.command)
        assumed = self.schema.target.default_grants is None
        words = f" ({found.said(self.role, self.table.schema, assumed=assumed)})" if found else ""
        part = f"{listed(columns)} of " if columns else ""
        return f"{self.role} holds {self.command.upper()} on {part}{self.table.identity}{words}"

    def _unguarded(self) -> str:
        if not self.table.row_security:
            return f"row level security of {self.table.identity} is off"
        if self.schema.bypasses_rls(self.role):
            return f"{self.role} bypasses row level security"
        return f"{self.role} owns {self.table.identity}, whose row level security is not forced"


def judge(schema: Schema, table: Table, request: Request, alias: str | None = None) -> Judge:
    """What works conditions on a table's rows out for a request."""
    columns = {each.name: each.knows("not_null") and each.not_null for each in schema.columns(table)}
    return Judge(request, columns, lambda name: _is_platforms(schema, name), alias)


def _is_platforms(schema: Schema, name: str) -> bool:
    """Whether a function without arguments is the platform's own, and so does what its name says."""
    found = schema.catalog.get(Function, f"{name}()")
    if found is None or found.origin != "platform":
        return False
    return found.changed_at is None or found.body == _original(f"{name}()")


@cache
def _original(identity: str) -> str | None:
    """The body that a function of the platform's has in a new project."""
    from ..schema.simulate import platform_catalog

    found = platform_catalog().get(Function, identity)
    return found.body if found else None


def _usage(schema: Schema, relation: Relation | Function, role: str) -> bool | None:
    namespace = schema.catalog.get(SchemaObject, relation.schema)
    return None if namespace is None else schema.holds(role, namespace, "usage")


def of_truths(truths: Sequence[Truth]) -> str:
    """The word for rows that are, and that are to be, under these conditions."""
    if any(each.never for each in truths):
        return "none"
    if all(each.always for each in truths):
        return "all"
    return "own" if all(each.own for each in truths) else "some"


def _filtered(truths: list[Truth]) -> list[Truth]:
    """Conditions with those for reading added: PostgreSQL asks them of the old row and of the new one."""
    *asked_, reading = truths
    return [every([each, reading]) for each in asked_]


def _hindered(access: str, way: Obstacle | None) -> str:
    if way is None or access == "none":
        return access
    return "none" if way.certain else UNKNOWN


def _said(quals: Sequence[Asked], judge_: Judge) -> Iterator[str]:
    """What each policy lets through, in words; of an UPDATE the rows that are and those that are to be."""
    policies = {p.identity: p for each in quals for p in (*each.permissive, *each.restrictive)}
    for policy in policies.values():
        words = {each.clause: _let_through(each.text(policy), judge_) for each in quals}
        verb = "lets through" if policy.permissive else "leaves"
        if len(set(words.values())) == 1:
            words = {"": next(iter(words.values()))}
        for clause, word in words.items():
            yield f'policy "{policy.name}" {clause.upper()}{" " * bool(clause)}{verb} {word}'


def _let_through(text: str | None, judge_: Judge) -> str:
    if text is None:
        return "nothing, for it has no expression"
    found = judge_.text(text)
    word = {"none": "nothing", "all": "every row", "some": "some rows"}.get(of_truths([found]))
    return word or f"rows whose {' or '.join(sorted(found.own or ()))} is the user's id"


# -- other ways ----------------------------------------------------------------------------------------------


class _Ways:
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
        access, why = _Direct(self.schema, kin, self.role, self.command).access()
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
        for path in self.schema.chains.get(self.table.key, ()):
            found, top = self._view(path), path.views[0]
            if found is not None:
                why = tuple(step.text for step in view_steps(self.schema, path))
                yield Through(kind=_KINDS[top.relation_kind], identity=top.identity, access=found, why=why)

    def _view(self, path: Path) -> str | None:
        """What a chain of views gives; None where it asks as whoever asks, and so gives no more than the table."""
        top = path.views[0]
        may = self._may_use(top)
        if not may:
            return None if may is False else UNKNOWN
        if not all(each.knows("options") and each.knows("definition") and each.knows("owner") for each in path.views):
            return UNKNOWN
        copied = any(each.relation_kind == "materialized" for each in path.views)
        if path.rights is None or (copied and self.command != "select"):
            return None
        asking = self.role
        for view, relation in path.links:
            if view.relation_kind == "materialized":
                asking = view.owner  # who refreshes it
            invoker = view.relation_kind == "view" and view.security_invoker
            held = self.schema.holds(asking if invoker else view.owner, relation, self.command)
            if not held and not (held is False and isinstance(relation, Table)):
                return "none" if held is False else UNKNOWN
        if self.command == "select":
            return self._shown(path, path.rights)
        return self._written(path, path.rights)

    def _may_use(self, view: View) -> bool | None:
        usage, held = _usage(self.schema, view, self.role), self.schema.holds(self.role, view, self.command)
        if False in {usage, held}:
            return False
        return True if usage and held else None

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
            return Truth(Judge(request, {}, lambda name: _is_platforms(self.schema, name)).truth(found.condition).may)
        return judge(self.schema, relation, request, None if plain else found.alias).truth(found.condition)

    def _written(self, path: Path, rights: str) -> str:
        """Which of the table's rows a chain of views lets a role write: as the server rewrites it."""
        for view, relation in path.links:
            triggers = self.schema.catalog.children(view.identity, Trigger)
            if not view.knows("triggers") or any(each.timing == "instead of" for each in triggers):
                return UNKNOWN
            plain = plain_of(view, relation)
            if plain is None or not plain.has_columns:
                return "none"
        bases = self._as(path.table, rights, self.request)
        if isinstance(bases, str) or self.command == "insert":
            return bases if isinstance(bases, str) else of_truths(bases)
        conditions = [self._condition(*link, plain_of(*link), self.request) for link in path.links]
        return of_truths([every([base, *conditions]) for base in bases])

    def _as(self, table: Table, rights: str, request: Request) -> list[Truth] | str:
        """For which rows the policies hold that are asked of somebody else; a word where that ends it."""
        direct = _Direct(self.schema, table, rights, self.command, request=request)
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
        hindered = _hindered(of_truths(truths), obstacle(self.schema, table, rights, quals))
        return hindered if hindered in {"none", UNKNOWN} else truths

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
        if _usage(self.schema, function, self.role) is not False:
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


_KINDS = {"view": "view", "materialized": "materialized view"}


def unknown_roles(schema: Schema, roles: Sequence[str]) -> list[str]:
    """The roles that nothing makes."""
    return [each for each in roles if schema.catalog.get(Role, each) is None]
