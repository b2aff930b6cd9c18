"""What is done for speed and room changes nothing that is found out."""

import collections
import subprocess
import sys
from typing import Any

import pytest

from pasteproof.schema.objects.policy import Policy
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source, Statement, statements
from pasteproof.tests.corpus import texts

SHARES = {"CreatePolicyStmt": 31, "IndexStmt": 17, "AlterTableStmt": 12, "GrantStmt": 11, "CreateStmt": 9}


def sources(files: int) -> list[Source]:
    return [Source.from_text(name, text) for name, text in texts(files)]


def test_the_generated_project_has_the_mix_of_grown_ones() -> None:
    kinds = collections.Counter(each.kind for source in sources(200) for each in statements(source))  # type: ignore[union-attr]  # all of it parses
    total = sum(kinds.values())
    assert {kind: pytest.approx(100 * kinds[kind] / total, abs=2) for kind in SHARES} == SHARES
    assert {"CreateFunctionStmt", "ViewStmt", "DoStmt"} <= kinds.keys()


def test_every_statement_of_the_generated_project_applies() -> None:
    assert simulate(platform_catalog(), sources(60)).events == ()


def test_a_longer_project_begins_as_the_shorter_one() -> None:
    assert list(texts(7))[:3] == list(texts(3))


def placed(statement: Statement, node: Any) -> Any:
    """A tree whose places are those in the file."""
    if isinstance(node, list):
        return [placed(statement, each) for each in node]
    if not isinstance(node, dict):
        return node
    inside = {name: placed(statement, each) for name, each in node.items()}
    return inside | {name: at + statement.base for name, at in inside.items() if name.endswith("location") and at >= 0}


BROKEN = """-- é
create table a (b int default 1); create tabel c ();
/* d */ create table d (e int check (e > 1)) -- f
;"""


@pytest.mark.parametrize("given", [sources(4), [Source.from_text("a.sql", BROKEN)]], ids=["whole", "broken"])
def test_trees_that_were_let_go_of_are_read_again(given: list[Source]) -> None:
    kept = [each for source in given for each in statements(source) if isinstance(each, Statement)]
    released = simulate(platform_catalog(), given).statements
    assert all(each.tree is None for each in released)
    assert [placed(each, each.node) for each in released] == [placed(each, each.node) for each in kept]
    assert [each.location for each in released] == [each.location for each in kept]


SAID_AGAIN = [
    ("alter table t rename column a to b", "42703"),
    ("alter table t drop column a cascade", "42703"),
    ("alter table t rename to u; create table t (c int)", "42703"),
    ("drop function f() cascade; create function f(x int) returns int language sql as 'select 1'", "42883"),
    ("alter table t alter column a set not null", None),
]


@pytest.mark.parametrize(("between", "sqlstate"), SAID_AGAIN)
def test_an_expression_that_is_said_again_is_resolved_anew_once_what_it_reads_is_otherwise(
    between: str, sqlstate: str | None
) -> None:
    text = f"""
        create function f() returns int language sql as 'select 1';
        create table t (a int);
        create policy one on t using (a > f());
        {between};
        create policy two on t using (a > f());
    """
    found = simulate(platform_catalog(), [Source.from_text("a.sql", text)])
    assert [getattr(event, "sqlstate", None) for event in found.events] == ([sqlstate] if sqlstate else [])


