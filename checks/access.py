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

from collections.abc import Sequence
from fnmatch import fnmatchcase
from glob import escape
from typing import TYPE_CHECKING

from ..schema.objects.role import Role
from ..schema.objects.table import Table
from .matrix.cell import UNKNOWN, Cell, greatest
from .matrix.table import TableAccess
from .matrix.ways import Ways
from .schema import COMMANDS

if TYPE_CHECKING:
    from .schema import Schema

ROLES = ("anon", "authenticated", "service_role")


def matrix(schema: Schema, roles: Sequence[str] = ROLES, patterns: Sequence[str] = ()) -> list[Cell]:
    """Every cell, by table, role and command: of the project's own tables, or of those that match a pattern."""
    found = []
    for table in sorted(schema.catalog.of(Table), key=lambda each: each.identity):
        if wanted(table, patterns):
            found += [cell(schema, table, role, command) for role in roles for command in COMMANDS]
    return found


def concerned(schema: Schema) -> list[str]:
    """Patterns of the tables that the files which were not applied make or change, and of those under ``access``."""
    pending = {migration.source.path for migration in schema.project.pending}
    found = set(schema.project.spec.access)
    for table in schema.catalog.of(Table):
        for each in (table, *schema.policies(table)):
            if any(place and place.file in pending for place in (each.made_at, each.changed_at)):
                found.add(table.identity)
    return sorted(map(escape, found))


def wanted(table: Table, patterns: Sequence[str]) -> bool:
    """Whether a table is one of the project's, or matches one of the patterns (with its schema or without)."""
    if table.persistence == "temporary" or table.schema.startswith("pg_temp"):
        return False
    if not patterns:
        return table.origin in {"made", "external"}
    return any(fnmatchcase(name, each) for each in patterns for name in (table.identity, table.name))


def cell(schema: Schema, table: Table, role: str, command: str) -> Cell:
    """Work out one cell."""
    own = TableAccess(schema, table, role, command)
    direct, reason = own.access()
    through = tuple(Ways(schema, table, role, command).found())
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


def unknown_roles(schema: Schema, roles: Sequence[str]) -> list[str]:
    """The roles that nothing makes."""
    return [each for each in roles if schema.catalog.get(Role, each) is None]
