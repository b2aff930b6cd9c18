"""Text -> statements: places, comments, refusals, the cutting of texts, files that are no text."""

from __future__ import annotations

import os
import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pasteproof.schema.parser import Raw, parse
from pasteproof.schema.source import (
    Location,
    Rejected,
    Source,
    SourceError,
    Statement,
    comments,
    read,
    split,
    statements,
)
from pasteproof.schema.text import lexer, rejection
from pasteproof.schema.text.recovery import recover
from pasteproof.schema.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from pasteproof.connect.server import Database


def parsed(text: str) -> list[Statement | Rejected]:
    return statements(Source.from_text("m.sql", text))


def rejected(text: str) -> Rejected:
    (only,) = (piece for piece in parsed(text) if isinstance(piece, Rejected))
    return only


def shown(piece: Statement | Rejected) -> str:
    return f"{piece.kind if isinstance(piece, Statement) else '!'} {piece.text}"


# --- statements and their places

RULE = "create rule r as on insert to t do also (select 1; select 2)"
FUNCTION = "create function f() returns int begin atomic select 1; select case when true then 1 end; end"
READ = {
    "nothing": ("", []),
    "only comments": ("-- a\n/* b; */\n;;", []),
    "own text only": (" -- a\n select 1 /* b */ -- c;\n ;\nselect 2 -- d", ["select 1", "select 2"]),
    "no last semicolon": ("select 1;\n\nselect '--'  \n", ["select 1", "select '--'"]),
    "a comment that ends a literal's line": ("select '/*' || '*/'", ["select '/*' || '*/'"]),
    "carriage returns": ("select 1;\r\n-- a\r\nselect\r\n2;\r\n", ["select 1", "select\r\n2"]),
    "letters of two bytes": ("select 'привет';select 'мир'", ["select 'привет'", "select 'мир'"]),
    "semicolons inside": (f"{RULE};\n{FUNCTION}; select ';'", [RULE, FUNCTION, "select ';'"]),
}


@pytest.mark.parametrize("broken", ["", "selekt;\n"], ids=["good", "in a file that does not parse"])
@pytest.mark.parametrize(("text", "texts"), READ.values(), ids=READ)
def test_a_statement_is_its_own_text(text: str, texts: list[str], broken: str) -> None:
    found = [piece for piece in parsed(broken + text) if isinstance(piece, Statement)]
    assert [piece.text for piece in found] == texts


def test_kind_node_and_the_place_of_a_node() -> None:
    text = '-- таблица\r\ncreate table "схема"."т" (\r\n  имя text default \'ы\', b int);'
    for prefix in ("", "grant; -- ю\n"):
        statement = parsed(prefix + text)[-1]
        assert isinstance(statement, Statement)
        lines = prefix.count("\n")
        assert statement.kind == "CreateStmt"
        assert statement.location == Location("m.sql", 2 + lines, 1, 3 + lines, 31)
        relation = statement.node["relation"]
        assert relation["relname"] == "т"
        assert statement.at(relation["location"]) == Location("m.sql", 2 + lines, 14, 2 + lines, 25)
        column = statement.node["tableElts"][0]["ColumnDef"]
        assert statement.at(column["location"]) == Location("m.sql", 3 + lines, 3, 3 + lines, 6)
        assert statement.at(column["location"], 2).end_column == 4
        assert statement.at(-1) == statement.at(10**6) == statement.location


@pytest.mark.parametrize("text", ["\n\nab\r\nc;\n", "-- ы\nü;\n\n"])
def test_places_are_the_same_in_whatever_order_they_are_asked_for(text: str) -> None:
    size = len(text.encode())
    spans = [(start, end) for start in range(size + 1) for end in range(start, size + 2)]
    in_order = Source.from_text("m.sql", text)
    expected = {span: in_order.locate(*span) for span in spans}
    backwards = Source.from_text("m.sql", text)
    assert {span: backwards.locate(*span) for span in reversed(spans)} == expected
    begun = list(accumulate(map(len, map(str.encode, text)), initial=0))
    assert [in_order.offset(expected[at, at].line, expected[at, at].column) for at in begun] == begun
    head = text.encode()[:5].decode(errors="replace")
    assert expected[5, 6].line == 1 + head.count("\n")
    assert expected[5, 6].column == len(head) - head.rfind("\n")


