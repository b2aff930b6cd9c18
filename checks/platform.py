"""What Supabase's platform keeps to itself: the roles that are closed to role postgres, and its extensions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..schema.objects.privilege import acts_as
from ..schema.objects.role import Role

if TYPE_CHECKING:
    from .schema import Schema

# Roles that projects work as: postgres is a member of them, or they may be configured by it (supautils.conf,
# reserved_roles, those with a star)
_LENT = frozenset({"postgres", "anon", "authenticated", "service_role", "authenticator"})


def closed_roles(schema: Schema) -> frozenset[str]:
    """The platform's own roles, which role postgres neither is a member of nor may change; none on a bare server."""
    return _closed() if schema.target.platform == "supabase" else frozenset()


@cache
def _closed() -> frozenset[str]:
    from ..schema.simulate import platform_catalog

    catalog = platform_catalog()
    return frozenset(role.name for role in catalog.of(Role)) - acts_as(catalog, "postgres").keys() - _LENT


# What role postgres may make (supabase/postgres, conf.d/supautils.conf: privileged_extensions), and what is there and
# needs no superuser
EXTENSIONS = frozenset({
    "address_standardizer", "address_standardizer_data_us", "autoinc", "bloom", "btree_gin", "btree_gist",
    "citext", "cube", "dblink", "dict_int", "dict_xsyn", "earthdistance", "fuzzystrmatch", "hstore", "http",
    "hypopg", "index_advisor", "insert_username", "intarray", "isn", "ltree", "moddatetime", "orioledb",
    "pg_buffercache", "pg_cron", "pg_graphql", "pg_hashids", "pg_jsonschema", "pg_net", "pg_partman",
    "pg_prewarm", "pg_repack", "pg_stat_monitor", "pg_stat_statements", "pg_tle", "pg_trgm", "pg_walinspect",
    "pgaudit", "pgcrypto", "pgjwt", "pgmq", "pgroonga", "pgroonga_database", "pgrouting", "pgrowlocks",
    "pgsodium", "pgstattuple", "pgtap", "pljava", "plpgsql", "plpgsql_check", "postgis", "postgis_raster",
    "postgis_sfcgal", "postgis_tiger_geocoder", "postgis_topology", "postgres_fdw", "refint", "rum", "seg",
    "sslinfo", "supabase_vault", "tablefunc", "tcn", "tsm_system_rows", "tsm_system_time", "unaccent",
    "uuid-ossp", "vector", "wrappers",
})  # fmt: skip
# The last major with which the image has them (Dockerfile-17 leaves them out)
UNTIL_15 = {"plcoffee": 15, "plls": 15, "plv8": 15, "timescaledb": 15}
# In the image, but kept from role postgres ("omitted because may be unsafe", "deprecated": the same file)
REFUSED_EXTENSIONS = frozenset({
    "adminpack", "amcheck", "file_fdw", "intagg", "lo", "old_snapshot", "pageinspect", "pg_freespacemap",
    "pg_surgery", "pg_visibility", "xml2",
})  # fmt: skip

# Roles that clients work as: their settings may be changed, nothing else (supautils.conf: reserved_roles, with a star)
API_ROLES = frozenset({"anon", "authenticated", "service_role", "authenticator"})
# What nobody may be made a member of (supautils.conf: reserved_memberships), beside the closed roles
RESERVED_MEMBERSHIPS = frozenset(
    {"pg_read_server_files", "pg_write_server_files", "pg_execute_server_program", "authenticator"}
)


def role_of(spec: dict[str, Any]) -> str:
    """The name that a RoleSpec node writes; empty for CURRENT_USER and its like."""
    return str(spec.get("rolename", ""))
