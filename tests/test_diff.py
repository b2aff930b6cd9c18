"""What is expected against what the migrations make, and what a migration changes."""

from __future__ import annotations

import textwrap

import pytest

from pasteproof.schema.catalog import Catalog
from pasteproof.schema.diff import changes, differences
from pasteproof.schema.difference import Difference
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source
from pasteproof.schema.spec import Spec, read_spec

TODO = """
create table public.todo (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text not null check (title <> ''),
  done boolean not null default false,
  place integer,
  parent bigint references public.todo check (parent <> id)
);
alter table public.todo enable row level security;
create index todo_owner on public.todo (owner, place desc) where not done;
create unique index todo_place on public.todo (owner, lower(title));
create policy "read own" on public.todo for select to authenticated using ((select auth.uid()) = owner);
create view public.open with (security_invoker = on) as select id, title from public.todo where not done;
create function public.touch(n integer, "when" timestamptz default now()) returns void
  language plpgsql stable security definer set search_path = '' as $$ begin end $$;
create function public.stamp() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger stamp before update of title, done on public.todo for each row execute function public.stamp();
"""


def catalog(sql: str, *, external: tuple[str, ...] = ()) -> Catalog:
    return simulate(platform_catalog(), [], [Source.from_text("1_a.sql", sql)], external=external).after


def specification(text: str) -> Spec:
    spec, problems = read_spec(Source.from_text("schema.yaml", "version: 1\n" + textwrap.dedent(text)))
    assert problems == []
    assert spec is not None
    return spec


def found(text: str, sql: str = TODO, *, external: tuple[str, ...] = ()) -> list[Difference]:
    return differences(specification(text), catalog(sql, external=external))


def table(text: str) -> str:
    return "expect:\n  tables:\n    public.todo:\n" + textwrap.indent(textwrap.dedent(text), "      ")


def told(differences: list[Difference]) -> list[str]:
    return [" ".join(filter(None, (each.kind, *each.key, each.attribute))) for each in differences]


AGREE = {
    "nothing stated": "{}",
    "columns as PostgreSQL writes them": """
        columns:
          id: int8 generated always as identity primary key
          owner: uuid not null default auth.uid() references auth.users (id) on delete cascade
          title: text not null check (title <> '')
          done: bool not null default false
          place: int
        """,
    "the switches": "row_security: true\nforce_row_security: false",
    "a constraint by its name": "constraints: {todo_title_check: check (title != ''), todo_pkey: primary key (id)}",
    "a foreign key by its name": """
        constraints:
          todo_owner_fkey: foreign key (owner) references auth.users (id) on delete cascade
        """,
    "indexes": """
        indexes:
          todo_owner: (owner, place desc) where not done
          todo_place: unique using btree (owner, lower(title))
        """,
    "a policy, complete": """
        policies: {read own: {for: select, to: [authenticated], using: "(SELECT auth.uid()) = owner"}}
        """,
    "a primary key makes its column not null": """
        columns: {id: int8 generated always as identity}
        constraints: {todo_pkey: primary key (id)}
        """,
    "a key that another line refers to": """
        columns:
          parent: bigint check (parent <> id) references public.todo (id)
          id: int8 generated always as identity
        constraints: {todo_pkey: primary key (id)}
        """,
    "a trigger": """
        triggers: {stamp: "before update of title, done for each row execute function public.stamp()"}
        """,
    "what the platform grants": """
        grants: {anon: [all], authenticated: [all], service_role: [all], public: []}
        """,
    "everything, and nothing else": """
        exact: true
        columns:
          id: bigint generated always as identity primary key
          owner: uuid not null default auth.uid() references auth.users (id) on delete cascade
          title: text not null check (title <> '')
          done: boolean not null default false
          place: integer
          parent: bigint references public.todo (id) check (parent <> id)
        indexes:
          todo_owner: (owner, place desc) where not done
          todo_place: unique (owner, lower(title))
        policies: {read own: {for: select, to: [authenticated], using: "(select auth.uid()) = owner"}}
        triggers: {stamp: "before update of title, done for each row execute function public.stamp()"}
        """,
}


@pytest.mark.parametrize("text", AGREE.values(), ids=AGREE.keys())
def test_what_is_as_stated_is_no_difference(text: str) -> None:
    assert told(found(table(text) if text != "{}" else "expect: {tables: {public.todo: {}}}")) == []