ALIKE = """
    create function public.f(uuid) returns boolean language sql as 'select true';
    create function public.f(text) returns boolean language sql as 'select true';
    create table public.one (owner uuid, n integer);
    create table public.two (owner uuid, n integer);
    create table public.three (owner text, n integer);
    create table public.four (n integer);
    create policy p on public.one using (f(owner));
"""
ELSEWHERE = {
    "columns alike": ("two", None, ["public.f(uuid)"]),
    "another type": ("three", None, ["public.f(text)"]),
    "no such column": ("four", "42703", []),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_an_expression_over_another_table_is_resolved_anew_unless_its_columns_are_alike(case: str) -> None:
    table, sqlstate, called = ELSEWHERE[case]
    text = f"{ALIKE}; create policy p on public.{table} using (f(owner))"
    found = simulate(platform_catalog(), [Source.from_text("a.sql", text)])
    assert [getattr(event, "sqlstate", None) for event in found.events] == ([sqlstate] if sqlstate else [])
    needed = [edge.on for edge in found.after.depends_on(("policy", f"p on public.{table}"))]
    assert [identity for kind, identity in needed if kind == "function"] == called


def test_an_expression_over_another_table_reads_that_one() -> None:
    text = (
        ALIKE
        + """
        create policy p on public.two using (f(owner));
        alter table public.one rename column owner to maker;
        drop table public.one;
        alter table public.two rename column owner to keeper;
    """
    )
    found = simulate(platform_catalog(), [Source.from_text("a.sql", text)])
    assert found.events == ()
    assert [policy.using for policy in found.after.of(Policy) if policy.table == "public.two"] == ["public.f(keeper)"]


COLUMNS = {
    "a function that is gone": ("drop table a; drop function f", "42883"),
    "a type that is another now": ("drop table a; drop type t; create type t as enum ('y')", "22P02"),
    "a type that is gone": ("drop table a; drop type t", "42704"),
    "all as it was": ("drop table a", None),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_a_column_that_is_defined_again_is_read_anew_once_what_it_needs_is_otherwise(case: str) -> None:
    between, sqlstate = COLUMNS[case]
    text = f"""
        create type t as enum ('x');
        create function f() returns integer language sql as 'select 1';
        create table a (c t not null default 'x', d integer default f());
        {between};
        create table b (c t not null default 'x', d integer default f());
    """
    found = simulate(platform_catalog(), [Source.from_text("a.sql", text)])
    assert [getattr(event, "sqlstate", None) for event in found.events] == ([sqlstate] if sqlstate else [])


def test_an_expression_that_is_said_again_means_what_the_search_path_says() -> None:
    text = """
        create schema s;
        create function public.f() returns boolean language sql as 'select true';
        create function s.f() returns boolean language sql as 'select true';
        create table public.t (a int);
        create policy one on public.t using (f());
        set search_path = s;
        create policy two on public.t using (f());
    """
    found = simulate(platform_catalog(), [Source.from_text("a.sql", text)]).after
    assert {policy.name: policy.using for policy in found.of(Policy) if policy.table == "public.t"} == {
        "one": "public.f()",
        "two": "s.f()",
    }


MEASURE = """
import sys, time
from pasteproof.schema.simulate import platform_catalog, simulate
from pasteproof.schema.source import Source
from pasteproof.schema.parser import parse
from pasteproof.schema.garbage import uncollected
from pasteproof.tests.corpus import texts

def least(work, turns):
    found = []
    for _ in range(turns):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return min(found)

short, long = ([Source.from_text(*each) for each in texts(files)] for files in (40, 160))
simulate(platform_catalog(), short)  # what is loaded and compiled once
with uncollected():
    print(least(lambda: [len(parse(source.text)) for source in short], 5))
    print(least(lambda: simulate(platform_catalog(), short), 5))
    print(least(lambda: simulate(platform_catalog(), long), 2))
"""


def test_the_simulation_stays_cheap_beside_the_parser_and_grows_with_the_files() -> None:
    """A guard with generous bounds: about 6 times the parser on an idle machine, and 4 times for four times the files.

    In a process of its own, where nobody counts lines; the least of several turns is taken, as noise only ever adds,
    and of three such processes one must keep the bounds. ``script/measure.py`` measures.
    """
    ratios = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", MEASURE], check=True, capture_output=True, text=True)
        floor, short, long = map(float, done.stdout.split())
        ratios.append((short / floor, long / short))
        if short < 14 * floor and long < 7 * short:
            return
    pytest.fail(f"beside the parser, and with four times the files: {ratios}")
