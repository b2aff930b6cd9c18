"""What the platform refuses role postgres within a procedure, where a handler may take the error.

Of a statement that stands by itself a rule speaks (``reserved_schema_ddl``), and the simulation goes on as if it were
allowed; in a block the refusal undoes whatever else is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..catalog import CatalogError
from ..objects.privilege import acts_as, holds
from ..objects.schema import Schema

if TYPE_CHECKING:
    from ..catalog import Catalog, Node

_SCHEMAS = frozenset({"auth", "realtime", "storage"})
_MADE = {
    "CreateFunctionStmt": "funcname",
    "CreateSeqStmt": "sequence",
    "CreateStmt": "relation",
    "CreateEnumStmt": "typeName",
    "ViewStmt": "view",
}
_ALTERED = {"AlterTableStmt": "relation", "IndexStmt": "relation"}


def require_open(catalog: Catalog, kind: str, node: Node) -> None:
    """Raise 42501 for what the current role may not make or change in the platform's schemas."""
    if kind in _MADE:
        schema, _ = _named(node.get(_MADE[kind]))
        home = catalog.get(Schema, schema) if schema in _SCHEMAS else None
        if home is not None and home.origin == "platform" and holds(catalog, catalog.role, home, "create") is False:
            raise CatalogError("42501", f"permission denied for schema {schema}")
    elif kind in _ALTERED:
        schema, name = _named(node.get(_ALTERED[kind]))
        table: Any = catalog.find(("table", f"{schema}.{name}")) if schema in _SCHEMAS else None
        if table is not None and table.origin == "platform" and not _owns(catalog, table.owner):
            raise CatalogError("42501", f"must be owner of table {name}")


def _owns(catalog: Catalog, owner: str) -> bool:
    role: Any = catalog.find(("role", catalog.role))
    return owner == catalog.role or owner in acts_as(catalog, catalog.role) or bool(role and role.superuser)


def _named(node: Any) -> tuple[str, str]:
    """The schema and the name that a RangeVar, or a list of names, gives."""
    if isinstance(node, list):
        names = [str(each.get("String", {}).get("sval", "")) for each in node]
        return (names[-2] if len(names) > 1 else ""), names[-1]
    return (str(node.get("schemaname", "")), str(node.get("relname", ""))) if node else ("", "")
