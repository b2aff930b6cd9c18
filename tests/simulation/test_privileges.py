"""Who may do what: derived from access lists, memberships and ownership."""

from __future__ import annotations

import pytest

from pasteproof.schema.acl import effective
from pasteproof.schema.catalog import Catalog, Object
from pasteproof.schema.objects import kinds
from pasteproof.schema.objects.default_privilege import initial_acl
from pasteproof.schema.objects.privilege import all_privileges, holds, privileges
from pasteproof.schema.simulate import platform_catalog

from . import make

SQL = """
create table notes (id int, body text);
revoke all on notes from anon, authenticated, service_role;
grant select (id) on notes to anon;
grant update on notes to authenticated;
create function f() returns int language sql as 'select 1';
create function g() returns int language sql as 'select 1';
revoke execute on function g() from public, anon, authenticated, service_role;
create type mood as enum ('x');
create schema app;
create table app.kept (id int);
create role reader;
create role editor in role reader;
create role distant noinherit in role reader;
grant select on app.kept to reader;
create table opaque (id int);
revoke all on opaque from anon;
do $$ begin if (select count(*) from notes) > 0 then grant select on opaque to anon; end if; end $$;
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return make(SQL).after


@pytest.mark.parametrize(
    ("role", "key", "privilege", "answer"),
    [
        ("anon", "table public.notes", "select", False),
        ("anon", "column public.notes.id", "select", True),
        ("anon", "column public.notes.body", "select", False),
        ("authenticated", "column public.notes.body", "update", True),  # its table's counts
        ("authenticator", "table public.notes", "update", False),  # a member, but NOINHERIT
        ("postgres", "table public.notes", "delete", True),  # the owner, and of pg_read_all_data
        ("postgres", "column public.notes.body", "insert", True),
        ("supabase_admin", "table public.notes", "delete", True),  # the superuser
        ("supabase_read_only_user", "table public.notes", "select", True),  # pg_read_all_data
        ("supabase_read_only_user", "table public.notes", "insert", False),
        ("anon", "function public.f()", "execute", True),
        ("public", "function public.f()", "execute", True),
        ("anon", "function public.g()", "execute", False),
        ("anon", "type public.mood", "usage", True),
        ("anon", "schema public", "usage", True),
        ("anon", "schema app", "usage", False),
        ("postgres", "schema public", "create", True),  # the owner of the database is pg_database_owner
        ("anon", "schema public", "create", False),
        ("editor", "table app.kept", "select", True),
        ("distant", "table app.kept", "select", False),
        ("anon", "table public.opaque", "select", None),
        ("nobody", "table app.kept", "select", None),  # a role that nothing made
        ("anon", "table public.notes", "maintain", None),  # masked
    ],
)
def test_who_holds_what(catalog: Catalog, role: str, key: str, privilege: str, answer: bool | None) -> None:
    kind, _, identity = key.partition(" ")
    obj = catalog.find((kind, identity))
    assert obj is not None
    assert holds(catalog, role, obj, privilege) is answer


def test_privileges_are_named_as_the_live_query_names_them(catalog: Catalog) -> None:
    notes = catalog.find(("table", "public.notes"))
    assert notes is not None
    assert [each.identity for each in privileges(catalog, notes)] == ["update on table public.notes to authenticated"]
    identities = {each.identity for each in all_privileges(catalog)}
    assert "select on column public.notes.id to anon" in identities
    assert "execute on function public.f() to public" in identities
    assert "execute on function public.g() to public" not in identities
    assert "usage on type public.mood to public" in identities


def test_nothing_is_said_of_privileges_that_are_not_known(catalog: Catalog) -> None:
    opaque = catalog.find(("table", "public.opaque"))
    assert opaque is not None
    assert not opaque.knows("privileges")
    assert privileges(catalog, opaque) == []


@pytest.mark.parametrize(
    ("default_grants", "object_type", "anon"),
    [
        ("exposed", "tables", {"select", "insert", "update", "delete", "truncate", "references", "trigger"}),
        ("exposed", "functions", {"execute"}),
        ("exposed", "sequences", {"select", "update", "usage"}),
        ("revoked", "tables", {"truncate", "references", "trigger"}),
        ("revoked", "functions", set()),
        ("revoked", "sequences", {"update"}),
    ],
)
def test_what_a_new_object_is_granted(default_grants: str, object_type: str, anon: set[str]) -> None:
    catalog = platform_catalog(default_grants=default_grants)
    acl = effective(initial_acl(catalog, object_type, "postgres", "public"), object_type)
    assert set(acl.get("anon", {})) == anon
    assert ("public" in acl) is (object_type == "functions")
    assert initial_acl(catalog, object_type, "postgres", "extensions") is None


def test_a_bare_server_grants_nothing() -> None:
    catalog = platform_catalog(platform="none")
    assert {each.identity for each in all_privileges(catalog)} == {"usage on schema public to public"}
    assert initial_acl(catalog, "tables", "postgres", "public") is None


def test_the_baseline_is_a_copy() -> None:
    platform_catalog().remove(("table", "auth.users"))
    assert ("table", "auth.users") in platform_catalog()


def test_every_kind_with_an_access_list_is_derived(catalog: Catalog) -> None:
    with_acl = {name for name, kind in kinds().items() if "acl" in kind.__struct_fields__}
    labels = {each.object.partition(" ")[0] for each in all_privileges(catalog)}
    assert with_acl - labels == set()
    assert issubclass(kinds()["privilege"], Object)
