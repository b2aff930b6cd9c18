"""What is done for speed and room changes nothing that is found out."""

import collections

import pytest

from pasteproof.schema import simulate as simulation
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


def test_trees_that_were_let_go_of_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given = sources(4)
    kept = simulate(platform_catalog(), given).statements
    monkeypatch.setattr(simulation, "_LARGE", 0)
    released = simulate(platform_catalog(), given).statements
    assert all(each.tree is None for each in released)
    assert [each.node for each in released] == [each.node for each in kept]
    assert [each.location for each in released] == [each.location for each in kept]


def test_trees_of_a_source_that_does_not_parse_whole_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "_LARGE", 0)
    source = Source.from_text("a.sql", "create table a (b int); create tabel c (); create table d (e int);")
    found = simulate(platform_catalog(), [source]).statements
    assert [each.node["relation"]["relname"] for each in found if isinstance(each, Statement)] == ["a", "d"]


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
