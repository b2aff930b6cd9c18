"""What a statement's own words name, looked up in the catalog that the rules judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..schema.names import qualified
from ..schema.objects.table import Table
from ..schema.objects.view import View

if TYPE_CHECKING:
    from .schema import Relation, Schema


def relation(schema: Schema, rangevar: dict[str, Any]) -> Relation | None:
    """The table or view that a RangeVar names; one without a schema is looked for in ``public`` alone."""
    return schema.relation(qualified(rangevar.get("schemaname") or "public", rangevar.get("relname", "")))


def granted_on(schema: Schema, grant: dict[str, Any]) -> Iterator[Relation]:
    """The tables and views that a GrantStmt is about, as far as they are there in the end."""
    if grant.get("objtype") != "OBJECT_TABLE":
        return
    for each in grant.get("objects", ()):
        if "RangeVar" in each:
            found = relation(schema, each["RangeVar"])
            if found is not None:
                yield found
        elif grant.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
            name = each["String"].get("sval", "")
            yield from (table for table in schema.catalog.of(Table) if table.schema == name)
            yield from (view for view in schema.catalog.of(View) if view.schema == name)


def grantees(grant: dict[str, Any]) -> list[str]:
    """The roles that a GrantStmt names; PUBLIC is "public"."""
    return [
        str(each["RoleSpec"].get("rolename", "public"))
        for each in grant.get("grantees", ())
        if each["RoleSpec"].get("roletype") in {"ROLESPEC_CSTRING", "ROLESPEC_PUBLIC"}
    ]
