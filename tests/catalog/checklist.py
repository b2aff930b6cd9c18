"""Every form of statement that PostgreSQL's grammar has, what the catalog does about it, and the case that proves it.

No form is listed by hand: the statements and their parts are what pglast lists, and which statement takes which kind
of object is what the grammar answers when it is asked about each. ``python tests/catalog/checklist.py`` writes
docs/statements.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pglast import ast, enums
from pglast.parser import ParseError

from pasteproof.schema import bystander, taint
from pasteproof.schema.catalog import HANDLERS, SELECTORS
from pasteproof.schema.objects import alter_table
from pasteproof.schema.parser import parse
from pasteproof.schema.simulate import platform_catalog
from pasteproof.schema.source import Statement
from pasteproof.tests.catalog.differential import cases

FOLLOWED = "followed"
PAGE = Path(__file__).parents[2] / "docs" / "statements.md"

# What pglast lists among the statements though no text is one: parts of queries, of PL/pgSQL and of ALTER TABLE
_NO_STATEMENTS = frozenset({"PLAssignStmt", "RawStmt", "ReplicaIdentityStmt", "ReturnStmt", "SetOperationStmt"})
# The nodes that select among a statement's forms, and the field that does
_PARTS = {
    "AlterTableCmd": "subtype",
    "Constraint": "contype",
    "FunctionParameter": "mode",
    "PartitionSpec": "strategy",
}
# Values of them that the grammar does not write: the server makes such parts itself
_SERVERS_OWN = frozenset({
    "AT_AddColumnToView", "AT_AddIndex", "AT_AddIndexConstraint", "AT_CookedColumnDefault", "AT_ReAddComment",
    "AT_ReAddConstraint", "AT_ReAddDomainConstraint", "AT_ReAddIndex", "AT_ReAddStatistics", "AT_ReplaceRelOptions",
    "AT_DropOids",
})  # fmt: skip

# One of each kind of object, as DROP, COMMENT, ALTER and GRANT name it
_OBJECTS = """
access method x | aggregate x(int) | cast (x as y) | collation x | column x.y | constraint x on y
constraint x on domain y | conversion x | database x | domain x | event trigger x | extension x
foreign data wrapper x | foreign server x | foreign table x | function x() | index x | language x | large object 1
materialized view x | operator + (int, int) | operator class x using btree | operator family x using btree
parameter x | policy x on y | procedure x() | publication x | role x | routine x() | rule x on y | schema x
sequence x | server x | statistics x | subscription x | table x | tablespace x | text search configuration x
text search dictionary x | text search parser x | text search template x | transform for x language y | trigger x on y
type x | user mapping for x server y | view x | aggregate x (*)
"""
# The statements about an object, whatever its kind; ``{}`` is the object
_ABOUT = (
    "drop {}", "comment on {} is 'x'", "security label on {} is 'x'", "alter {} rename to z", "alter {} owner to z",
    "alter {} set schema z", "alter {} depends on extension z", "grant all on {} to z",
    "create {} (z = 1)", "create {} from z", "create {} (sfunc = z)", "create operator + (z = 1)",
    "alter {} rename column z to w", "alter {} rename attribute z to w", "alter {} rename constraint z to w",
    "alter {} add column z int", "alter {} add attribute z int", "alter {} alter column z set default 1",
    "alter {} set (z = 1)", "alter {} set logged", "alter {} attach partition z",
)  # fmt: skip
_SHORT = (
    "begin", "start transaction", "commit", "rollback", "savepoint x", "release x", "rollback to x",
    "prepare transaction 'x'", "commit prepared 'x'", "rollback prepared 'x'", "set x = 1", "set x to default",
    "set x from current", "set transaction read only", "reset x", "reset all",
)  # fmt: skip


class Form(NamedTuple):
    """A statement, or a part of one, as pglast names it: a node, and what selects among its forms."""

    node: str
    of: str = ""

    def __str__(self) -> str:
        return f"{self.node} {self.of}".strip()


class Row(NamedTuple):
    """A line of the checklist."""

    form: Form
    what: str
    case: str  # the file of cases that holds most of them


def forms_in(kind: str, node: Mapping[str, Any]) -> Iterator[Form]:
    """The form of a statement, and those of its parts."""
    yield Form(kind, str(node.get(SELECTORS[kind], "")) if kind in SELECTORS else "")
    todo: list[Any] = [node]
    while todo:
        each = todo.pop()
        if isinstance(each, list):
            todo += each
        elif isinstance(each, dict):
            for name, value in each.items():
                part = "PartitionSpec" if name == "partspec" else name
                if part in _PARTS and isinstance(value, dict):
                    yield Form(part, str(value[_PARTS[part]]))
                todo.append(value)


@cache
def forms() -> tuple[Form, ...]:
    """Every form that the grammar can write."""
    found = {
        Form(name)
        for name in vars(ast)
        if name.endswith("Stmt") and name not in _NO_STATEMENTS and name not in SELECTORS
    }
    objects = [each.strip() for line in _OBJECTS.strip().splitlines() for each in line.split("|")]
    for text in (*_SHORT, *(about.format(each) for about in _ABOUT for each in objects)):
        found.update(form for form in _written(text) if form.node in SELECTORS)
    for name, selector in _PARTS.items():
        values: Any = getattr(enums, getattr(ast, name).__slots__[selector].c_type)
        found.update(Form(name, each.name) for each in values if each.name not in _SERVERS_OWN)
    return tuple(sorted(found))


def _written(text: str) -> list[Form]:
    try:
        (raw,) = parse(text)
    except ParseError:
        return []
    ((kind, node),) = raw.stmt.items()
    return list(forms_in(kind, node))


def what_is_done(form: Form) -> str:
    """What the simulation does about a form; empty where nobody thought of it."""
    if form.node == "AlterTableCmd":
        return FOLLOWED if form.of in alter_table.COMMANDS else _harmless(alter_table.UNSEEN.get(form.of))
    if form.node in _PARTS:
        return FOLLOWED
    if form.node in taint.UNFOLLOWED:
        return f"unknown: {taint.UNFOLLOWED[form.node]}"
    handler = HANDLERS.get((form.node, form.of)) or HANDLERS.get((form.node, None))
    if handler is not None:
        known = handler.__module__.startswith(bystander.__name__)
        return "known to exist only" if known else FOLLOWED
    if form.node in taint.ABOUT and form.of in taint.FOREIGN_KINDS:
        return _harmless("it is about the server or a whole database")
    return _harmless(taint.HARMLESS.get(form.node))


def _harmless(why: str | None) -> str:
    return f"harmless: {why}" if why else ""


@cache
def rows() -> tuple[Row, ...]:
    """The whole checklist."""
    platform_catalog()  # has every handler registered
    held: dict[Form, Counter[str]] = {}
    for case in cases():
        for piece in case.statements:
            if isinstance(piece, Statement):
                for form in forms_in(piece.kind, piece.node):
                    held.setdefault(form, Counter())[case.name.partition(":")[0]] += 1
    return tuple(
        Row(form, what_is_done(form), max(held.get(form, {"": 0}).items(), key=lambda item: (item[1], item[0]))[0])
        for form in forms()
    )


_INTRODUCTION = """\
# Statements