TOKENS = {
    "name": ("foo_1(a)", "foo_1"),
    "qualified": ('public."a ""b".c, d', 'public."a ""b".c'),
    "literal": ("'it''s' || 'x'", "'it''s'"),
    "escaped": (r"E'it\'s' 'x'", r"E'it\'s'"),
    "unicode": (r"U&'\0441' x", r"U&'\0441'"),
    "dollar": ("$a$ x; $a$ y", "$a$ x; $a$"),
    "operator": ("->>'x'", "->>"),
    "parenthesis": ("((", "("),
    "number": ("12.5 + 1", "12.5"),
}


@pytest.mark.parametrize(("text", "token"), TOKENS.values(), ids=TOKENS)
def test_a_caret_covers_one_token(text: str, token: str) -> None:
    data = f"ы {text}".encode()
    start = len("ы ".encode())
    assert data[start : lexer.token_end(data, start, len(data))].decode() == token


# --- comments

COMMENTS = {
    "before": ("-- a\n/* b */ select 1", [["-- a", "/* b */"]]),
    "inside and behind": ("select /* a */ 1 -- b\n; -- c\n-- d", [["/* a */", "-- b", "-- c"]]),
    "of the next": ("select 1; -- a\n-- b\nselect 2;", [["-- a"], ["-- b"]]),
    "between two on a line": ("select 1; /* a */ select 2; -- b", [[], ["/* a */", "-- b"]]),
    "of none": ("select 1;\n-- a", [[]]),
    "nested": ("/* a /* b */ c */select 1", [["/* a /* b */ c */"]]),
    "not in quotes": ("select '--', $$ -- $$, \"/*\", E'\\'--', U&'--' -- a", [["-- a"]]),
    "of a refused one": ("-- a\nselekt 1; -- b\n-- c\nselect 1", [["-- a", "-- b"], ["-- c"]]),
    "letters of two bytes": ("-- я\nselect 'ю' -- ё", [["-- я", "-- ё"]]),
}


@pytest.mark.parametrize(("text", "expected"), COMMENTS.values(), ids=COMMENTS)
def test_comments_belong_to_one_statement(text: str, expected: list[list[str]]) -> None:
    source = Source.from_text("m.sql", text)
    assert [[source.slice(*span) for span in piece.comments] for piece in statements(source)] == expected


def test_comments_of_a_whole_source() -> None:
    source = Source.from_text("m.sql", "-- a\nselect '-- no' /* b */; a$$-- c\n")
    assert [source.slice(*span) for span in comments(source)] == ["-- a", "/* b */", "-- c"]


# --- refusals

