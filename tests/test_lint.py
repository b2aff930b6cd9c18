"""What a run tells and what it keeps to itself: history, suppressions, waivers, secrets, unknown facts, places."""

from datetime import date

import pytest

from pasteproof.checks.finding import Finding, Level
from pasteproof.checks.lint import Options, Report, lint
from pasteproof.checks.rule import UnknownRuleError, rules

from .projects import project

TABLE = "create table public.blog (id int primary key);\n"
LOG = "create table public.log (line text);\n"
OPEN = "rls_disabled_in_public"
NO_KEY = "no_primary_key"
HEAD = "version: 1\ntarget: {default_grants: exposed}\n"


def run(sql: str, *rules: str, yaml: str = HEAD, today: date | None = None) -> Report:
    return lint(project({"1_a.sql": sql}, yaml), Options(select=rules, today=today))


def brief(findings: tuple[Finding, ...]) -> list[str]:
    return [
        f"{f.rule} {f.location.file if f.location else '-'}:{f.location.line if f.location else 0}" for f in findings
    ]


# -- the canonical table -------------------------------------------------------------------------------------

CANONICAL = """
create table public.todo (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  title text not null,
  created_at timestamptz not null default now()
);
create index on public.todo (user_id);
alter table public.todo enable row level security;
create policy "own rows" on public.todo
  to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
grant select, insert, update, delete on public.todo to authenticated;
"""


@pytest.mark.parametrize("default_grants", ["exposed", "revoked"])
def test_supabases_own_table_draws_nothing(default_grants: str) -> None:
    report = run(CANONICAL, yaml=f"version: 1\ntarget: {{default_grants: {default_grants}}}\n")
    assert report.findings == ()


# -- places and order ----------------------------------------------------------------------------------------


def test_findings_stand_in_the_order_of_the_files_and_lines() -> None:
    files = {"2_b.sql": LOG, "10_a.sql": "-- none\n\n" + TABLE.replace("blog", "notes")}
    assert brief(lint(project(files), Options(select=(OPEN,))).findings) == [f"{OPEN} 2_b.sql:1", f"{OPEN} 10_a.sql:3"]


def test_columns_count_characters() -> None:
    (finding,) = run("/* Журнал */ " + LOG, OPEN).findings
    assert finding.location
    assert (finding.location.line, finding.location.column) == (1, 14)


def test_a_view_stands_where_it_was_last_replaced_and_not_where_it_was_granted() -> None:
    sql = (
        "create view public.v with (security_invoker = on) as select 1 as one;\n"
        "create or replace view public.v as select 1 as one;\n"
        "grant select on public.v to anon;\n"
    )
    assert brief(run(sql, "security_definer_view").findings) == ["security_definer_view 1_a.sql:2"]


def test_paths_limit_what_is_told_and_not_what_is_read() -> None:
    files = {"1_a.sql": TABLE, "2_b.sql": "alter table public.blog add column title text;\n" + LOG}
    report = lint(project(files), Options(select=(OPEN,), files=frozenset({"2_b.sql"})))
    assert brief(report.findings) == [f"{OPEN} 2_b.sql:2"]


# -- history ---------------------------------------------------------------------------------------------------

HISTORY = {
    "what was there": ("", 1, []),
    "the same table, touched": ("alter table public.blog add column title text;", 1, []),
    "a grant that changes nothing": ("grant select on public.blog to anon;", 1, []),
    "mended": ("alter table public.blog enable row level security;", 0, []),
    "spoilt again": (
        "alter table public.blog enable row level security; alter table public.blog disable row level security;",
        1,
        [],
    ),
    "a new one": (LOG, 1, [f"{OPEN} 2_b.sql:1"]),
}


@pytest.mark.parametrize(("sql", "hidden", "told"), HISTORY.values(), ids=HISTORY.keys())
def test_history(sql: str, hidden: int, told: list[str]) -> None:
    report = lint(project({"1_a.sql": TABLE, "2_b.sql": sql}, applied={"1_a.sql"}), Options(select=(OPEN,)))
    assert (report.history, brief(report.findings)) == (hidden, told)


