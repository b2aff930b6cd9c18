"""What a statement needs of PostgreSQL: the rule says it, and a real server takes it or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from pasteproof.checks.lint import Options, lint

from .projects import project

if TYPE_CHECKING:
    from pasteproof.connect.server import Database

SETUP = """
create role reader; create role writer;
create table t (a int primary key, b text, r tsrange, constraint c check (a > 0) not valid);
create table s (a int);
create table g (a int, b int generated always as (a * 2) stored);
create extension btree_gist;
"""
NEEDS = {
    "select json_array(1, 2)": 16,
    "create view v as select json_objectagg(b: a) from t": 16,
    "alter table t add check (b is json)": 16,
    "create view v as select * from (select 1)": 16,
    "grant reader to writer with inherit false": 16,
    "create view v as select any_value(b) from t": 16,
    "alter table t add e float default pg_catalog.erf(1)": 16,
    "create view v as select json_exists('{}', '$')": 17,
    "create view v as select * from json_table('{}', '$' columns (a int))": 17,
    "select json_scalar(1)": 17,
    "select json_serialize('{}')": 17,
    "merge into t using s on s.a = t.a when matched then delete returning *": 17,
    "merge into t using s on s.a = t.a when not matched by source then delete": 17,
    "alter table g alter b set expression as (a * 3)": 17,
    "grant maintain on t to reader": 17,
    "alter default privileges grant maintain on tables to reader": 17,
    "set transaction_timeout = 0": 17,
    "alter role reader set transaction_timeout = '5s'": 17,
    "create function f() returns int language sql set transaction_timeout = 0 as 'select 1'": 17,
    "alter table t add u uuid default uuidv7()": 18,
    "create table v (a int, b int generated always as (a * 2) virtual)": 18,
    "create table v (a int, b int generated always as (a * 2))": 18,
    "create table v (a int check (a > 0) not enforced)": 18,
    "alter table s add constraint d check (a > 0) not enforced": 18,
    "create table v (a int, r tsrange, primary key (a, r without overlaps))": 18,
    "update t set b = 'x' returning with (old as before) before.b": 18,
}
ANY = (
    """create table v (a int references t on delete cascade check (a > 0), b int, unique (a), check (a > 0),
         c int generated always as (a * 2) stored, foreign key (b) references t (a))""",
    "create domain d as int check (value > 0)",
    "alter table s add constraint f foreign key (a) references t not valid",
    "alter table s add constraint f foreign key (a) references t; alter table s alter constraint f deferrable",
    "grant reader to writer with admin option",
    "create view v as select * from (select 1) x, (values (1)) y",
    "create function uuidv7() returns uuid language sql as 'select gen_random_uuid()'; select uuidv7()",
    "merge into t using s on s.a = t.a when matched then delete when not matched then insert (a) values (1)",
    "create view v as select json_build_object('a', 1), '{}'::json ->> 'a' as b",
    "set statement_timeout = 0",
    "select json('{}')",
    "create table v (id int generated always as identity (start with 3))",
)


def found(sql: str, majors: str) -> list[str]:
    yaml = f"version: 1\ntarget: {{{majors}}}\n"
    report = lint(project({"1_a.sql": f"{SETUP}{sql};"}, yaml), Options(select=("newer_syntax_than_target",)))
    return [each.message.partition(",")[0].rpartition(" ")[2] for each in report.findings]


@pytest.mark.parametrize(("sql", "major"), NEEDS.items())
def test_the_least_of_the_majors_decides(sql: str, major: int) -> None:
    assert found(sql, f"postgres: [{major - 1}, 18]") == [str(major)]
    assert found(sql, f"postgres: [{major}]") == []
    assert found(sql, "default_grants: exposed") == []  # which majors is not said


def test_what_is_old_is_not_found() -> None:
    for sql in ANY:
        assert found(sql, "postgres: [15]") == []


def test_a_server_decides_the_same(database: Database) -> None:
    refused = set()
    with database.connect(autocommit=False) as connection:
        connection.execute(SETUP)
        for sql in (*NEEDS, *ANY):
            connection.execute("savepoint here")
            try:
                connection.execute(sql.encode())
            except psycopg.Error:
                refused.add(sql)
            connection.execute("rollback to savepoint here")
    assert refused == {sql for sql, major in NEEDS.items() if major > database.server.major}