UNREAD: dict[str, tuple[str, tuple[int, int, int], str, str, str | None]] = {
    # text, (line, column, end column), SQLSTATE, message, what the hint says
    "a token": (
        "select 'я';\nselect foo bar baz;",
        (2, 16, 19),
        "42601",
        'syntax error at or near "baz"',
        None,
    ),
    "carriage returns": (
        "select 1;\r\nselect 'ы' x y;\r\n",
        (2, 14, 15),
        "42601",
        'syntax error at or near "y"',
        None,
    ),
    "end of a statement": ("drop policy a;", (1, 14, 15), "42601", 'syntax error at or near ";"', "ON table"),
    "end of the text": ("select 1 +", (1, 11, 12), "42601", "syntax error at end of input", None),
    "a literal is not shown": (
        "select 'a' 'sk_live_51H';",
        (1, 12, 25),
        "42601",
        "syntax error at or near \"'…'\"",
        None,
    ),
    "a dollar quote neither": (
        "comment on table t $x$secret$x$;",
        (1, 20, 32),
        "42601",
        'syntax error at or near "$x$…$x$"',
        None,
    ),
    "a long name is cut": (
        f"select a b {'c' * 60};",
        (1, 12, 72),
        "42601",
        f'syntax error at or near "{"c" * 39}…"',
        None,
    ),
    "an open literal": (
        "select 1;\nselect 'secret; -- x\n",
        (2, 8, 21),
        "42601",
        'unterminated quoted string at or near "\'…"',
        "end it with '",
    ),
    "an open name": (
        'select "secret',
        (1, 8, 15),
        "42601",
        'unterminated quoted identifier at or near ""…"',
        'end it with "',
    ),
    "an open dollar quote": (
        "do $тело$ begin",
        (1, 4, 16),
        "42601",
        'unterminated dollar-quoted string at or near "$тело$…"',
        "$тело$",
    ),
    "an open comment": (
        "select 1 /* x\n",
        (1, 10, 12),
        "42601",
        'unterminated /* comment at or near "/* x"',
        "*/",
    ),
    "a role that is reserved": (
        "create role public;",
        (1, 13, 19),
        "42939",
        'role name "public" is reserved',
        None,
    ),
    "not implemented": (
        "create assertion a check (true);",
        (1, 1, 7),
        "0A000",
        "CREATE ASSERTION is not yet implemented",
        None,
    ),
    "a bad escape": (r"select E'\u12';", (1, 10, 11), "22025", "invalid Unicode escape", None),
    "a bad escape in U&''": (r"select U&'\zzzz';", (1, 11, 12), "42601", "invalid Unicode escape", None),
    "parentheses too deep": (
        f"select {'(' * 20_000}1;",
        (1, 10_004, 10_005),
        "42601",
        'memory exhausted at or near "("',
        None,
    ),
    "operators too deep": (
        f"select {'1 + ' * 2_000}1;",
        (1, 1, 7),
        "54001",
        "stack depth limit exceeded",
        "a server may take it",
    ),
}


@pytest.mark.parametrize(("text", "place", "sqlstate", "message", "hint"), UNREAD.values(), ids=UNREAD)
def test_a_refusal_has_place_sqlstate_and_words(
    text: str, place: tuple[int, int, int], sqlstate: str, message: str, hint: str | None
) -> None:
    piece = rejected(text)
    here = piece.location
    assert ((here.line, here.column, here.end_column), piece.sqlstate, piece.message) == (
        place,
        sqlstate,
        message,
    )
    assert not piece.psql
    assert hint is None or (piece.hint is not None and hint in piece.hint)
    assert "secret" not in f"{piece.message}{piece.hint}"


HINTS = [
    ("create policy if not exists a on t using (true)", "DROP POLICY IF EXISTS"),
    ("create trigger if not exists a after insert on t execute function f()", "DROP TRIGGER IF EXISTS"),
    ("create type if not exists m as enum ('a')", "CREATE TYPE has no IF NOT EXISTS"),
    ("create function if not exists f() returns int language sql as 'x'", "OR REPLACE"),
    ("create or replace policy a on t", "CREATE POLICY has no OR REPLACE"),
    ("create or replace table t (a int)", "IF NOT EXISTS"),
    ("alter table t add constraint if not exists c check (a > 1)", "DROP CONSTRAINT IF EXISTS"),
    ("create table t (a text, unique (lower(a)))", "CREATE UNIQUE INDEX"),
    ("create table t (a text, unique (a) where a > '')", "CREATE UNIQUE INDEX"),
    ("create table t (a int, index (a))", "CREATE INDEX after it"),
    ("create table t (a int, unique key k (a))", "CREATE INDEX after it"),
    ("create function f() returns void as $ begin null; end; $ language plpgsql", "A dollar quote is $$"),
    ("do begin null; end", "between $$ and $$"),
    ("raise notice 'x'", "PL/pgSQL"),
    ("if exists (select 1) then drop table t; end if", "PL/pgSQL"),
    ("declare x int", "PL/pgSQL"),
    ("create table {{ name }} (a int)", "placeholder"),
    ('create index on "{{ index "x" }}".t (a)', "placeholder"),
    ("create table ${name} (a int)", "placeholder"),
    ("select :'name'", "variable of psql"),
    ("create table `t` (a int)", "backticks"),
    ("create table t (a int auto_increment)", "GENERATED ALWAYS AS IDENTITY"),
    ("create table t (a int) engine=InnoDB", "MySQL"),
    ("create table t (a int(11))", "no width"),
    ("Вот миграция", "A comment begins with --"),
    ("```sql", "Markdown"),
    ("# x", "A comment begins with --"),
    ("<<<<<<< HEAD", "merge conflict"),
    ("create table t (a int, -- x\n)", "comma"),
    ("create table t (a int, user text)", "reserved word"),
    ("create table t (a int", "parenthesis"),
    ("create policy a on t for select, insert using (true)", "write one for each"),
    ("create policy a on t using (true) to x", "TO stands before"),
    ("create policy a on t using true", "in parentheses"),
    ("insert into t values ('it's')", "apostrophe"),
    ("create extension uuid-ossp", "hyphen"),
    ("create table t (a text default ‘x’ y)", None),
    ("create table t (a text) ‘x’", "Typographic quotes"),
    ("\u200bcreate table t (a int)", "U+200B"),
    ("create\xa0table t (a int)", "U+00A0"),
    ("сreate table t (a int)", "Latin and Cyrillic"),
    ("select * from t limit 1, 2", "LIMIT count OFFSET start"),
]


