"""Statements that change rows alone: nothing of the catalog changes, but what they name must be there."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

from .alter import require_superuser
from .catalog import CatalogError, executes
from .meaning.queries import Binder
from .meaning.scope import Scope
from .names import quote_ident
from .objects.column import Column
from .objects.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .catalog import Catalog, Node
    from .source import Statement


# Tables of pg_catalog that people try to change
_SYSTEM = frozenset(f"pg_{name}" for name in """
    attrdef attribute auth_members authid class constraint database db_role_setting default_acl depend description enum
    event_trigger extension index inherits namespace opclass operator policy proc publication publication_rel rewrite
    sequence shdepend statistic statistic_ext trigger type
    """.split())  # fmt: skip # noqa: SIM905 - a list of thirty strings reads worse


@executes("InsertStmt")
def insert(catalog: Catalog, node: Node, statement: Statement) -> None:
    """INSERT: its table, the columns it names, and what its query reads."""
    _bound(catalog, "InsertStmt", node, statement)
    _require_columns(catalog, node, statement, node.get("cols", ()))
    _follow(catalog, "InsertStmt", node)


@executes("UpdateStmt")
def update(catalog: Catalog, node: Node, statement: Statement) -> None:
    """UPDATE: its table, the columns it sets, and what it reads."""
    _bound(catalog, "UpdateStmt", node, statement)
    _require_columns(catalog, node, statement, node.get("targetList", ()))
    _follow(catalog, "UpdateStmt", node)


@executes("DeleteStmt")
def delete(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DELETE: its table, and what it reads."""
    _bound(catalog, "DeleteStmt", node, statement)
    _follow(catalog, "DeleteStmt", node)


@executes("MergeStmt")
def merge(catalog: Catalog, node: Node, statement: Statement) -> None:
    """MERGE: its table, and what it reads."""
    _bound(catalog, "MergeStmt", node, statement)
    _follow(catalog, "MergeStmt", node)


def _follow(catalog: Catalog, tag: str, node: Node) -> None:
    """Where the rows are schema on the platform, say what becomes of them."""
    if node.get("relation", {}).get("schemaname") != "storage":
        return
    from . import platform_rows, taint
    from .procedures.evaluate import Evaluator

    platform_rows.change(Evaluator(catalog), tag, node, lambda reason, keys: taint.unmodelled(catalog, reason, keys))


def reads(catalog: Catalog, node: Node, statement: Statement) -> None:
    """Look for what a SELECT reads."""
    _bound(catalog, "SelectStmt", node, statement)


def _bound(catalog: Catalog, tag: str, node: Node, statement: Statement) -> None:
    target = node.get("relation", {})
    if target.get("relname") in _SYSTEM and target.get("schemaname", "pg_catalog") == "pg_catalog":
        require_superuser(catalog, f"permission denied for table {target['relname']}")
    with suppress(CatalogError) if statement.source.inside else nullcontext():  # there a name may be a variable's
        Binder(catalog, statement, edits=False).command(tag, node, Scope())


def _require_columns(catalog: Catalog, node: Node, statement: Statement, targets: Iterable[Any]) -> None:
    from .meaning.resolve import relation

    table = relation(catalog, node["relation"])
    if not isinstance(table, Table) or not table.knows("columns"):
        return
    for each in targets:
        target = each["ResTarget"]
        name = target.get("name")
        if name and catalog.get(Column, f"{table.identity}.{quote_ident(name)}") is None:
            raise CatalogError(
                "42703", f'column "{name}" of relation "{table.name}" does not exist', target.get("location")
            )
