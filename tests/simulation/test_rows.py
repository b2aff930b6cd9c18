"""Statements that change or read rows name what must be there."""

from __future__ import annotations

import pytest

from pasteproof.schema.catalog import Missing, Rejection
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source

TABLE = "create table public.t (a int, b text); create view public.v as select a from public.t;\n"
MISSING = [
    "insert into public.nope values (1);",
    "select * from public.nope;",
    "delete from public.nope where a = 1;",
    "update public.nope set a = 1;",
    "insert into public.t select a, b from public.nope;",
    "delete from public.t using public.nope n where n.a = t.a;",
    "merge into public.t using public.nope n on n.a = t.a when matched then delete;",
]
REJECTED = [
    ("insert into public.t (a, zz) values (1, 2);", "42703"),
    ("update public.t set zz = 1;", "42703"),
    ("update public.t set a = zz;", "42703"),
    ("delete from public.t where zz = 1;", "42703"),
]
FINE = [
    "with x as (select 1 as a) insert into public.t (a) select a from x;",
    "with gone as (delete from public.t returning a) select count(*) from gone;",
    "insert into public.t values (1, 'x') on conflict do nothing;",
    "insert into public.t as old (a, b) values (1, 'x') on conflict (a) do update set b = excluded.b || old.b;",
    "update public.t set (a, b) = (select 1, 'x') from pg_catalog.pg_class c where c.relname = b;",
    "insert into public.v (a) values (1);",
    "insert into storage.buckets (id, name, public) values ('a', 'a', false) on conflict (id) do nothing;",
    "update auth.users set raw_app_meta_data = '{}' where id is null;",
    "select * from generate_series(1, 3) g(n), lateral (select n + 1 as m) s, information_schema.tables i;",
    "select j ->> 'a' from jsonb_array_elements('[]') j;",
    "select * from (values (1, 'x')) as v(a, b) join public.t using (a);",
    "with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select * from r;",
    "delete from public.t where ctid = '(0,1)' and tableoid = 'public.t'::regclass;",
]


def events(sql: str) -> tuple[object, ...]:
    return simulate(platform_catalog(), [], [Source.from_text("1.sql", TABLE + sql)]).events


@pytest.mark.parametrize("sql", MISSING)
def test_a_table_that_nothing_made_is_missing(sql: str) -> None:
    (event,) = events(sql)
    assert isinstance(event, Missing)
    assert (event.sqlstate, event.identity, event.at.line) == ("42P01", "public.nope", 2)


@pytest.mark.parametrize(("sql", "sqlstate"), REJECTED)
def test_a_column_that_is_not_there_is_refused(sql: str, sqlstate: str) -> None:
    (event,) = events(sql)
    assert isinstance(event, Rejection)
    assert event.sqlstate == sqlstate


@pytest.mark.parametrize("sql", FINE)
def test_what_is_there_draws_nothing(sql: str) -> None:
    assert events(sql) == ()