def test_a_new_statement_that_spoils_an_old_object_is_told() -> None:
    old = TABLE + "alter table public.blog enable row level security;"
    new = "alter table public.blog disable row level security;"
    report = lint(project({"1_a.sql": old, "2_b.sql": new}, applied={"1_a.sql"}), Options(select=(OPEN,)))
    assert (report.history, brief(report.findings)) == (0, [f"{OPEN} 1_a.sql:1"])


def test_a_dropped_index_makes_an_old_foreign_key_a_new_finding() -> None:
    old = "create table public.a (id int primary key); create table public.b (a int references public.a);"
    files = {"1_a.sql": old + "create index b_a on public.b (a);", "2_b.sql": "drop index public.b_a;"}
    report = lint(project(files, applied={"1_a.sql"}), Options(select=("unindexed_foreign_keys",)))
    assert brief(report.findings) == ["unindexed_foreign_keys 1_a.sql:1"]


def test_statements_of_history_are_counted_and_shown_on_demand() -> None:
    made = project({"1_a.sql": "alter table public.gone add column a int;", "2_b.sql": ""}, applied={"1_a.sql"})
    assert lint(made, Options(select=("missing_object",))).history == 1
    assert len(lint(made, Options(select=("missing_object",), everything=True)).findings) == 1


# -- suppressions ----------------------------------------------------------------------------------------------

SUPPRESSIONS = {
    "above": (f"-- pasteproof: ignore {NO_KEY} (a log)\n{LOG}", 1, []),
    "on the same line": (LOG.rstrip() + f" -- pasteproof: ignore {NO_KEY} (a log)\n", 1, []),
    "inside": (LOG.replace("(", f"( -- pasteproof: ignore {NO_KEY} (a log)\n"), 1, []),
    "as a block": (f"/* pasteproof: ignore {NO_KEY} (a log) */ {LOG}", 1, []),
    "several": (f"-- pasteproof: ignore {NO_KEY}, {OPEN} (a log)\n{LOG}", 2, []),
    "of the file": (f"{LOG}-- pasteproof: ignore-file {NO_KEY} (a log)\n", 1, []),
    "of the file, at its end": (f"{LOG}{TABLE}-- pasteproof: ignore-file {NO_KEY} (a log)", 1, []),
    "of another statement": (f"-- pasteproof: ignore {NO_KEY} (a log)\n{TABLE}{LOG}", 0, ["hides nothing"]),
    "without a reason": (f"-- pasteproof: ignore {NO_KEY}\n{LOG}", 0, ["needs its reason"]),
    "with an empty one": (f"-- pasteproof: ignore {NO_KEY} ( )\n{LOG}", 0, ["needs its reason"]),
    "of no rule": (f"-- pasteproof: ignore no_primary_kee (x)\n{LOG}", 0, ["did you mean no_primary_key?"]),
    "in other words": (f"-- pasteproof: please ignore {NO_KEY} (x)\n{LOG}", 0, ["not understood"]),
    "within a string": (f"{LOG}comment on table public.log is '-- pasteproof: ignore {NO_KEY} (x)';", 0, []),
    "after all statements": (f"{LOG}\n\n-- pasteproof: ignore {NO_KEY} (x)\n", 0, ["stands with no statement"]),
}


@pytest.mark.parametrize(("sql", "hidden", "complaints"), SUPPRESSIONS.values(), ids=SUPPRESSIONS.keys())
def test_suppressions(sql: str, hidden: int, complaints: list[str]) -> None:
    report = run(sql, NO_KEY, OPEN, "unused_suppression")
    told = [finding.message for finding in report.findings if finding.rule == "unused_suppression"]
    assert report.suppressed == hidden
    assert len(told) == len(complaints)
    assert all(words in message for message, words in zip(told, complaints, strict=True))
    assert any(finding.rule == NO_KEY for finding in report.findings) is (hidden == 0)


