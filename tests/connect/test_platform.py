"""The baseline on a real server, asked for what the platform's documentation and sources say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasteproof.connect.server import Database, Server

# Each of these is true on a new project.
FACTS = """
select not rolsuper and rolcreatedb and rolcreaterole and rolcanlogin and rolreplication and rolbypassrls
  from pg_roles where rolname = 'postgres'
select rolsuper from pg_roles where rolname = 'supabase_admin'
select bool_and(not rolcanlogin) and bool_or(rolbypassrls) filter (where rolname = 'service_role')
  and not bool_or(rolbypassrls) filter (where rolname <> 'service_role')
  from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
select bool_and(pg_has_role(m, r, 'member')) from unnest('{anon,authenticated,service_role}'::name[]) r,
  unnest('{authenticator,postgres}'::name[]) m
select not bool_or(pg_has_role('postgres', oid, 'member')) from pg_roles where rolname ~ '^supabase_.*admin$'
select current_setting('search_path') = '"$user", public, extensions'
select rolconfig @> '{statement_timeout=3s}' from pg_roles where rolname = 'anon'
select rolconfig @> '{statement_timeout=8s}' from pg_roles where rolname = 'authenticated'
select array_agg(nspname::text order by nspname) = '{auth,extensions,graphql,graphql_public,pgbouncer,public,
  realtime,storage,vault}' from pg_namespace where nspname !~ '^pg_(catalog|toast|temp)|information_schema'
select array_agg(extname::text order by extname) = '{pg_stat_statements,pgcrypto,plpgsql,supabase_vault,
  uuid-ossp}' from pg_extension
select pg_get_userbyid(datdba) = 'postgres' from pg_database where datname = current_database()
select bool_and(relrowsecurity) from pg_class
  where oid::regclass::text in ('storage.objects', 'storage.buckets', 'realtime.messages', 'auth.users')
select min(oid::bigint) >= 16384 from pg_class where relnamespace::regnamespace::text in ('auth', 'storage', 'realtime')
select count(*) = 0 from pg_policies
select count(*) = 35 from information_schema.columns where table_schema = 'auth' and table_name = 'users'
select is_generated = 'ALWAYS' from information_schema.columns
  where table_schema = 'auth' and table_name = 'users' and column_name = 'confirmed_at'
select indisunique and pg_get_expr(indpred, indrelid) = '(is_sso_user = false)' from pg_index
  where indexrelid = 'auth.users_email_partial_key'::regclass
select pg_get_partkeydef('realtime.messages'::regclass) = 'RANGE (inserted_at)'
select pubinsert and pubupdate and pubdelete and pubtruncate and not puballtables from pg_publication
  where pubname = 'supabase_realtime'
select relowner::regrole::text = 'supabase_storage_admin' from pg_class where relname = 'objects'
select bool_and(provolatile = 'i') from pg_proc
  where pronamespace = 'storage'::regnamespace and proname in ('foldername', 'filename', 'extension')
select bool_and(provolatile = 's' and has_function_privilege('anon', oid, 'execute')) from pg_proc
  where pronamespace = 'auth'::regnamespace
select has_schema_privilege('anon', 'storage', 'usage') and not has_schema_privilege('anon', 'vault', 'usage')
select not has_table_privilege('anon', 'auth.users', 'select')
  and has_table_privilege('postgres', 'auth.users', 'select with grant option')
select has_table_privilege('anon', 'storage.objects', 'select')
select has_table_privilege('authenticated', 'realtime.messages', 'select, insert, update')
  and not has_table_privilege('authenticated', 'realtime.messages', 'delete')
"""


@pytest.fixture(scope="module")
def untouched(server: Server) -> Iterator[Database]:
    with server.database() as made:
        yield made


@pytest.mark.parametrize("fact", FACTS.strip().replace("\n  ", " ").splitlines())
def test_a_fact(untouched: Database, fact: str) -> None:
    with untouched.connect() as connection:
        assert connection.execute(fact.encode()).fetchone() == (True,)


@pytest.mark.parametrize(
    ("claims", "uid", "role"),
    [
        ("", None, None),
        ('{"sub": "00000000-0000-0000-0000-000000000001", "role": "authenticated"}', "0-1", "authenticated"),
        ('{"role": "anon"}', None, "anon"),
    ],
)
def test_who_the_claims_say(untouched: Database, claims: str, uid: str | None, role: str | None) -> None:
    with untouched.connect() as connection:
        connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
        row = connection.execute("select auth.uid()::text, auth.role(), auth.jwt() ->> 'role'").fetchone()
    expected = uid and "00000000-0000-0000-0000-000000000001"
    assert row == (expected, role, role)


@pytest.mark.parametrize("made", ["table t (id int)", "sequence t", "view t as select 1"])
def test_what_is_made_in_public_is_granted_to_the_api_roles(database: Database, made: str) -> None:
    with database.connect() as connection:
        connection.execute(f"create {made}".encode())
        granted = connection.execute(
            "select array_agg(distinct a.grantee::regrole::text order by a.grantee::regrole::text) "
            "from pg_class, aclexplode(relacl) a where oid = 'public.t'::regclass"
        ).fetchone()
    assert granted == (["anon", "authenticated", "postgres", "service_role"],)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("storage.foldername('a/b/c.tar.gz')", ["a", "b"]),
        ("storage.filename('a/b/c.tar.gz')", "c.tar.gz"),
        ("storage.extension('a/b/c.tar.gz')", "gz"),
        ("storage.allow_only_operation('object.list')", False),
        ("vault.create_secret('x', 'n') is not null", True),
    ],
)
def test_functions_that_policies_call(untouched: Database, call: str, answer: object) -> None:
    with untouched.connect(autocommit=False) as connection:
        assert connection.execute(f"select {call}".encode()).fetchone() == (answer,)
        connection.rollback()


def test_a_secret_is_read_back(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("select vault.create_secret('s3cret', 'key')")
        connection.execute("select vault.update_secret(id, 'changed') from vault.secrets where name = 'key'")
        row = connection.execute("select decrypted_secret from vault.decrypted_secrets").fetchone()
    assert row == ("changed",)
