"""What is known from an expression, a view or a body that says the same of other tables is what would be worked out."""

from typing import Any

import pytest

from pasteproof.schema.meaning import remembered
from pasteproof.schema.simulate import Simulation, platform_catalog, simulate
from pasteproof.schema.source import Source
from pasteproof.tests.corpus import texts

TABLES = """
    create schema s;
    create type public.mood as enum ('a', 'b');
    create table public.pub (id uuid, owner uuid, n integer, m public.mood);
    create table public.public (id uuid, owner uuid, n integer, m public.mood);
    create table public.uid (id uuid, owner uuid, n integer, m public.mood);
    create table public.one (id uuid, owner uuid, n integer, m public.mood);
    create table public.two (id uuid, owner uuid, n integer, m public.mood);
    create table public.text (id text, owner text, n bigint, m text);
    create table public.few (n integer);
    create table public.owner (id uuid, owner uuid, n integer);
    create table public.x (id uuid, owner uuid, n integer);
    create table public."As" (id uuid, owner uuid, n integer, m public.mood);
    create table s.one (id uuid, owner text, n integer);
    create view public.seen as select id, owner, n from public.one;
    create function public.named(public.two) returns text language sql as 'select 1::text';
    create function public.one(integer) returns boolean language sql as 'select true';
    create function public.two(integer) returns text language sql as 'select 1::text';
"""
# {0} is the schema and name of a table, {1} its name, {2} a number
FORMS = {
    "columns": "create view public.v{2} as select id, owner, n + 1 as more from {0} where n > 0",
    "a column of a type": "create view public.v{2} as select m, coalesce(m, 'a') as c from {0}",
    "star": "create view public.v{2} as select * from {0}",
    "named columns": "create view public.v{2} (a, b) as select id, n from {0}",
    "its own name before columns": "create view public.v{2} as select {1}.id, {1}.n from {0} where {1}.owner is null",
    "the whole row": "create view public.v{2} as select {1} as r from {0}",
    "another name": "create view public.v{2} as select x.id, x.n from {0} as x",
    "two of them": "create view public.v{2} as select a.id, b.n from {0} as a join public.one as b on b.id = a.id",
    "after another": "create view public.v{2} as select {1}.n, x.n as m from {0} join public.x on x.id = {1}.id",
    "a string": "create view public.v{2} as select n from {0} where '{0}'::regclass::text <> '{1}'",
    "a function of the row": "create view public.v{2} as select {1}.named from {0}",
    "a function of that name": "create view public.v{2} as select {1}(n) as f from {0}",
    "a value of its type": "create view public.v{2} as select (null::{0}).n as n from {0}",
    "merged columns": "create view public.v{2} as select id, x.n as m from {0} join public.x using (id)",
    "columns in common": "create view public.v{2} as select id from {0} natural join public.x",
    "rows that are counted": "create view public.v{2} as select {1}.owner, count(*) from {0} group by {1}.owner",
    "a common table": "create view public.v{2} as with {1} as (select n from {0}) select {1}.n from {1}",
    "own table": 'create policy "p{2}" on {0} using (owner = auth.uid() and n > 0)',
    "own table by name": 'create policy "p{2}" on {0} using ({1}.owner = auth.uid())',
    "own table again": (
        'create policy "p{2}" on {0} using (exists (select 1 from {0} as o where o.id = {1}.id and o.n > {1}.n))'
    ),
    "own table among others": (
        'create policy "p{2}" on {0} using (id in (select x.id from public.x where x.owner = {1}.owner))'
    ),
    "own table without its schema": 'create policy "p{2}" on {0} using (exists (select from {1} as o where o.n > 1))',
    "own table without its schema, and auth": (
        'create policy "p{2}" on {0} using (exists (select from {1} as o where o.owner = auth.uid() and {1}.n > 1))'
    ),
    "own table as a row": 'create policy "p{2}" on {0} using (exists (select {1} from {0} where {1}.n > 1))',
    "a function of its row": 'create policy "p{2}" on {0} using ({1}.named is null and {1}.n > 0)',
    "own table called": 'create policy "p{2}" on {0} using ({1}(n) is not null and {1}.n > 0)',
    "own table as a type": 'create policy "p{2}" on {0} using ((null::{0}).n > 0 or {1}.n > 0)',
    "own table in a string": "create policy \"p{2}\" on {0} using ({1}.n > 0 and '{0}'::regclass::text <> '{1}')",
    "own table for another": 'create policy "p{2}" on {0} using (exists (select from public.x as {1} where {1}.n > 1))',
    "own table for a column": 'create policy "p{2}" on {0} using (exists (select n as {1} from {0} where {1}.n > 1))',
    "own table in part": 'create policy "p{2}" on {0} using ({1}.n > 0 and {1}_n > 0)',
    "own table and its schema": 'create policy "p{2}" on {0} using (exists (select from {0} where {0}.n > 1))',
    "a name in capitals": 'create policy "p{2}" on {0} using (ONE.owner is null)',
    "a name with escapes": 'create policy "p{2}" on {0} using (U&"\\006fne".owner is null)',
    "terms": (
        'create policy "p{2}" on {0} as restrictive for update to anon, authenticated '
        "using (owner is null) with check (n > 0)"
    ),
    "terms that are refused": 'create policy "p{2}" on {0} for select to anon with check (n > 0)',
    "terms for a role that is missing": 'create policy "p{2}" on {0} for select to nobody using (n > 0)',
    "terms for who began": 'create policy "p{2}" on {0} to session_user using (true)',
    "a body": "create function public.f{2}(owner uuid) returns bigint language sql as 'select n from {0}'",
    "a body with a parameter": (
        "create function public.f{2}(wanted uuid) returns boolean language sql as "
        "$$select exists (select 1 from {0} as t where t.id = wanted and t.owner = f{2}.wanted)$$"
    ),
    "a body that names a column by its table": (
        "create function public.f{2}(wanted uuid) returns bigint language sql as "
        "'select {1}.n from {0} where {1}.id = wanted and f{2}.wanted is not null'"
    ),
    "a body with a parameter of the table's name": (
        "create function public.f{2}({1} public.two) returns bigint language sql as "
        "'select {1}.n from {0} where {1}.m is null'"
    ),
    "a body that is none": "create function public.f{2}() returns bigint language sql as 'select n from {0} where'",
    "a body in capitals": ("create function public.f{2}(a uuid) returns uuid language sql as 'select F{2}.a from {0}'"),
    "a body of two": (
        "create function public.f{2}() returns bigint language sql as "
        "'delete from {0} where n < 0; select {1}.n from {0}'"
    ),
    "from what is no table": (
        "create view public.v{2} as select x.n from public.x join {0} on public.x.n is distinct from {0}.n"
    ),
    "a guard": (
        "do $$ begin if not exists (select 1 from pg_class where relname = '{1}' and relkind = 'r') then "
        "create table s.t{2} (); end if; end $$"
    ),
}
NAMES = ("public", "pub", "uid", "one", "two", "text", "few", "owner", "x", '"As"', "seen", "missing")


