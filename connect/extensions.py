"""The extensions that the platform lets ``postgres`` install, and stand-ins for those a server lacks."""

from __future__ import annotations

from pathlib import Path

from ..schema.objects.extension import home

# supabase/postgres ansible/files/postgresql_config/conf.d/supautils.conf: privileged_extensions, and pgmq,
# which needs no privilege.
ALLOWED = frozenset(
    """
    address_standardizer address_standardizer_data_us autoinc bloom btree_gin btree_gist citext cube dblink
    dict_int dict_xsyn earthdistance fuzzystrmatch hstore http hypopg index_advisor insert_username intarray
    isn ltree moddatetime orioledb pg_buffercache pg_cron pg_graphql pg_hashids pg_jsonschema pg_net
    pg_prewarm pg_repack pg_stat_monitor pg_stat_statements pg_tle pg_trgm pg_walinspect pgaudit pgcrypto
    pgjwt pgmq pgroonga pgroonga_database pgrouting pgrowlocks pgsodium pgstattuple pgtap plcoffee pljava
    plls plpgsql_check plv8 postgis postgis_raster postgis_sfcgal postgis_tiger_geocoder postgis_topology
    postgres_fdw refint rum seg sslinfo supabase_vault supautils tablefunc tcn timescaledb tsm_system_rows
    tsm_system_time unaccent uuid-ossp vector wrappers
    """.split()  # noqa: SIM905 - a list of a hundred strings reads worse
)

_DATA = Path(__file__).parent / "data" / "extensions"


def stand_in(name: str) -> tuple[str, str]:
    """Write the control file and the script of a stand-in.

    The control file says the schema that the extension's own says. The script makes what ``data/extensions`` has
    for the name, else nothing: the extension can be created and dropped, and what uses its functions or types
    fails as it would if they did not exist.
    """
    lines = ["comment = 'a stand-in for the extension'", "default_version = '0'", "trusted = true"]
    schema = home(name)
    lines += [f"schema = '{schema}'", "relocatable = false"] if schema else ["relocatable = true"]
    script = _DATA / f"{name}.sql"
    return "\n".join(lines) + "\n", script.read_text(encoding="utf-8") if script.is_file() else ""
