"""One change by hand in a live database, of any attribute of any kind: the difference is that and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from pasteproof.connect.template import SUPERUSER
from pasteproof.schema import drift, live
from pasteproof.schema.drift import Side
from pasteproof.schema.objects import kinds
from pasteproof.schema.simulate import platform_catalog, run_source
from pasteproof.schema.snapshots import grid_sql
from pasteproof.schema.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from pasteproof.connect.server import Server
    from pasteproof.schema.catalog import Object

SETUP = """
create role keeper;
create role guest;
grant keeper to postgres;
create schema kept;
create extension citext with schema extensions;
create type public.mood as enum ('sad', 'happy');
create type public.pair as (a int, b text);
create domain public.plain as text;
create domain public.short as text default 'x' check (length(value) < 9);
create sequence public.counter as integer;
create table public.parent (id int);
create table public.target (id int primary key, code int unique, other int unique);
create table public.item (
  id bigint, name text, number int, derived int generated always as (number * 2) stored, word text,
  target_id int constraint item_target references public.target (id) deferrable,
  constraint item_number check (number > 0)
);
create index item_name on public.item (name);
create index item_number on public.item (number);
create policy item_read on public.item for select to authenticated using (number > 1);
create policy item_write on public.item for insert to authenticated with check (number > 1);
create table public.loose (a int, b int);
create table public.halves (id int, at int) partition by range (at);
create table public.half partition of public.halves for values from (0) to (10);
create view public.names as select name from public.item;
create materialized view public.counted as select 1 as n;
create function public.twice(n int) returns int language sql as 'select n * 2';
create function public.touch() returns trigger language plpgsql as 'begin return new; end';
create function public.touch_other() returns trigger language plpgsql as 'begin return new; end';
create trigger item_touch before update on public.item for each row execute function public.touch();
create function public.on_ddl() returns event_trigger language plpgsql as 'begin end';
create function public.on_ddl_other() returns event_trigger language plpgsql as 'begin end';
comment on table public.item is 'things';
grant select on public.item to keeper;
alter default privileges in schema kept grant select on tables to keeper;
insert into storage.buckets (id, name, public) values ('files', 'files', false);
create extension pg_cron;
select cron.schedule('nightly', '0 3 * * *', 'select 1');
create publication news for table public.item (id, name) where (id > 3);
"""
# CREATE EVENT TRIGGER needs a superuser on the private server, and not on the platform
WATCHED = "create event trigger watch on ddl_command_end when tag in ('CREATE TABLE') execute function public.on_ddl();"


class Case(NamedTuple):
    """What is done by hand, and the lines that tell of it."""

    sql: str
    told: tuple[str, ...]


def case(sql: str, *told: str) -> Case:
    return Case(sql, told)


_WATCH = "drop event trigger watch; create event trigger watch on"
# The owner must be a superuser here when it becomes one, as postgres need not be on the platform
_OWNED = "alter role postgres superuser; alter event trigger watch owner to postgres; alter role postgres nosuperuser"
CASES: dict[str, dict[str, Case]] = {
    "bucket": {
        name: case(f"update storage.buckets set {name} = {value} where id = 'files'", f"~ bucket files: {name}")
        for name, value in (
            ("public", "true"),
            ("file_size_limit", "1000"),
            ("allowed_mime_types", "array['image/png']"),
        )
    },
    "cron_job": {
        name: case(f"reset role; update cron.job set {name} = {value}", f"~ cron_job nightly: {name}")
        for name, value in (("schedule", "'0 4 * * *'"), ("command", "'select 2'"), ("active", "false"))
    },
    "column": {
        "position": case(
            "alter table public.loose drop column a; alter table public.loose add column a int",
            "~ column public.loose.a: position",
        ),
        "type": case("alter table public.loose alter a type bigint", "~ column public.loose.a: type"),
        "not_null": case("alter table public.loose alter a set not null", "~ column public.loose.a: not_null"),
        "default": case("alter table public.loose alter a set default 7", "~ column public.loose.a: default"),
        "generated": case(
            "alter table public.item alter derived drop expression", "~ column public.item.derived: generated"
        ),
        "generated_identity": case(
            "alter table public.loose alter a set not null, alter a add generated always as identity",
            "~ column public.loose.a: not_null, generated_identity",
            "+ sequence public.loose_a_seq",
            *(
                f"+ privilege {privilege} on sequence public.loose_a_seq to {role}"
                for role in ("anon", "authenticated", "service_role")
                for privilege in ("select", "update", "usage")
            ),
        ),
        "collation": case(
            'alter table public.item alter word type text collate "C"', "~ column public.item.word: collation"
        ),
    },
    "comment": {
        "object": case(
            "comment on table public.item is null; comment on table public.loose is 'things'",
            "- comment on table public.item",
            "+ comment on table public.loose",
        ),
        "text": case("comment on table public.item is 'goods'", "~ comment on table public.item: text"),
    },
    "constraint": {
        "type": case(
            "alter table public.item drop constraint item_number, add constraint item_key unique (number)",
            "- constraint item_number on public.item",
            "+ constraint item_key on public.item",
            "+ index public.item_key",
        ),
        "columns": case(
            "alter table public.target drop constraint target_code_key,"
            " add constraint target_code_key unique (id, code)",
            "~ constraint target_code_key on public.target: columns, definition",
            "~ index public.target_code_key: columns",
        ),
        "definition": case(
            "alter table public.item drop constraint item_number, add constraint item_number check (number > 5)",
            "~ constraint item_number on public.item: definition",
        ),
        "validated": case(
            "alter table public.item drop constraint item_number,"
            " add constraint item_number check (number > 0) not valid",
            "~ constraint item_number on public.item: definition, validated",
        ),
        "deferrable": case(
            "alter table public.item alter constraint item_target not deferrable",
            "~ constraint item_target on public.item: definition, deferrable",
        ),
        "references": case(
            "alter table public.parent add primary key (id);"
            "alter table public.item drop constraint item_target, add constraint item_target"
            " foreign key (target_id) references public.parent (id) deferrable",
            "~ constraint item_target on public.item: definition, references",
            "~ column public.parent.id: not_null",
            "+ constraint parent_pkey on public.parent",
            "+ index public.parent_pkey",
        ),
        "on_delete": case(
            "alter table public.item drop constraint item_target, add constraint item_target"
            " foreign key (target_id) references public.target (id) on delete cascade deferrable",
            "~ constraint item_target on public.item: definition, on_delete",
        ),
        "on_update": case(
            "alter table public.item drop constraint item_target, add constraint item_target"
            " foreign key (target_id) references public.target (id) on update cascade deferrable",
            "~ constraint item_target on public.item: definition, on_update",
        ),
    },
    "default_privilege": {
        name: case(
            "alter default privileges in schema kept revoke select on tables from keeper;" + sql,
            "- default_privilege for role postgres in schema kept on tables grant select to keeper",
            f"+ default_privilege {made}",
        )
        for name, sql, made in (
            (
                "for_role",
                "reset role; alter default privileges for role keeper in schema kept grant select on tables to keeper",
                "for role keeper in schema kept on tables grant select to keeper",
            ),
            (
                "schema",
                "alter default privileges grant select on tables to keeper",
                "for role postgres on tables grant select to keeper",
            ),
            (
                "object_type",
                "alter default privileges in schema kept grant select on sequences to keeper",
                "for role postgres in schema kept on sequences grant select to keeper",
            ),
            (
                "grantee",
                "alter default privileges in schema kept grant select on tables to guest",
                "for role postgres in schema kept on tables grant select to guest",
            ),
            (
                "privilege",
                "alter default privileges in schema kept grant insert on tables to keeper",
                "for role postgres in schema kept on tables grant insert to keeper",
            ),
        )
    }
    | {
        "grantable": case(
            "alter default privileges in schema kept grant select on tables to keeper with grant option",
            "~ default_privilege for role postgres in schema kept on tables grant select to keeper: grantable",
        ),
        "revoked": case(
            "alter default privileges revoke execute on functions from public",
            "+ default_privilege for role postgres on functions revoke execute from public",
        ),
    },
    "event_trigger": {
        name: case(f"reset role; {sql}; {_OWNED}", f"~ event_trigger watch: {name}")
        for name, sql in (
            ("event", f"{_WATCH} ddl_command_start when tag in ('CREATE TABLE') execute function public.on_ddl()"),
            ("tags", f"{_WATCH} ddl_command_end when tag in ('CREATE VIEW') execute function public.on_ddl()"),
            (
                "function",
                f"{_WATCH} ddl_command_end when tag in ('CREATE TABLE') execute function public.on_ddl_other()",
            ),
            ("enabled", "alter event trigger watch disable"),
        )
    }
    | {"owner": case("reset role; alter event trigger watch owner to supabase_admin", "~ event_trigger watch: owner")},
    "extension": {
        "schema": case("reset role; alter extension citext set schema kept", "~ extension citext: schema"),
    },
    "function": {
        "routine_kind": case(
            "drop function public.twice; create procedure public.twice(n int) language sql as 'select n * 2'",
            "~ function public.twice(integer): routine_kind, returns",
        ),
        "arguments": case(
            "create or replace function public.twice(n int default 4) returns int language sql as 'select n * 2'",
            "~ function public.twice(integer): arguments",
        ),
        "returns": case(
            "drop function public.twice;"
            " create function public.twice(n int) returns bigint language sql as 'select n * 2'",
            "~ function public.twice(integer): returns",
        ),
        "returns_set": case(
            "drop function public.twice;"
            " create function public.twice(n int) returns setof int language sql as 'select n * 2'",
            "~ function public.twice(integer): returns_set",
        ),
        "language": case(
            "set local check_function_bodies = off; create or replace function public.twice(n int) returns int"
            " language plpgsql as 'select n * 2'",
            "~ function public.twice(integer): language",
        ),
        "volatility": case("alter function public.twice immutable", "~ function public.twice(integer): volatility"),
        "strict": case("alter function public.twice strict", "~ function public.twice(integer): strict"),
        "security_definer": case(
            "alter function public.twice security definer", "~ function public.twice(integer): security_definer"
        ),
        "leakproof": case(
            "reset role; alter function public.twice leakproof", "~ function public.twice(integer): leakproof"
        ),
        "parallel": case("alter function public.twice parallel safe", "~ function public.twice(integer): parallel"),
        "config": case("alter function public.twice set search_path = ''", "~ function public.twice(integer): config"),
        "owner": case(
            "reset role; alter function public.twice owner to keeper", "~ function public.twice(integer): owner"
        ),
        "body": case(
            "create or replace function public.twice(n int) returns int language sql as 'select n * 3'",
            "~ function public.twice(integer): body",
        ),
    },
    "index": {
        "table": case(
            "drop index public.item_name; create index item_name on public.loose (a)",
            "~ index public.item_name: table, columns",
        ),
        "unique": case(
            "drop index public.item_name; create unique index item_name on public.item (name)",
            "~ index public.item_name: unique",
        ),
        "method": case(
            "drop index public.item_name; create index item_name on public.item using hash (name)",
            "~ index public.item_name: method",
        ),
        "columns": case(
            "drop index public.item_name; create index item_name on public.item (name desc)",
            "~ index public.item_name: columns",
        ),
        "include": case(
            "drop index public.item_name; create index item_name on public.item (name) include (number)",
            "~ index public.item_name: include",
        ),
        "predicate": case(
            "drop index public.item_name; create index item_name on public.item (name) where number > 3",
            "~ index public.item_name: predicate",
        ),
        "nulls_not_distinct": case(
            "alter table public.target drop constraint target_other_key,"
            " add constraint target_other_key unique nulls not distinct (other)",
            "~ constraint target_other_key on public.target: definition",
            "~ index public.target_other_key: nulls_not_distinct",
        ),
        "options": case("alter index public.item_name set (fillfactor = 70)", "~ index public.item_name: options"),
        "valid": case(
            "reset role; update pg_index set indisvalid = false where indexrelid = 'public.item_name'::regclass",
            "~ index public.item_name: valid",
        ),
        "constraint": case(
            "drop index public.item_name; alter table public.item add constraint item_name unique (name)",
            "+ constraint item_name on public.item",
            "~ index public.item_name: unique, constraint",
        ),
    },
    "policy": {
        "table": case(
            "drop policy item_read on public.item;"
            " create policy item_read on public.target for select to authenticated using (id > 1)",
            "- policy item_read on public.item",
            "+ policy item_read on public.target",
        ),
        "command": case(
            "drop policy item_read on public.item;"
            " create policy item_read on public.item for delete to authenticated using (number > 1)",
            "~ policy item_read on public.item: command",
        ),
        "permissive": case(
            "drop policy item_read on public.item;"
            " create policy item_read on public.item as restrictive for select to authenticated using (number > 1)",
            "~ policy item_read on public.item: permissive",
        ),
        "roles": case(
            "alter policy item_read on public.item to anon, authenticated", "~ policy item_read on public.item: roles"
        ),
        "using": case(
            "alter policy item_read on public.item using (number > 2)", "~ policy item_read on public.item: using"
        ),
        "check": case(
            "alter policy item_write on public.item with check (true)", "~ policy item_write on public.item: check"
        ),
    },
    "privilege": {
        "object": case(
            "revoke select on public.item from keeper; grant select on public.loose to keeper",
            "- privilege select on table public.item to keeper",
            "+ privilege select on table public.loose to keeper",
        ),
        "grantee": case(
            "revoke select on public.item from keeper; grant select on public.item to guest",
            "- privilege select on table public.item to keeper",
            "+ privilege select on table public.item to guest",
        ),
        "privilege": case(
            "revoke select on public.item from keeper; grant insert on public.item to keeper",
            "- privilege select on table public.item to keeper",
            "+ privilege insert on table public.item to keeper",
        ),
        "grantable": case(
            "grant select on public.item to keeper with grant option",
            "~ privilege select on table public.item to keeper: grantable",
        ),
    },
    "publication": {
        "all_tables": case(
            "reset role; drop publication news; create publication news for all tables;"
            " alter publication news owner to postgres",
            "~ publication news: all_tables",
            "- publication_member public.item in publication news",
        ),
        "operations": case("alter publication news set (publish = 'insert')", "~ publication news: operations"),
        "owner": case("reset role; alter publication news owner to supabase_admin", "~ publication news: owner"),
    },
    "publication_member": {
        "publication": case(
            "alter publication news drop table public.item; alter publication supabase_realtime add table public.item",
            "- publication_member public.item in publication news",
            "+ publication_member public.item in publication supabase_realtime",
        ),
        "table": case(
            "alter publication news set table public.loose",
            "- publication_member public.item in publication news",
            "+ publication_member public.loose in publication news",
        ),
        "schema": case(
            "reset role; alter publication news set tables in schema kept",
            "- publication_member public.item in publication news",
            "+ publication_member schema kept in publication news",
        ),
        "columns": case(
            "alter publication news set table public.item (id) where (id > 3)",
            "~ publication_member public.item in publication news: columns",
        ),
        "row_filter": case(
            "alter publication news set table public.item (id, name) where (id > 4)",
            "~ publication_member public.item in publication news: row_filter",
        ),
    },
    "role": {
        name: case(f"reset role; alter role keeper {sql}", f"~ role keeper: {name}")
        for name, sql in (
            ("superuser", "superuser"),
            ("bypassrls", "bypassrls"),
            ("login", "login"),
            ("inherit", "noinherit"),
            ("createrole", "createrole"),
            ("createdb", "createdb"),
            ("replication", "replication"),
            ("config", "set statement_timeout = '3s'"),
        )
    }
    | {"memberships": case("reset role; grant guest to keeper", "~ role keeper: memberships")},
    "schema": {"owner": case("reset role; alter schema kept owner to keeper", "~ schema kept: owner")},
    "sequence": {
        name: case(f"alter sequence public.counter {sql}", f"~ sequence public.counter: {told}")
        for name, sql, told in (
            ("type", "as bigint maxvalue 2147483647", "type"),
            ("start", "start 5", "start"),
            ("increment", "increment 2", "increment"),
            ("minimum", "minvalue 0", "minimum"),
            ("maximum", "maxvalue 99", "maximum"),
            ("cache", "cache 7", "cache"),
            ("cycle", "cycle", "cycle"),
            ("owned_by", "owned by public.loose.a", "owned_by"),
        )
    }
    | {"owner": case("reset role; alter sequence public.counter owner to keeper", "~ sequence public.counter: owner")},
    "table": {
        "relation_kind": case(
            "drop table public.loose; create table public.loose (a int, b int) partition by range (a)",
            "~ table public.loose: relation_kind, partition_key",
        ),
        "row_security": case("alter table public.item enable row level security", "~ table public.item: row_security"),
        "force_row_security": case(
            "alter table public.item force row level security", "~ table public.item: force_row_security"
        ),
        "persistence": case("alter table public.loose set unlogged", "~ table public.loose: persistence"),
        "replica_identity": case(
            "alter table public.item replica identity full", "~ table public.item: replica_identity"
        ),
        "partition_of": case(
            "alter table public.halves detach partition public.half",
            "~ table public.half: partition_of, partition_bound",
        ),
        "partition_bound": case(
            "alter table public.halves detach partition public.half;"
            " alter table public.halves attach partition public.half for values from (0) to (20)",
            "~ table public.half: partition_bound",
        ),
        "partition_key": case(
            "drop table public.halves; create table public.halves (id int, at int) partition by range (id);"
            " create table public.half partition of public.halves for values from (0) to (10)",
            "~ table public.halves: partition_key",
        ),
        "inherits": case(
            "alter table public.parent add column a int; alter table public.parent drop column id;"
            " alter table public.loose inherit public.parent",
            "+ column public.parent.a",
            "- column public.parent.id",
            "~ table public.loose: inherits",
        ),
        "options": case("alter table public.loose set (fillfactor = 70)", "~ table public.loose: options"),
        "owner": case("reset role; alter table public.loose owner to keeper", "~ table public.loose: owner"),
    },
    "trigger": {
        name: case(
            f"drop trigger item_touch on public.item; {sql}", f"~ trigger item_touch on public.item: {told or name}"
        )
        for name, sql, told in (
            (
                "timing",
                "create trigger item_touch after update on public.item for each row execute function public.touch()",
                "",
            ),
            (
                "events",
                (
                    "create trigger item_touch before insert or update on public.item for each row"
                    " execute function public.touch()"
                ),
                "",
            ),
            (
                "level",
                (
                    "create trigger item_touch before update on public.item for each statement"
                    " execute function public.touch()"
                ),
                "",
            ),
            (
                "function",
                (
                    "create trigger item_touch before update on public.item for each row"
                    " execute function public.touch_other()"
                ),
                "",
            ),
            (
                "condition",
                (
                    "create trigger item_touch before update on public.item for each row when (new.number > 3)"
                    " execute function public.touch()"
                ),
                "",
            ),
            (
                "arguments",
                (
                    "create trigger item_touch before update on public.item for each row"
                    " execute function public.touch('x')"
                ),
                "",
            ),
            (
                "constraint",
                (
                    "create constraint trigger item_touch after update on public.item for each row"
                    " execute function public.touch()"
                ),
                "timing, constraint",
            ),
            (
                "deferrable",
                (
                    "create constraint trigger item_touch after update on public.item deferrable for each row"
                    " execute function public.touch()"
                ),
                "timing, constraint, deferrable",
            ),
            (
                "deferred",
                (
                    "create constraint trigger item_touch after update on public.item deferrable initially deferred"
                    " for each row execute function public.touch()"
                ),
                "timing, constraint, deferrable, deferred",
            ),
            (
                "old_table",
                (
                    "create trigger item_touch after update on public.item referencing old table as olds"
                    " for each row execute function public.touch()"
                ),
                "timing, old_table",
            ),
            (
                "new_table",
                (
                    "create trigger item_touch after update on public.item referencing new table as news"
                    " for each row execute function public.touch()"
                ),
                "timing, new_table",
            ),
        )
    }
    | {
        "table": case(
            "drop trigger item_touch on public.item; create trigger item_touch before update on public.loose"
            " for each row execute function public.touch()",
            "- trigger item_touch on public.item",
            "+ trigger item_touch on public.loose",
        ),
        "enabled": case(
            "alter table public.item disable trigger item_touch", "~ trigger item_touch on public.item: enabled"
        ),
    },
    "type": {
        "type_kind": case(
            "drop type public.pair; create type public.pair as enum ('a')",
            "~ type public.pair: type_kind, labels, attributes",
        ),
        "labels": case("alter type public.mood rename value 'sad' to 'low'", "~ type public.mood: labels"),
        "base": case("drop domain public.plain; create domain public.plain as varchar(9)", "~ type public.plain: base"),
        "not_null": case("alter domain public.short set not null", "~ type public.short: not_null"),
        "default": case("alter domain public.short set default 'y'", "~ type public.short: default"),
        "attributes_": case("alter type public.pair add attribute c int", "~ type public.pair: attributes"),
        "owner": case("reset role; alter type public.pair owner to keeper", "~ type public.pair: owner"),
    },
    "view": {
        "relation_kind": case(
            "drop view public.names; create materialized view public.names as select name from public.item",
            "~ view public.names: relation_kind",
        ),
        "columns": case(
            "alter view public.names rename column name to title", "~ view public.names: columns, definition"
        ),
        "options": case("alter view public.names set (security_invoker = on)", "~ view public.names: options"),
        "definition": case(
            "create or replace view public.names as select name from public.item where number > 3",
            "~ view public.names: definition",
        ),
        "owner": case("reset role; alter view public.names owner to keeper", "~ view public.names: owner"),
    },
}
SIGNS = {"added": "+", "removed": "-", "changed": "~", "unknown": "?"}


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a database that holds what the migrations make; reading it is planned once."""
    with server.database() as made:
        with made.connect() as connection:
            connection.execute(SETUP.encode())
        with made.connect(SUPERUSER) as connection:
            connection.execute(f"{WATCHED} {_OWNED}".encode())
            for name, value in grid_sql.SETTINGS.items():
                connection.execute("select pg_catalog.set_config(%s, %s, false)", (name, value))
            yield connection


