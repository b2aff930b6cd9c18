"""What DO, CALL and SELECT do: done where it is certain, unknown where it is not, and nothing false in between."""

from __future__ import annotations

import pytest

from pasteproof.schema.catalog import Missing, Rejection, Unmodelled
from pasteproof.schema.objects.policy import Policy
from pasteproof.schema.objects.table import Table
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source

from . import make, unknowns

BEFORE = """
create table a (id int);
create table b (id int);
create schema app;
create table app.c (id int);
create policy p on a using (true);
"""

# title, statement, what becomes unknown, what an Unmodelled event says it may have touched
UNCERTAIN = [
    (
        "a condition on rows",
        "do $$ begin if (select count(*) from a) > 0 then alter table a enable row level security; end if; end $$",
        {"table public.a": {"row_security"}},
        {"table public.a"},
    ),
    (
        "one of two branches",
        """do $$ begin
             if now() > '2026-01-01' then drop policy p on a; else create policy q on b using (true); end if;
           end $$""",
        {"table public.a": {"policies"}, "policy p on public.a": {"*"}, "table public.b": {"policies"}},
        {"policy p on public.a", "policy q on public.b", "table public.a", "table public.b"},
    ),
    (
        "a table whose name is not known",
        """do $$ declare t text; begin
             select id into t from a;
             execute format('alter table %I enable row level security', t);
           end $$""",
        {"table public.a": {"row_security"}, "table public.b": {"row_security"}, "table app.c": {"row_security"}},
        {"table public.a", "table public.b", "table app.c"},
    ),
    (
        "a table of one schema",
        """do $$ declare r record; begin
             for r in select * from app.c loop
               execute format('alter table app.%I force row level security', r.id);
             end loop;
           end $$""",
        {"table app.c": {"force_row_security"}},
        {"table app.c"},
    ),
    (
        "a policy whose name is not known",
        """do $$ declare r record; begin
             for r in select id from a loop
               execute format('create policy %I on public.b using (true)', r.id);
             end loop;
           end $$""",
        {"table public.b": {"policies"}},
        {"policy * on public.b", "table public.b"},
    ),
    (
        "a text that is not known at all",
        "do $$ declare t text; begin select id into t from a; execute t || ' grant select on b to anon'; end $$",
        {"table public.b": {"privileges"}},
        {"table public.b"},
    ),
    (
        "another language",
        "do language plv8 $$ plv8.execute('alter table app.c add column x int') $$",
        {"table app.c": {"columns", "constraints", "indexes"}, "column app.c.id": {"*"}},
        {"column app.c.*"},
    ),
    (
        "after a way out that may have been taken",
        "do $$ begin if (select count(*) from a) > 0 then return; end if; drop policy p on a; end $$",
        {"table public.a": {"policies"}, "policy p on public.a": {"*"}},
        {"policy p on public.a", "table public.a"},
    ),
    (
        "a variable that a statement not modelled assigns",
        """do $$ declare n int := 0; begin
             get diagnostics n = row_count;
             if n = 0 then alter table a enable row level security; end if;
           end $$""",
        {"table public.a": {"row_security"}},
        {"table public.a"},
    ),
    (
        "the rounds after a way out that may have been taken",
        """do $$ declare t text; begin
             foreach t in array array['a', 'b'] loop
               exit when (select count(*) from a) > 0;
               execute format('alter table %I enable row level security', t);
             end loop;
           end $$""",
        {"table public.a": {"row_security"}, "table public.b": {"row_security"}},
        {"table public.a", "table public.b"},
    ),
    (
        "a function whose argument is not known",
        """create function protect(t text) returns int language plpgsql as $$ begin
             execute format('alter table app.%I enable row level security', t); return 1;
           end $$;
           select protect(id::text) from a""",
        {"table app.c": {"row_security"}},
        {"table app.c"},
    ),
    ("a job", "create extension pg_cron; select cron.unschedule(id) from a", {}, {"cron_job *"}),
    (
        "a queue",
        "create extension pgmq; select pgmq.create(id::text) from a",
        {},
        {"table pgmq.*", "sequence pgmq.*", "index pgmq.*"},
    ),
]