REMEDIES = {
    "no reason": (
        f"-- pasteproof: ignore-file {OPEN}, {NO_KEY}",
        "Write  -- pasteproof: ignore-file rls_disabled_in_public, no_primary_key (why it is right here)",
    ),
    "no rule": ("-- pasteproof: ignore no_primary_kee (x)", "Write the rule as `schema rules` lists it"),
    "other words": ("-- pasteproof: please ignore (x)", "Write  -- pasteproof: ignore RULE (reason)"),
    "no statement": (f"-- pasteproof: ignore {NO_KEY} (x)", "Write it above the statement that it is about"),
}


@pytest.mark.parametrize(("comment", "words"), REMEDIES.values(), ids=REMEDIES.keys())
def test_a_comment_that_counts_for_nothing_is_told_its_remedy(comment: str, words: str) -> None:
    found = run(f"{LOG}\n\n{comment}\n", "unused_suppression").findings
    assert {words in finding.remedy.text for finding in found if finding.remedy} == {True}


def test_a_pattern_and_a_waiver_that_count_for_nothing_are_told_their_remedies() -> None:
    yaml = f"{HEAD}waivers: [{{rule: {NO_KEY}, reason: a log, object: public.log, until: 2026-11-19}}]\n"
    yaml += f"lint: {{per_file_ignore: {{'later/*': [{NO_KEY}]}}}}\n"
    found = run(LOG, NO_KEY, "unused_suppression", yaml=yaml, today=date(2026, 11, 20)).findings
    told = {finding.remedy.text.partition(",")[0] for finding in found if finding.remedy and finding.rule != NO_KEY}
    assert told == {"Do what it waited for and take it out", "Write the file's path as seen from schema.yaml"}


def test_what_is_not_asked_is_not_unused() -> None:
    assert run(f"-- pasteproof: ignore {NO_KEY} (a log)\n{TABLE}", OPEN, "unused_suppression").count(Level.WARN) == 0


def test_what_did_not_parse_can_be_suppressed() -> None:
    sql = "-- pasteproof: ignore statement_rejected (for the next version)\ncreate tabel x (id int);\n"
    report = run(sql, "statement_rejected", "unused_suppression")
    assert (report.findings, report.suppressed) == ((), 1)


WAIVERS = {
    "by name": ("object: public.log", None, 1),
    "by pattern": ('object: "public.*"', None, 1),
    "of another": ("object: public.blog", "hides nothing", 0),
    "until today": ("object: public.log, until: 2026-11-20", None, 1),
    "until yesterday": ("object: public.log, until: 2026-11-19", "ended on 2026-11-19", 0),
}


@pytest.mark.parametrize(("waiver", "complaint", "hidden"), WAIVERS.values(), ids=WAIVERS.keys())
def test_waivers(waiver: str, complaint: str | None, hidden: int) -> None:
    yaml = f"{HEAD}waivers:\n  - {{rule: {NO_KEY}, reason: a log, {waiver}}}\n"
    report = run(LOG, NO_KEY, "unused_suppression", yaml=yaml, today=date(2026, 11, 20))
    told = [finding for finding in report.findings if finding.rule == "unused_suppression"]
    assert report.waived == hidden
    assert [complaint in finding.message for finding in told if complaint] == ([True] if complaint else [])
    assert all(finding.location and finding.location.file == "schema.yaml" for finding in told)


# -- which rules, how loud ---------------------------------------------------------------------------------------


def test_settings_of_schema_yaml() -> None:
    yaml = HEAD + f"lint: {{ignore: [{OPEN}], severity: {{{NO_KEY}: ERROR}}}}\n"
    report = run(LOG, yaml=yaml)
    assert [(finding.rule, finding.level) for finding in report.findings] == [(NO_KEY, Level.ERROR)]


