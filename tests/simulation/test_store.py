"""The store keeps its indexes as the objects and their edges have them, whatever is done to it."""

from __future__ import annotations

from collections import Counter

import pytest

from pasteproof.schema.catalog import Catalog, Object
from pasteproof.schema.entries import Entries
from pasteproof.schema.objects import kinds
from pasteproof.schema.objects.column import Column
from pasteproof.schema.objects.constraint import Constraint
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source

_MADE = """
create table a (id int primary key, owner int unique, check (owner > id));
create table b (id int primary key, a int references a, owner int references a (owner), parent int references b);
create table "A b" (id int primary key, "on b" int references a);
create index on b (owner, parent) where owner > 0;
create index lower on "A b" (("on b" + 1));
create function public.mine() returns boolean language sql stable as 'select true';
create policy "p on b" on b using (mine() and owner = id);
create policy "p ""q"" on" on "A b" using (exists (select from a where a.id = "on b"));
create view v as select a.id, b.owner from a join b on b.a = a.id;
create view w as select v.id from v where mine();
create table part (id int, at date, primary key (id, at)) partition by range (at);
create table part_1 partition of part for values from ('2024-01-01') to ('2025-01-01');
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger "t on b" before update on b for each row execute function touch();
create trigger t before update on part for each row execute function touch();
"""
_DONE = [
    "alter table a rename to c",
    'alter table b rename column owner to "new owner"; alter table "A b" rename column "on b" to plain',
    'alter policy "p on b" on b rename to "on"; alter trigger "t on b" on b rename to "a ""trigger"" on"',
    "alter table b rename constraint b_pkey to key_of_b; alter index lower rename to upper",
    "create schema other; alter table b set schema other; alter table a set schema other",
    "alter function mine() rename to ours; alter function touch() rename to changed",
    "drop table a",  # refused
    "drop table a cascade",
    "drop function mine() cascade; drop view v cascade",
    "alter table b drop column owner cascade; alter table a drop constraint a_pkey cascade",
    "alter table part detach partition part_1; drop trigger t on part",
    "begin; drop table b cascade; alter table a rename to z; rollback",
    "create or replace view v as select a.id, b.owner, 1 as one from a join b on b.a = a.id",
]


def simulated(*texts: str) -> Catalog:
    return simulate(platform_catalog(), [Source.from_text(f"{n}.sql", text) for n, text in enumerate(texts)]).after


def says(catalog: Catalog) -> dict[str, object]:
    """All that the indexes answer."""
    objects = list(catalog)
    parts: list[type[Object]] = [kind for kind in kinds().values() if kind.belongs]
    return {
        "dependents": {each.key: Counter(found.key for found in catalog.dependents(each.key)) for each in objects},
        "children": {
            (each.key, kind.kind): catalog.children(each.identity, kind)
            for each in objects
            if each.kind in {"table", "view"}
            for kind in parts
        },
        "named": {each.name: {f.key for f in catalog.constraints_named(each.name)} for each in catalog.of(Constraint)},
        "unsure": {kind: {each.key for each in catalog.unsure(kind)} for kind in kinds()},
        "relations": {each.identity: catalog.relation(each.identity) for each in objects},
    }


@pytest.mark.parametrize("done", _DONE)
def test_the_indexes_are_kept_as_they_would_be_made_anew(done: str) -> None:
    catalog = simulated(_MADE, done)
    assert says(catalog) == says(catalog.copy())


def test_every_edge_leads_to_something_that_is_there() -> None:
    catalog = simulated(_MADE, *_DONE[:6])
    edges = [(each.key, edge.on) for each in catalog for edge in catalog.depends_on(each.key)]
    assert [(key, on) for key, on in edges if on not in catalog] == []


def test_parts_that_are_alike_have_their_edges_in_common() -> None:
    catalog = simulated("create table a (id int primary key);\ncreate table b (id int primary key);")
    for kind, one, other in (
        ("column", "public.a.id", "public.b.id"),
        ("constraint", "a_pkey on public.a", "b_pkey on public.b"),
        ("index", "public.a_pkey", "public.b_pkey"),
    ):
        first, second = catalog.find((kind, one)), catalog.find((kind, other))
        assert first is not None
        assert second is not None
        assert first.needs is second.needs
    assert [edge.on for edge in catalog.depends_on(("index", "public.b_pkey"))] == [
        ("constraint", "b_pkey on public.b"),
        ("table", "public.b"),
        ("column", "public.b.id"),
    ]


def test_an_object_is_where_the_statement_stands_that_made_it() -> None:
    catalog = simulated("select 1;\n  create table a (id int);\nalter table a alter id set not null;")
    column = catalog.get(Column, "public.a.id")
    assert column is not None
    assert column.made_at is not None
    assert column.changed_at is not None
    assert (column.made_at.line, column.made_at.column, column.made_at.end_column) == (2, 3, 26)
    assert column.changed_at.line == 3


def test_entries_are_the_same_whatever_holds_them() -> None:
    entries: Entries[str, int] = Entries()
    for count in range(1, 30):
        entries.add("key", count)
        entries.add("key", count)
        assert list(entries.of("key")) == list(range(1, count + 1))
    for count in range(1, 30):
        entries.discard("key", count)
        entries.discard("key", count)
        entries.discard("other", count)
        assert list(entries.of("key")) == list(range(count + 1, 30))
    entries.add("key", 7)
    assert list(entries.of("key")) == [7]
    assert list(entries.of("other")) == []