@pytest.mark.parametrize(("sql", "unknown", "touched"), [pytest.param(*c[1:], id=c[0]) for c in UNCERTAIN])
def test_what_is_uncertain_becomes_unknown_and_nothing_else(
    sql: str, unknown: dict[str, set[str]], touched: set[str]
) -> None:
    simulation = make(BEFORE + sql)
    assert unknowns(simulation.after) == unknown
    (event,) = simulation.events
    assert isinstance(event, Unmodelled)
    assert {f"{kind} {identity}" for kind, identity in event.touches} == touched


SILENT = {
    "rows": "do $$ begin insert into a values (1); update a set id = 2; delete from b; end $$",
    "a notification": "do $$ begin perform pg_notify('x', 'y'); raise notice 'create table'; end $$",
    "a guard that the catalog answers": """do $$ begin
        if not exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where n.nspname = 'public' and c.relname = 'a') then create table a (id int); end if;
      end $$""",
    "to_regclass": "do $$ begin if to_regclass('public.a') is null then create table a (id int); end if; end $$",
    "not found": """do $$ begin
        perform 1 from pg_policies where tablename = 'a' and policyname = 'p';
        if not found then create policy p on a using (true); end if;
      end $$""",
    "duplicates skipped": "do $$ begin create table a (id int); exception when duplicate_table then null; end $$",
    "what is missing skipped": """do $$ begin
        alter table nowhere add column x int;
      exception when undefined_table then null; end $$""",
    "functions of the platform and of extensions": "select auth.uid(), extensions.uuid_generate_v4(), now()",
    "settings": "select set_config('request.jwt.claims', '{}', true)",
    "a demand for what may be made elsewhere": """do $$ begin
        if not exists (select from pg_extension where extname = 'pg_cron') then
          raise exception 'enable pg_cron first';
        end if;
        perform 1 from pg_tables where tablename = 'legacy';
        if not found or to_regclass('public.legacy') is null then raise exception 'where is it?'; end if;
      end $$""",
    "rows changed by SQL that is not known": """do $$ declare t text; begin
        select id into t from a;
        execute format('update %I set id = 1 where create is null', t);
        execute case when t = '' then 'delete from a' else 'insert into a select 1' end;
      end $$""",
    "a parameter by the name of its function": """create table t (a int);
        create function f(a int) returns void language plpgsql as $$ begin
          insert into t select f.a from t where t.a = f.a; end $$; select f(1)""",
    "a cast": "create type mood as enum ('x'); select mood('x')",
    "a function of rows": """create function f() returns int language sql as 'insert into a values (1); select 1';
        select f()""",
}


@pytest.mark.parametrize("sql", SILENT.values(), ids=SILENT)
def test_what_changes_nothing_is_silent(sql: str) -> None:
    simulation = make(BEFORE + sql)
    assert simulation.events == ()
    assert unknowns(simulation.after) == {}


def test_what_a_loop_over_the_catalog_does_is_known() -> None:
    simulation = make(
        BEFORE
        + """do $$ declare r record; begin
               for r in select * from pg_tables where schemaname = 'public' and tablename <> 'b' loop
                 execute format('alter table %I.%I enable row level security', r.schemaname, r.tablename);
                 execute format('create policy %I on %I using (true)', r.tablename || '_all', r.tablename);
               end loop;
             end $$"""
    )
    assert simulation.events == ()
    after = simulation.after
    assert [t.name for t in after.of(Table) if t.row_security and t.origin == "made"] == ["a"]
    assert [policy.name for policy in after.of(Policy)] == ["p", "a_all"]


def test_a_failing_block_leaves_nothing_and_says_where() -> None:
    simulation = make(
        "create table a (id int);\ndo $$ begin\n  create table b (id int);\n  create table a (id int);\nend $$"
    )
    (event,) = simulation.events
    assert isinstance(event, Rejection)
    assert (event.sqlstate, event.at.line) == ("42P07", 4)
    assert simulation.after.get(Table, "public.b") is None


def test_a_demand_that_what_is_there_be_gone_is_refused() -> None:
    (event,) = make(
        "create table a (); do $$ begin if to_regclass('a') is not null then raise 'gone'; end if; end $$"
    ).events
    assert isinstance(event, Rejection)
    assert event.sqlstate == "P0001"