def test_an_opinion_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules()[NO_KEY], "profile", "pedantic")
    asked = {
        "by default": (HEAD, Options()),
        "by schema.yaml": (HEAD + "lint: {profile: pedantic}\n", Options()),
        "by the command": (HEAD, Options(profile="pedantic")),
        "against schema.yaml": (HEAD + "lint: {profile: pedantic}\n", Options(profile="default")),
        "by its severity": (HEAD + f"lint: {{severity: {{{NO_KEY}: WARN}}}}\n", Options()),
        "by its name": (HEAD, Options(select=(NO_KEY,))),
        "by its name, whatever is ignored": (HEAD + f"lint: {{ignore: [{NO_KEY}]}}\n", Options(select=(NO_KEY,))),
    }
    files = {"1_a.sql": LOG}
    told = {
        how: NO_KEY in {finding.rule for finding in lint(project(files, yaml), options).findings}
        for how, (yaml, options) in asked.items()
    }
    assert [how for how, is_told in told.items() if not is_told] == ["by default", "against schema.yaml"]


def test_a_rule_is_not_asked_in_some_files() -> None:
    yaml = HEAD + f'lint: {{per_file_ignore: {{"1_*.sql": [{NO_KEY}]}}}}\n'
    files = {"1_a.sql": LOG, "2_b.sql": LOG.replace("log", "diary")}
    assert brief(lint(project(files, yaml), Options(select=(NO_KEY,))).findings) == [f"{NO_KEY} 2_b.sql:1"]


def test_a_pattern_that_no_file_matches_is_told() -> None:
    yaml = HEAD + f'lint:\n  per_file_ignore:\n    "1_*.sql": [{NO_KEY}]\n    "old/*.sql": [{OPEN}]\n'
    (told,) = run(LOG, NO_KEY, "unused_suppression", yaml=yaml).findings
    assert told.message.startswith("no migration matches 'old/*.sql'")
    assert told.location
    assert (told.location.file, told.location.line) == ("schema.yaml", 6)


@pytest.mark.parametrize(
    ("options", "yaml", "line"),
    [
        (Options(select=("no_primary_kee",)), HEAD, None),
        (Options(ignore=("no_primary_kee",)), HEAD, None),
        (Options(), HEAD + "lint:\n  ignore:\n    - no_primary_kee\n", 5),
    ],
)
def test_a_rule_that_there_is_not(options: Options, yaml: str, line: int | None) -> None:
    with pytest.raises(UnknownRuleError, match="did you mean no_primary_key") as raised:
        lint(project({"1_a.sql": LOG}, yaml), options)
    assert (raised.value.place.line if raised.value.place else None) == line


# -- nothing is said about what is not known -----------------------------------------------------------------------

OPAQUE = "do $$ begin execute format('alter table %I {what}', (select relname from pg_class limit 1)); end $$;\n"
UNKNOWN = {
    OPEN: (TABLE, "enable row level security"),
    "rls_enabled_no_policy": (
        TABLE + "alter table public.blog enable row level security;",
        "disable row level security",
    ),
    NO_KEY: (LOG, "add primary key (line)"),
}


@pytest.mark.parametrize(("rule", "case"), UNKNOWN.items(), ids=UNKNOWN.keys())
def test_no_rule_speaks_of_what_a_statement_may_have_changed(rule: str, case: tuple[str, str]) -> None:
    sql, what = case
    assert len(run(sql, rule).findings) == 1
    assert run(sql + OPAQUE.format(what=what), rule).findings == ()


def test_what_was_made_elsewhere_is_not_judged() -> None:
    yaml = HEAD + "external: [table public.users]\n"
    report = run("create policy p on public.users for select to authenticated using (id is not null);", yaml=yaml)
    assert [finding.rule for finding in report.findings] == ["not_repeatable"]


# -- secrets ---------------------------------------------------------------------------------------------------------