@pytest.fixture(scope="module")
def simulated() -> Side:
    catalog = platform_catalog()
    run_source(catalog, Source.from_text("001_a.sql", SETUP + WATCHED))
    assert not catalog.events
    return drift.of_catalog(catalog, "migrations", "supabase")


def after(connection: psycopg.Connection[Any], sql: str) -> list[Object]:
    """What the database holds after a change by hand, which is undone."""
    with connection.transaction(force_rollback=True):
        connection.execute("set local role postgres; set local search_path = public")
        connection.execute(sql.encode())
        connection.execute("set local role postgres; set local search_path = ''")
        cursor = connection.execute(live.query().encode(), prepare=True)
        names = [column.name for column in cursor.description or ()]
        found = live.objects(dict(zip(names, row, strict=True)) for row in cursor)
    return [each for each in found if not each.identity.startswith("supautils_")]


def lines(before: Side, found: list[Object]) -> set[str]:
    return {
        f"{SIGNS[each.change]} {each.kind} {each.identity}"
        + (
            f": {', '.join((*each.differs, *(f'?{name}' for name in each.unknown)))}"
            if each.differs + each.unknown
            else ""
        )
        for each in drift.difference(before, drift.of_objects("database", "live", found)).changes
    }


def test_an_unchanged_project_shows_nothing(shared: psycopg.Connection[Any], simulated: Side) -> None:
    assert lines(simulated, after(shared, "select 1")) == set()


