"""What a table itself lets a role do by one command: privileges, row level security, policies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from ...schema.names import quote_ident
from ...schema.objects.function import Function
from ...schema.objects.schema import Schema as SchemaObject
from ..conditions.truth import Judge, Request, Truth, every, request_of
from ..grants import origin
from ..words import listed
from .cell import UNKNOWN
from .policies import Asked, Obstacle, asked, obstacle, row_security

if TYPE_CHECKING:
    from ...schema.objects.table import Table
    from ..schema import Relation, Schema


class TableAccess:
    """What the table itself gives a role for a command."""

    def __init__(self, schema: Schema, table: Table, role: str, command: str, *, inside: Request | None = None) -> None:
        """Within a view (``inside`` is then who asks there) nobody needs USAGE on the table's schema any more."""
        self.schema, self.table, self.role, self.command = schema, table, role, command
        self.inside = inside is not None
        self.judge = judge(schema, table, inside or request_of(role, schema.target.platform))

    def privilege(self, command: str | None = None) -> str | None:
        """Whether the role may run a command: "table", "columns", "" (not), or None where it is not known."""
        wanted_ = command or self.command
        named = self.inside or usage(self.schema, self.table, self.role)
        if not named:
            return "" if named is False else None
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
        return hindered(access, way), (*lines, way.text) if way else lines

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
        return hindered(access, obstacle(self.schema, self.table, self.role, quals)) if access != "none" else access

    # -- words -----------------------------------------------------------------------------------------------

    def _lacks(self) -> str:
        if usage(self.schema, self.table, self.role) is False:
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
    return Judge(request, columns, lambda name: is_platforms(schema, name), alias)


def is_platforms(schema: Schema, name: str) -> bool:
    """Whether a function without arguments is the platform's own, and so does what its name says."""
    found = schema.catalog.get(Function, f"{name}()")
    if found is None or found.origin != "platform":
        return False
    return found.changed_at is None or found.body == _original(f"{name}()")


@cache
def _original(identity: str) -> str | None:
    """The body that a function of the platform's has in a new project."""
    from ...schema.simulate import platform_catalog

    found = platform_catalog().get(Function, identity)
    return found.body if found else None


def usage(schema: Schema, relation: Relation | Function, role: str) -> bool | None:
    """Whether a role may name what is in an object's schema; None where that is not known."""
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


def hindered(access: str, way: Obstacle | None) -> str:
    """What is left of an access where something keeps the statement from being run."""
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