def project(form: str) -> str:
    written = [form.format(f"public.{name}", name, number) for number, name in enumerate(NAMES)]
    again = [form.format(f"{schema}.one", "one", number) for number, schema in enumerate(("s", "public"), 20)]
    changed = ["alter table public.two drop column n cascade", form.format("public.two", "two", 30)]
    return ";\n".join([*written, *again, *changed, form.format("public.one", "one", 31)])


def told(found: Simulation) -> list[object]:
    objects = [each for each in found.after if each.origin != "platform"]
    return [*map(all_of, objects), *(found.after.depends_on(each.key) for each in objects), *found.events]


def all_of(obj: Any) -> tuple[object, ...]:
    """An object with its places, of statements that were read anew."""
    fields = [name for name in obj.__struct_fields__ if name not in {"made", "changed"}]
    return (obj.made_at, obj.changed_at, *(getattr(obj, name) for name in fields))


def anew(files: list[Source], monkeypatch: pytest.MonkeyPatch) -> list[object]:
    with monkeypatch.context() as patch:
        patch.setattr(remembered, "_keep", lambda *_: None)
        return told(simulate(platform_catalog(), files))


@pytest.mark.parametrize("form", FORMS)
def test_what_is_said_of_many_tables_means_what_it_means_of_each(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [Source.from_text("a.sql", TABLES), Source.from_text("b.sql", project(FORMS[form]))]
    assert told(simulate(platform_catalog(), files)) == anew(files, monkeypatch)


def test_a_project_is_the_same_without_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [Source.from_text(*each) for each in texts(40)]
    assert told(simulate(platform_catalog(), files)) == anew(files, monkeypatch)