@pytest.mark.parametrize("kind", CASES)
def test_one_change_by_hand_shows_that_and_nothing_else(
    kind: str, shared: psycopg.Connection[Any], simulated: Side
) -> None:
    found = {name: lines(simulated, after(shared, each.sql)) for name, each in CASES[kind].items()}
    assert found == {name: set(each.told) for name, each in CASES[kind].items()}


# Each sets the same twice, the second time in another order, which nobody can tell by what it does.
ORDERS: dict[str, tuple[str, str]] = {
    "settings of a role": (
        "create role clerk; alter role clerk set statement_timeout = '8s'; alter role clerk set lock_timeout = '8s'",
        """alter role clerk reset all; alter role clerk set lock_timeout = '8s';
           alter role clerk set statement_timeout = '8s'""",
    ),
    "settings of a function": (
        "create function public.f() returns int language sql set work_mem = '8MB' set jit = off as 'select 1'",
        """create or replace function public.f() returns int language sql
             set jit = off set work_mem = '8MB' as 'select 1'""",
    ),
    "storage parameters": (
        "alter table public.item set (fillfactor = 70, autovacuum_enabled = false)",
        "alter table public.item reset (fillfactor); alter table public.item set (fillfactor = 70)",
    ),
    "tags of an event trigger": (
        """reset role; create event trigger e on ddl_command_end when tag in ('CREATE VIEW', 'CREATE TABLE')
             execute function public.on_ddl()""",
        """drop event trigger e; create event trigger e on ddl_command_end when tag in ('CREATE TABLE', 'CREATE VIEW')
             execute function public.on_ddl()""",
    ),
    "types that a bucket takes": (
        "update storage.buckets set allowed_mime_types = '{text/csv,image/png}' where id = 'files'",
        "update storage.buckets set allowed_mime_types = '{image/png,text/csv}' where id = 'files'",
    ),
}


@pytest.mark.parametrize("what", ORDERS)
def test_an_order_that_means_nothing_is_no_change(what: str, shared: psycopg.Connection[Any]) -> None:
    catalog, (migration, by_hand) = platform_catalog(), ORDERS[what]
    run_source(catalog, Source.from_text("001_a.sql", f"{SETUP}{WATCHED}{migration}"))
    assert not catalog.events
    before = drift.of_catalog(catalog, "migrations", "supabase")
    for sql in (migration, f"{migration}; {by_hand}"):
        assert lines(before, after(shared, sql)) - {"~ event_trigger e: owner"} == set()


def test_every_attribute_of_every_kind_has_its_change() -> None:
    assert {kind: sorted(cases) for kind, cases in CASES.items()} == {
        kind: sorted(cls.attribute_names()) for kind, cls in kinds().items() if cls.live
    }