def test_what_a_block_makes_is_made_at_its_own_line() -> None:
    simulation = make("-- Кириллица\ndo $$ begin\n  create table b (id int);\nend $$")
    table = simulation.after.get(Table, "public.b")
    assert table is not None
    assert table.made_at is not None
    assert (table.made_at.line, table.made_at.column) == (3, 3)


def test_a_function_that_nothing_made_is_missing_once() -> None:
    simulation = make("select backfill(1); select backfill(2); call tidy();")
    assert [(type(e), getattr(e, "identity", "")) for e in simulation.events] == [
        (Missing, "public.backfill(integer)"),
        (Missing, "public.tidy"),
    ]


def test_a_procedure_that_calls_itself_ends() -> None:
    make(
        """create function again() returns void language plpgsql as $$ begin perform again(); execute 'select 1'; end
        $$;
        select again();
        do $$ begin loop execute 'drop table if exists x'; end loop; end $$"""
    )


HINGES = {
    "a constraint that may be gone": """create table u (id int constraint c check (id > 0));
        do $$ declare n int; begin
          select id into n from a;
          if n = 1 then alter table u drop constraint c; end if;
          alter table u add constraint c check (id > 1);
          create table v ();
        end $$""",
    "a type that is not there": """do $$ begin
          if to_regprocedure('f(gone)') is null then create table v (); end if;
        end $$""",
}


@pytest.mark.parametrize("sql", HINGES.values(), ids=HINGES)
def test_a_block_that_may_fail_as_a_whole_is_done_on_trial(sql: str) -> None:
    simulation = make(BEFORE + sql)
    (event,) = simulation.events
    assert isinstance(event, Unmodelled)
    assert ("table", "public.v") in event.touches
    assert simulation.after.get(Table, "public.v") is None


def test_rows_that_are_sure_are_done_although_others_are_not_known() -> None:
    simulation = make(
        "create table a (id int); alter table gone add column x int;"
        """do $$ declare r record; begin
             for r in select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace loop
               execute format('alter table public.%I force row level security', r.relname);
             end loop;
           end $$"""
    )
    table = simulation.after.get(Table, "public.a")
    assert table is not None
    assert table.force_row_security
    assert table.knows("force_row_security")


@pytest.mark.parametrize(
    ("block", "sqlstate"),
    [
        ("declare tablename text; begin perform 1 from pg_tables where tablename = tablename; end", "42702"),
        ("begin if exists (select from pg_policies where polname = 'p') then null; end if; end", "42703"),
        ("begin execute 'alter table storage.objects enable row level security'; end", "42501"),
        ("begin for p in select policyname from pg_policies loop null; end loop; end", "42601"),
    ],
)
def test_a_block_is_refused_for_its_names(block: str, sqlstate: str) -> None:
    (event,) = make(f"{BEFORE} do $$ {block} $$").events
    assert isinstance(event, Rejection)
    assert event.sqlstate == sqlstate


def test_a_doubt_about_one_object_is_none_about_others() -> None:
    simulation = make(
        BEFORE
        + """do $$ begin if (select count(*) from a) > 0 then create table perhaps (); end if; end $$;
             do $$ begin
               if not exists (select from pg_type where typname = 'mood') then create type mood as enum ('ok'); end if;
               if to_regclass('public.other') is null then create table other (); end if;
             end $$"""
    )
    assert len(simulation.events) == 1
    assert ("type", "public.mood") in simulation.after
    assert ("table", "public.other") in simulation.after


def test_a_question_that_takes_too_many_rows_stays_open() -> None:
    columns = ", ".join(f"c{n} int" for n in range(40))
    tables = "".join(f"create table public.t{n} ({columns});\n" for n in range(20))
    asked = (
        "do $$ begin if exists (select from pg_attribute a where a.attname = (select max(b.attname) "
        "from pg_attribute b where b.attrelid = a.attrelid and b.attnum = a.attnum)) "
        "then create table public.made (); end if; end $$;"
    )
    (event,) = simulate(platform_catalog(), [Source.from_text("a.sql", tables + asked)]).events
    assert isinstance(event, Unmodelled)
    assert ("table", "public.made") in event.touches