SERVICE_KEY = (  # {"alg":"HS256"} . {"role":"service_role","iss":"supabase"}
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIiwiaXNzIjoic3VwYWJhc2UifQ.c2lnbmF0dXJlLW9mLXRoaXMta2V5"
)
ANON_KEY = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiIsImlzcyI6InN1cGFiYXNlIn0.c2lnbmF0dXJlLW9mLXRoaXMta2V5"
DEMO_KEY = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIiwiaXNzIjoic3VwYWJhc2UtZGVtbyJ9.c2lnbmF0dXJlLW9mLXRoaXM"
SECRETS = {
    "a service_role key": (f"select '{SERVICE_KEY}';", SERVICE_KEY),
    "a Supabase secret key": ("select 'sb_secret_{}';", "sb_secret_" + "Ab3" * 8),
    "a Supabase access token": ("-- {}", "sbp_" + "0a" * 20),
    "a password in a connection string": ("-- postgres://me:{}@db.example.com/x", "Gehe1mnis"),
    "a Stripe key": ("select '{}';", "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"),
    "a GitHub token": ("select '{}';", "ghp_" + "a1B2" * 9),
    "an AWS access key": ("select '{}';", "AKIA" + "ABCDEFGH12345678"),
    "a role's password": ("alter role postgres with password '{}';", "geheim-und-lang-genug"),
    "a secret for the vault": ("select vault.create_secret('{}', 'name');", "my-quiet-little-secret"),
    "a password or secret": ("create rol x password '{}';", "geheim-und-lang-genug"),
    "a private key": (
        "select '{}';",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
    ),
}


@pytest.mark.parametrize(("kind", "case"), SECRETS.items(), ids=SECRETS.keys())
def test_a_secret_is_told_and_never_repeated(kind: str, case: tuple[str, str]) -> None:
    from pasteproof.checks.output import json, text

    form, secret = case
    report = run("create table public.log (line text);\n" + form.replace("{}", secret))
    (finding,) = (each for each in report.findings if each.rule == "secret_in_sql")
    assert kind in finding.message
    assert finding.location
    assert finding.location.line == 2
    for output in (text.render(report), text.render(report, color=True), json.render(report)):
        for part in (each for each in secret.split() if "-----" not in each and each != "PRIVATE"):
            assert part[:-4] not in output
            assert part[4:] not in output
            assert part[-4:] not in output or "password" not in kind, "what somebody thought up has no tail to show"


@pytest.mark.parametrize(
    "text",
    [
        ANON_KEY,
        DEMO_KEY,
        "postgresql://postgres:postgres@127.0.0.1:54322/postgres",
        "postgresql://postgres.ref:[YOUR-PASSWORD]@aws-0-eu-central-1.pooler.supabase.com:5432/postgres",
        "postgresql://user:${DB_PASSWORD}@host/db",
        "https://example.com/a:b",
        "https://example.com:8080/x@y",
    ],
)
def test_what_is_public_or_a_placeholder_is_no_secret(text: str) -> None:
    assert run(f"-- {text}\nselect '{text}';", "secret_in_sql").findings == ()


def test_a_secret_of_schema_yaml_is_told_and_hidden_too() -> None:
    secret = "sb_secret_" + "Ab3" * 8
    yaml = HEAD + f"expect: {{tables: {{public.t: {{columns: {{a: \"text default '{secret}'\"}}}}}}}}\n"
    report = run("create table public.t (a text);", "secret_in_sql", "object_differs", yaml=yaml)
    assert {each.rule for each in report.findings} == {"secret_in_sql", "object_differs"}
    assert secret not in "".join(map(repr, report.findings))


def test_a_secret_stays_hidden_in_the_findings_of_other_rules() -> None:
    from pasteproof.checks.output import json, text

    sql = f"create policy \"{SERVICE_KEY[:60]}\" on public.gone using (key = '{SERVICE_KEY}');"
    report = run(sql, "missing_object", "missing_to")
    assert report.findings
    for output in (text.render(report), json.render(report)):
        assert SERVICE_KEY not in output
