"""The SQL fragments of schema.yaml, made into statements that PostgreSQL's parser reads.

A fragment is complete and alone: what would close its statement and begin another (``int, b int``,
``true) with check (true``) is refused here, before anything is executed. Every character of a statement knows
which fragment it came from, so that a fault is told at its place in schema.yaml.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from ..names import qualified, quote_ident, quote_literal
from ..pattern import lazy
from ..source import Rejected, Source, Statement, statements
from .section import Problem, Text, by_place, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..catalog import Key
    from ..source import Location
    from ..spec import FunctionSpec, PolicySpec, Smoke, Spec

Name = tuple[str, str]  # schema and name, as the catalog has them

_COLUMNS_OF = lazy(r"(\w+)\s*(?:\((.*)\))?", re.DOTALL)
_PLAIN_SELECT = {"targetList", "limitOption", "op"}
_ONE_EXPRESSION = "Write one expression."
_CUT = "Close the parenthesis; between { and } a comma ends a value: put it in quotes there."
_LONGEST_NAME = 63  # NAMEDATALEN - 1
_ANY = ("s", "t")  # a table's name, where it does not matter


class Fault(Exception):  # noqa: N818 - a finding of the reader's, turned into a Problem
    """A fragment that cannot be used: why, what to do, and where it stands."""

    def __init__(self, location: Location | None, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.location, self.message, self.remedy = location, message, remedy

    def problem(self, path: str) -> Problem:
        """Turn the fault into data."""
        return Problem(path=path, location=self.location, message=self.message, remedy=self.remedy)


class Draft:
    """A statement put together from texts of ours and fragments of schema.yaml."""

    def __init__(self, *parts: str) -> None:
        self.parts = parts
        self.source = Source.from_text("schema.yaml", "".join(parts))

    def origin(self, location: Location) -> Location | None:
        """Find the place in schema.yaml of a place in the draft; None where the text there is ours."""
        lines = self.source.text.split("\n")
        offset = sum(len(line) + 1 for line in lines[: location.line - 1]) + location.column - 1
        length = location.end_column - location.column if location.line == location.end_line else 0
        for part in self.parts:
            if offset < len(part):
                return part.at(offset, length) if isinstance(part, Text) else None
            offset -= len(part)
        return None

    def statements(self) -> list[Statement | Rejected]:
        """Parse the draft."""
        return statements(self.source)

    def statement(self, kind: str, fragment: str, alone: Callable[[Any], bool], remedy: str) -> Statement:
        """Parse the draft, which must be one statement of this kind; ``alone`` judges its node.

        Raises Fault at the fragment's place.
        """
        found = self.statements()
        for each in found:
            if isinstance(each, Rejected):
                inside = self.origin(each.location)
                message = each.message if inside else "the SQL is not complete"
                cut = fragment.count("(") > fragment.count(")")
                raise Fault(inside or place_of(fragment), message, _CUT if cut else each.hint or remedy)
        if len(found) == 1 and isinstance(found[0], Statement) and found[0].kind == kind and alone(found[0].node):
            return found[0]
        raise Fault(place_of(fragment), "this says more, or other things, than belong here", remedy)


# -- names -------------------------------------------------------------------------------------------------


def relation_name(key: str) -> Name:
    """Read the name of a table or view as ``pg_identify_object`` prints it; raises Fault."""
    remedy = 'Write it as public.todo, or public."My Table".'
    node = Draft("comment on table ", key, " is null").statement("CommentStmt", key, _always, remedy).node
    names = _strings(node["object"]["List"]["items"])
    if len(names) != 2:
        raise Fault(place_of(key), f'"{key}" is no table or view with its schema', remedy)
    _as_printed(key, qualified(*names))
    return names[0], names[1]


def _as_printed(key: str, printed: str, rest: str = "") -> None:
    """See that a name is written as the server prints it: capitals want quotes."""
    if key.startswith(printed + rest):
        return
    parts = re.findall(r'"(?:[^"]|"")*"|[^".]+', key[: len(key) - len(rest)] if rest else key)
    exact = ".".join(part if part.startswith('"') else quote_ident(part) for part in parts)
    remedy = f"Write {printed}{rest}" + (f", or {exact}{rest}." if exact != printed else ".")
    raise Fault(place_of(key), f'"{key}" names {printed}{rest} in SQL', remedy)


def _ident(name: str) -> str:
    """Quote a name; raises Fault for one that the server would cut or refuse."""
    if not 0 < len(name.encode()) <= _LONGEST_NAME:
        words = f"a name has at most {_LONGEST_NAME} bytes" if name else "a name cannot be empty"
        raise Fault(place_of(name), words, "Write it as the server has it.")
    return quote_ident(name)


def routine(key: str) -> tuple[Name, Any]:
    """Read a function written with its argument types: schema and name, and its node; raises Fault."""
    remedy = "Write it with its schema and the types of its arguments, as public.f(integer, text)."
    node = Draft("comment on function ", key, " is null").statement("CommentStmt", key, _always, remedy).node
    found = node["object"]["ObjectWithArgs"]
    names = _strings(found["objname"])
    if len(names) != 2 or found.get("args_unspecified"):
        raise Fault(place_of(key), f'"{key}" does not say which function', remedy)
    printed = qualified(*names)
    _as_printed(key, printed, key[key.rindex("(") :] if "(" not in printed else "")
    return (names[0], names[1]), found


def named(text: str) -> tuple[Key, Any]:
    """Read ``policy read on public.todo``: its key, and for a function its node; raises Fault."""
    kind, _, rest = str(text).partition(" ")
    if kind == "materialized":
        kind, rest = "view", rest.strip().partition(" ")[2]
    if kind == "function":
        name, node = routine(_tail(text, len(text) - len(rest)))
        return (kind, qualified(*name)), node
    remedy = "Write a kind and a name, as  table public.todo  or  policy read on public.todo."
    found = Draft("comment on ", text, " is null").statement("CommentStmt", text, _always, remedy).node["object"]
    if "String" in found:
        return (kind, found["String"]["sval"]), None
    names = _strings(found["TypeName"]["names"] if "TypeName" in found else found["List"]["items"])
    parts = {"column": 3, "policy": 3, "trigger": 3, "constraint": 3}.get(kind, 2)
    if len(names) != parts:
        raise Fault(place_of(text), f'"{text}" is not a whole name', "Write its schema, too.")
    if kind == "column":
        return (kind, f"{qualified(*names[:2])}.{quote_ident(names[2])}"), None
    if parts == 3:
        return (kind, f"{quote_ident(names[2])} on {qualified(*names[:2])}"), None
    return (kind, qualified(*names)), None


def _strings(nodes: list[Any]) -> list[str]:
    return [node["String"].get("sval", "") for node in nodes]


def _always(node: Any) -> bool:
    return True


# -- drafts: one statement each -----------------------------------------------------------------------------


def column(table: Name, name: str, sql: str) -> tuple[Draft, Statement]:
    """Add a column to its table."""
    draft = Draft(f"alter table {qualified(*table)} add column {_ident(name)} ", sql, "\n")
    remedy = "Write what stands behind a column's name in CREATE TABLE: its type, NOT NULL, DEFAULT and so on."
    return draft, draft.statement("AlterTableStmt", sql, lambda node: len(node["cmds"]) == 1, remedy)


def constraint(table: Name, name: str, sql: str) -> tuple[Draft, Statement]:
    """Add a constraint to its table."""
    draft = Draft(f"alter table {qualified(*table)} add constraint {_ident(name)} ", sql, "\n")
    remedy = "Write what stands behind its name, as  check (...)  or  foreign key (...) references ..."
    statement = draft.statement("AlterTableStmt", sql, lambda node: len(node["cmds"]) == 1, remedy)
    if statement.node["cmds"][0]["AlterTableCmd"]["def"]["Constraint"]["contype"] == "CONSTR_NOTNULL":
        raise Fault(place_of(sql), "NOT NULL is not compared as a constraint", "Write it behind the column's type.")
    return draft, statement


def index(table: Name, name: str, sql: str) -> tuple[Draft, Statement]:
    """Make an index on its table."""
    unique = re.match(r"\s*unique\b", sql, re.IGNORECASE)
    rest = _tail(sql, unique.end()) if unique else sql
    head = f"create {'unique ' if unique else ''}index {_ident(name)} on {qualified(*table)} "
    draft = Draft(head, rest, "\n")
    remedy = "Write what stands behind the table, as  (a, b desc) where c  or  using gin (d)."
    return draft, draft.statement("IndexStmt", sql, _always, remedy)


def trigger(table: Name, name: str, sql: str) -> tuple[Draft, Statement]:
    """Make a trigger on its table, of a fragment without ON and the table."""
    border = re.search(r"\b(not\s+deferrable|deferrable|initially|referencing|for|when|execute)\b", sql, re.IGNORECASE)
    at = border.start() if border else len(sql)
    draft = Draft(
        f"create trigger {_ident(name)} ",
        _tail(sql, 0, at),
        f" on {qualified(*table)} ",
        _tail(sql, at),
        "\n",
    )
    remedy = "Write it without ON and the table: before update for each row execute function public.touch()"
    return draft, draft.statement("CreateTrigStmt", sql, _always, remedy)


def policy(table: Name, name: str, spec: PolicySpec) -> tuple[Draft, Statement]:
    """Make a policy on its table."""
    roles = ", ".join("public" if role == "public" else _ident(role) for role in spec.to)
    parts = [
        f"create policy {_ident(name)} on {qualified(*table)} as {spec.as_} for {spec.for_} to {roles}",
        *(clause for sql in [spec.using] if sql is not None for clause in (" using (\n", sql, "\n)")),
        *(clause for sql in [spec.check] if sql is not None for clause in (" with check (\n", sql, "\n)")),
    ]
    for each in (spec.using, spec.check):
        if each is not None:
            expression(each)
    if spec.using is not None and spec.for_ == "insert":
        raise Fault(place_of(spec.using), "only WITH CHECK expression allowed for INSERT", "Write it under  check.")
    if spec.check is not None and spec.for_ in {"select", "delete"}:
        raise Fault(place_of(spec.check), "WITH CHECK cannot be applied to SELECT or DELETE", "Write it under  using.")
    draft = Draft(*parts)
    return draft, draft.statement("CreatePolicyStmt", spec.using or spec.check or name, _always, "")


def expression(sql: str) -> None:
    """See that a fragment is one expression; raises Fault."""

    def alone(node: Any) -> bool:
        targets = node["targetList"]
        return node.keys() <= _PLAIN_SELECT and len(targets) == 1 and "name" not in targets[0]["ResTarget"]

    Draft("select (\n", sql, "\n)").statement("SelectStmt", sql, alone, _ONE_EXPRESSION)


def function(key: str, spec: FunctionSpec) -> tuple[Draft, Statement]:
    """Make a function of this signature, with the attributes that are stated."""
    routine(key)
    options = [
        "language " + _ident(spec.language or "plpgsql"),
        *([spec.volatility] if spec.volatility else []),
        *(["strict"] if spec.strict else []),
        *(["security definer"] if spec.security_definer else []),
    ]
    parts = [
        "create function ",
        key,
        "\nreturns ",
        spec.returns or "void",
        "\n" + " ".join(options),
    ]
    count = len(options) + 1
    if spec.search_path is not None:
        parts += [" set search_path = ", spec.search_path or quote_literal("")]
        count += 1
    body = "begin end" if (spec.language or "plpgsql") == "plpgsql" else ""
    draft = Draft(*parts, f"\n as {quote_literal(body)}")

    def alone(node: Any) -> bool:
        return len(node["options"]) == count

    fragment = spec.returns or spec.search_path or key
    return draft, draft.statement("CreateFunctionStmt", fragment, alone, "Write a type, as behind RETURNS.")


def privileges(written: str) -> tuple[str, tuple[str, ...]]:
    """Read ``select (a, b)``: the privilege, and the columns it is for."""
    found = _COLUMNS_OF.fullmatch(written.strip())
    if found is None:  # the section's pattern lets nothing else through
        raise Fault(place_of(written), f'"{written}" is no privilege')
    names = found[2].split(",") if found[2] else ()
    return found[1], tuple(name.strip().strip('"') for name in names)


def _tail(sql: str, start: int, end: int | None = None) -> str:
    """Cut a fragment; what is left still knows its place."""
    return Part.cut(sql, start, end) if isinstance(sql, Text) else sql[start:end]


class Part(Text):
    """A piece of a fragment."""

    __slots__ = ("offset", "whole")
    whole: Text
    offset: int

    @classmethod
    def cut(cls, whole: Text, start: int, end: int | None) -> Part:
        """Cut a piece from ``start`` on."""
        part = cls(whole[start:end], whole.location)
        part.whole, part.offset = whole, start
        return part

    def at(self, offset: int, length: int = 0) -> Location:
        """Find the place of ``length`` characters from ``offset``."""
        return self.whole.at(self.offset + offset, length)


# -- all of them ---------------------------------------------------------------------------------------------


def faults(spec: Spec) -> list[Problem]:
    """Find every fault that the SQL in a specification shows by itself."""
    path = next((place.file for place in spec.places.values()), "schema.yaml")
    problems: list[Problem] = []
    for check in _checks(spec):
        try:
            check()
        except Fault as fault:
            problems.append(fault.problem(path))
    return sorted(problems, key=by_place)


def _checks(spec: Spec) -> Iterator[Callable[[], object]]:
    for key, table in spec.expect.tables.items():
        yield partial(relation_name, key)
        for make, fragments in (
            (column, table.columns),
            (constraint, table.constraints),
            (index, table.indexes),
            (trigger, table.triggers),
        ):
            for name, sql in fragments.items():
                yield partial(make, _ANY, name, sql)
        for name, each in table.policies.items():
            yield partial(policy, _ANY, name, each)
    for key in spec.expect.views:
        yield partial(relation_name, key)
    for key, routine in spec.expect.functions.items():
        yield partial(function, key, routine)
    for text in spec.absent:
        yield partial(named, text)
    for assertion in spec.assertions:
        yield partial(_one_select, assertion.sql)
    yield partial(_unique, [each.id for each in spec.assertions])
    for smoke in spec.smoke:
        yield partial(_smoke, smoke)


def _one_select(sql: str) -> None:
    Draft(sql).statement("SelectStmt", sql, lambda node: "intoClause" not in node, "Write one SELECT.")


def _unique(ids: list[str]) -> None:
    for number, each in enumerate(ids):
        if each in ids[:number]:
            raise Fault(place_of(each), f'the id "{each}" is used twice', "Give each assertion an id of its own.")


def _smoke(smoke: Smoke) -> None:
    written = [key for key in ("gives", "raises") if key in smoke.places]
    if len(written) != 1:
        words = "gives and raises exclude each other" if written else "a smoke test needs one of gives and raises"
        remedy = 'Write  gives: "0"  for a value, or  raises: "42501"  for an error.'
        raise Fault(smoke.place(*written), words, remedy)
    for sql, several in ((smoke.sql, False), (smoke.setup, True)):
        if sql is not None:
            _statements(sql, several=several)


def _statements(sql: str, *, several: bool) -> None:
    draft = Draft(sql)
    found = draft.statements()
    for each in found:
        if isinstance(each, Rejected):
            raise Fault(draft.origin(each.location) or place_of(sql), each.message, each.hint or "")
        if each.kind == "TransactionStmt":
            raise Fault(place_of(sql), "it ends the transaction it runs in", "Leave BEGIN, COMMIT and ROLLBACK out.")
    if not found or (len(found) > 1 and not several):
        raise Fault(place_of(sql), "this is not one statement", "Write one; others go into setup.")
