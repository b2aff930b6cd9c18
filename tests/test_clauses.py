"""Where clauses end: tables of statements, with what is to be found in them."""

from __future__ import annotations

import pytest

from pasteproof.schema.source import Fragment, Source, Statement, statements
from pasteproof.schema.text import clauses


def statement(sql: str) -> Statement:
    """The one statement of a text, behind another so that offsets matter."""
    *_, found = statements(Source.from_text("t.sql", f"select 'ж';\n{sql};\nselect 2"))[:2]
    assert isinstance(found, Statement)
    return found


@pytest.mark.parametrize(
    ("sql", "inside"),
    [
        ("create policy p on t using (a = 1)", "a = 1"),
        ("create policy p on t using ( (a) = any (array[1, 2]) )", "(a) = any (array[1, 2])"),
        ("create policy p on t using (a = ')' or b = '(')", "a = ')' or b = '('"),
        (r"create policy p on t using (a = E'\')' or c)", r"a = E'\')' or c"),
        ("create policy p on t using (a = $q$)$q$ and b = $$($$)", "a = $q$)$q$ and b = $$($$"),
        ('create policy p on t using (")" = 1)', '")" = 1'),
        ("create policy p on t using (/* ) /* ( */ */ a = 1 -- )\n)", "a = 1"),
        ("create policy p on t using (a = 1 /* last */ + 2 /* ) */)", "a = 1 /* last */ + 2"),
        ("create policy p on t using (имя = 'Ж')", "имя = 'Ж'"),
        ("create policy p on t using (arr[(1)] = 2)", "arr[(1)] = 2"),
        ("create policy p on t using (\r\n  true\r\n)", "true"),
    ],
)
def test_parentheses(sql: str, inside: str) -> None:
    found = statement(sql)
    start = clauses.after(found, found.start, "using")
    assert clauses.text(found, clauses.parenthesised(found, start)) == inside


@pytest.mark.parametrize(
    ("sql", "stops", "text"),
    [
        ("select default 1, b", {","}, "1"),
        ("select default f(1, 2), b", {","}, "f(1, 2)"),
        ("select default array[1, 2]) , b", {","}, "array[1, 2]"),
        ("select default ',' || b, c", {","}, "',' || b"),
        ("select default now() not null", {"not", "null"}, "now()"),
        ("select default 'not' NOT NULL", {"not"}, "'not'"),
        ("select default notes_not_here() not null", {"not"}, "notes_not_here()"),
        ("select default a is distinct from b from t", {"from"}, "a is distinct from b"),
        ("select default a is  not DISTINCT\n from b from t", {"from"}, "a is  not DISTINCT\n from b"),
        ("select default x within group (order by y) group by z", {"group", "order"}, "x within group (order by y)"),
        ("select default a >= 1 = b", {"="}, "a >= 1"),
        ("select default 1 -- the end, really\n", {","}, "1"),
        ("select default x /* , */ , y", {","}, "x"),
        ("select default (a", {","}, "(a"),
        ("select default", {","}, ""),
    ],
)
def test_up_to_a_stop(sql: str, stops: set[str], text: str) -> None:
    source = Source.from_text("t.sql", sql)
    found = Fragment(source=source, start=0, end=len(source.data), kind="SelectStmt", tree={})
    start = clauses.after(found, 0, "default")
    assert clauses.text(found, clauses.until(found, start, stops)) == text


@pytest.mark.parametrize(
    ("sql", "word", "rest"),
    [
        ("create view v (as_is, b) with (x = 'as') as select 1", "as", " select 1"),
        ('create view "as" as table t', "as", " table t"),
        ("create view v /* as */ AS select 1 as one", "as", " select 1 as one"),
        ("create view v", "as", ""),
    ],
)
def test_behind_a_word(sql: str, word: str, rest: str) -> None:
    source = Source.from_text("t.sql", sql)
    found = Fragment(source=source, start=0, end=len(source.data), kind="ViewStmt", tree={})
    assert source.slice(clauses.after(found, 0, word), found.end) == rest


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("a.b::text = 'x'", "word mark word mark word operator string"),
        ('"A b" <> U&"x" -- c', "name operator name"),
        ("$1 + 1.5e-3 - .5 /* x */ || $a$ ' $a$", "number operator number operator number operator string"),
        ("x'1F' B'01' N'n' E'\\'' u&'x'", "string string string string string"),
        ("a:=1..2 => #", "word mark number mark number mark operator"),
    ],
)
def test_tokens(sql: str, kinds: str) -> None:
    data = sql.encode()
    assert " ".join(kind for kind, _, _ in clauses.tokens(data, 0, len(data))) == kinds
