"""The documents of a bundle and its report: what they say is derived, in two languages, and safe to read."""

import itertools
import json
import re
from typing import Any

import msgspec
import pytest

from pasteproof.bundle.described import describe
from pasteproof.bundle.documents import DOCUMENTS, Facts, counts, documents, explain, header, report, summary
from pasteproof.bundle.evidence import Answer, Decision, Judgement
from pasteproof.bundle.expectation import expect
from pasteproof.bundle.manifest import Manifest, ManifestMigration
from pasteproof.bundle.queries import queries
from pasteproof.bundle.reading import Effect
from pasteproof.bundle.verify import TEMPLATES
from pasteproof.checks import markdown
from pasteproof.checks.lint import simulated
from pasteproof.connect import editor
from pasteproof.connect.server import Database
from pasteproof.schema.snapshots.grid import ServerError, read
from pasteproof.tests.projects import project

LANGUAGES = ("en", "ru")

MIGRATION = """
create type public.mood as enum ('good', 'bad');
create table public.team (id bigint generated always as identity primary key, name text not null unique);
create table public.log (
  id uuid primary key default gen_random_uuid(),
  team bigint references public.team,
  "wei|rd" text check ("wei|rd" <> ''),
  at timestamptz not null default now(),
  feeling public.mood
);
alter table public.team enable row level security;
alter table public.log enable row level security;
create index log_at on public.log (at desc) where team is not null;
create policy "team | reads" on public.log for select to authenticated using (team = 1);
revoke all on public.log from anon, authenticated, service_role;
grant select, insert on public.log to service_role;
create view public.by_team with (security_invoker = true) as
  select l.team as "Team", t.name, count(*) as n from public.log l join public.team t on t.id = l.team group by 1, 2;
create function public.sweep() returns void language plpgsql set search_path = '' as $$
begin
  delete from public.log where at < now() - interval '1 year';
end $$;
create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger log_touch before update on public.log for each row execute function public.touch();
comment on table public.log is 'What <b>happened</b> | `to` whom
and when';
"""


def facts_of(sql: str, *, language: str = "en", earlier: str = "", **more: Any) -> Facts:
    files = {"001_before.sql": earlier, "002_log.sql": sql}
    made = simulated(project(files, applied={"001_before.sql"}))
    expectations = expect(made.before, made.after)
    manifest = Manifest(
        bundle="0123456789abcdef",
        tool="1.0",
        language=language,
        project="Landing",
        ref="abcdefghijklmnopqrst",
        platform="supabase",
        postgres=(15, 17, 18),
        default_grants="exposed",
        on_failure="abort",
        migrations=(
            ManifestMigration(
                file="002_log.sql", version="002", name="log", sha256="a" * 64, md5="b" * 32, registered=True
            ),
        ),
        files={"bundle.sql": "c" * 64},
        counts=counts(expectations),
        checks=expectations.checks,
        not_compared=expectations.not_compared,
    )
    return msgspec.structs.replace(
        Facts(
            manifest=manifest,
            before=made.before,
            after=made.after,
            expectations=expectations,
            statements=made.pending,
        ),
        **more,
    )


def test_what_is_made_is_counted_the_indexes_of_keys_by_themselves() -> None:
    found = facts_of(MIGRATION).manifest.counts
    expected = {"table": 2, "index": 1, "key_index": 3, "view": 1, "policy": 1, "function": 2, "row_security": 2}
    assert {name: found[name] for name in expected} == expected
    assert "column" not in found


