"""What the names in statements mean: what nothing made, what an extension may have made, what comes later."""

from __future__ import annotations

import pytest

from pasteproof.schema.catalog import Catalog, Missing, Rejection
from pasteproof.schema.objects.event_trigger import EventTrigger
from pasteproof.schema.objects.function import Function
from pasteproof.schema.objects.policy import Policy
from pasteproof.schema.objects.table import Table
from pasteproof.schema.objects.trigger import Trigger
from pasteproof.schema.objects.view import View
from pasteproof.schema.simulate import Simulation, platform_catalog, simulate
from pasteproof.schema.source import Source


def simulated(sql: str, *, platform: str = "supabase", external: tuple[str, ...] = ()) -> Simulation:
    return simulate(platform_catalog(platform=platform), [Source.from_text("a.sql", sql)], external=external)


def said(simulation: Simulation) -> list[str]:
    """What is said, each with the line it is about: ``2 42P01 public.todo``."""
    events = (each for each in simulation.events if isinstance(each, Missing | Rejection))
    return [f"{e.at.line} {e.sqlstate} {e.identity if isinstance(e, Missing) else e.message}" for e in events]


def after(sql: str) -> Catalog:
    simulation = simulated(sql)
    assert said(simulation) == []
    return simulation.after


@pytest.mark.parametrize(
    ("sql", "events"),
    [
        ("create view v as select * from todo;\ncreate view w as select x from todo;", ["1 42P01 public.todo"]),
        ("create view v as select 1 from nos.todo", ["1 3F000 nos"]),
        ("create view v as select f(1);\ncreate view w as select f(2)", ["1 42883 public.f(integer)"]),
        ("create table t (m mood);\ncreate table u (m mood[])", ["1 42704 public.mood"]),
        ("create view v as select 1 as a;\nalter view v owner to joe;\ngrant select on v to joe", ["2 42704 joe"]),
        ("create table t (a int default nextval('s'))", ["1 42P01 public.s"]),
        ("create trigger t before insert on todo execute function f()", ["1 42P01 public.todo", "1 42883 public.f()"]),
        ("create function f() returns int language sql as $$\n\n select x\n from gone $$", ["4 42P01 public.gone"]),
        ("create function f() returns int language sql as '\n select nope'", ['2 42703 column "nope" does not exist']),
        (
            "create function f() returns int language plv8 as ''; create function g() returns int language plv8 as ''",
            ["1 42704 plv8"],
        ),
        ("drop view v", ["1 42P01 public.v"]),
        ("drop view if exists v; drop function if exists f(nothing), nos.g(int)", []),
        ("drop trigger t on auth.users", ["1 42704 t on auth.users"]),
        ("select 1; alter function f rename to g", ["1 42883 public.f"]),
        ("create table t (id int references auth.users_ (id))", ["1 42P01 auth.users_"]),
        ("create view v as select auth.uuid()", ["1 42883 auth.uuid()"]),
    ],
)
def test_what_nothing_made_is_said_once(sql: str, events: list[str]) -> None:
    assert said(simulated(sql)) == events


@pytest.mark.parametrize(
    "sql",
    [
        "create view v as select gen_random_uuid(), uuid_generate_v4(), extensions.crypt('a', 'b')",
        "create extension citext; create table t (email citext unique)",
        "create extension hstore with schema public; create view v as select 'a=>1'::public.hstore -> 'a' as a",
        "create extension something_of_ours with schema public; create view v as select its_function(1) as a",
        "create extension pg_cron; create view v as select jobname from cron.job",
        "create view v as select * from pg_stat_activity",
        "create view v as select * from information_schema.columns",
        "create view v as select * from pg_stat_statements",
        "create view v as select * from realtime.something_of_the_platform",
        "create view v as select now(), current_user, pg_catalog.now() as then_, coalesce(null, 1)",
    ],
)
def test_what_an_extension_or_the_platform_has_is_not_missing(sql: str) -> None:
    assert said(simulated(sql)) == []


