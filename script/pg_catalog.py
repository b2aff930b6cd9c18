"""Write down the names that PostgreSQL and its extensions bring along: ``pg_catalog.py DSN...``.

Each DSN is a superuser's, on servers of different majors; what any of them has is listed. The tables it writes,
in ``schema/data``: ``pg_catalog.txt`` (blocks of types, relations and functions, a name a line) and
``extensions.txt`` (``name``, ``functions`` or ``types``, and the names: one line each).
"""

from __future__ import annotations

import pathlib
import sys

import psycopg

DATA = pathlib.Path(__file__).parent.parent / "schema" / "data"

# PostgreSQL 18's release notes: what neither 15 nor 17 has.
NEWER = {
    "functions": """array_reverse array_sort casefold crc32 crc32c gamma lgamma json_strip_nulls
        jsonb_strip_nulls pg_get_acl pg_get_loaded_modules pg_numa_available reverse uuidv4 uuidv7
        has_largeobject_privilege pg_ls_summariesdir pg_stat_get_backend_io pg_aios""".split(),
    "relations": "pg_aios pg_shmem_allocations_numa".split(),
}
# Extensions of the platform that come from elsewhere, by their own install scripts. One that creates functions
# which nobody calls in DDL is listed as well: a name that is missing here would be called missing.
FOREIGN = {
    "vector": {
        "types": "vector halfvec sparsevec",
        "functions": """array_to_halfvec array_to_sparsevec array_to_vector avg binary_quantize cosine_distance
            halfvec halfvec_to_float4 halfvec_to_sparsevec halfvec_to_vector hamming_distance inner_product
            jaccard_distance l1_distance l2_distance l2_norm l2_normalize sparsevec sparsevec_to_halfvec
            sparsevec_to_vector subvector sum vector vector_avg vector_dims vector_norm vector_to_float4
            vector_to_halfvec vector_to_sparsevec vector_negative_inner_product vector_spherical_distance""",
    },
}

_NAMES = {
    "types": "select typname from pg_type where typnamespace = 'pg_catalog'::regnamespace"
    " and typrelid = 0 and typcategory <> 'A'",
    "relations": "select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace"
    " and relkind in ('r', 'v')",
    "functions": "select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace",
}
_MEMBERS = """
    select e.extname, 'functions', p.proname
    from pg_depend d join pg_extension e on e.oid = d.refobjid join pg_proc p on p.oid = d.objid
    where d.deptype = 'e' and d.classid = 'pg_proc'::regclass and p.prorettype <> 'internal'::regtype
    union
    select e.extname, 'types', t.typname
    from pg_depend d join pg_extension e on e.oid = d.refobjid join pg_type t on t.oid = d.objid
    where d.deptype = 'e' and d.classid = 'pg_type'::regclass and t.typcategory <> 'A'
    union
    select extname, 'functions', null from pg_extension
"""


def read(dsn: str) -> tuple[dict[str, set[str]], dict[tuple[str, str], set[str]]]:
    """Read the names of one server, its extensions made and rolled back."""
    with psycopg.connect(dsn) as connection:
        names = {block: {row[0] for row in connection.execute(query)} for block, query in _NAMES.items()}
        available = connection.execute("select name from pg_available_extensions order by 1").fetchall()
        for (extension,) in available:
            try:
                with connection.transaction():
                    connection.execute(f'create extension if not exists "{extension}" cascade')
            except psycopg.Error as error:  # one that needs a library this server lacks
                print(f"{extension}: {error}", file=sys.stderr)
        members: dict[tuple[str, str], set[str]] = {}
        for extension, block, name in connection.execute(_MEMBERS).fetchall():
            members.setdefault((extension, block), set()).update([name] if name else [])
        connection.rollback()
    return names, members


def main(dsns: list[str]) -> None:
    """Write both tables from what the servers have."""
    blocks: dict[str, set[str]] = {block: set(NEWER.get(block, ())) for block in _NAMES}
    extensions: dict[tuple[str, str], set[str]] = {}
    for extension, lists in FOREIGN.items():
        for block, names in lists.items():
            extensions[extension, block] = set(names.split())
    for dsn in dsns:
        found, members = read(dsn)
        for block, some in found.items():
            blocks[block] |= some
        for key, some in members.items():
            extensions.setdefault(key, set()).update(some)
    text = "\n\n".join("\n".join(sorted(some)) for some in blocks.values())
    (DATA / "pg_catalog.txt").write_text(text + "\n")
    lines = (" ".join([*key, *sorted(some)]) for key, some in sorted(extensions.items()))
    (DATA / "extensions.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
