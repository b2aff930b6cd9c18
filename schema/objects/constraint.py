"""Constraints of tables and domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..catalog import Comparison, Object
from ..expression import compare_definition


class Constraint(Object, frozen=True, kw_only=True):
    """A row of ``pg_constraint``; NOT NULL rows (contype n, PostgreSQL 18) are columns' business."""

    kind: ClassVar[str] = "constraint"
    internal: ClassVar[frozenset[str]] = frozenset(
        {"table", "name", "expression", "referenced_columns", "index", "inherited", "deferred"}
    )
    comparisons: ClassVar[Mapping[str, Comparison]] = {"definition": compare_definition}

    table: str  # or the domain
    name: str
    type: str  # primary_key | unique | foreign_key | check | exclusion
    columns: tuple[str, ...] = ()  # conkey, by name; of a check: those it reads
    definition: str = ""  # pg_get_constraintdef
    validated: bool = True
    deferrable: bool = False
    references: str | None = None  # the table a foreign key points at
    on_delete: str | None = None  # no action | restrict | cascade | set null | set default
    on_update: str | None = None
    expression: str | None = None  # of a check
    referenced_columns: tuple[str, ...] = ()
    index: str | None = None  # identity of the index behind a key
    inherited: bool = False
    deferred: bool = False
