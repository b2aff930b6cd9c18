"""The names that PostgreSQL gives to what a statement leaves unnamed; the differential test proves the rules."""

from __future__ import annotations

import pytest

from pasteproof.schema.objects.names_given import object_name
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source

T = "create table t (a int, b text, c text);"


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("create table t (a serial primary key)", {"t_pkey", "t_a_seq"}),
        (f"{T} alter table t add unique (a, b), add unique (a, b)", {"t_a_b_key", "t_a_b_key1"}),
        (
            f"{T} alter table t add check (a > 0), add check (a > 1), add check (b <> c)",
            {"t_a_check", "t_a_check1", "t_check"},
        ),
        (f"{T} create index on t (lower(b), (a + 1), (a + 2))", {"t_lower_expr_expr1_idx"}),
        (f"{T} create index on t (a, a) include (b)", {"t_a_a1_b_idx"}),
        (f"{T} create index on t (coalesce(b, c), (a::text))", {"t_coalesce_a_idx"}),
        (f"{T} create unique index on t (a); create table f (x int references t (a))", {"t_a_idx", "f_x_fkey"}),
        (f"{T} create table t_a_idx (x int); create index on t (a)", {"t_a_idx", "t_a_idx1"}),
        (f"{T} create table u (t_a_check int check (t_a_check > 0), check (true))", {"u_t_a_check_check", "u_check"}),
        ("create table t (a int unique, unique (a), constraint named unique (a))", {"named"}),
        ("create table t (a int, exclude using btree (a with =))", {"t_a_excl"}),
    ],
)
def test_names(sql: str, made: set[str]) -> None:
    catalog = simulate(platform_catalog(), [], [Source.from_text("names.sql", sql)]).after
    kinds = {"constraint", "index", "sequence"}
    mine = [each for each in catalog if each.made_at and each.made_at.file == "names.sql"]
    assert made <= {getattr(each, "name", "") for each in mine if each.kind in {*kinds, "table"}}
    assert not catalog.events


@pytest.mark.parametrize(
    ("first", "second", "label", "name"),
    [
        ("t", "c", "key", "t_c_key"),
        ("t", None, "pkey", "t_pkey"),
        ("t" * 70, None, "pkey", "t" * 58 + "_pkey"),
        ("t" * 40, "c" * 40, "key", "t" * 29 + "_" + "c" * 29 + "_key"),
        ("t" * 40, "c" * 10, "idx", "t" * 40 + "_" + "c" * 10 + "_idx"),
        ("т" * 20, "к" * 20, "key", "т" * 14 + "_" + "к" * 14 + "_key"),  # two bytes each, never cut in halves
    ],
)
def test_names_too_long_are_cut(first: str, second: str | None, label: str, name: str) -> None:
    assert object_name(first, second, label) == name
    assert len(name.encode()) <= 63
