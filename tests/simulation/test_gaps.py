"""What nothing made, what is made elsewhere, what may have been made: said once, or not at all."""

from __future__ import annotations

import pytest

from pasteproof.schema.catalog import Missing, Rejection, Unmodelled
from pasteproof.schema.objects.column import Column
from pasteproof.schema.objects.constraint import Constraint
from pasteproof.schema.objects.function import Function
from pasteproof.schema.objects.policy import Policy
from pasteproof.schema.objects.table import Table
from pasteproof.schema.taint import excused, possibly

from . import make


def said(*files: str, external: tuple[str, ...] = ()) -> list[str]:
    """The events of a simulation, in short."""
    found = []
    for event in make(*files, external=external).events:
        if isinstance(event, Missing):
            found.append(f"missing {event.kind} {event.identity}")
        elif isinstance(event, Rejection):
            found.append(event.sqlstate)
        else:
            found.append("unmodelled")
    return found


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("create policy p on gone using (x); grant select on gone to anon;", ["missing table public.gone"]),
        ("grant select on gone to nobody; revoke all on gone from nobody;",
         ["missing table public.gone", "missing role nobody"]),
        ("create table app.t (id int); create view app.v as select 1;", ["missing schema app"]),
        ("comment on function f(int) is 'x'; drop function f(int);", ["missing function public.f(integer)"]),
        ("create table t (id int); drop policy p on t;", ["42704"]),
        ("create policy p on gone using (true); drop policy q on gone;", ["missing table public.gone"]),
        ("alter publication nobody add table t;", ["42704"]),
        ("create table t (id int); create table t (id int); alter table t add id int;", ["42P07", "42701"]),
        ("selec 1; create table t (id int); drop table t, u;", ["42601", "missing table public.u"]),
        ("import foreign schema x from server s into public;", ["unmodelled"]),
        ("insert into supabase_migrations.schema_migrations (version) values ('1');", []),
        ("select cron.unschedule('x'); create extension pg_cron; select cron.unschedule('y');",
         ["missing schema cron", "missing cron_job x", "missing cron_job y"]),
        ("alter table t add x int; do $$ begin execute (select x from t); end $$; alter table u add x int;",
         ["missing table public.t", "unmodelled"]),
    ],
)  # fmt: skip
def test_a_gap_is_said_once(sql: str, expected: list[str]) -> None:
    assert said(sql) == expected


@pytest.mark.parametrize(
    ("external", "sql"),
    [
        ("table public.users", "alter table users enable row level security; create policy p on users using (x);"),
        ("table public.audit_*", "grant select on audit_a to anon; create policy p on public.audit_b using (true);"),
        ("schema legacy", "create policy p on legacy.u using (legacy.ok()); grant usage on schema legacy to anon"),
        ("function public.is_*", "create table t (id int); create policy p on t using (public.is_admin(id));"),
        ("function public.tidy()", "select tidy(); call tidy();"),
        ("role reader", "create table t (id int); grant select on t to reader;"),
        ("type public.mood", "create table t (id int, m mood);"),
    ],
)  # fmt: skip
def test_what_is_made_elsewhere_is_no_gap(external: str, sql: str) -> None:
    assert said(sql, external=(external,)) == []
    assert said(sql) != []


def test_what_is_made_later_is_a_matter_of_order() -> None:
    simulation = make("create policy p on notes using (true);", "\ncreate table notes (id int);")
    (event,) = simulation.events
    assert isinstance(event, Missing)
    assert event.made_later_at is not None
    assert (event.made_later_at.file, event.made_later_at.line) == ("2.sql", 2)
    table = simulation.after.get(Table, "public.notes")
    assert table is not None
    assert table.origin == "made"
    assert table.knows("row_security")
    assert simulation.after.get(Policy, "p on public.notes") is not None


def test_before_and_after() -> None:
    simulation = make("create table a (id int);", "alter table a enable row level security; drop table if exists b;")
    before, after = (catalog.get(Table, "public.a") for catalog in (simulation.before, simulation.after))
    assert before is not None
    assert after is not None
    assert (before.row_security, after.row_security) == (False, True)
    assert [statement.kind for statement in simulation.pending] == ["AlterTableStmt", "DropStmt"]
    assert len(simulation.statements) == 3


def test_each_file_has_a_session_of_its_own() -> None:
    simulation = make(
        "create schema app; set search_path = app; set role anon; begin; create table a (id int);",
        "create table b (id int);",
    )
    owners = {table.identity: table.owner for table in simulation.after.of(Table) if table.origin == "made"}
    assert owners == {"app.a": "anon", "public.b": "postgres"}


def test_a_role_keeps_its_settings_for_the_files_after() -> None:
    simulation = make(
        "create schema app; alter role postgres set search_path = app, public;", "create table b (id int);"
    )
    assert simulation.after.get(Table, "app.b") is not None


def test_what_is_wrong_in_a_transaction_that_is_rolled_back_stays_said() -> None:
    simulation = make(
        "begin; create policy p on gone using (true); drop table public.nothing, x; rollback; drop table gone"
    )
    assert all(isinstance(event, Missing) for event in simulation.events)
    assert {event.identity for event in simulation.events if isinstance(event, Missing)} >= {"public.gone"}
    assert [event.identity for event in simulation.events if isinstance(event, Missing)].count("public.gone") == 1
    assert ("policy", "p on public.gone") not in simulation.after


# What rests on an assumption -------------------------------------------------------------------------------

