"""What role postgres may and may not do on the platform, told by a real server in the platform's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasteproof.connect.server import Database, Server

REFUSED = {
    "alter table storage.objects enable row level security": "must be owner of table objects",
    "alter table storage.buckets enable row level security": "must be owner of table buckets",
    "alter table auth.users add column nickname text": "must be owner of table users",
    "alter table realtime.messages disable row level security": "must be owner of table messages",
    "comment on table storage.objects is 'mine'": "must be owner of table objects",
    "comment on column auth.users.email is 'mine'": "must be owner of relation users",
    "comment on function auth.uid() is 'mine'": "must be owner of function auth.uid",
    "comment on trigger protect_objects_delete on storage.objects is ''": "must be owner of relation objects",
    "comment on constraint users_pkey on auth.users is 'mine'": "must be owner of relation users",
    "comment on type auth.aal_level is 'mine'": "must be owner of type auth.aal_level",
    "comment on index auth.users_pkey is 'mine'": "must be owner of index users_pkey",
    "comment on schema auth is 'mine'": "must be owner of schema auth",
    "create index on auth.users (email)": "must be owner of table users",
    "create table auth.t (id int)": "permission denied for schema auth",
    "create table storage.t (id int)": "permission denied for schema storage",
    "create table realtime.t (id int)": "permission denied for schema realtime",
    "create function auth.f() returns int language sql as 'select 1'": "permission denied for schema auth",
    "create view auth.v as select 1": "permission denied for schema auth",
    "create type storage.mood as enum ('ok')": "permission denied for schema storage",
    "drop function auth.uid()": "must be owner of function auth.uid",
    "drop table storage.objects": "must be owner of table objects",
    "create policy p on storage.buckets_vectors": "must be owner of relation buckets_vectors",
    "insert into storage.migrations values (1, 'x', 'y')": "permission denied for table migrations",
    "insert into auth.schema_migrations values ('1')": "permission denied for table schema_migrations",
    "create policy p on auth.schema_migrations": "must be owner of relation schema_migrations",
    "create policy p on storage.migrations": "must be owner of relation migrations",
    "drop trigger protect_objects_delete on storage.objects; alter table storage.objects owner to postgres": (
        "must be owner of table objects"
    ),
    "delete from storage.objects": ("Direct deletion from storage tables is not allowed. Use the Storage API instead."),
    "delete from storage.buckets": ("Direct deletion from storage tables is not allowed. Use the Storage API instead."),
    "set role supabase_admin": 'permission denied to set role "supabase_admin"',
    "set role supabase_auth_admin": 'permission denied to set role "supabase_auth_admin"',
    "alter default privileges for role supabase_admin in schema public grant select on tables to anon": (
        'must be member of role "supabase_admin"'
    ),
    "alter system set work_mem = '8MB'": 'permission denied to set parameter "work_mem"',
    "create extension file_fdw": 'permission denied to create extension "file_fdw"',
    "alter role postgres superuser": ("must be superuser to alter superuser roles or change superuser attribute"),
    "create table public.t (id int); alter table public.t owner to supabase_admin": (
        'must be member of role "supabase_admin"'
    ),
}

# The words of 15 and what 16 and later say instead.
REWORDED = {
    'must be member of role "supabase_admin"': (
        'must be able to SET ROLE "supabase_admin"',
        "permission denied to change default privileges",
    ),
    "must be superuser to alter superuser roles or change superuser attribute": ("permission denied to alter role",),
}

ALLOWED = [
    "create policy p on storage.objects for select to authenticated using (bucket_id = 'a')",
    "create policy p on storage.objects; alter policy p on storage.objects using (true)",
    "create policy p on storage.objects; comment on policy p on storage.objects is 'mine'",
    "create policy p on storage.objects; drop policy p on storage.objects",
    "create policy p on realtime.messages for select to authenticated using (realtime.topic() = 'a')",
    "create policy p on auth.users",
    "set search_path = storage; create policy p on objects",
    "do $$ begin execute 'create policy p on storage.buckets for select using (true)'; end $$",
    "create trigger t after insert on auth.users for each row execute function tsvector_update_trigger()",
    """create trigger t after insert on auth.users for each row execute function tsvector_update_trigger();
    drop trigger t on auth.users""",
    "create table public.t (id uuid references auth.users (id) on delete cascade)",
    "create table public.t (id int); alter publication supabase_realtime add table public.t",
    """create table public.t (id int); create policy p on public.t using (auth.uid() is null);
    comment on policy p on public.t is 'mine'; drop policy p on public.t""",
    "create view public.v with (security_invoker = true) as select id from auth.users",
    "create extension postgres_fdw with schema extensions",
    "create extension if not exists pgcrypto with schema extensions",
    'create extension if not exists "uuid-ossp"; select uuid_generate_v4()',
    "create extension vector with schema extensions; create table public.t (e vector(3))",
    "create extension moddatetime schema extensions; drop extension moddatetime",
    "drop extension pg_stat_statements",
    "create publication everything for all tables",
    "create foreign data wrapper w",
    "set session_replication_role = replica",
    "alter role authenticator set pgrst.db_schemas = 'public, api'",
    "insert into storage.buckets (id, name) values ('avatars', 'avatars')",
    "set storage.allow_delete_query = 'true'; delete from storage.objects",
    "create schema app; create table app.t (id int); grant usage on schema app to anon",
    "create role reader; grant select on auth.users to reader",
    "select vault.create_secret('s3cret', 'key'); delete from vault.secrets",
    "set local role anon",
]


@pytest.fixture(scope="module")
def untouched(server: Server) -> Iterator[Database]:
    """One project for all of them: what is refused changes nothing."""
    with server.database() as made:
        yield made


@pytest.mark.parametrize(("sql", "words"), REFUSED.items(), ids=REFUSED)
def test_refused(untouched: Database, sql: str, words: str) -> None:
    with untouched.connect() as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(sql.encode())
    message = refused.value.diag.message_primary
    assert message in (words, *REWORDED.get(words, ()))
    assert refused.value.sqlstate == "42501"


@pytest.mark.parametrize("sql", ALLOWED)
def test_allowed(database: Database, sql: str) -> None:
    with database.connect() as connection:
        connection.execute(sql.encode())
        nobody_s = connection.execute(
            "select rolsuper or pg_has_role('postgres', 'supabase_storage_admin', 'member') "
            "or pg_has_role('postgres', 'supabase_admin', 'member') from pg_roles where rolname = 'postgres'"
        ).fetchone()
    assert nobody_s == (False,)


def test_a_refused_command_lends_nothing_to_the_next(database: Database) -> None:
    with database.connect() as connection:
        for sql in ("create policy p on storage.migrations", "comment on table auth.users is 'x'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="must be owner of table objects"):
            connection.execute("alter table storage.objects enable row level security")
