"""What extensions bring along that splinter's lints look at: it leaves members of extensions out in some alone.

Measured: what its SQL returned where each extension was made in ``public`` (PostgreSQL 15; PostGIS 3.3, dblink,
pgTAP and the rest as Debian has them). The members belong to the superuser that made the extension, so that no
migration takes a privilege on them away, or switches row level security on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ..schema.objects.default_privilege import initial_acl

if TYPE_CHECKING:
    from ..schema.objects.extension import Extension
    from .schema import Schema

_SUPERUSER = "supabase_admin"


class Member(msgspec.Struct, frozen=True):
    """A table, a view or a security-definer function of an extension; ``public``: PUBLIC may read or run it."""

    kind: str
    name: str  # of a function with what splinter's keys say of its arguments: name_arguments
    public: bool = True


_MEMBERS = {
    "dblink": (
        Member("function", "dblink_connect_u_text", public=False),
        Member("function", "dblink_connect_u_text, text", public=False),
    ),
    "hypopg": (Member("view", "hypopg_list_indexes", public=False),),
    "pg_buffercache": (Member("view", "pg_buffercache", public=False),),
    "pg_stat_statements": (Member("view", "pg_stat_statements"), Member("view", "pg_stat_statements_info")),
    "pgtap": (Member("view", "pg_all_foreign_keys"), Member("view", "tap_funky")),
    "postgis": (
        Member("table", "spatial_ref_sys"),
        Member("view", "geography_columns"),
        Member("view", "geometry_columns"),
        Member("function", "st_estimatedextent_text, text"),
        Member("function", "st_estimatedextent_text, text, text"),
        Member("function", "st_estimatedextent_text, text, text, boolean"),
    ),
}


def members(extension: Extension, schema: Schema, kinds: tuple[str, ...], role: str) -> list[Member]:
    """The members of these kinds that a role may read or run."""
    known = [each for each in _MEMBERS.get(extension.name, ()) if each.kind in kinds]
    if not known or not extension.knows("schema"):
        return []
    object_type, privilege = ("functions", "execute") if kinds == ("function",) else ("tables", "select")
    default = initial_acl(schema.catalog, object_type, _SUPERUSER, extension.schema) or {}
    granted = privilege in default.get(role, {})
    return [each for each in known if granted or each.public]