def test_a_gap_is_named_where_it_is() -> None:
    (event,) = simulated("create view v as\n  select 'Ж', x from todo").events
    assert isinstance(event, Missing)
    assert (event.at.line, event.at.column, event.at.end_column) == (2, 22, 26)


def test_what_is_made_later_takes_the_place_of_what_was_assumed() -> None:
    simulation = simulated(
        "create policy p on todo using (f(a));\n"
        "create table todo (a int);\n"
        "create function f(a int) returns boolean language sql as 'select true';\n"
        "drop function f(int)"
    )
    # That the function cannot be dropped is not said: where the table is truly missing, the policy is too
    assert said(simulation) == ["1 42P01 public.todo", "1 42883 public.f"]
    assert [e.made_later_at.line for e in simulation.events if isinstance(e, Missing) and e.made_later_at] == [2, 3]
    table = simulation.after.get(Table, "public.todo")
    assert table is not None
    assert (table.origin, table.unknown) == ("made", frozenset())
    assert [each.name for each in simulation.after.children("public.todo", Policy)] == ["p"]


def test_what_is_declared_external_is_not_missing() -> None:
    simulation = simulated(
        "create view v as select is_ok(id) from users; create view w as select 1 from legacy.old",
        external=("table public.users", "function public.is_*", "schema legacy"),
    )
    assert said(simulation) == []


def test_the_columns_of_a_view_over_a_gap_are_not_known() -> None:
    view = simulated("create view v as select t.*, 1 as one from t").after.get(View, "public.v")
    assert view is not None
    assert not view.knows("columns")
    assert view.definition == "select t.*, 1 as one from public.t"


def test_names_follow_the_search_path() -> None:
    catalog = after(
        "create schema app; create table app.t (a int); create table public.t (b int);\n"
        "set search_path = app, public;\n"
        "create view v as select a from t;\n"
        "create type mood as enum ('ok');\n"
        "create function f(m mood) returns setof t language sql as 'select * from t'"
    )
    view = catalog.get(View, "app.v")
    assert view is not None
    assert view.definition == "select a from app.t"
    function = catalog.get(Function, "app.f(app.mood)")
    assert function is not None
    assert function.returns == "app.t"


def test_a_body_is_not_read_where_its_checking_is_off() -> None:
    after("set check_function_bodies = off; create function f() returns int language sql as 'select x from later'")


def test_a_trigger_function_is_found_under_its_new_name() -> None:
    catalog = after(
        "create table t (a int);\n"
        "create function f() returns trigger language plpgsql as 'begin return new; end';\n"
        "create trigger t1 before update of a on t for each row when (new.a > old.a) execute function f();\n"
        "alter function f() rename to touch; alter table t rename column a to b; alter table t rename to u"
    )
    trigger = catalog.get(Trigger, "t1 on public.u")
    assert trigger is not None
    assert trigger.function == "public.touch()"
    assert (trigger.events, trigger.condition) == (("update of b",), "new.b > old.b")


def test_event_triggers() -> None:
    simulation = simulated(
        "create function f() returns event_trigger language plpgsql as 'begin end';\n"
        "create event trigger e on ddl_command_end when tag in ('CREATE TABLE', 'alter table') execute function f();\n"
        "create event trigger e on sql_drop execute function f();\n"
        "create event trigger x on nonsense execute function f();\n"
        "alter event trigger e disable; alter event trigger e rename to e2; drop function f();\n"
        "alter event trigger nope enable; drop event trigger if exists nope",
        platform="none",
    )
    assert said(simulation) == [
        '3 42710 event trigger "e" already exists',
        '4 42601 unrecognized event name "nonsense"',
        "5 2BP01 cannot drop function public.f() because other objects depend on it",
        "6 42704 nope",
    ]
    trigger = simulation.after.get(EventTrigger, "e2")
    assert trigger is not None
    assert (trigger.tags, trigger.enabled, trigger.function) == (
        ("ALTER TABLE", "CREATE TABLE"),
        "disabled",
        "public.f()",
    )
