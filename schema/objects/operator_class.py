"""Operator classes of index keys: which is the default one, and how another is printed."""

from __future__ import annotations

from ..catalog import Catalog, CatalogError, Node, strings
from ..names import quote_ident
from .casts import without_modifier
from .extension import Extension

# Those of pg_opclass that are not opcdefault, by access method (PostgreSQL 15 to 18)
_NOT_DEFAULT = {
    "btree": frozenset(
        ["bpchar_pattern_ops", "cidr_ops", "record_image_ops", "text_pattern_ops", "varchar_ops", "varchar_pattern_ops"]
    ),
    "hash": frozenset(["bpchar_pattern_ops", "cidr_ops", "text_pattern_ops", "varchar_ops", "varchar_pattern_ops"]),
    "gin": frozenset({"jsonb_path_ops"}),
    "gist": frozenset({"inet_ops"}),
    "spgist": frozenset({"kd_point_ops"}),
    "brin": frozenset({"inet_minmax_ops"}),
}
_DEFAULT = {
    "btree": frozenset(
        [
            "array_ops",
            "bit_ops",
            "bool_ops",
            "bpchar_ops",
            "bytea_ops",
            "char_ops",
            "date_ops",
            "enum_ops",
            "float4_ops",
            "float8_ops",
            "inet_ops",
            "int2_ops",
            "int4_ops",
            "int8_ops",
            "interval_ops",
            "jsonb_ops",
            "macaddr8_ops",
            "macaddr_ops",
            "money_ops",
            "multirange_ops",
            "name_ops",
            "numeric_ops",
            "oid_ops",
            "oidvector_ops",
            "pg_lsn_ops",
            "range_ops",
            "record_ops",
            "text_ops",
            "tid_ops",
            "time_ops",
            "timestamp_ops",
            "timestamptz_ops",
            "timetz_ops",
            "tsquery_ops",
            "tsvector_ops",
            "uuid_ops",
            "varbit_ops",
            "xid8_ops",
        ]
    ),
    "gin": frozenset(["array_ops", "jsonb_ops", "tsvector_ops"]),
    "gist": frozenset(
        ["box_ops", "circle_ops", "multirange_ops", "point_ops", "poly_ops", "range_ops", "tsquery_ops", "tsvector_ops"]
    ),
    "spgist": frozenset(["box_ops", "inet_ops", "poly_ops", "quad_point_ops", "range_ops", "text_ops"]),
}
# Operator classes of extensions that are the default of no type, with their access methods
_OF_EXTENSIONS = {
    "gin_trgm_ops": ("pg_trgm", {"gin"}),
    "gist_trgm_ops": ("pg_trgm", {"gist"}),
    "vector_l2_ops": ("vector", {"hnsw"}),
    "vector_ip_ops": ("vector", {"hnsw", "ivfflat"}),
    "vector_cosine_ops": ("vector", {"hnsw", "ivfflat"}),
    "vector_l1_ops": ("vector", {"hnsw"}),
    "halfvec_l2_ops": ("vector", {"hnsw", "ivfflat"}),
    "halfvec_ip_ops": ("vector", {"hnsw", "ivfflat"}),
    "halfvec_cosine_ops": ("vector", {"hnsw", "ivfflat"}),
    "gin__int_ops": ("intarray", {"gin"}),
    "gist__int_ops": ("intarray", {"gist"}),
    "gist__intbig_ops": ("intarray", {"gist"}),
}
_SCALARS = frozenset(
    {
        "bigint",
        "boolean",
        "bytea",
        "character",
        "character varying",
        "date",
        "double precision",
        "integer",
        "interval",
        "numeric",
        "real",
        "smallint",
        "text",
        "time with time zone",
        "time without time zone",
        "timestamp with time zone",
        "timestamp without time zone",
        "uuid",
    }
)
_UNORDERED = frozenset({"circle", "json", "line", "lseg", "path", "point", "polygon", "xml"})
# access method -> types that have no default operator class there, and the extension that brings them one
_LACKING = {
    "btree": (_UNORDERED | {"box"}, None),
    "hash": (_UNORDERED | {"box", "money"}, None),
    "gin": (_SCALARS | {"json"}, "btree_gin"),
    "gist": (_SCALARS | {"json", "jsonb"}, "btree_gist"),
}


def require_default(catalog: Catalog, printed: str | None, method: str) -> None:
    """Raise 42704 where a type surely has no default operator class for an access method."""
    types, extension = _LACKING.get(method, (frozenset(), None))
    if printed is None or printed.endswith("[]"):
        return
    bare = without_modifier(printed)
    if bare not in types or (extension and catalog.get(Extension, extension)):
        return
    raise CatalogError(
        "42704",
        f'data type {bare} has no default operator class for access method "{method}"',
        hint="You must specify an operator class for the index or define a default operator class for the data type.",
    )


def written_class(catalog: Catalog, element: Node, method: str) -> tuple[str, bool]:
    """What is printed behind a key for the operator class it names, and whether that is known."""
    names = strings(element["opclass"])
    name = names[-1]
    options = ", ".join(
        f"{each['DefElem']['defname']}='{_option(each['DefElem'])}'" for each in element.get("opclassopts", ())
    )
    suffix = f" ({options})" if options else ""
    if len(names) == 1 or names[-2] == "pg_catalog":
        if name in _NOT_DEFAULT.get(method, ()) or (method == "brin" and name.endswith(("_bloom_ops", "_multi_ops"))):
            return f" {name}{suffix}", True
        if name in _DEFAULT.get("btree" if method in {"hash", "brin"} else method, ()):
            return suffix, True
        if method == "brin" and name.endswith(("_minmax_ops", "_inclusion_ops")):
            return suffix, True
    extension, methods = _OF_EXTENSIONS.get(name, (None, ()))
    if extension is not None and method in methods:
        made = catalog.get(Extension, extension)
        schema = names[-2] if len(names) > 1 else made.schema if made and made.knows("schema") else None
        if schema is not None:
            return f" {quote_ident(schema)}.{quote_ident(name)}{suffix}", True
    return f" {'.'.join(quote_ident(each) for each in names)}{suffix}", False


def _option(element: Node) -> str:
    from .reloptions import value

    return value(element.get("arg"))