@pytest.mark.parametrize(("text", "hint"), HINTS, ids=[text for text, _ in HINTS])
def test_a_hint_says_what_was_meant(text: str, hint: str | None) -> None:
    first = parsed(text + ";")[0]
    assert isinstance(first, Rejected)
    assert (first.hint is None) if hint is None else (first.hint is not None and hint in first.hint)


REFUSED = [text for text, _, sqlstate, *_ in UNREAD.values() if sqlstate != "54001"] + [text for text, _ in HINTS]
ELSEWHERE = "alter table t add constraint if not exists"  # PostgreSQL 18 stops one word later than 17


def test_the_server_says_the_same(database: Database) -> None:
    psycopg = pytest.importorskip("psycopg")
    with database.connect() as connection:
        for text in REFUSED:
            first = next(piece for piece in parsed(text) if isinstance(piece, Rejected))
            with pytest.raises(psycopg.Error) as caught:
                connection.execute(text.encode())
            said = caught.value.diag
            assert first.sqlstate == said.sqlstate, text
            if not text.startswith(ELSEWHERE):
                assert first.message == rejection.wording(said.message_primary)
            if said.statement_position and not text.startswith(ELSEWHERE):
                assert first.offset == len(text[: int(said.statement_position) - 1].encode()), text


# --- one bad statement does not hide the others

