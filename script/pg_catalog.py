"""Write down what PostgreSQL and its extensions bring along: ``python script/pg_catalog.py DSN...``.

Each DSN is a superuser's, on servers of different majors; what any of them has is listed. It writes, in
``schema/data``:

``pg_catalog.txt``: the names in ``pg_catalog``, one a line, in blocks: types, relations, functions.
``extensions.txt``: ``name``, ``functions`` or ``types``, and the names that an extension makes: one line each.
``pg_catalog_columns.txt``: ``schema.relation`` of the system's schemas, and the names of its columns: one line each.
``pg_catalog_calls.txt``: what an expression's type follows from, in blocks: types with their category (in upper case
where the category prefers them), implicit casts, operators (name, result, operands), functions (name, result,
arguments; ``*`` before the result: a set, ``=`` before an argument: it may be left out, ``+``: any number of it,
``name:type`` instead of a result: the columns of its rows).
"""

from __future__ import annotations

import pathlib
import sys
from typing import Any

import psycopg

DATA = pathlib.Path(__file__).parent.parent / "schema" / "data"

# PostgreSQL 18's release notes: what neither 15 nor 17 has.
NEWER = {
    "types": "",
    "relations": "pg_aios pg_shmem_allocations_numa",
    "functions": """array_reverse array_sort casefold crc32 crc32c gamma lgamma json_strip_nulls jsonb_strip_nulls
        pg_get_acl pg_get_loaded_modules pg_numa_available reverse uuidv4 uuidv7 has_largeobject_privilege
        pg_ls_summariesdir pg_stat_get_backend_io pg_get_aios""",
}
# Extensions of the platform that come from elsewhere, by their own install scripts (pg_cron and pg_net make
# everything in schemas of their own).
FOREIGN = {
    ("http", "types"): "http_header http_method http_request http_response",
    ("http", "functions"): """
        bytea_to_text http http_delete http_get http_head http_header http_headers http_list_curlopt
        http_patch http_post http_put http_reset_curlopt http_set_curlopt text_to_bytea urlencode""",
    ("hypopg", "types"): "hypopg_hidden_indexes hypopg_list_indexes",
    ("hypopg", "functions"): """
        hypopg hypopg_create_index hypopg_drop_index hypopg_get_indexdef hypopg_hidden_indexes
        hypopg_hide_index hypopg_relation_size hypopg_reset hypopg_reset_index hypopg_unhide_all_indexes
        hypopg_unhide_index""",
    ("index_advisor", "functions"): "index_advisor",
    ("pg_cron", "functions"): "",
    ("pg_jsonschema", "functions"): """
        json_matches_schema jsonb_matches_schema jsonschema_is_valid jsonschema_validation_errors""",
    ("pg_net", "functions"): "",
    ("pgjwt", "functions"): "algorithm_sign sign try_cast_double url_decode url_encode verify",
    ("vector", "types"): "vector halfvec sparsevec",
    ("vector", "functions"): """
        array_to_halfvec array_to_sparsevec array_to_vector avg binary_quantize cosine_distance halfvec
        halfvec_accum halfvec_add halfvec_avg halfvec_cmp halfvec_combine halfvec_concat halfvec_eq halfvec_ge
        halfvec_gt halfvec_in halfvec_l2_squared_distance halfvec_le halfvec_lt halfvec_mul halfvec_ne
        halfvec_negative_inner_product halfvec_out halfvec_recv halfvec_send halfvec_spherical_distance
        halfvec_sub halfvec_to_float4 halfvec_to_sparsevec halfvec_to_vector halfvec_typmod_in hamming_distance
        hnsw_bit_support hnsw_halfvec_support hnsw_sparsevec_support hnswhandler inner_product
        ivfflat_bit_support ivfflat_halfvec_support ivfflathandler jaccard_distance l1_distance l2_distance
        l2_norm l2_normalize sparsevec sparsevec_cmp sparsevec_eq sparsevec_ge sparsevec_gt sparsevec_in
        sparsevec_l2_squared_distance sparsevec_le sparsevec_lt sparsevec_ne sparsevec_negative_inner_product
        sparsevec_out sparsevec_recv sparsevec_send sparsevec_to_halfvec sparsevec_to_vector sparsevec_typmod_in
        subvector sum vector vector_accum vector_add vector_avg vector_cmp vector_combine vector_concat
        vector_dims vector_eq vector_ge vector_gt vector_in vector_l2_squared_distance vector_le vector_lt
        vector_mul vector_ne vector_negative_inner_product vector_norm vector_out vector_recv vector_send
        vector_spherical_distance vector_sub vector_to_float4 vector_to_halfvec vector_to_sparsevec
        vector_typmod_in""",
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
    where d.deptype = 'e' and d.classid = 'pg_proc'::regclass
    union
    select e.extname, 'types', t.typname
    from pg_depend d join pg_extension e on e.oid = d.refobjid join pg_type t on t.oid = d.objid
    where d.deptype = 'e' and d.classid = 'pg_type'::regclass and t.typcategory <> 'A'
    union
    select extname, 'functions', null from pg_extension
"""
_OPERATORS = """
    select o.oprname, r.typname, l.typname, t.typname
    from pg_operator o join pg_type r on r.oid = o.oprresult join pg_type t on t.oid = o.oprright
    left join pg_type l on l.oid = o.oprleft
    where o.oprnamespace = 'pg_catalog'::regnamespace
"""
_FUNCTIONS = """
    select p.proname, r.typname, p.proretset, p.pronargdefaults, p.provariadic <> 0,
      array(select t.typname::text from unnest(p.proargtypes::oid[]) with ordinality a(type, n)
        join pg_type t on t.oid = a.type order by n),
      array(select p.proargnames[a.n] || ':' || t.typname from unnest(p.proallargtypes) with ordinality a(type, n)
        join pg_type t on t.oid = a.type where p.proargmodes[a.n] in ('o', 'b', 't') order by n)
    from pg_proc p join pg_type r on r.oid = p.prorettype
    where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind <> 'p'
      and not (array['internal', 'cstring', 'index_am_handler', 'table_am_handler', 'tsm_handler', 'fdw_handler',
        'language_handler', 'pg_ddl_command', 'trigger', 'event_trigger']::regtype[]
        && (p.proargtypes::oid[] || p.prorettype)::regtype[])
"""
_TYPES = """
    select typname, typcategory, typispreferred from pg_type
    where typnamespace = 'pg_catalog'::regnamespace and typrelid = 0 and typcategory <> 'A'
"""
_CASTS = """
    select s.typname, t.typname
    from pg_cast c join pg_type s on s.oid = c.castsource join pg_type t on t.oid = c.casttarget
    where c.castcontext = 'i' and s.oid <> t.oid
      and s.typnamespace = 'pg_catalog'::regnamespace and t.typnamespace = 'pg_catalog'::regnamespace
"""


_COLUMNS = """
    select n.nspname || '.' || c.relname, a.attname
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('pg_catalog', 'information_schema') and c.relkind in ('r', 'v')
      and not a.attisdropped and (a.attnum > 0 or a.attname = 'oid')
"""


def calls(connection: psycopg.Connection[Any]) -> dict[str, set[str]]:
    """What the types of expressions follow from on one server."""
    found: dict[str, set[str]] = {"types": set(), "casts": set(), "operators": set(), "functions": set()}
    for name, category, preferred in connection.execute(_TYPES).fetchall():
        found["types"].add(f"{name} {category.upper() if preferred else category.lower()}")
    found["casts"] = {" ".join(row) for row in connection.execute(_CASTS).fetchall()}
    for name, result, left, right in connection.execute(_OPERATORS).fetchall():
        found["operators"].add(" ".join(filter(None, (name, result, left, right))))
    for name, result, is_set, defaults, variadic, arguments, columns in connection.execute(_FUNCTIONS).fetchall():
        marks = [""] * (len(arguments) - defaults) + ["="] * defaults
        if variadic:
            marks[-1] = "+"
        shown = ",".join(columns) if len(columns) > 1 else result
        words = [name, ("*" if is_set else "") + shown, *map("".join, zip(marks, arguments, strict=True))]
        if not any(" " in word for word in words):
            found["functions"].add(" ".join(words))
    return found


def members(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], set[str]]:
    """What the extensions of one server make, each made and rolled back."""
    available = connection.execute("select name from pg_available_extensions order by 1").fetchall()
    for (extension,) in available:
        try:
            with connection.transaction():
                connection.execute(f'create extension if not exists "{extension}" cascade')
        except psycopg.Error as error:  # one that needs a library this server lacks
            sys.stderr.write(f"{extension}: {error.diag.message_primary}\n")
    found: dict[tuple[str, str], set[str]] = {}
    for extension, block, name in connection.execute(_MEMBERS).fetchall():
        found.setdefault((extension, block), set()).update([name] if name else [])
    connection.rollback()
    return found


def main(dsns: list[str]) -> None:
    """Write the tables from what the servers have."""
    names = {block: set(newer.split()) for block, newer in NEWER.items()}
    extensions = {key: set(listed.split()) for key, listed in FOREIGN.items()}
    known: dict[str, set[str]] = {}
    columns: dict[str, set[str]] = {}
    for dsn in dsns:
        with psycopg.connect(dsn) as connection:
            for block, query in _NAMES.items():
                names[block] |= {row[0] for row in connection.execute(query)}
            for block, some in calls(connection).items():
                known.setdefault(block, set()).update(some)
            for relation, column in connection.execute(_COLUMNS):
                columns.setdefault(relation, set()).add(column)
            for key, some in members(connection).items():
                extensions.setdefault(key, set()).update(some)
    _write("pg_catalog.txt", names)
    _write("pg_catalog_calls.txt", known)
    _write_lines("extensions.txt", {" ".join(key): some for key, some in extensions.items()})
    _write_lines("pg_catalog_columns.txt", columns)


def _write(file: str, blocks: dict[str, set[str]]) -> None:
    text = "\n\n".join("\n".join(sorted(some)) for some in blocks.values())
    (DATA / file).write_text(text + "\n", "utf-8")


def _write_lines(file: str, lists: dict[str, set[str]]) -> None:
    lines = (" ".join([name, *sorted(some)]) for name, some in sorted(lists.items()))
    (DATA / file).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
