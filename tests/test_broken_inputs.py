"""Whatever is fed to it, the command ends in words and the right exit code: no traceback, no half-written file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("schema")
MIGRATION = "supabase/migrations/001_a.sql"
HEAD = "create schema internal;\n"
TABLE = "create table internal.t (id uuid primary key, a text);\n"
LAST = "create function internal.last() returns int language sql as 'select 1';\n"
SEEN = "internal.last() does not set its search_path"  # what is found in LAST

Content = str | bytes | Callable[[Path], object]


def limited(size: int) -> list[str]:
    """Start a command that can write no file longer than so many bytes."""
    script = f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
    return [sys.executable, "-c", script + "os.execv(sys.argv[1], sys.argv[1:])"]


def run(
    root: Path,
    *arguments: str,
    stdin: bytes = b"",
    before: list[str] | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the installed command without a terminal; whatever it says is text, and no fault of ours."""
    clean = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    done = subprocess.run(
        [*(before or []), COMMAND, *arguments],
        cwd=root,
        input=stdin,
        capture_output=True,
        check=False,
        env=clean | {"COLUMNS": "200"} | (environment or {}),
        timeout=300,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err
    assert "fault of pasteproof" not in err
    assert not re.search(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out + err)
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def write(root: Path, files: dict[str, Content]) -> Path:
    """Make a project."""
    (root / ".git").mkdir()  # nothing above is looked at
    for name, content in {"schema.yaml": "version: 1\ntarget: {default_grants: exposed}\n", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def tree(root: Path) -> dict[str, bytes | None]:
    """Every file below, hidden ones too."""
    return {str(each.relative_to(root)): each.read_bytes() if each.is_file() else None for each in root.rglob("*")}


# -- SQL that is none ----------------------------------------------------------------------------------------

# The statement in the middle; what is said of it, and where
DAMAGED = {
    "a syntax error": ("create tabel internal.x (id int);", 'syntax error at or near "tabel"', "2:8"),
    "an open literal": ("comment on schema internal is 'open;", "syntax error", "3:62"),
    "an open dollar quote": ("do $$ begin", "unterminated dollar-quoted string", "2:4"),
    "an open comment": ("/* open", "unterminated /* comment", "2:1"),
    "an open name": ('create table "open (', "unterminated quoted identifier", "2:14"),
    "an unknown word": ("selekt 1;", 'syntax error at or near "selekt"', "2:1"),
    "Cyrillic before it": ("comment on schema internal is 'Журнал' x;", 'syntax error at or near "x"', "2:40"),
    "a psql command": ("\\connect postgres", "psql", "2:1"),
    "too many sums": (f"select 1{'+1' * 5000};", "nested too deeply", "2:1"),
    "a long line without a meaning": ("x" * 100_000 + ";", "syntax error", "2:1"),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("middle", "words", "place"), DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_statement_has_a_place_and_hides_nothing(
    tmp_path: Path, middle: str, words: str, place: str, newline: str
) -> None:
    write(tmp_path, {MIGRATION: f"{HEAD}{middle}\n{LAST}".replace("\n", newline)})
    done = run(tmp_path, "lint")
    assert (done.returncode, done.stderr) == (1, "")
    assert words in done.stdout
    assert f"--> {MIGRATION}:{place}\n" in done.stdout
    assert SEEN in done.stdout


# What can be read, however odd it is
ODD = {
    "deep parentheses": f"select {'(' * 5000}1{')' * 5000};\n",
    "a deep condition": f"{TABLE}alter table internal.t add check ({'(' * 5000}true{')' * 5000});\n",
    "a wide condition": f"{TABLE}alter table internal.t add check (true{' and true' * 5000});\n",
    "a view of itself": "create view internal.v as select 1 as a;\n"
    "create or replace view internal.v as select * from internal.v;\n",
    "a recursive view": "create recursive view internal.w (n) as values (1) union all select n + 1 from w;\n"
    "create view internal.v as with recursive r as (select 1 as n union all select n + 1 from r) select * from r;\n",
    "views upon views": "create view internal.v0 as select 1 as a;\n"
    + "".join(f"create view internal.v{n} as select * from internal.v{n - 1};\n" for n in range(1, 1000)),
    "a long line": f"comment on schema internal is '{'x' * 1_000_000}';\n",
    "nothing but comments": "-- nothing\n" * 1000,
    "1500 columns": f"create table internal.w (c int primary key, {', '.join(f'c{n} int' for n in range(1499))});",
}


@pytest.mark.parametrize("sql", ODD.values(), ids=ODD)
def test_what_is_odd_is_read_all_the_same(tmp_path: Path, sql: str) -> None:
    write(tmp_path, {MIGRATION: f"{HEAD}{sql}\n{LAST}"})
    done = run(tmp_path, "lint", "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    found = [finding for finding in json.loads(done.stdout)["findings"] if finding["rule"] != "unmodelled_statement"]
    assert [finding["message"] for finding in found] == [SEEN]


def test_two_thousand_policies(tmp_path: Path) -> None:
    policies = (f"create policy p{n} on internal.t for select to anon using (a = '{n}');\n" for n in range(2000))
    enabled = "alter table internal.t enable row level security;\n"
    write(tmp_path, {MIGRATION: HEAD + TABLE + enabled + "".join(policies) + LAST})
    done = run(tmp_path, "lint")
    assert done.returncode == 1
    assert "2000 permissive policies" in done.stdout
    assert SEEN in done.stdout


# -- files that are none -------------------------------------------------------------------------------------

UNREADABLE: dict[str, tuple[Content, str]] = {
    "binary": (bytes(range(256)), "is binary: a NUL byte at offset 0, line 1"),
    "a NUL in SQL": (b"select 1;\n\0", "is binary: a NUL byte at offset 10, line 2"),
    "UTF-16": (HEAD.encode("utf-16"), "is UTF-16, not UTF-8"),
    "Windows-1251": ("-- журнал".encode("cp1251"), "is not UTF-8: byte 0xe6 at offset 3, line 1"),
    "a directory": (lambda path: path.mkdir(), "is a directory, not a file"),
    "a dangling link": (lambda path: path.symlink_to("gone"), "is a link to gone, which does not exist"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "cannot be read: Too many levels of symbolic links"),
    "a pipe": (os.mkfifo, "is not a regular file"),
}


@pytest.mark.parametrize(("content", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_told_and_hides_nothing(tmp_path: Path, content: Content, words: str) -> None:
    write(tmp_path, {MIGRATION: content, "supabase/migrations/002_b.sql": HEAD + LAST})
    for arguments in (["lint"], ["lint", "supabase/migrations"]):
        done = run(tmp_path, *arguments)
        assert done.returncode == 2
        assert re.fullmatch(re.escape(f"schema: {MIGRATION}: {words} (") + r".+\)\n", done.stderr)
        assert SEEN in done.stdout
    for arguments in (["lint", MIGRATION], ["render", MIGRATION]):
        done = run(tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
    assert not (tmp_path / "bundle").exists()


NOTHING = {
    "an empty folder": ({"supabase/migrations/.keep": ""}, ["lint"], "no file matches supabase/migrations/*.sql"),
    "an empty folder, named": ({"a/.keep": "", MIGRATION: HEAD}, ["lint", "a"], "a: holds no .sql file"),
    "no folder": ({}, ["lint"], "no file matches supabase/migrations/*.sql"),
    "nothing to render": ({}, ["render"], "no file matches supabase/migrations/*.sql"),
    "a missing path": ({MIGRATION: HEAD}, ["lint", "gone.sql"], "gone.sql: does not exist"),
    "a missing path to render": ({MIGRATION: HEAD}, ["render", "gone.sql"], "gone.sql: does not exist"),
    "a missing directory": ({MIGRATION: HEAD}, ["lint", "-C", "gone"], "-C gone: there is no such directory"),
    "a file for a directory": ({MIGRATION: HEAD}, ["lint", "-C", MIGRATION], "is no directory"),
    "an unknown rule": ({MIGRATION: HEAD}, ["lint", "--select", "no_primary_kee"], "did you mean no_primary_key?"),
    "an unknown rule to ignore": ({MIGRATION: HEAD}, ["lint", "--ignore", "x"], "there is no rule 'x'"),
    "an unknown rule to explain": ({}, ["explain", "../../etc/passwd"], "there is no rule '../../etc/passwd'"),
    "an unknown command": ({}, ["lintt"], "No such command 'lintt'"),
    "an unknown format": ({}, ["lint", "--format", "xml"], "'xml' is not one of"),
    "an unknown language": ({}, ["render", "--lang", "de"], "'de' is not one of"),
}


@pytest.mark.parametrize(("files", "arguments", "words"), NOTHING.values(), ids=NOTHING)
def test_where_there_is_nothing_to_do_nothing_is_said_to_be_well(
    tmp_path: Path, files: dict[str, Content], arguments: list[str], words: str
) -> None:
    done = run(write(tmp_path, files), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


# -- schema.yaml that is none --------------------------------------------------------------------------------

MISCONFIGURED: dict[str, tuple[Content, str]] = {
    "a directory": (lambda path: path.mkdir(), "schema.yaml: is a directory"),
    "a dangling link": (lambda path: path.symlink_to("gone"), "schema.yaml: is a link to gone"),
    "binary": (b"\0\1", "schema.yaml: is binary"),
    "UTF-16": ("version: 1".encode("utf-16"), "schema.yaml: is UTF-16"),
    "empty": ("", "schema.yaml:1:1: the file is empty"),
    "no YAML": ("version: 1\ntarget: [", "schema.yaml:2:"),
    "a tab": ("version: 1\n\tx: 1\n", "schema.yaml:2:1: while scanning"),
    "a list": ("- a\n", "schema.yaml:1:1: schema.yaml must be a mapping, not a list"),
    "no version": ("target: {}\n", 'schema.yaml:1:1: schema.yaml needs the key "version"'),
    "a later version": ("version: 2\n", 'schema.yaml:1:10: version cannot be "2" (It is one of: 1.)'),
    "a misspelt key": ("version: 1\ntargett: {}\n", 'schema.yaml:2:1: unknown key "targett"'),
    "a key twice": ("version: 1\nversion: 1\n", 'schema.yaml:2:1: the key "version" is written twice'),
    "a key of another kind": ("version: 1\nmigrations: 3\n", "schema.yaml:2:13: migrations must be a text"),
    "no such platform": ("version: 1\ntarget: {platform: x}\n", 'schema.yaml:2:20: target.platform cannot be "x"'),
    "no such PostgreSQL": ("version: 1\ntarget: {postgres: [9]}\n", "schema.yaml:2:21: target.postgres[0] cannot be"),
    "a waiver without a reason": (
        "version: 1\nwaivers: [{rule: x, object: y}]\n",
        'schema.yaml:2:11: waivers[0] needs the key "reason"',
    ),
    "no such rule": ("version: 1\nlint: {ignore: [nope]}\n", "schema.yaml:2:17: there is no rule 'nope'"),
    "SQL that is none": (
        "version: 1\nexpect: {tables: {public.t: {columns: {id: uuid nt null}}}}\n",
        'schema.yaml:2:49: syntax error at or near "nt"',
    ),
    "an alias of itself": ("version: 1\ntarget: &a {exposed: *a}\n", "schema.yaml:2:"),
    "deep nesting": (f"version: 1\ntarget: {'[' * 5000}\n", "schema.yaml:2:"),
}


@pytest.mark.parametrize(("content", "words"), MISCONFIGURED.values(), ids=MISCONFIGURED)
def test_a_wrong_schema_yaml_is_told_with_its_place(tmp_path: Path, content: Content, words: str) -> None:
    write(tmp_path, {MIGRATION: HEAD + LAST, "schema.yaml": content})
    for command in ("lint", "render"):
        done = run(tmp_path, command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"schema: {words}")


# -- sizes ---------------------------------------------------------------------------------------------------


def test_five_megabytes_are_checked_but_not_rendered(tmp_path: Path) -> None:
    rows = "".join(f"insert into internal.t (a) values ('{'x' * 900}{n}');\n" for n in range(5400))
    write(tmp_path, {MIGRATION: HEAD + TABLE + rows + LAST})
    done = run(tmp_path, "lint")
    assert (done.returncode, done.stderr) == (1, "")
    assert SEEN in done.stdout
    done = run(tmp_path, "render")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(rf"{MIGRATION}:1:1: it has 5,\d\d\d,\d\d\d bytes; .*900,000", done.stderr)
    assert not (tmp_path / "bundle").exists()


# -- writing -------------------------------------------------------------------------------------------------

CUT_SHORT = {
    "lint": (["lint", "--format", "json", "-o", "out"], 100, "out cannot be written: File too large"),
    "render": (["render"], 5000, "bundle cannot be written: File too large; no file of it was changed"),
    "render, at once": (["render"], 0, "bundle cannot be written: File too large; no file of it was changed"),
    "report": (["report", "made", "error.txt"], 100, "made/REPORT.md cannot be written: File too large"),
    "report elsewhere": (["report", "made", "error.txt", "-o", "out"], 100, "out cannot be written: File too large"),
}
REFUSED = {
    "lint into a full disk": (["lint", "-o", "/dev/full"], "/dev/full cannot be written: No space left on device"),
    "lint into a folder": (["lint", "-o", "supabase"], "supabase cannot be written: Is a directory"),
    "lint into no folder": (["lint", "-o", "a/b"], "a/b cannot be written: there is no folder a; make it first"),
    "render into a file": (["render", "-o", "schema.yaml"], "schema.yaml cannot be written: File exists"),
    "render below a file": (["render", "-o", "schema.yaml/a"], "schema.yaml/a cannot be written: Not a directory"),
    "render over a folder": (["render", "-o", "taken"], "taken cannot be written: verify.sql in it is a directory"),
    "report into a full disk": (["report", "made", "error.txt", "-o", "/dev/full"], "/dev/full cannot be written: No"),
    "report into a folder": (["report", "made", "error.txt", "-o", "supabase"], "supabase cannot be written: Is a"),
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The manifest of a bundle."""
    root = write(tmp_path_factory.mktemp("made"), {MIGRATION: HEAD + TABLE})
    assert run(root, "render").returncode == 0
    return (root / "bundle" / "manifest.json").read_bytes()


@pytest.fixture
def project(tmp_path: Path, manifest: bytes) -> Path:
    """A project with a bundle in made/, and files in the way of others."""
    return write(
        tmp_path,
        {
            MIGRATION: HEAD + TABLE,
            "made/manifest.json": manifest,
            "error.txt": "ERROR:  42501: permission denied for schema auth\n",
            "taken/verify.sql/.keep": "",
        },
    )


@pytest.mark.parametrize("existing", [False, True], ids=["a new file", "over an old one"])
@pytest.mark.parametrize(("arguments", "size", "words"), CUT_SHORT.values(), ids=CUT_SHORT)
def test_a_disk_that_fills_leaves_everything_as_it_was(
    project: Path, arguments: list[str], size: int, words: str, existing: bool
) -> None:
    if existing:
        for name in ("out", "made/REPORT.md", "bundle/manifest.json", "bundle/verify.sql"):
            (project / name).parent.mkdir(exist_ok=True)
            (project / name).write_text("as it was")
    found = tree(project)
    done = run(project, *arguments, before=limited(size))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"schema: {words}\n"
    assert tree(project) == found


@pytest.mark.parametrize(("arguments", "words"), REFUSED.values(), ids=REFUSED)
def test_a_place_that_takes_no_file_is_told(project: Path, arguments: list[str], words: str) -> None:
    found = tree(project)
    done = run(project, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"schema: {words}")
    assert tree(project) == found
    assert not Path("/dev/full").is_file()


# -- the report's inputs -------------------------------------------------------------------------------------

NO_MANIFEST: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "is no manifest of a bundle"),
    "cut": (lambda whole: whole[: len(whole) // 2], "is no manifest of a bundle"),
    "binary": (lambda _: b"\xff\xfe\0", "is no manifest of a bundle"),
    "a list": (lambda _: b"[]", "is no manifest of a bundle"),
    "deep": (lambda _: b'{"version": ' + b"[" * 100_000, "is no manifest of a bundle"),
    "of a later version": (lambda whole: whole.replace(b'"version": 1', b'"version": 2', 1), "has version 2"),
    "of no language": (lambda whole: whole.replace(b'"en"', b'"xx"', 1), "names no language"),
}


@pytest.mark.parametrize(("change", "words"), NO_MANIFEST.values(), ids=NO_MANIFEST)
def test_a_manifest_that_is_none(project: Path, manifest: bytes, change: Callable[[bytes], bytes], words: str) -> None:
    assert change(manifest) != manifest
    (project / "made" / "manifest.json").write_bytes(change(manifest))
    done = run(project, "report", "made", "error.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"schema: made/manifest.json {words}")
    assert not (project / "made" / "REPORT.md").exists()


@pytest.mark.parametrize("folder", ["gone", "taken"])
def test_a_bundle_that_is_not_there(project: Path, folder: str) -> None:
    done = run(project, "report", folder, "error.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert "give the folder that schema render wrote" in done.stderr


NO_RESULT = {
    "nothing": (b"", "it is empty"),
    "white space": (b" \r\n\n", "it is empty"),
    "binary": (b"\0\1\2\xff", "is not UTF-8"),
    "UTF-16": ("ERROR:  42501: x".encode("utf-16"), "is not UTF-8"),
    "prose": (b"it went well", "its columns are it went well"),
    "a line of dashes": (b"-----", "its columns are"),
    "an empty list": (b"[]", "not a list of rows"),
    "an object": (b"{}", "not a list of rows"),
    "other rows": (b'[{"a": 1}]', "its columns are a"),
    "a list of numbers": (b"[1, 2]", "not a list of rows"),
    "cut JSON": (b'[{"seq": "1", "ki', "cut or damaged"),
    "deep JSON": (b"[" * 100_000, "cut or damaged"),
    "another table": (b"| a |\n| - |\n| 1 |\n", "its columns are a"),
    "an open quote": (b'seq,kind\n"1,x', "neither JSON, Markdown, an error text nor whole CSV"),
    "a long blank": (b"x\n" + b" \n" * 200_000 + b"y", "its columns are x"),
}


@pytest.mark.parametrize(("data", "words"), NO_RESULT.values(), ids=NO_RESULT)
def test_a_result_that_is_none(project: Path, data: bytes, words: str) -> None:
    done = run(project, "report", "made", stdin=data)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("schema: stdin is ")
    assert words in done.stderr
    assert not (project / "made" / "REPORT.md").exists()


def test_one_result_that_cannot_be_read_does_not_hide_the_others(project: Path) -> None:
    (project / "prose.txt").write_text("it went well")
    done = run(project, "report", "made", "gone.json", "supabase", "prose.txt", "error.txt")
    assert done.returncode == 2
    assert [line[:60] for line in done.stderr.splitlines()] == [
        "schema: gone.json cannot be read: No such file or directory",
        "schema: supabase cannot be read: Is a directory",
        "schema: prose.txt is no result of a paste: its columns are i",
    ]
    assert "42501" in (project / "made" / "REPORT.md").read_text()


# -- streams -------------------------------------------------------------------------------------------------

STREAMS = {
    "a reader that has seen enough": ('{} lint | head -c 1; exit "${{PIPESTATUS[0]}}"', 1, ""),
    "a reader of the rules that has seen enough": ('{} rules | head -c 1; exit "${{PIPESTATUS[0]}}"', 0, ""),
    "stdout closed": ("{} lint >&-", 2, "stdout is closed"),
    "stdout closed, for help": ("{} --help >&-", 2, "stdout is closed"),
    "stdout full": ("{} lint >/dev/full", 2, "stdout cannot be written: No space left on device"),
    "stdout full, for JSON": ("{} lint --format json >/dev/full", 2, "stdout cannot be written: No space left"),
    "stdout full, for a rule": ("{} explain no_primary_key >/dev/full", 2, "stdout cannot be written: No space left"),
    "stdout full, for help": ("{} --help >/dev/full", 2, "stdout cannot be written: No space left on device"),
    "stdout full, for the version": ("{} --version >/dev/full", 2, "stdout cannot be written: No space left on device"),
    "stderr closed": ("{} lint -C gone 2>&-", 2, ""),
    "stderr full": ("{} lint -C gone 2>/dev/full", 2, ""),
    "stdin closed": ("{} report made <&-", 2, "stdin is no result of a paste: it is empty"),
}


@pytest.mark.parametrize(("line", "code", "words"), STREAMS.values(), ids=STREAMS)
def test_streams_that_do_not_flow(project: Path, line: str, code: int, words: str) -> None:
    many = "".join(LAST.replace("last", f"f{n}") for n in range(300))
    (project / "supabase/migrations/002_b.sql").write_text(many)
    done = subprocess.run(
        ["bash", "-c", line.format(COMMAND)], cwd=project, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == code
    assert len(done.stdout) <= 1
    assert done.stderr == "" if not words else words in done.stderr and len(done.stderr.splitlines()) == 1


# -- looks ---------------------------------------------------------------------------------------------------

COLOURS: dict[str, tuple[list[str], dict[str, str], bool]] = {
    "nothing said": ([], {}, False),
    "asked for": (["--color", "always"], {"NO_COLOR": "1"}, True),
    "asked not to": (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    "forced": ([], {"FORCE_COLOR": "1"}, True),
    "forced off": ([], {"FORCE_COLOR": "0"}, False),
    "forbidden": ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    "not forbidden": ([], {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
}


@pytest.mark.parametrize(("options", "environment", "colored"), COLOURS.values(), ids=COLOURS)
def test_colours_are_a_choice(tmp_path: Path, options: list[str], environment: dict[str, str], colored: bool) -> None:
    done = run(write(tmp_path, {MIGRATION: HEAD + LAST}), "lint", *options, environment=environment)
    assert done.returncode == 1
    assert ("\x1b[" in done.stdout) is colored
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("columns", ["0", "1", "20", "-5", "wide", "", "1" * 30])
def test_a_narrow_terminal_loses_no_word(tmp_path: Path, columns: str) -> None:
    done = run(write(tmp_path, {MIGRATION: HEAD + LAST}), "lint", environment={"COLUMNS": columns})
    assert done.returncode == 1
    assert SEEN in " ".join(done.stdout.split())


# A name, and how it is shown
NAMES = {
    "an escape": ("\x1b[31mred\x1b[0m", "<U+001B>[31mred<U+001B>[0m"),
    "an escape of one byte": ("\x9b31m", "<U+009B>31m"),
    "right to left": ("\u202egpj", "<U+202E>gpj"),
    "isolated": ("\u2066x\u2069", "<U+2066>x<U+2069>"),
    "without width": ("a\u200bb", "a<U+200B>b"),
    "a return": ("a\rb", "a<U+000D>b"),
    "a bell": ("\a", "<U+0007>"),
    "emoji": ("\U0001f600", "\U0001f600"),
    "Cyrillic": ("таблица", "таблица"),
    "combined": ("e\u0301", "e\u0301"),
    "quotes": ('a""b', 'a""b'),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
def test_a_name_cannot_play_tricks_on_a_terminal(tmp_path: Path, name: str, shown: str) -> None:
    path = MIGRATION.replace("a.sql", f"{name}.sql")
    write(tmp_path, {path: f'{HEAD}create table internal."{name}" (line text);\nselekt "{name}";\n'})
    done = run(tmp_path, "lint")
    assert (done.returncode, done.stderr) == (1, "")
    assert f'internal."{shown}" has no primary key' in done.stdout
    assert f"{MIGRATION.replace('a.sql', f'{shown}.sql')}:3:1" in done.stdout
    (tmp_path / path).write_bytes(b"\0")
    done = run(tmp_path, "lint")
    assert done.returncode == 2
    assert f"001_{shown}.sql: is binary" in done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_file_whose_name_is_no_text(tmp_path: Path, form: str) -> None:
    path = os.fsdecode(b"supabase/migrations/001_\xff.sql")
    try:
        write(tmp_path, {path: HEAD + LAST})
    except OSError:
        pytest.skip("this file system takes names in UTF-8 alone")
    for arguments in (["lint"], ["lint", path]):
        done = run(tmp_path, *arguments, "--format", form)
        assert (done.returncode, done.stderr) == (1, "")
        assert "001_\ufffd.sql" in done.stdout
    assert run(tmp_path, "render", "-o", os.fsdecode(b"b\xff")).returncode == 0