What the simulation does about each form of statement that PostgreSQL's grammar has.

- *followed*: the catalog holds what the statement makes or changes, and the tests compare that, attribute by
  attribute, with what a real server makes of it;
- *known to exist only*: the object is in no snapshot and no bundle, but what needs it, and what it needs, is right;
- *harmless*: nothing that the catalog holds changes;
- *unknown*: what the statement may have touched is unknown from then on, and nothing is said about it.

The cases are files in `tests/catalog/cases`. `tests/catalog/checklist.py` writes this page.
"""
_HEADINGS = {
    "AlterTableCmd": "Subcommands of ALTER TABLE",
    "Constraint": "Constraints",
    "FunctionParameter": "Parameters of functions",
    "PartitionSpec": "Partitions",
    "AlterTableStmt": "ALTER",
    "RenameStmt": "RENAME TO",
    "AlterOwnerStmt": "OWNER TO",
    "AlterObjectSchemaStmt": "SET SCHEMA",
    "AlterObjectDependsStmt": "DEPENDS ON EXTENSION",
    "DefineStmt": "CREATE ... (definition)",
    "DropStmt": "DROP",
    "CommentStmt": "COMMENT ON",
    "GrantStmt": "GRANT and REVOKE",
    "SecLabelStmt": "SECURITY LABEL",
    "TransactionStmt": "Transactions",
    "VariableSetStmt": "SET and RESET",
}


def page() -> str:
    """docs/statements.md."""
    lines = _INTRODUCTION.splitlines()
    above = None
    for row in sorted(
        rows(), key=lambda row: list(_HEADINGS).index(row.form.node) if row.form.node in _HEADINGS else -1
    ):
        heading = _HEADINGS.get(row.form.node, "Statements of their own")
        if heading != above:
            lines += ["", f"## {heading}", "", "| form | what is done | case |", "|---|---|---|"]
            above = heading
        lines.append(f"| {_words(row.form.of or row.form.node)} | {row.what} | {row.case} |")
    return "\n".join(lines) + "\n"


def _words(name: str) -> str:
    """A name of pglast's in words: CreateCastStmt as CREATE CAST."""
    bare = re.sub(r"^(OBJECT|AT|CONSTR(_ATTR)?|FUNC_PARAM|PARTITION_STRATEGY|TRANS_STMT|VAR)_|Stmt$", "", name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", bare).upper()


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
