"""The lists of what PostgreSQL and its extensions bring along, held against a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pasteproof.schema.meaning import builtin
from pasteproof.schema.meaning.result_types import Types
from pasteproof.schema.simulate import platform_catalog

if TYPE_CHECKING:
    from pasteproof.connect.server import Database

_TYPES = "typnamespace = 'pg_catalog'::regnamespace and typrelid = 0 and typcategory <> 'A'"
_MEMBERS = """
    select e.extname, p.proname from pg_depend d
    join pg_extension e on e.oid = d.refobjid join pg_proc p on p.oid = d.objid
    where d.deptype = 'e' and d.classid = 'pg_proc'::regclass
"""


@pytest.mark.parametrize(
    ("block", "query"),
    [
        ("types", f"select typname from pg_type where {_TYPES}"),
        (
            "relations",
            "select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind in ('r', 'v')",
        ),
        (  # the private server has functions of its own there, which stand in for the platform's hooks
            "functions",
            "select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname !~ '^supautils_'",
        ),
    ],
)
def test_every_name_of_the_server_is_listed(database: Database, block: str, query: str) -> None:
    with database.connect() as connection:
        names = {row[0] for row in connection.execute(query.encode())}
    assert names <= getattr(builtin.pg_catalog(), block)


def test_the_members_of_the_platforms_extensions_are_listed(database: Database) -> None:
    with database.connect() as connection:
        for name in ("btree_gist", "citext", "hstore", "ltree", "pg_trgm", "unaccent"):  # what PostgreSQL comes with
            connection.execute(f"create extension if not exists {name} schema extensions")
        found = connection.execute(_MEMBERS).fetchall()
    listed = {name: builtin.extension(name) for name, _ in found}
    assert [(e, f) for e, f in found if (known := listed[e]) is not None and f not in known.functions] == []
    assert {"pgcrypto", "pg_trgm", "unaccent"} <= set(listed)


def test_an_extension_that_is_not_listed_has_unknown_members() -> None:
    assert builtin.extension("something_of_ours") is None


@pytest.mark.parametrize(
    ("name", "given", "result"),
    [
        ("count", [], "bigint"),
        ("sum", ["integer"], "bigint"),
        ("sum", ["numeric(8,2)"], "numeric"),
        ("max", ["character varying(10)"], "text"),
        ("lower", ["character varying"], "text"),
        ("date_trunc", ["unknown", "date"], "timestamp with time zone"),
        ("array_agg", ["uuid"], "uuid[]"),
        ("coalesce", ["integer"], None),
        ("concat", ["unknown", None], "text"),
        ("jsonb_build_object", ["unknown", "integer", "unknown", None], "jsonb"),
        ("lower", ["daterange"], "date"),
        ("round", ["double precision"], "double precision"),
        ("round", ["integer"], "double precision"),
        ("abs", [None], None),
        ("now", ["integer"], None),
    ],
)
def test_result_types(name: str, given: list[str | None], result: str | None) -> None:
    assert Types(platform_catalog()).call(name, given) == result


@pytest.mark.parametrize(
    ("kinds", "common"),
    [
        (["integer", "bigint"], "bigint"),
        (["numeric(5,2)", "numeric(5,2)"], "numeric(5,2)"),
        (["numeric(5,2)", "numeric(6,2)"], "numeric"),
        (["character(3)", "unknown"], "bpchar"),
        (["text", "character varying(3)"], "text"),
        (["date", "timestamp with time zone"], "timestamp with time zone"),
        (["integer", "text"], None),
        (["integer", None], None),
        (["unknown", "unknown"], "unknown"),
    ],
)
def test_common_types(kinds: list[str | None], common: str | None) -> None:
    assert Types(platform_catalog()).common(kinds) == common