DIFFER = {
    "another type": ("columns: {place: bigint}", ["differs column public.todo.place type"]),
    "null where not null was meant": (
        "columns: {place: integer not null}",
        ["differs column public.todo.place not_null"],
    ),
    "not null that nobody wrote": ("columns: {title: text}", ["differs column public.todo.title not_null"]),
    "a default that nobody wrote": (
        "columns: {done: boolean not null}",
        ["differs column public.todo.done default"],
    ),
    "another default": (
        "columns: {done: boolean not null default true}",
        ["differs column public.todo.done default"],
    ),
    "an identity of another kind": (
        "columns: {id: bigint generated by default as identity}",
        ["differs column public.todo.id generated_identity"],
    ),
    "a column that is not there": ("columns: {note: text}", ["missing column public.todo.note"]),
    "a constraint written inside a column": (
        "columns: {place: integer unique}",
        ["missing constraint todo_place_key on public.todo"],
    ),
    "a constraint written inside a column that is not there": (
        "columns: {child: bigint references public.todo (id)}",
        ["missing column public.todo.child"],
    ),
    "two keys": (
        "columns: {id: int8 primary key generated always as identity, place: int primary key}",
        ["undecided column public.todo.place"],
    ),
    "a row security that is off": (
        "force_row_security: true",
        ["differs table public.todo force_row_security"],
    ),
    "another check": (
        "constraints: {todo_title_check: check (title <> 'x')}",
        ["differs constraint todo_title_check on public.todo definition"],
    ),
    "another action": (
        "columns: {owner: uuid not null default auth.uid() references auth.users (id)}",
        ["differs constraint todo_owner_fkey on public.todo definition"],
    ),
    "an index on other columns": (
        "indexes:\n  todo_owner: (owner, place) where not done",
        ["differs index public.todo_owner columns"],
    ),
    "an index without its condition": (
        "indexes:\n  todo_owner: (owner, place desc)",
        ["differs index public.todo_owner predicate"],
    ),
    "an index that is not there": (
        "columns: {place: integer}\nindexes: {nowhere: (place)}",
        ["missing index public.nowhere"],
    ),
    "a policy for another command, other roles": (
        'policies: {read own: {using: "(select auth.uid()) = owner"}}',
        ['differs policy "read own" on public.todo command', 'differs policy "read own" on public.todo roles'],
    ),
    "a policy with another condition": (
        'policies: {read own: {for: select, to: [authenticated], using: "true"}}',
        ['differs policy "read own" on public.todo using'],
    ),
    "a policy that is not there": (
        'policies: {write: {for: insert, check: "true"}}',
        ["missing policy write on public.todo"],
    ),
    "a role that may more": (
        "grants: {anon: [], authenticated: [select, insert]}",
        ["differs table public.todo grants to anon", "differs table public.todo grants to authenticated"],
    ),
    "a role that may less": (
        "grants: {public: [select]}",
        ["differs table public.todo grants to public"],
    ),
    "a role that there is not": (
        "grants: {annon: []}",
        ["undecided table public.todo grants to annon"],
    ),
    "more than was meant": (
        "exact: true\ncolumns: {id: bigint generated always as identity primary key, title: text not null}",
        [
            "unexpected column public.todo.done",
            "unexpected column public.todo.owner",
            "unexpected column public.todo.parent",
            "unexpected constraint todo_check on public.todo",
            "unexpected constraint todo_parent_fkey on public.todo",
            "unexpected column public.todo.place",
            "unexpected constraint todo_owner_fkey on public.todo",
            "unexpected constraint todo_title_check on public.todo",
            "unexpected index public.todo_owner",
            "unexpected index public.todo_place",
            'unexpected policy "read own" on public.todo',
            "unexpected trigger stamp on public.todo",
        ],
    ),
    "a column in SQL that is not stated": (
        'policies: {read own: {using: "nobody = 1"}}',
        ['undecided policy "read own" on public.todo'],
    ),
    "a function that is not there": (
        "columns: {place: integer default public.nowhere()}",
        ["differs column public.todo.place default"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), DIFFER.values(), ids=DIFFER.keys())
def test_what_is_not_as_stated_is_told(text: str, expected: list[str]) -> None:
    assert sorted(told(found(table(text)))) == sorted(expected)


ELSEWHERE = {
    "a view as stated": ("views: {public.open: {security_invoker: true, columns: [id, title]}}", []),
    "a view that is none": ("views: {public.shut: {security_invoker: true}}", ["missing view public.shut"]),
    "a view with its owner's rights": (
        "views: {public.open: {security_invoker: false}}",
        ["differs view public.open security_invoker"],
    ),
    "a view with other columns": (
        "views: {public.open: {columns: [title, id]}}",
        ["differs view public.open columns"],
    ),
    "a view that anybody reads": (
        "views: {public.open: {grants: {anon: []}}}",
        ["differs view public.open grants to anon"],
    ),
    "a table that is none": (
        "tables: {public.nowhere: {row_security: true, exact: true, columns: {a: int}, grants: {anon: []}}}",
        ["missing table public.nowhere"],
    ),
    "a function as stated": (
        """functions:
             {"public.touch(int, timestamptz)": {returns: void, language: plpgsql, volatility: stable,
              strict: false, security_definer: true, search_path: ""}}""",
        [],
    ),
    "a function with other attributes": (
        """functions:
             {"public.touch(integer, timestamp with time zone)": {returns: integer, language: sql,
              volatility: volatile, security_definer: false, search_path: public}}""",
        [
            f"differs function public.touch(integer, timestamp with time zone) {each}"
            for each in ("returns", "language", "volatility", "security_definer", "search_path")
        ],
    ),
    "a function of other arguments": (
        "functions: {public.touch(integer): {returns: void}}",
        ["missing function public.touch(integer)"],
    ),
    "a function that anybody may call": (
        "functions: {public.stamp(): {execute: [service_role]}}",
        ["differs function public.stamp() execute"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_views_and_functions(text: str, expected: list[str]) -> None:
    assert sorted(told(found("expect: {" + text + "}"))) == sorted(expected)


ABSENT = {
    "table public.todo": ["unexpected table public.todo"],
    "table public.nowhere": [],
    "column public.todo.title": ["unexpected column public.todo.title"],
    'policy "read own" on public.todo': ['unexpected policy "read own" on public.todo'],
    "policy other on public.todo": [],
    "constraint todo_pkey on public.todo": ["unexpected constraint todo_pkey on public.todo"],
    "trigger stamp on public.todo": ["unexpected trigger stamp on public.todo"],
    "index public.todo_owner": ["unexpected index public.todo_owner"],
    "view public.open": ["unexpected view public.open"],
    "function public.touch(int, timestamptz)": ["unexpected function public.touch(integer, timestamp with time zone)"],
    "function public.touch(text)": [],
    "function public.touch(nowhere)": [],
    'extension "uuid-ossp"': ["unexpected extension uuid-ossp"],
    "role anon": ["unexpected role anon"],
    "schema legacy": [],
}


@pytest.mark.parametrize(("name", "expected"), ABSENT.items())
def test_what_must_not_be_there(name: str, expected: list[str]) -> None:
    assert told(found(f"absent: ['{name}']")) == expected


def test_grants_count_whatever_they_come_from() -> None:
    sql = """
        create table public.a (x int, y int);
        revoke all on public.a from anon, authenticated, service_role;
    """
    anon = "expect: {tables: {public.a: {grants: {anon: []}}}}"
    assert found(anon, sql) == []
    for leak in (
        "grant select on public.a to public",
        "grant select (y) on public.a to anon",
        "create role readers; grant readers to anon; grant select on public.a to readers",
        "grant create on schema public to anon; alter table public.a owner to anon",
    ):
        assert told(found(anon, f"{sql}; {leak}")) == ["differs table public.a grants to anon"], leak
    columns = "expect: {tables: {public.a: {grants: {anon: [select (x), 'update (x, y)']}}}}"
    assert found(columns, sql + "grant select (x), update (x, y) on public.a to anon") == []
    (difference,) = found(columns, sql + "grant select, update (x) on public.a to anon")
    assert (difference.expected, difference.actual) == (
        ("select (x)", "update (x, y)"),
        ("select", "update (x)"),
    )


def test_what_is_not_known_is_undecided_never_a_pass() -> None:
    sql = (
        TODO
        + """
        do $$ begin execute 'create policy ' || current_setting('my.name') || ' on public.todo using (true)'; end $$;
    """
    )
    exact = table('exact: true\npolicies: {read own: {for: select, to: [authenticated], using: "true"}}')
    assert any(each.kind == "undecided" for each in found(exact, sql))
    assert {each.kind for each in found(table('policies: {other: {using: "true"}}'), sql)} == {"undecided"}
    assert {each.kind for each in found("absent: [policy other on public.todo]", sql)} == {"undecided"}
    elsewhere = found(table("row_security: true\ncolumns: {a: int}\nexact: true"), "", external=("table public.todo",))
    assert told(elsewhere) == ["undecided table public.todo"]


def test_names_mean_what_they_mean_in_the_migrations() -> None:
    sql = """
        create type public.mood as enum ('sad', 'happy');
        create function public.is_member(team bigint) returns boolean language sql stable as 'select true';
        create table public.a (m mood default 'sad', team bigint);
        create policy p on public.a using (is_member(team));
    """
    text = """
        expect:
          tables:
            public.a:
              exact: true
              columns: {m: public.mood default 'sad', team: bigint}
              policies: {p: {using: public.is_member(team)}}
    """
    assert found(text, sql) == []


def test_a_difference_points_at_both_sides() -> None:
    (difference,) = found(table("columns:\n  title: text not null\n  place: bigint"))
    assert difference.location is not None
    assert difference.at is not None
    assert (difference.location.file, difference.location.line, difference.location.column) == ("schema.yaml", 7, 16)
    assert (difference.at.file, difference.at.line) == ("1_a.sql", 2)
    assert (difference.expected, difference.actual) == ("bigint", "integer")
    (refused,) = found(table('policies:\n  read own:\n    using: "true and nobody = 1"'))
    assert refused.location is not None
    assert (refused.location.line, refused.location.column) == (7, 28)
    assert "42703" in refused.reason


def test_a_specification_leaves_the_catalog_as_it_was() -> None:
    before = catalog(TODO)
    kept = {obj.key: obj for obj in before}
    differences(specification(table("columns: {place: bigint}\nexact: true")), before)
    assert {obj.key: obj for obj in before} == kept


def changed(first: str, second: str) -> list[str]:
    sources = [Source.from_text("1.sql", first)], [Source.from_text("2.sql", second)]
    simulation = simulate(platform_catalog(), *sources)
    return [
        " ".join((change.kind, *change.key, *change.attributes, *(f"?{each}" for each in change.undecided)))
        for change in changes(simulation.before, simulation.after)
    ]


CHANGES = {
    "nothing": ("select 1", []),
    "the same again": ("create table if not exists public.todo (id int)", []),
    "a column": (
        "alter table public.todo add column note text",
        ["made column public.todo.note"],
    ),
    "a type": (
        "alter table public.todo alter column place type bigint",
        ["changed column public.todo.place type"],
    ),
    "a comment": ("comment on table public.todo is 'x'", ["made comment on table public.todo"]),
    "row security": (
        "alter table public.todo disable row level security",
        ["changed table public.todo row_security"],
    ),
    "another spelling of a policy": (
        'alter policy "read own" on public.todo using ((select auth.uid() as uid) = owner)',
        [],
    ),
    "another policy": (
        'alter policy "read own" on public.todo using (true)',
        ['changed policy "read own" on public.todo using'],
    ),
    "a dropped index": ("drop index public.todo_owner", ["dropped index public.todo_owner"]),
    "a revoked privilege": (
        "revoke select, delete on public.todo from anon",
        [
            "dropped privilege delete on table public.todo to anon",
            "dropped privilege select on table public.todo to anon",
        ],
    ),
    "a privilege on a column": (
        "create role clerk; grant update (title) on public.todo to clerk",
        ["made privilege update on column public.todo.title to clerk", "made role clerk"],
    ),
    "a grant option": (
        "grant select on public.todo to anon with grant option",
        ["changed privilege select on table public.todo to anon grantable"],
    ),
    "a body": (
        "create or replace function public.stamp() returns trigger language plpgsql as $$ begin return old; end $$",
        ["changed function public.stamp() body"],
    ),
}


@pytest.mark.parametrize(("sql", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_changes(sql: str, expected: list[str]) -> None:
    assert changed(TODO, sql) == expected


def test_a_new_table_brings_its_privileges() -> None:
    made = changed("", "create table public.a (id int primary key)")
    assert made[:4] == [
        "made column public.a.id",
        "made constraint a_pkey on public.a",
        "made index public.a_pkey",
        "made privilege delete on table public.a to anon",
    ]
    assert made[-1] == "made table public.a"
    assert {line.split()[-1] for line in made if "privilege" in line} == {"anon", "authenticated", "service_role"}
