"""schema.yaml is read strictly: each fault is told with its place, its cause and what to do."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasteproof.schema.source import Location, Source
from pasteproof.schema.spec import Spec, read_spec
from pasteproof.schema.stating.section import Problem, Text, place_of

EXAMPLES = Path(__file__).parents[1] / "examples"


def read(text: str) -> tuple[Spec | None, list[Problem]]:
    return read_spec(Source.from_text("schema.yaml", text))


def told(text: str) -> list[str]:
    """The problems of a text, each as  line:column message | remedy."""
    lines = []
    for problem in read(text)[1]:
        assert problem.location is not None
        assert problem.location.file == problem.path == "schema.yaml"
        remedy = f" | {problem.remedy}" if problem.remedy else ""
        lines.append(f"{problem.location.line}:{problem.location.column} {problem.message}{remedy}")
    return lines


def spec(text: str) -> Spec:
    found, problems = read("version: 1\n" + textwrap.dedent(text))
    assert problems == []
    assert found is not None
    return found


def under_table(text: str) -> str:
    return "version: 1\nexpect:\n  tables:\n    public.todo:\n" + textwrap.indent(text, "      ")


YAML_FAULTS = {
    "nothing at all": ("", ["1:1 the file is empty | Begin it with: version: 1"]),
    "no mapping": ("[1]", ["1:1 schema.yaml must be a mapping, not a list | Its keys: "]),
    "an unquoted colon": (
        "version: 1\nproject: {name: Landing}\nmigrations: a: b",
        ["3:14 mapping values are not allowed in this context | Put a value that holds a colon"],
    ),
    "a cyrillic line before the fault": (
        "version: 1\nproject: {name: Лендинг}\nregister: нет",
        ['3:11 register cannot be "нет" | It is one of: auto, never.'],
    ),
    "an open bracket": ("version: 1\nabsent: [a", ["2:11 "]),
    "a lone backtick": ("version: `x`", ["1:10 "]),
    "two documents": ("version: 1\n---\nversion: 1", ["2:1 "]),
    "a tag": (
        "version: 1\nregister: !mine auto",
        ["2:11 tags such as !mine are not read | Leave the tag out."],
    ),
    "a merge key": (
        "version: 1\nlint:\n  <<: {ignore: []}",
        ["3:3 merge keys (<<) are not read | Write the keys out."],
    ),
    "an alias to what holds it": (
        "version: 1\nsmoke: &a\n  - {as: anon, sql: select 1, raises: '42501', claims: {x: *a}}",
        ["2:8 smoke[0].claims.x holds itself | Write the value out in place of the alias."],
    ),
    "a character that no text may have": (
        'version: 1\nproject: {name: "a\\0b"}',
        ["2:17 it holds a character that PostgreSQL cannot store | Leave it out."],
    ),
    "a secret in the wrong place": (
        "version: 1\nregister: sb_secret_" + "x" * 31,
        ["2:11 register cannot be that | It is one of: auto, never."],
    ),
    "aliases that grow": (
        "version: 1\nsmoke:\n  - as: anon\n    sql: select 1\n    raises: '42501'\n    claims:\n"
        "      a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"      {b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
        ),
        ["7:14 the file holds too many values | "],
    ),
    "line breaks that are none elsewhere": (
        "version: 1\nproject: {name: 'a\u2028b\x85c'}\nregister: x",
        ['3:11 register cannot be "x"'],
    ),
    "a file from Windows": ("version: 1\r\nregister: x\r\n", ['2:11 register cannot be "x"']),
    "a mapping as a key": ("version: 1\n{a: b}: c", ["2:1 a key of schema.yaml must be a text"]),
}

KEY_FAULTS = {
    "no version": ("register: auto", ['1:1 schema.yaml needs the key "version"']),
    "another version": ("version: 2", ["1:10 version "]),
    "a quoted version": ('version: "1"', ['1:10 version cannot be "1"']),
    "a key misspelt": (
        "version: 1\nprojct: {}",
        ['2:1 unknown key "projct" in schema.yaml | Did you mean "project"?'],
    ),
    "a key like no other": (
        "version: 1\nproject: {zzz: 1}",
        ['2:11 unknown key "zzz" in project | Its keys: name, ref.'],
    ),
    "a key twice": (
        "version: 1\nregister: auto\nregister: never",
        ['3:1 the key "register" is written twice in schema.yaml (first in line 2) | Keep one of them.'],
    ),
    "a table twice": (
        "version: 1\nexpect:\n  tables:\n    public.a: {}\n    public.a: {}",
        ['5:5 the key "public.a" is written twice in expect.tables (first in line 4) | Keep one of them.'],
    ),
    "access: a word": (
        "version: 1\naccess: {public.a: {anon: nobody}}",
        ['2:27 access.public.a.anon cannot be "nobody" | It is one of'],
    ),
    "access: a command": (
        "version: 1\naccess: {public.a: {anon: {selct: all}}}",
        ['2:28 unknown key "selct" in access.public.a.anon | Did you mean "select"?'],
    ),
    "expect_sql that is no text": (
        "version: 1\nexpect_sql: {a: b}",
        ["2:13 expect_sql must be a text, not a mapping"],
    ),
    "a key that is missing": (
        "version: 1\nwaivers:\n  - {rule: a}",
        ['3:5 waivers[0] needs the key "reason"'],
    ),
}

VALUE_FAULTS = {
    "a version without quotes": (
        "version: 1\napplied_until: {version: 003}",
        ['2:26 applied_until.version must be a text, but 003 without quotes is a number | Write "003".'],
    ),
    "an exception without quotes": (
        "version: 1\napplied_until: {version: '003', except: [002]}",
        ['2:42 applied_until.except[0] must be a text, but 002 without quotes is a number | Write "002".'],
    ),
    "a number for a text": (
        "version: 1\nsmoke:\n  - {as: anon, sql: select 1, gives: 1}",
        ['3:38 smoke[0].gives must be a text, but 1 without quotes is a number | Write "1".'],
    ),
    "true for SQL": (
        under_table("policies: {p: {using: true}}"),
        ["5:29 expect.tables.public.todo.policies.p.using must be a text, but true without quotes is true"],
    ),
    **{
        f"the word {word} for a truth": (
            under_table(f"exact: {word}"),
            [f'5:14 expect.tables.public.todo.exact must be true or false, not "{word}" | Write true'],
        )
        for word in ("yes", "on", "off", "no", "1")
    },
    "nothing for a list": (
        under_table("grants: {anon: }"),
        ["5:22 expect.tables.public.todo.grants.anon must be a list, but it is empty | Write [a, b], or [] for none."],
    ),
    "a word for a list": (
        "version: 1\nabsent: table public.old",
        ['2:9 absent must be a list, not "table public.old" | Write [table public.old].'],
    ),
    "nothing for a section": ("version: 1\nlint:", ["2:6 lint must be a mapping, but it is empty"]),
    "a list for a text": (
        "version: 1\nproject: {name: [a]}",
        ["2:17 project.name must be a text, not a list"],
    ),
    "no member of the set": (
        "version: 1\ntarget: {platform: supabse}",
        ['2:20 target.platform cannot be "supabse" | Did you mean "supabase"?'],
    ),
    "a major too many": (
        "version: 1\ntarget: {postgres: [15, 13]}",
        ["2:25 target.postgres[1] cannot be 13 | It is 14 to 18."],
    ),
    "no major": ("version: 1\ntarget: {postgres: []}", ["2:20 target.postgres is empty"]),
    "no day": (
        "version: 1\nwaivers: [{rule: a, reason: b, until: 2027-02-30}]",
        ['2:39 waivers[0].until cannot be "2027-02-30" | Write a date as 2027-01-31.'],
    ),
    "no reason": ("version: 1\nwaivers: [{rule: a, reason: ''}]", ["2:29 waivers[0].reason is empty"]),
    "no SQLSTATE": (
        "version: 1\nsmoke: [{as: anon, sql: select 1, raises: '425'}]",
        ['2:43 smoke[0].raises cannot be "425" | The SQLSTATE it must fail with'],
    ),
    "a privilege that is none": (
        under_table("grants: {anon: [selct]}"),
        ['5:23 expect.tables.public.todo.grants.anon[0] cannot be "selct" | One of all, select, insert'],
    ),
    "a kind that is none": (
        "version: 1\nabsent: [tabel public.a]",
        ['2:10 absent[0] cannot be "tabel public.a" | A kind and a name'],
    ),
    "a table without its schema": (
        "version: 1\nexpect: {tables: {todo: {}}}",
        ['2:19 "todo" cannot be a key of expect.tables | A name with its schema'],
    ),
    "a function without its arguments": (
        "version: 1\nexpect: {functions: {public.f: {}}}",
        ['2:22 "public.f" cannot be a key of expect.functions | A function with the types'],
    ),
    "several at once": (
        "version: 1\nregister: nver\ntarget:\n  postgres: [15, 99]\n  platfrom: none\nsmok: a",
        ["2:11 register ", "4:18 target.postgres[1] ", '5:3 unknown key "platfrom"', '6:1 unknown key "smok"'],
    ),
}

SQL_FAULTS = {
    "a typing error in a column": (
        under_table("columns:\n  id: uuid\n  title: text not nul"),
        ['7:25 syntax error at or near "nul" | Write what stands behind a column'],
    ),
    "a column cut short": (
        under_table("columns: {title: text default}"),
        ["5:24 the SQL is not complete | "],
    ),
    "two columns in one": (
        under_table('columns: {a: "integer, b integer"}'),
        ['5:30 syntax error at or near "b" | Write what stands behind'],
    ),
    "a column that closes its table": (
        under_table('columns: {a: "integer) inherits (b"}'),
        ['5:28 syntax error at or near ")" | Write what stands behind'],
    ),
    "a column that begins another statement": (
        under_table('columns: {a: "integer; drop table b"}'),
        ["5:20 this says more, or other things, than belong here | Write what"],
    ),
    "a constraint that does more": (
        under_table('constraints: {c: "check (true), drop column d"}'),
        ["5:24 "],
    ),
    "a column that does more": (
        under_table('columns: {a: "integer, drop column b"}'),
        ["5:20 this says more, or other things, than belong here | Write what"],
    ),
    "a constraint that is none": (
        under_table("constraints: {c: not null title}"),
        ["5:24 NOT NULL is not compared as a constraint | Write it behind the column's type."],
    ),
    "an index of nothing": (under_table("indexes: {i: where a}"), ["5:20 syntax error at or near "]),
    "an expression that closes its clause": (
        under_table('policies: {p: {using: "true) with check (true"}}'),
        ['5:36 syntax error at or near "with" | Write one expression.'],
    ),
    "two expressions": (
        under_table('policies: {p: {check: "true), (true"}}'),
        ["5:29 this says more, or other things, than belong here | Write one expression."],
    ),
    "USING for INSERT": (
        under_table('policies: {p: {for: insert, using: "true"}}'),
        ["5:42 only WITH CHECK expression allowed for INSERT | Write it under  check."],
    ),
    "WITH CHECK for SELECT": (
        under_table('policies: {p: {for: select, check: "true"}}'),
        ["5:42 WITH CHECK cannot be applied to SELECT or DELETE | Write it under  using."],
    ),
    "a fault in a block": (
        under_table("constraints:\n  c: |\n    check (\n      a &&& ) b\n    )"),
        ['8:19 syntax error at or near ")"'],
    ),
    "a trigger with its table": (
        under_table('triggers: {t: "before update on public.todo for each row execute function public.f()"}'),
        ["5:"],
    ),
    "capitals without quotes": (
        "version: 1\nexpect: {tables: {public.Todo: {}}}",
        ['2:19 "public.Todo" names public.todo in SQL | Write public.todo, or public."Todo".'],
    ),
    "a function of no type": (
        "version: 1\nexpect:\n  functions:\n    public.f(integer,): {}",
        ["4:22 syntax error at or near"],
    ),
    "a return type that says more": (
        "version: 1\nexpect:\n  functions:\n    public.f(): {returns: void language c}",
        ["4:27 this says more, or other things, than belong here"],
    ),
    "two statements as an assertion": (
        "version: 1\nassertions: [{id: a, sql: select 1; select 2}]",
        ["2:27 this says more, or other things, than belong here | Write one SELECT."],
    ),
    "an assertion that writes": (
        "version: 1\nassertions: [{id: a, sql: delete from public.todo}]",
        ["2:27 this says more, or other things, than belong here | Write one SELECT."],
    ),
    "one name for two assertions": (
        "version: 1\nassertions: [{id: a, sql: select true}, {id: a, sql: select true}]",
        ['2:46 the id "a" is used twice'],
    ),
    "neither gives nor raises": (
        "version: 1\nsmoke: [{as: anon, sql: select 1}]",
        ["2:9 a smoke test needs one of gives and raises | "],
    ),
    "both gives and raises": (
        "version: 1\nsmoke: [{as: anon, sql: select 1, gives: '1', raises: '42501'}]",
        ["2:35 gives and raises exclude each other | "],
    ),
    "a smoke test that commits": (
        "version: 1\nsmoke: [{as: anon, sql: commit, gives: '1'}]",
        ["2:25 it ends the transaction it runs in | "],
    ),
    "two statements as a smoke test": (
        "version: 1\nsmoke: [{as: anon, sql: select 1; select 2, gives: '1'}]",
        ["2:25 this is not one statement | Write one; others go into setup."],
    ),
    "a name that the server would cut": (
        under_table(f"columns:\n  {'я' * 32}: text"),
        ["6:9 a name has at most 63 bytes | Write it as the server has it."],
    ),
    "no name": (under_table('policies: {"": {}}'), ["5:18 a name cannot be empty | "]),
    "a name that wants quotes": (
        "version: 1\nabsent: [extension uuid-ossp]",
        ['2:24 syntax error at or near "-" | '],
    ),
    "an absent column without its table": (
        "version: 1\nabsent: [column title]",
        ['2:10 "column title" is not a whole name | Write its schema, too.'],
    ),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(*row, id=name)
        for rows in (YAML_FAULTS, KEY_FAULTS, VALUE_FAULTS, SQL_FAULTS)
        for name, row in rows.items()
    ],
)
def test_a_fault_is_told_with_its_place(text: str, expected: list[str]) -> None:
    found = told(text)
    assert len(found) == len(expected), found
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_too_many_brackets() -> None:
    (fault,) = told("version: " + "[" * 100_000)
    assert re.match(r"1:\d+ the file is nested too deeply", fault)  # libyaml's own limit may come first


def test_an_error_is_told_once_however_often_it_is_aliased() -> None:
    text = "version: 1\nexpect:\n  tables:\n    public.a: &t {colums: {}}\n    public.b: *t"
    assert len({line.split(" ")[0] for line in told(text)}) == 1


def test_words_stay_words() -> None:
    found = spec(
        """
        smoke: [{as: on, sql: select 1, gives: "off"}]
        waivers: [{rule: no, object: y, reason: off, until: 2027-01-31}]
        lint: {per_file_ignore: {no: [on, yes]}}
        """
    )
    assert (found.smoke[0].as_, found.smoke[0].gives) == ("on", "off")
    assert (found.waivers[0].rule, found.waivers[0].until) == ("no", dt.date(2027, 1, 31))
    assert found.lint.per_file_ignore == {"no": ("on", "yes")}


def test_claims_are_any_json() -> None:
    smoke = spec(
        """
        smoke:
          - as: authenticated
            claims: {sub: 00000000-0000-0000-0000-000000000001, n: 1, f: 1.5, yes: true, z: ~, l: [{b: c}]}
            sql: select 1
            gives: "1"
        """
    ).smoke[0]
    assert smoke.claims == {
        "sub": "00000000-0000-0000-0000-000000000001",
        "n": 1,
        "f": 1.5,
        "yes": True,
        "z": None,
        "l": [{"b": "c"}],
    }


def test_what_is_left_out_has_the_default_of_the_contract() -> None:
    found = spec("")
    assert found.globs == ("supabase/migrations/*.sql",)
    assert (found.register, found.target.platform, found.target.postgres) == (
        "auto",
        "supabase",
        (15, 17, 18),
    )
    assert found.target.exposed_schemas == ("public", "graphql_public")
    assert found.target.default_grants is None
    assert spec("target: {platform: none}").target.exposed_schemas == ()
    assert spec("target: {exposed: []}").target.exposed_schemas == ()
    assert spec("migrations: [a.sql, b/*.sql]").globs == ("a.sql", "b/*.sql")


@pytest.mark.parametrize("name", ["integration_logs", "integration_logs_mended"])
def test_the_examples_are_sound(name: str) -> None:
    text = (EXAMPLES / name / "schema.yaml").read_text("utf-8")
    found, problems = read(text)
    assert problems == []
    assert found is not None
    table = found.expect.tables["public.integration_logs"]
    assert (len(table.columns), len(table.indexes), len(table.policies)) == (14, 6, 1)
    assert found.project.ref == "abcdefghijklmnopqrst"


BITS = st.sampled_from(
    ["{", "}", "[", "]", ": ", "- ", "\n", "  ", "'", '"', "|", "&a ", "*a", "!x ", "#", "\t", "\\", "(", ")", ",", "ы"]
)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), BITS | st.just("")), min_size=1, max_size=4))
@settings(max_examples=80)
def test_whatever_is_cut_or_typed_is_told_inside_the_file(edits: list[tuple[float, int, str]]) -> None:
    text = (EXAMPLES / "integration_logs" / "schema.yaml").read_text("utf-8")
    for where, cut, typed in edits:
        at = int(where * len(text))
        text = text[:at] + typed + text[at + cut :]
    lines = text.split("\n")
    for problem in read(text)[1]:
        assert problem.location is not None
        assert 1 <= problem.location.line <= len(lines)
        assert 1 <= problem.location.column <= len(lines[problem.location.line - 1]) + 1


@pytest.mark.parametrize(
    ("yaml", "part", "expected"),
    [
        ("name: plain text", "text", (3, 15, 3, 19)),
        ('name: "quoted text"', "text", (3, 17, 3, 21)),
        ("name: 'я и ты'", "ты", (3, 14, 3, 16)),
        ("name: |\n    one\n    two three", "three", (5, 9, 5, 14)),
        ("name: |2\n      one\n     two", "two", (5, 6, 5, 9)),
        ('name: "escaped\\ttext"', "text", (3, 9, 3, 24)),  # spelt otherwise in the file: the whole
        ("name: >\n    folded\n    text", "text", (3, 9, 5, 9)),
    ],
)
def test_a_part_of_a_text_has_a_place_of_its_own(yaml: str, part: str, expected: tuple[int, int, int, int]) -> None:
    text = "version: 1\nproject:\n  " + yaml + "\n"
    found, problems = read(text)
    assert problems == []
    assert found is not None
    name = found.project.name
    assert isinstance(name, Text)
    assert name.at(name.index(part), len(part)) == Location("schema.yaml", *expected)


def test_every_text_knows_its_place() -> None:
    found = spec("absent: [table public.a]")
    assert place_of(found.absent[0]) == Location("schema.yaml", 2, 10, 2, 24)
    assert found.place("absent") == Location("schema.yaml", 2, 1, 2, 7)
    assert found.place("lint", "") == found.places[""]