def test_a_column_added_and_a_policy_dropped_are_counted() -> None:
    earlier = "create table public.t (a int); create policy p on public.t using (true);"
    found = facts_of("alter table public.t add b int; drop policy p on public.t;", earlier=earlier).manifest.counts
    assert (found["column"], found["dropped policy"]) == (1, 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documents_say_everything_that_is_made(language: str) -> None:
    facts = facts_of(MIGRATION, language=language, prompts=("destructive",))
    texts = documents(facts, language)
    assert sorted(texts) == sorted(DOCUMENTS)
    for name in ("INSTRUCTIONS.md", "STATUS.md"):
        for obj in facts.expectations.makes:
            if obj.kind in {"table", "view", "function", "type"}:
                assert f"`{obj.identity}`" in texts[name], obj.key
            if obj.kind in {"column", "policy", "index", "trigger"}:
                shown = str(getattr(obj, "name", ""))
                assert markdown.cell(shown) in texts[name] or markdown.code(shown) in texts[name], obj.key
    assert texts["QUICK_START.md"].count("\n5. ") == 1
    assert "\n6. " not in texts["QUICK_START.md"]
    assert "Run query" in texts["QUICK_START.md"]
    assert "cron.schedule('sweep'" in texts["STATUS.md"]
    assert "Tenant or user not found" in texts["STATUS.md"]
    everything = "".join(texts.values())
    assert "rollback.sql" not in everything
    assert "dashboard/project/abcdefghijklmnopqrst/sql/new" in everything
    assert "dashboard/project/abcdefghijklmnopqrst/editor" in everything
    assert documents(facts_of(MIGRATION, language=language, prompts=("destructive",)), language) == texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_between_documents_lead_somewhere(language: str) -> None:
    texts = documents(facts_of(MIGRATION), language)
    linked = {name for text in texts.values() for name in re.findall(r"\]\(([A-Z_]+\.md)\)", text)}
    assert linked <= set(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_a_table_has_the_cells_of_its_head(language: str) -> None:
    for name, text in documents(facts_of(MIGRATION), language).items():
        lines = text.split("\n")
        for above, line in itertools.pairwise(lines):
            if above.startswith("|") and line.startswith("|"):
                cells = [len(re.findall(r"(?<!\\)\|", each)) for each in (above, line)]
                assert cells[0] == cells[1], (name, line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prompts", [(), ("destructive", "update_without_where", "table_without_rls")])
def test_the_header_is_short_and_each_line_is_one(language: str, prompts: tuple[str, ...]) -> None:
    lines = header(facts_of(MIGRATION, prompts=prompts), language, "bundle")
    assert len(lines) < 20
    assert all(line and "\n" not in line for line in lines)
    assert "0123456789abcdef" in lines[0]
    assert any("a" * 64 in line for line in lines)
    assert sum("Run query" in line for line in lines) == len(prompts) - ("table_without_rls" in prompts)


@pytest.mark.parametrize(
    ("sql", "met", "not_met"),
    [
        (MIGRATION, ("`public.log`", "42P07", "42710"), ("55P04", "42701")),
        (
            "alter type public.mood add value 'odd'; alter table public.old add b int;",
            ("55P04", "`public.old.b`", "42701"),
            ("42P07", "42710"),
        ),
    ],
)
def test_troubles_are_those_of_this_migration(sql: str, met: tuple[str, ...], not_met: tuple[str, ...]) -> None:
    earlier = "create table public.old (a int); create type public.mood as enum ('x');"
    earlier = earlier if "add value" in sql else ""
    text = documents(facts_of(sql, earlier=earlier), "en")["EXECUTE_NOW.md"].partition("## Troubleshooting")[2]
    assert [name for name in met if name not in text] == []
    assert [name for name in not_met if name in text] == []


def test_columns_of_views_are_traced_and_bodies_read() -> None:
    facts = facts_of(MIGRATION)
    found = describe(facts.before, facts.after, facts.expectations.makes, facts.statements)
    (view,) = found.views
    assert view.sources == {"Team": ("public.log.team",), "name": ("public.team.name",), "n": ()}
    sweep, touch = found.functions
    condition = "at < now() - interval '1 year'"
    assert sweep.effects == (Effect(verb="delete", relation="public.log", condition=condition),)
    assert touch.effects == ()
    assert [function.name for function in found.weekly] == ["sweep"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("update t set a = 1 where b in (select 1 where c) returning a", [("update", "t", "b in (select 1 where c)")]),
        ("insert into public.t select 1 where x", [("insert", "public.t", None)]),
        ("with gone as (delete from a returning *) select 1", [("delete", "a", None)]),
        ("truncate a, public.b", [("truncate", "a", None), ("truncate", "public.b", None)]),
        ("delete from t", [("delete", "t", None)]),
        ("select 1", []),
    ],
)
def test_what_a_statement_of_a_body_changes(body: str, expected: list[tuple[str, str, str | None]]) -> None:
    facts = facts_of(f"create function public.f() returns void language plpgsql as $$ begin {body}; end $$;")
    (routine,) = describe(facts.before, facts.after, facts.expectations.makes, facts.statements).functions
    assert routine.effects is not None
    assert [(each.verb, each.relation, each.condition) for each in routine.effects] == expected


def test_a_body_that_makes_sql_at_run_time_says_so() -> None:
    sql = "create function public.f() returns void language plpgsql as $$ begin execute 'drop ' || 'x'; end $$;"
    assert "put together at run time" in documents(facts_of(sql), "en")["INSTRUCTIONS.md"]


def test_verification_queries_give_what_the_documents_say(database: Database) -> None:
    facts = facts_of(MIGRATION)
    assert [each.error for each in editor.run_psql(database.dsn(), MIGRATION) if each.error] == []
    asked = list(queries(facts.after, facts.expectations.makes, []))
    assert {each.about for each in asked} >= {
        "row_security", "columns", "indexes", "constraints", "policies", "triggers", "view_options", "view_columns",
        "function", "labels", "privileges", "comment",
    }  # fmt: skip
    for each in asked:
        result = editor.run(database.dsn(), each.sql)
        assert result.error is None, each.sql
        assert [tuple(row.values()) for row in result.rows] == list(each.rows), each.sql
        assert not result.rows or tuple(result.rows[0]) == each.columns


@pytest.mark.parametrize(
    ("text", "as_plain", "as_cell"),
    [
        ("a|b", "a\\|b", "`a\\|b`"),
        ("`x`", "\\`x\\`", "`` `x` ``"),
        ("<script>", "\\<script\\>", "`<script>`"),
        ("[x](y)", "\\[x\\]\\(y\\)", "`[x](y)`"),
        ("- item", "\\- item", "`- item`"),
        ("a\nb", "a b", "`a b`"),
        ("a\u202eb", "a\\<U\\+202E\\>b", "`a<U+202E>b`"),
        ("a\x00b", "a\\<U\\+0000\\>b", "`a<U+0000>b`"),
        ("", "", '""'),
    ],
)
def test_text_of_others_has_no_effect(text: str, as_plain: str, as_cell: str) -> None:
    assert (markdown.plain(text), markdown.cell(text)) == (as_plain, as_cell)


def test_a_fence_in_a_text_does_not_end_the_block() -> None:
    assert markdown.fenced("a\n```\nb") == "````text\na\n```\nb\n````"


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [
        (0, "0 rows", "0 строк"),
        (1, "1 row", "1 строка"),
        (3, "3 rows", "3 строки"),
        (11, "11 rows", "11 строк"),
        (21, "21 rows", "21 строка"),
        (112, "112 rows", "112 строк"),
    ],
)
def test_plural_forms(number: int, english: str, russian: str) -> None:
    assert markdown.plural(number, ["row", "rows"]) == english
    assert markdown.plural(number, ["строка", "строки", "строк"]) == russian


@pytest.mark.parametrize("name", ["errors.json", "judgement.json", "words.json", "kinds.json"])
def test_both_languages_hold_the_same_keys(name: str) -> None:
    english, russian = (msgspec.json.decode((TEMPLATES / language / name).read_bytes()) for language in LANGUAGES)
    if name == "errors.json":
        assert [entry["when"] for entry in english] == [entry["when"] for entry in russian]
        assert {key for entry in (*english, *russian) for key in entry} == {"when", "title", "cause", "do"}
    elif name == "judgement.json":
        assert set(russian) - {"problems"} == set(english)
        assert all(set(english[key]) == set(russian[key]) for key in english)
        counted = [{key: text.count("%s") for key, text in each["reasons"].items()} for each in (english, russian)]
        assert counted[0] == counted[1]
    else:
        assert set(english) == set(russian)


def test_both_languages_hold_the_same_templates() -> None:
    english, russian = ({path.name for path in (TEMPLATES / language).iterdir()} for language in LANGUAGES)
    assert english == russian


ERRORS = [
    ("42P07", 'relation "log" already exists', "exists already"),
    ("42710", 'policy "p" for table "t" already exists', "policy"),
    ("42701", 'column "a" of relation "t" already exists', "column"),
    ("42501", "must be owner of table users", "owner"),
    ("42501", "permission denied for schema auth", "Permission denied"),
    ("42501", 'new row violates row-level security policy for table "t"', "row level security"),
    ("25001", "CREATE INDEX CONCURRENTLY cannot run inside a transaction block", "inside a transaction"),
    ("25001", "SET TRANSACTION [NOT] DEFERRABLE must be called before any query", "BEGIN came after"),
    ("25006", "cannot execute CREATE TABLE in a read-only transaction", "read-only"),
    ("55P03", "canceling statement due to lock timeout", "lock"),
    ("55P04", 'unsafe use of new value "x" of enum type mood', "enum"),
    ("57014", "canceling statement due to statement timeout", "too long"),
    ("40P01", "deadlock detected", "Deadlock"),
    ("42601", 'syntax error at or near "x"', "Syntax"),
    ("P0001", "pasteproof: 3 of 9 checks failed, so nothing was kept", "refused"),
    (None, "upstream request timeout", "stopped waiting"),
    (None, "SQL query ran into an upstream timeout", "stopped waiting"),
    (None, "Query read timeout", "in time"),
    (None, "Connection terminated due to connection timeout", "reached"),
    (None, "Query is too large to be run via the SQL Editor", "too large"),
    (None, "Success. No rows returned", "No grid"),
    (None, "New table will not have RLS enabled", "without row level security"),
    (None, "Query has destructive operations", "destructive"),
    ("XX000", "something new", None),
    ("P0001", "an exception of the migration's own", None),
]


@pytest.mark.parametrize(("sqlstate", "message", "title"), ERRORS)
def test_known_errors_are_explained(sqlstate: str | None, message: str, title: str | None) -> None:
    known = explain(ServerError("ERROR" if sqlstate else "", sqlstate, message), "en")
    assert (title is None) == (known is None)
    assert known is None or (title or "") in known.title


def row(**cells: object) -> dict[str, object]:
    usual = {"kind": "table", "object": "public.t", "attribute": "exists", "expected": "yes", "actual": "yes"}
    return {"seq": "1", **usual, "verdict": "pass", **cells}


TRAILER = row(kind="trailer", object="b", attribute="file=bundle 1/1", expected="7", actual="x")
GRIDS = [[row(verdict=5)], [row(actual="%FF")], [row(seq="2")], [TRAILER, row(seq="2")]]


@pytest.mark.parametrize("rows", GRIDS)
def test_what_is_wrong_with_a_grid_is_said_in_the_reports_language(rows: list[dict[str, object]]) -> None:
    result = read(json.dumps(rows))
    assert not isinstance(result, ServerError)
    assert result.problems
    for problem in result.problems:
        judgement = Judgement(decision=Decision.INCOMPLETE, reasons=(("damaged", problem),))
        manifests = [facts_of(MIGRATION, language=language).manifest for language in ("en", "ru")]
        told = {manifest.language: summary(manifest, judgement) for manifest in manifests}
        assert problem in told["en"]
        assert not re.search(r"\b(row|rows|cell|trailer|missing)\b", told["ru"]), problem


def answer(verdict: str, actual: str | None = "no") -> Answer:
    return Answer(
        kind="table", object="public.log", attribute="row_security", expected="true", actual=actual, verdict=verdict
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_says_what_was_decided_and_from_what(language: str) -> None:
    manifest = facts_of(MIGRATION, language=language).manifest
    facts = {"at": "2026-01-02T03:04:05Z", "server": "17.6", "user": "postgres", "system": "7", "line_ends": "CRLF"}
    accepted = Judgement(
        decision=Decision.ACCEPTED, answers=(answer("pass"), answer("pass")), facts=facts, says="2 of 2", form="json"
    )
    text = report(manifest, [("result.json", "d" * 64, accepted)], language)
    for word in (*facts.values(), "d" * 64, "`result.json`", "2 of 2", 'applied_until: {version: "002"}', "| 2 |"):
        assert word in text
    rejected = msgspec.structs.replace(
        accepted, decision=Decision.REJECTED, reasons=(("differs", "1"),), answers=(answer("fail", "fa|se"),)
    )
    text = report(manifest, [("other.json", "e" * 64, rejected)], language)
    assert "applied_until" not in text
    assert "`fa\\|se`" in text
    assert {"en": "FAIL", "ru": "НЕВЕРНО"}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_shows_an_error_word_for_word_and_what_it_means(language: str) -> None:
    error = ServerError("ERROR", "42P07", 'relation "log" already exists', detail="one\n\n\ntwo", hint="three")
    judgement = Judgement(decision=Decision.ROLLED_BACK, reasons=(("error", "42P07"),), error=error)
    text = report(facts_of(MIGRATION).manifest, [("-", "f" * 64, judgement)], language)
    assert 'ERROR:  42P07: relation "log" already exists\nDETAIL:  one\n\n\ntwo\nHINT:  three' in text
    known = explain(error, language)
    assert known is not None
    assert known.do in text


def test_the_result_that_decides_comes_first() -> None:
    early, late = (
        Judgement(decision=decision, facts={"at": at})
        for decision, at in ((Decision.ACCEPTED, "2026-01-01"), (Decision.REJECTED, "2026-01-02"))
    )
    text = report(facts_of(MIGRATION).manifest, [("a", "1" * 64, early), ("b", "2" * 64, late)], "en")
    assert text.index("Decision: Rejected") < text.index("Also read: Accepted")