RECOVERED = {
    "in the middle": (
        "create table a (x int);\ncreate tabel b (x int);\ncreate table c (x int);",
        [
            "CreateStmt create table a (x int)",
            "! create tabel b (x int)",
            "CreateStmt create table c (x int)",
        ],
    ),
    "an apostrophe in a literal": (
        "comment on table a is 'it's';\ncreate table b (x text default 'y');\nselect 2;",
        [
            "! comment on table a is 'it's';",
            "CreateStmt create table b (x text default 'y')",
            "SelectStmt select 2",
        ],
    ),
    "an apostrophe in prose": (
        "Here's the table:\n\ncreate table b (x text default 'y');",
        ["! Here's the table:", "CreateStmt create table b (x text default 'y')"],
    ),
    "a literal never closed": (
        "select 'a;\ncreate table b (x int);",
        ["! select 'a;", "CreateStmt create table b (x int)"],
    ),
    "a name never closed": (
        'create table "a (x int);\ncreate table b ("y" int);',
        ['! create table "a (x int);', 'CreateStmt create table b ("y" int)'],
    ),
    "a comment never closed": (
        "select 1; /* a\ncreate table b (x int);",
        ["SelectStmt select 1", "! /* a", "CreateStmt create table b (x int)"],
    ),
    "a body never closed": (
        (
            "create function f() returns void as $$\nbegin\n  null;\nend;\n\n"
            "create function g() returns void as $$\nbegin\n  null;\nend $$ language sql;\n"
            "create table b (x int);"
        ),
        [
            "! create function f() returns void as $$\nbegin\n  null;\nend;",
            "CreateFunctionStmt create function g() returns void as $$\nbegin\n  null;\nend $$ language sql",
            "CreateStmt create table b (x int)",
        ],
    ),
    "the last body never closed": (
        "do $$ begin\n  null;\n\ncreate table b (x int);\n",
        ["! do $$ begin\n  null;", "CreateStmt create table b (x int)"],
    ),
    "a body quoted with one dollar": (
        "create function f() returns void as $\nbegin\n  delete from t;\nend;\n$ language sql;\nselect 1;",
        [
            "! create function f() returns void as $\nbegin\n  delete from t;\nend;\n$ language sql",
            "SelectStmt select 1",
        ],
    ),
    "a body inside a body": (
        "do $$ begin\n  execute $$drop table $$ || x;\n  delete from t;\nend $$;\n\ngrant select on t to a;",
        [
            "! do $$ begin\n  execute $$drop table $$ || x;\n  delete from t;\nend $$",
            "GrantStmt grant select on t to a",
        ],
    ),
    "a body's error is not the next statement's": (
        "create function f() returns int as $$\nx;\n$$ volatil;\n  select 1;\ninsert into t values (1);",
        [
            "! create function f() returns int as $$\nx;\n$$ volatil;\n  select 1",
            "InsertStmt insert into t values (1)",
        ],
    ),
    "PL/pgSQL outside a body": (
        "if true then\n  delete from t;\nend if;\nselect 1;",
        ["! if true then\n  delete from t;\nend if", "SelectStmt select 1"],
    ),
    "a semicolon forgotten": (
        "create table a (x int)\ncreate table b (x int);",
        ["CreateStmt create table a (x int)", "! ", "CreateStmt create table b (x int)"],
    ),
    "a parenthesis forgotten": (
        "create table a (x int\n\ncreate table b (x int);\ncreate table c (x int;\nselect 1;",
        [
            "! create table a (x int",
            "CreateStmt create table b (x int)",
            "! create table c (x int",
            "SelectStmt select 1",
        ],
    ),
    "on one line": ("selekt 1; select 2;", ["! selekt 1", "SelectStmt select 2"]),
}


@pytest.mark.parametrize(("text", "expected"), RECOVERED.values(), ids=RECOVERED)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_rest_of_the_file_is_read(text: str, expected: list[str], newline: str) -> None:
    found = [shown(piece).replace("\r\n", "\n") for piece in parsed(text.replace("\n", newline))]
    assert found == expected


def test_a_forgotten_semicolon_is_shown_where_it_belongs() -> None:
    piece = rejected("create table a (x int) -- x\n\ncreate table b (x int);")
    assert piece.location == Location("m.sql", 1, 23, 1, 24)
    assert (piece.message, piece.hint) == (
        'syntax error at or near "create"',
        "A semicolon is missing here: the next line begins another statement.",
    )


def test_psql_commands_and_rows_are_stepped_over() -> None:
    text = (
        "\\restrict aBc\n\\set ON_ERROR_STOP on\nselect 1;\n  \\i other.sql\n"
        "copy public.t (a, b) from stdin;\n1\tit's; \\N\n2\t\\N\n\\.\n"
        "select 2 \\gexec\nselect E'\\d', '\n\\d';\n\\d t\nselect 3"
    )
    assert [(shown(piece), isinstance(piece, Rejected) and piece.psql) for piece in parsed(text)] == [
        ("! \\restrict aBc", True),
        ("! \\set ON_ERROR_STOP on", True),
        ("SelectStmt select 1", False),
        ("! \\i other.sql", True),
        ("CopyStmt copy public.t (a, b) from stdin", False),
        ("! 1\tit's; \\N\n2\t\\N\n\\.", True),
        ("SelectStmt select 2", False),
        ("! \\gexec", True),
        ("SelectStmt select E'\\d', '\n\\d'", False),
        ("! \\d t", True),
        ("SelectStmt select 3", False),
    ]