# Statements, and the SQLSTATEs that they are refused with, after all the earlier ones: never on account of what a
# refused statement may not have made.
RESTING = [
    (["create table t (id int)", "create policy p on t using (id in (select id from gone))"], []),
    (["create policy p on t using (true)"], []),  # the first one was refused, unless there is a table ``gone``
    (["create policy p on t using (false)"], ["42710"]),
    (["create table a (id int references gone)", "create index i on a (id)", "create table i (id int)"], []),
    (["create function f() returns int language sql as 'select 1 from gone'"], []),
    (["create function f() returns text language sql as $$ select '' $$"], []),
    (["create policy q on t using (f2())", "create function f2() returns bool language sql as 'select true'"], []),
    (["drop function f2()"], []),
    (["alter table t add column extra missing_type", "alter table t add column extra int, add column more int"], []),
    (["create index on t (more)"], []),
    (["begin", "create view v as select * from gone", "create table w (id int)", "commit"], []),
    (["create table w (id int)"], []),
    (["create table z (id int)", "create table z (id int)"], ["42P07"]),
]


def test_nothing_is_refused_on_account_of_what_may_not_be_there() -> None:
    files = [";".join(statements) for statements, _ in RESTING]
    events = [event for event in make(*files).events if isinstance(event, Rejection)]
    for number, (statements, refused) in enumerate(RESTING, start=1):
        assert [event.sqlstate for event in events if event.at.file == f"{number}.sql"] == refused, statements


def test_what_may_be_touched_is_told_in_the_same_order_each_time() -> None:
    policies = "".join(f"create policy p_{n} on t using (id in (select id from gone));" for n in range(12))
    sql = f"create table t (id int); select * from gone; {policies} alter table t alter id type bigint;"
    (event,) = (each for each in make(sql).events if isinstance(each, Unmodelled))
    assert len(event.touches) == 12
    assert event.touches == tuple(sorted(event.touches))


def test_what_the_platform_makes_when_it_is_switched_on_may_be_there() -> None:
    history = """create table t (id int); create trigger hook after insert on t for each row
        execute function supabase_functions.http_request('https://localhost', 'POST', '{}', '{}', '1000');
        create extension if not exists pgsodium with schema pgsodium;
        select * from supabase_migrations.schema_migrations;"""
    assert said(history) == []
    assert said("select * from webhooks.calls") == ["missing schema webhooks"]


def test_what_rests_on_an_assumption_is_known_as_that() -> None:
    after = make("create table t (id int references gone); create index i on t (id); create table u (id int);").after
    assert {("table", "public.gone"), ("table", "public.t"), ("index", "public.i")} <= after.resting
    assert ("table", "public.u") not in after.resting


# Transactions ----------------------------------------------------------------------------------------------

# A transaction, and what is there afterwards.
TRANSACTIONS = [
    ("begin; create table a (); create table a (); create table b (); commit; create table c ();", "c"),
    ("begin; create table a (); savepoint s; create table a (); rollback to s; create table b (); commit;", "a b"),
    ("begin; create table a (); create table a (); savepoint s; rollback to s; create table b (); commit;", ""),
    ("begin; create table a (); create tabl b (); commit; create table c ();", "c"),
    ("begin; create table a (); create table a (); rollback; create table b ();", "b"),
]


@pytest.mark.parametrize(("text", "there"), TRANSACTIONS)
def test_a_refusal_undoes_its_transaction(text: str, there: str) -> None:
    made = [each.name for each in make(text).after.of(Table) if each.schema == "public"]
    assert made == there.split()


def test_what_an_open_transaction_loses_is_followed_in_doubt() -> None:
    after = make("begin; create table a ();", "create table a (); create table b ();").after
    assert [type(event) for event in after.events] == [Unmodelled]
    assert ("table", "public.b") not in after.resting


def test_what_is_not_known_of_privileges_stays_so_when_a_function_is_replaced() -> None:
    text = "create or replace function f() returns int language sql as 'select 1'"
    doubt = "do $$ begin if (select true from t) then revoke all on function f() from public; end if; end $$"
    after = make(f"create table t (id int); {text}; {doubt}; {text}").after
    function = after.get(Function, "public.f()")
    assert function is not None
    assert not function.knows("privileges")
    assert function.knows("body")


def test_possibly_made() -> None:
    simulation = make(
        "create table t (id int); do $$ begin if (select true from t) then create table u (id int); end if; end $$"
    )
    assert [type(event) for event in simulation.events] == [Unmodelled]
    after = simulation.after
    assert possibly(after, ("table", "public.u"))
    assert not possibly(after, ("table", "public.v"))
    assert excused(after, ("table", "public.u")) == "assumed"


def test_what_is_temporary_ends_with_its_session() -> None:
    scratch = "create temp table scratch as select 1 as a; create temp view v as select a from scratch;"
    assert said(scratch, f"begin; {scratch} commit;", "select a from scratch; alter table scratch add b int;") == [
        "missing table public.scratch"
    ]


def test_members_of_extensions_that_nobody_listed() -> None:
    after = make(
        "create extension postgis schema extensions; create extension pg_jsonschema schema extensions;"
        "create table t (at geography(point, 4326), data json, check (json_matches_schema('{}', data)));"
    ).after
    column, check = after.get(Column, "public.t.at"), after.get(Constraint, "t_data_check on public.t")
    assert column
    assert column.type == "extensions.geography(point,4326)"
    assert check
    assert check.definition == "CHECK ((json_matches_schema('{}', data)))"


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("unaccent(text)", []),
        ("unaccent_init(internal)", []),  # the server alone can call it, and the list of members leaves it out
        ("unaccent_as_well(text)", ["missing function public.unaccent_as_well(text)"]),
    ],
)
def test_functions_of_extensions_in_a_dump(function: str, expected: list[str]) -> None:
    assert said(f"create extension unaccent; grant all on function public.{function} to anon;") == expected
