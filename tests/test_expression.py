"""Equality of expressions, proven on what a real PostgreSQL makes of them.

expressions/same.json: what is written (``source``), and what the server prints for it (``printed``).
expressions/different.json: what is written, something ``other``, and what the server prints for the other.
The printed forms were read from PostgreSQL 15: each source made in a database with expressions/setup.sql, under
``search_path = public, extensions``, and read back under ``search_path = ''``, by the statements that
expressions/kinds.json has for its kind. ``likeness`` is what is expected where it is not NORMAL, or not DIFFERENT;
that of ``printed`` may be any that is not the same.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from pasteproof.schema.expression import (
    Likeness,
    compare,
    compare_definition,
    compare_keys,
    compare_query,
    compare_values,
    normal,
    normal_query,
    normal_text,
    parse_expression,
    parse_query,
)

if TYPE_CHECKING:
    from pasteproof.connect.server import Server

FOLDER = Path(__file__).parent / "expressions"
Case = dict[str, str]


def read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


SAME: list[Case] = read("same.json")
DIFFERENT: list[Case] = read("different.json")
QUERIES = {"view": compare_query, "constraint": compare_definition}


def judge(kind: str, left: str, right: str) -> Likeness:
    if kind == "key":
        return compare_keys((left,), (right,))
    return QUERIES.get(kind, compare)(left, right)


def name(case: Case) -> str:
    return f"{case['kind']}: {case['source']}"


@pytest.mark.parametrize("case", SAME, ids=name)
def test_source_and_its_printed_form_are_the_same(case: Case) -> None:
    for left, right in ((case["source"], case["printed"]), (case["printed"], case["source"])):
        found = judge(case["kind"], left, right)
        assert found.name == case["likeness"] if "likeness" in case else found.same


def test_no_more_than_casts_is_left_open_about_expressions() -> None:
    found = Counter(judge(c["kind"], c["source"], c["printed"]) for c in SAME if c["kind"] not in QUERIES)
    same = found[Likeness.EXACT] + found[Likeness.NORMAL]
    assert found.keys() <= {Likeness.EXACT, Likeness.NORMAL, Likeness.BUT_FOR_CASTS}
    assert found.total() > 350
    assert same / found.total() > 0.97


@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: f"{name(case)} ## {case['other']}")
def test_other_expressions_are_not_the_same(case: Case) -> None:
    kind, source, other = case["kind"], case["source"], case["other"]
    expected = case.get("likeness", "DIFFERENT")
    assert judge(kind, source, other).name == judge(kind, other, source).name == expected
    if "printed" in case:
        assert not judge(kind, source, case["printed"]).same
        assert not judge(kind, case["printed"], source).same


# Written alike in meaning, though the server prints them differently
SYNONYMS = [
    {"auth.uid() = user_id", "user_id = auth.uid()"},
    {"is_public", "is_public = true"},
    {"not is_public", "is_public = false"},
    {"not archived", "archived = false"},
    {
        "status in ('draft', 'live')",
        "status = any('{draft,live}')",
        "status = any('{draft,live}'::text[])",
        "status = any (array['draft', 'live'])",
        "status = ANY (ARRAY['draft'::text, 'live'::text])",
    },
    {"status in ('draft')", "status = any ('{draft}')"},
    {"tags @> array['vip']", "tags @> '{vip}'"},
    {"'task'", "'task'::text"},
    {"0", "0.00"},
    {"'{}'", "'{}'::text[]", "array[]::text[]"},
    {"array['a', 'b']", "'{a,b}'"},
    {"'{1,2}'", "array[1,2]"},
    {"now()", "current_timestamp"},
    {"timezone('utc', now())", "(now() at time zone 'utc')", "now() at time zone 'utc'"},
    {
        "not exists (select 1 from members x where x.team_id = projects.team_id)",
        "not exists (select 1 from members where team_id = projects.team_id)",
    },
]


def test_two_expressions_are_the_same_only_if_the_server_prints_one_form() -> None:
    """Each against each other of its kind and table: thousands of pairs, the server being the judge."""
    cases = [c for c in SAME if c["kind"] != "key"]
    cases += [{**c, "source": c["other"]} for c in DIFFERENT if "printed" in c and c["kind"] not in {"key", "view"}]
    wrong = [
        (one["source"], other["source"])
        for one, other in combinations(cases, 2)
        if all(one.get(key) == other.get(key) for key in ("kind", "on", "column", "type"))
        and one["printed"] != other["printed"]
        and judge(one["kind"], one["source"], other["printed"]).same
        and not any({one["source"], other["source"]} <= synonyms for synonyms in SYNONYMS)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a = b", "a = b", "EXACT"),
        ("a  =\n b", "a = b", "EXACT"),
        ("a = b -- really", "(A = (b))", "EXACT"),
        ("((a = b) /* or not */)", "a = b", "EXACT"),
        ("a = 'x  y'", "a = 'x y'", "DIFFERENT"),
        ("$$x  y$$", "$$x y$$", "DIFFERENT"),
        ("cast(a as date)", "a::date", "EXACT"),
        ("a::int4", "a::integer", "NORMAL"),
        ("a::character varying", "a::text", "NORMAL"),
        ("a::numeric(10)", "a::decimal(10, 0)", "NORMAL"),
        ("a::bpchar", "a::text", "BUT_FOR_CASTS"),
        ("a::varchar(3)", "a::text", "BUT_FOR_CASTS"),
        ("a::public.mood", "a::mood", "NORMAL"),
        ("a::private.mood", "a::mood", "UNKNOWN"),
        ("a::private.mood", "a::public.mood", "BUT_FOR_CASTS"),
        ("a = b", "b = a", "NORMAL"),
        ("a < b", "b < a", "DIFFERENT"),
        ("a and b and c", "a and (b and c)", "NORMAL"),
        ("a and b", "b and a", "UNKNOWN"),
        ("a and b", "a and c", "DIFFERENT"),
        ("f(a)", "public.f(a)", "NORMAL"),
        ("f(a)", "extensions.f(a)", "NORMAL"),
        ("f(a)", "private.f(a)", "UNKNOWN"),
        ("public.f(a)", "private.f(a)", "DIFFERENT"),
        ("a = b", "a operator(extensions.=) b", "NORMAL"),
        ("t.a = 1", "a = 1", "NORMAL"),
        ("public.t.a = 1", "a = 1", "NORMAL"),
        ("new.a = 1", "old.a = 1", "DIFFERENT"),
        ("new.a = 1", "a = 1", "UNKNOWN"),
        ("old.* is distinct from new.*", "(old.* IS DISTINCT FROM new.*)", "EXACT"),
        ("a > 'now'::timestamptz", "a > '2024-01-01 00:00:00+00'::timestamptz", "UNKNOWN"),
        ("a > '1 day'", "a > '1 days'", "UNKNOWN"),
        ("a = 'x'::mood", "a = 'y'::mood", "DIFFERENT"),
        ("a = '10.0.0.1'::inet", "a = '10.0.0.1/32'::inet", "UNKNOWN"),
        ("a =", "a", "UNKNOWN"),
        ("a, b", "a", "UNKNOWN"),
        ("a from t", "a", "UNKNOWN"),
        ("a; drop table t", "a", "UNKNOWN"),
        ("", "a", "UNKNOWN"),
        ("not " * 5000 + "a", "not " * 5000 + "b", "UNKNOWN"),
        ("nextval('public.s'::regclass)", "nextval('s')", "NORMAL"),
        ("nextval('public.s'::regclass)", "nextval('private.s')", "DIFFERENT"),
        ("tags || '{x}'", "tags || '{x}'::text", "BUT_FOR_CASTS"),
        ("tags || '{x}'", "tags || '{x}'::text[]", "BUT_FOR_CASTS"),
        ("title || '{x}'::text", "title || '{x}'", "BUT_FOR_CASTS"),
        ("md5(title) || '{x}'::text", "md5(title) || '{x}'", "NORMAL"),
        ("title || ' '", "title || ' '::text", "NORMAL"),
        ("data || '{\"a\": 1}'", "data || '{\"a\":1}'::jsonb", "NORMAL"),
        ("data || '1'", "data || '1'::text", "BUT_FOR_CASTS"),
        ("data - 'a'", "data - 'a'::text", "NORMAL"),
        ("data - '{a,b}'", "data - '{a,b}'::text[]", "BUT_FOR_CASTS"),
        ("coalesce(tags, '{}')", "COALESCE(tags, '{}'::text[])", "NORMAL"),
        ("current_user", "user", "NORMAL"),
        ("current_user", "session_user", "DIFFERENT"),
    ],
)
def test_pairs(left: str, right: str, expected: str) -> None:
    assert compare(left, right).name == compare(right, left).name == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("select a from t for update", "select t.a from t for update of t", "NORMAL"),
        ("select a from t x, u for share", "select x.a from t x, u for share of x for share of u", "NORMAL"),
        ("select a from t x, u for share of x", "select x.a from t x, u for share of u", "DIFFERENT"),
        ("select a from t for update", "select a from t for share", "DIFFERENT"),
        ("select a from t for update nowait", "select a from t for update", "DIFFERENT"),
        ("select a from t for update", "select a from t", "DIFFERENT"),
    ],
)
def test_locks_of_queries(left: str, right: str, expected: str) -> None:
    assert compare_query(left, right).name == compare_query(right, left).name == expected


ODD = (FOLDER / "odd.sql").read_text(encoding="utf-8").splitlines()  # every corner of the grammar, one query a line


@pytest.mark.parametrize("query", ODD)
def test_odd_queries_are_like_themselves_alone(query: str) -> None:
    assert normal_query(query) != query
    assert [other for other in ODD if compare_query(f"/* the same */ ({query})", other).same] == [query]


def test_none_is_a_value_of_its_own() -> None:
    assert compare(None, None) is Likeness.EXACT
    assert compare(None, "true") is compare("true", None) is Likeness.DIFFERENT
    assert compare_values(("a",), ("a",)) is Likeness.EXACT
    assert compare_values("a", "b") is Likeness.DIFFERENT


def test_equal_texts_are_not_parsed() -> None:
    assert compare("this is = no expression", "this is = no expression") is Likeness.EXACT


@pytest.mark.parametrize(
    ("source", "printed", "likeness"),
    [
        ("kind = 'task'", "((kind)::text = 'task'::text)", "NORMAL"),
        ("kind ~ '^a'", "((kind)::text ~ '^a'::text)", "NORMAL"),
        ("kind || '-' || slug", "(((kind)::text || '-'::text) || slug)", "NORMAL"),
        ("kind::text = 'task'", "((kind)::text = 'task'::text)", "NORMAL"),
        ("slug::text = 'task'", "(slug = 'task'::text)", "NORMAL"),
        ("greatest(rank, small, 1) > 3", "(GREATEST(rank, (small)::integer, 1) > 3)", "NORMAL"),
        ("email = 'a'", "((email)::text = 'a'::text)", "BUT_FOR_CASTS"),
        ("code = 'de'", "((code)::text = 'de'::text)", "BUT_FOR_CASTS"),
        ("rank / 2 > 1", "((rank)::numeric / (2)::numeric) > 1", "BUT_FOR_CASTS"),
    ],
)
def test_known_types_of_columns_settle_casts(source: str, printed: str, likeness: str) -> None:
    types = {
        "kind": "character varying(20)",
        "slug": "text",
        "rank": "integer",
        "small": "smallint",
        "email": "extensions.citext",
        "code": "character(2)",
    }
    assert compare(source, printed, types).name == likeness


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("title", "slug desc"), ("title", "slug DESC"), "EXACT"),
        (("title",), ("title", "slug"), "DIFFERENT"),
        (("title nulls last",), ("title",), "NORMAL"),
        (("title gin_trgm_ops",), ("title extensions.gin_trgm_ops",), "NORMAL"),
        (("title gin_trgm_ops",), ("title",), "DIFFERENT"),
        (("title text_ops",), ("title",), "UNKNOWN"),
        (("(lower(title))",), ("lower(title)",), "EXACT"),
    ],
)
def test_keys_of_indexes(left: tuple[str, ...], right: tuple[str, ...], expected: str) -> None:
    assert compare_keys(left, right).name == compare_keys(right, left).name == expected


@pytest.mark.parametrize("case", [c for c in SAME if c["kind"] not in {"key", "constraint"}], ids=name)
def test_one_printed_normal_form_means_the_same(case: Case) -> None:
    is_view = case["kind"] == "view"
    source, printed = (normal_query if is_view else normal_text)(case["source"]), case["printed"]
    assert source == (normal_query if is_view else normal_text)(case["source"])
    if source == (normal_query if is_view else normal_text)(printed):
        assert judge(case["kind"], case["source"], printed).same


def test_normal_form_as_text() -> None:
    written = "Status IN ('a', 'b') AND (auth.uid() = t.user_id) AND x BETWEEN 1 AND 2.50"
    assert normal_text(written) == (
        "((status = any (array['a', 'b'])) and (auth.uid() = user_id) and (x >= 1) and (x <= 2.5))"
    )
    assert normal_text("no expression at =") == "no expression at ="
    assert normal_query("select count(*) n from public.t x where x.a order by 1 desc") == (
        "(select count(agg_star True) as n from t where a1.a order by count(agg_star True) desc nulls first)"
    )


def test_normal_forms_are_hashable() -> None:
    nodes = [parse_expression(c["source"]) for c in SAME if c["kind"] == "policy"]
    queries = [parse_query(c["source"]) for c in SAME if c["kind"] == "view"]
    forms = {normal(node) for node in nodes + queries if node}
    assert len(forms) > 200


def test_the_server_agrees(server: Server) -> None:
    """Make every case on the server at hand: what it prints now is judged as the stored form is."""
    kinds = read("kinds.json")
    failures = []
    with server.database(platform=False) as database, database.connect() as connection:
        connection.execute((FOLDER / "setup.sql").read_text(encoding="utf-8"))
        for case in SAME + [{**c, "made": c["other"]} for c in DIFFERENT if "printed" in c]:
            printed = elaborate(connection, kinds[case["kind"]], {**case, "source": case.get("made", case["source"])})
            found = judge(case["kind"], case["source"], printed)
            if "made" in case:
                good = not found.same
            else:
                good = found.name == case["likeness"] if "likeness" in case else found.same
            if not good or (case["kind"] != "view" and printed != case["printed"]):
                failures.append((case["source"], found.name, printed))
    assert failures == []


def elaborate(connection: psycopg.Connection[Any], kind: dict[str, str], case: Case) -> str:
    with connection.transaction(force_rollback=True):
        connection.execute("set local search_path = public, extensions")
        connection.execute(kind["make"].format(**case).encode())
        connection.execute("set local search_path = ''")
        row = connection.execute(kind["read"].format(**case).encode()).fetchone()
    assert row
    return str(row[0])
