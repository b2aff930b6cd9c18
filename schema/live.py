"""The query that reads a real catalog, and the reader of what it answers.

Each kind of object brings its part (``live``): one select of kind, identity, parent and attributes, made for
``search_path = ''``, so that every name is printed with its schema.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from .catalog import Object


def ours(namespace: str, catalog: str, oid: str) -> str:
    """A condition for ``live``: the object is neither the server's own, nor temporary, nor an extension's.

    ``namespace`` is the alias of its ``pg_namespace`` row, ``catalog`` the system catalog that ``oid`` is of.
    """
    return (
        f"{namespace}.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') "
        f"and {namespace}.nspname !~ '^pg_(toast_)?temp_' and not exists ("
        f"select from pg_catalog.pg_depend member where member.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass "
        f"and member.objid = {oid} and member.objsubid = 0 and member.deptype = 'e')"
    )


def named(namespace: str, name: str) -> str:
    """An expression for ``live``: a name with its schema, each quoted where it must be."""
    return f"pg_catalog.quote_ident({namespace}.nspname) || '.' || pg_catalog.quote_ident({name})"


_CHUNK = 400  # characters of a lexeme, which holds 2046 bytes


def from_text(select: str) -> str:
    """An expression of a text that a query gives, in one row and column, which is run only when it is asked for.

    So it may name a table that need not be there: a text that names a missing table would be refused as a whole.
    What runs a text within a SELECT, on every server, is ``ts_stat()``; the answer is carried in lexemes, in pieces.
    """
    pieces = (
        "select pg_catalog.array_to_tsvector(pg_catalog.array_agg("
        f"pg_catalog.to_char(g.n, 'FM00000000') || pg_catalog.substr(t.one, g.n * {_CHUNK} + 1, {_CHUNK}))) "
        f"from ({select}) t(one), pg_catalog.generate_series(0, (pg_catalog.length(t.one) - 1) / {_CHUNK}) g(n)"
    ).replace("'", "''")
    return (
        "(select pg_catalog.string_agg(pg_catalog.substr(s.word, 9), '' order by s.word collate \"C\") "
        f"from pg_catalog.ts_stat('{pieces}') s)"
    )


def rows_of(kind: str, relation: str, columns: Collection[str], select: str) -> str:
    """Write ``live`` for a kind whose objects are the rows of a table, which may not be there or not be open to us.

    ``select`` gives ``identity`` and the attributes; it is run where the table has the ``columns``.
    """
    schema, name = relation.split(".")
    listed = ", ".join(f"'{column}'" for column in columns)
    rows = from_text(f"select coalesce(pg_catalog.jsonb_agg(r), '[]')::pg_catalog.text from ({select}) r")
    return f"""
        select '{kind}' as kind, r.value ->> 'identity' as identity, null::pg_catalog.text as parent,
               r.value - 'identity' as attributes
          from pg_catalog.jsonb_array_elements(case when exists (
            select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where n.nspname = '{schema}' and c.relname = '{name}'
               and pg_catalog.has_schema_privilege(n.oid, 'usage') and pg_catalog.has_table_privilege(c.oid, 'select')
               and {len(columns)} = (select pg_catalog.count(*) from pg_catalog.pg_attribute a
                 where a.attrelid = c.oid and not a.attisdropped and a.attname in ({listed})))
          then {rows}::pg_catalog.jsonb else '[]' end) r"""


def query(kinds: Collection[str] | None = None) -> str:
    """One SELECT that answers with the objects of these kinds (None: of all): kind, identity, parent, attributes.

    It is to be run under ``search_path = ''``, on PostgreSQL 15 or newer.
    """
    from .objects import kinds as known

    parts = [
        f"select kind, identity, parent, attributes from (\n{cls.live.strip()}\n) {cls.kind}_"
        for name, cls in known().items()
        if cls.live and (kinds is None or name in kinds)
    ]
    return "\nunion all\n".join(parts) + "\norder by kind, identity"


def objects(rows: Iterable[Mapping[str, Any]]) -> list[Object]:
    """Make objects of the query's rows; ``attributes`` may be decoded already, or JSON text.

    Raises msgspec.ValidationError for a row that the query did not write.
    """
    from .objects import kinds as known

    classes = known()
    found: list[Object] = []
    for row in rows:
        attributes = row["attributes"]
        if isinstance(attributes, (str, bytes)):
            attributes = msgspec.json.decode(attributes)
        found.append(msgspec.convert({**attributes, "identity": row["identity"]}, classes[row["kind"]]))
    return found