def test_a_file_of_nothing_but_errors_is_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pasteproof.schema.text.recovery._WORK_AT_LEAST", 0)
    monkeypatch.setattr("pasteproof.schema.text.recovery._WORK_PER_BYTE", 3)
    *read_, last = parsed("create tabl t (a int)\ncreate table x /* a\n" * 30)
    assert len(read_) < 30
    assert isinstance(last, Rejected)
    assert (last.sqlstate, last.message) == ("54000", "too many errors: the rest of the file was not read")


@pytest.mark.parametrize("head", ["selekt;", "select 'x;", "create function f() as $$ x;", "/* x"])
@pytest.mark.parametrize("line", ["create table t (a int, b text default 'ы');", "create tabel t (a text default 'ы);"])
def test_no_text_is_read_many_times(head: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []

    def counting(text: str) -> list[Raw]:
        handed.append(len(text))
        return parse(text)

    monkeypatch.setattr("pasteproof.schema.text.recovery.parse", counting)
    text = f"{head}\n" + f"{line}\n" * 500
    parsed(text)
    assert sum(handed) < 3 * len(text)


# --- whatever the text

WORDS = [
    *("create", "create table t (a int)", "create function f() returns int as $$ select 1; $$ language sql"),
    *("create rule r as on insert to t do (select 1; select 2)", "create function f() begin atomic", "begin"),
    *(
        "copy t from stdin;\n",
        "\n\\.\n",
        "\n\\d x\n",
        "\\g",
        "\\",
        "select 1",
        "raise",
        "case",
        "end",
        "1\t2",
    ),
    *("$", "$$", "$a$", "'", "it's", "E'\\'", '"', "/*", "*/", "--", ";", ";\n", "\n", "\r\n", " ", "\x01"),
    *("(", ")", ",", "ы", "𝒳", "\xa0", "\x1c"),
]
SQL = st.lists(st.sampled_from(WORDS)).map("".join)
ANY = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def spans(pieces: list[Any]) -> list[tuple[int, int]]:
    return [(piece.start, piece.end) for piece in pieces]


@settings(max_examples=400)
@given(SQL | ANY)
@example("\\")
@example("copy t from stdin;\n\\.")
@example("create function f() begin end; end; $$")
@example("a\n\\.\n\\")
def test_any_text_becomes_pieces(text: str) -> None:
    source = Source.from_text("m.sql", text)
    data = source.data
    for pieces in (statements(source), recover(source)):
        edges = [0, *(edge for span in spans(pieces) for edge in span), len(data)]
        assert edges == sorted(edges)
        assert all(piece.start <= piece.offset <= len(data) for piece in pieces if isinstance(piece, Rejected))
        left = b"".join(data[edges[i] : edges[i + 1]] + b"\n" for i in range(0, len(edges), 2)).decode()
        assert re.fullmatch(r"(?:[\s;]|--[^\r\n]*|/\*.*?\*/)*", left, re.DOTALL | re.ASCII)
        for piece in pieces:
            here = piece.location
            assert (here.line, here.column) < (here.end_line, here.end_column)
            assert all(0 <= start < end <= len(data) for start, end in piece.comments)
    claimed = [span for piece in statements(source) for span in piece.comments]
    assert len(claimed) == len(set(claimed))


@settings(max_examples=200)
@given(st.lists(st.sampled_from([text for text, _ in READ.values()])).map(";\n".join))
def test_a_good_text_reads_the_same_piece_by_piece(text: str) -> None:
    source = Source.from_text("m.sql", text)
    assert spans(recover(source)) == spans(statements(source))


# --- split

SPLIT = {
    "nothing": (" \n", []),
    "plain": ("select 1;\n\nselect 2", ["select 1", "select 2"]),
    "empty ones": (";; ;select 1 ;", ["select 1"]),
    "comments stay": ("-- a;\nselect 1; -- b\n", ["-- a;\nselect 1", "-- b"]),
    "nested comment": ("select /*; /*;*/ ;*/ 1;2", ["select /*; /*;*/ ;*/ 1", "2"]),
    "quotes": ("select ';'';', \"a;\"\"b\";2", ["select ';'';', \"a;\"\"b\"", "2"]),
    "a backslash is a letter": (r"select '\'; 2", [r"select '\'", "2"]),
    "but not in E''": (r"select E'\';'; 2", [r"select E'\';'", "2"]),
    "dollar quotes": ("do $т$ a; $$ b; $т$; $$\n;$$", ["do $т$ a; $$ b; $т$", "$$\n;$$"]),
    "a dollar in a name": ("select a$b$; select a$b$", ["select a$b$", "select a$b$"]),
    "parentheses": (
        "create rule r as on update to t do (notify t; select ')');select 1",
        ["create rule r as on update to t do (notify t; select ')')", "select 1"],
    ),
    "begin atomic": (
        "create function f() returns int BEGIN\nATOMIC-- end;\nselect case 1 when 1 then 2 end; END\n;ф",
        ["create function f() returns int BEGIN\nATOMIC-- end;\nselect case 1 when 1 then 2 end; END", "ф"],
    ),
    "atomic in a name": (
        "create table atomic_begin (begin int);select 1",
        ["create table atomic_begin (begin int)", "select 1"],
    ),
    "letters of two bytes": ("select 'я;';\tselect 'ю'\u3000", ["select 'я;'", "select 'ю'"]),
    "what is open": ("select 1; select ';", ["select 1", "select ';"]),
}


@pytest.mark.parametrize(("text", "pieces"), SPLIT.values(), ids=SPLIT)
def test_split_cuts_as_the_command_line_tool_registers(text: str, pieces: list[str]) -> None:
    assert [text[start:end] for start, end in split(text)] == pieces


# --- files

FILES = {
    "latin": (b"select 1;\n-- \xe9", r"is not UTF-8: byte 0xe9 at offset 13, line 2"),
    "binary": (b"select 1;\n\0", r"is binary: a NUL byte at offset 10, line 2"),
    "UTF-16": ("select 1".encode("utf-16"), r"is UTF-16"),
    "a NUL behind a BOM": (b"\xef\xbb\xbfa\n\0", r"NUL byte at offset 5, line 2"),
}


@pytest.mark.parametrize(("data", "message"), FILES.values(), ids=FILES)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.sql").write_bytes(data)
    with pytest.raises(SourceError, match=message) as caught:
        read(tmp_path / "a.sql", "db/a.sql")
    assert (caught.value.path, bool(caught.value.remedy)) == ("db/a.sql", True)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dir.sql").mkdir()
    (tmp_path / "dangling.sql").symlink_to("gone.sql")
    (tmp_path / "loop.sql").symlink_to("loop.sql")
    os.mkfifo(tmp_path / "pipe.sql")
    for name, message in {
        "dir.sql": "is a directory",
        "dangling.sql": "is a link to gone.sql, which does not exist",
        "loop.sql": "cannot be read",
        "pipe.sql": "is not a regular file",
        "none.sql": "does not exist",
        "none.sql\0": "cannot be read",
    }.items():
        with pytest.raises(SourceError, match=message):
            read(tmp_path / name, name)


def test_a_file_is_kept_as_it_is_but_for_its_bom(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes("\ufeffselect 'я';\r\n".encode())
    source = read(tmp_path / "a.sql", "a.sql")
    assert (source.had_bom, source.text, source.data) == (True, "select 'я';\r\n", "select 'я';\r\n".encode())
    assert statements(source)[0].location == Location("a.sql", 1, 1, 1, 11)


def test_of_many_texts_most_are_held_compressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pasteproof.schema.source._texts", texts := Texts(2000, 1000))
    written = {f"{number:03}.sql": f"select {number};\n" + "-- Ж\n" * 60 for number in range(20)}
    for name, text in written.items():
        (tmp_path / name).write_text(text)
    sources = [read(tmp_path / name, name) for name in written]
    assert texts.size <= 1000
    for _ in range(2):
        for each in (*sources, *reversed(sources)):
            assert each.text == written[each.path]
            assert each.locate(7, 8).column == 8
            assert texts.size == sum(len(held.data) for held in texts.held) <= 1000


def test_a_text_that_utf8_cannot_express_is_refused() -> None:
    with pytest.raises(SourceError, match="line 2 has a character"):
        Source.from_text("a.sql", "select\n'\ud800'")
