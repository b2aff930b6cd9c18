"""Other SQL was run than was meant, and somebody ticked the boxes: the grid of verify.sql tells every difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pasteproof.bundle.evidence import Decision
from pasteproof.connect import editor
from pasteproof.tests.bundle.pasting import LANGUAGES, example, example_bundle, judged, pasted, reported, shown

if TYPE_CHECKING:
    from pathlib import Path

    from pasteproof.connect.server import Database

# What the migration says, and what was run instead: each once in its text.
BY_HAND = [
    (
        (
            "create index idx_integration_logs_related_entity\n"
            "  on public.integration_logs (related_entity_type, related_entity_id);"
        ),
        "create index idx_integration_logs_entity\n  on public.integration_logs (related_entity_id);",
    ),
    (
        (
            "create index idx_integration_logs_dashboard\n"
            "  on public.integration_logs (service_name, status, created_at desc);"
        ),
        "create index idx_integration_logs_error\n  on public.integration_logs (error_code) where error_code <> '';",
    ),
    (
        "  date_trunc('hour', created_at) as hour,\n  count(*) as count,\n",
        "  date_trunc('hour', created_at) as hour,\n",
    ),
    (
        "  date_trunc('day', created_at) as day,\n  count(*) as count,\n",
        "  date_trunc('day', created_at) as date,\n  count(*) as total,\n",
    ),
    (
        (
            'create policy "authenticated can read logs" on public.integration_logs\n'
            "  for select to authenticated\n  using (true);"
        ),
        (
            'create policy "Service role full access" on public.integration_logs\n'
            "  for all to service_role using (true);\n"
            'create policy "Users can view" on public.integration_logs'
            "\n  for select to anon, authenticated using (true);"
        ),
    ),
    ("\n\n  delete from public.integration_logs\n  where created_at < now() - interval '180 days';", ""),
]

LOGS = "public.integration_logs"
TOLD = [
    ("index", "public.idx_integration_logs_related_entity", "exists", "yes", "no"),
    ("index", "public.idx_integration_logs_dashboard", "exists", "yes", "no"),
    ("index", "public.idx_integration_logs_entity", "exists", "no", "yes"),
    ("index", "public.idx_integration_logs_error", "exists", "no", "yes"),
    ("view", "public.integration_stats_hourly", "columns", '"count"', None),
    ("view", "public.integration_stats_hourly", "definition", "count(*) AS count", None),
    ("view", "public.integration_stats_daily", "columns", '"day"', '"date"'),
    ("view", "public.integration_stats_daily", "definition", "AS day", "AS date"),
    ("policy", f'"authenticated can read logs" on {LOGS}', "exists", "yes", "no"),
    ("policy", f'"Service role full access" on {LOGS}', "exists", "no", "yes"),
    ("policy", f'"Users can view" on {LOGS}', "exists", "no", "yes"),
    ("function", "public.cleanup_old_integration_logs()", "body", "", ""),
    ("migration", "004", "registered", "yes", "no"),
]


def _by_hand() -> str:
    text = example().pending[0].source.text
    for meant, done in BY_HAND:
        assert text.count(meant) == 1, meant
        text = text.replace(meant, done)
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_sql_was_run_by_hand(language: str, database: Database, folders: dict[str, Path], tmp_path: Path) -> None:
    assert editor.run(database.dsn(), _by_hand()).error is None
    result = shown(editor.run(database.dsn(), example_bundle(language).files["verify.sql"]))
    judgement = judged(example_bundle(language), result)
    assert judgement.decision is Decision.REJECTED
    wrong = {(answer.kind, answer.object, answer.attribute): answer for answer in judgement.wrong}
    for kind, name, attribute, expected, actual in TOLD:
        answer = wrong[kind, name, attribute]
        assert expected in (answer.expected or "no"), (kind, name, attribute)
        assert actual is None or actual in (answer.actual or ""), (kind, name, attribute)
        assert answer.expected != answer.actual
    # What was not changed is not accused: the rest of the wrong rows are attributes of what is missing.
    gone = {(kind, name) for kind, name, attribute, expected, _ in TOLD if (attribute, expected) == ("exists", "yes")}
    assert {key for key in wrong if key[:2] not in gone} == {row[:3] for row in TOLD if row[:2] not in gone}

    (tmp_path / "result.json").write_text(result, "utf-8")
    code, said, report = reported(folders[language], tmp_path / "result.json")
    assert code == 1, said
    for _, name, _, _, _ in TOLD:
        assert name.replace("|", "\\|") in report, name


DAILY = "public.integration_stats_daily"
CLEANUP = "public.cleanup_old_integration_logs()"
READ = f'"authenticated can read logs" on {LOGS}'
FAILED = "public.idx_integration_logs_failed"

# What was run after the bundle, and the kind, object and attribute of the row that tells it.
ALTERED = [
    (f"create policy leak on {LOGS} using (true)", "policy", f"leak on {LOGS}", "exists"),
    (f"alter policy {READ} to public", "policy", READ, "roles"),
    (f"alter policy {READ} using (status <> '')", "policy", READ, "using"),
    (f"drop policy {READ}", "policy", READ, "exists"),
    (
        (f"drop policy {READ}; create policy {READ} as restrictive for select to authenticated "
        "using (true)"),
        "policy", READ, "permissive",
    ),
    (f"grant select on {LOGS} to anon", "privilege", f"table {LOGS}", "anon"),
    (f"grant select on {LOGS} to public", "privilege", f"table {LOGS}", "public"),
    (f"grant truncate on {LOGS} to authenticated", "privilege", f"table {LOGS}", "authenticated"),
    (f"grant select on {LOGS} to authenticated with grant option", "privilege", f"table {LOGS}", "authenticated"),
    (f"revoke insert on {LOGS} from service_role", "privilege", f"table {LOGS}", "service_role"),
    (f"grant select (status) on {LOGS} to anon", "privilege", f"column {LOGS}.status", "anon"),
    (f"grant select on {DAILY} to anon", "privilege", f"view {DAILY}", "anon"),
    (f"grant execute on function {CLEANUP} to anon", "privilege", f"function {CLEANUP}", "anon"),
    (
        ("create function f() returns trigger language plpgsql as 'begin return new; end'; "
        f"create trigger spy after insert on {LOGS} for each row execute function f()"),
        "trigger", f"spy on {LOGS}", "exists",
    ),
    (f"create index one_more on {LOGS} (action)", "index", "public.one_more", "exists"),
    (f"drop index {FAILED}", "index", FAILED, "exists"),
    (
        (f"drop index {FAILED}; "
        f"create index idx_integration_logs_failed on {LOGS} (service_name, created_at desc) where status = 'pending'"),
        "index", FAILED, "definition",
    ),
    (f"alter table {LOGS} add one_more text", "column", f"{LOGS}.one_more", "exists"),
    (f"alter table {LOGS} alter retry_count set default 1", "column", f"{LOGS}.retry_count", "default"),
    (f"alter table {LOGS} alter retry_count drop default", "column", f"{LOGS}.retry_count", "default"),
    (f"alter table {LOGS} alter action drop not null", "column", f"{LOGS}.action", "not_null"),
    (f"alter table {LOGS} add constraint more check (action <> '')", "constraint", f"more on {LOGS}", "exists"),
    (
        (f"alter table {LOGS} drop constraint integration_logs_status_check, "
        "add constraint integration_logs_status_check check (status in ('success', 'failed'))"),
        "constraint", f"integration_logs_status_check on {LOGS}", "definition",
    ),
    (
        f"alter publication supabase_realtime add table {LOGS}",
        "publication_member", f"{LOGS} in publication supabase_realtime", "exists",
    ),
    (f"alter table {LOGS} disable row level security", "table", LOGS, "row_security"),
    (f"alter table {LOGS} force row level security", "table", LOGS, "force_row_security"),
    (f"alter view {DAILY} reset (security_invoker)", "view", DAILY, "options"),
    (f"alter view {DAILY} set (security_invoker = off)", "view", DAILY, "options"),
    (f"alter function {CLEANUP} security definer", "function", CLEANUP, "security_definer"),
    (f"alter function {CLEANUP} reset search_path", "function", CLEANUP, "config"),
    (f"comment on table {LOGS} is 'other'", "comment", f"on table {LOGS}", "text"),
    (f"comment on column {LOGS}.status is null", "comment", f"on column {LOGS}.status", "exists"),
    (f"create rule silent as on insert to {LOGS} do instead nothing", "rule", f"silent on {LOGS}", "exists"),
    (
        f"create view public.leak as select * from {LOGS}",
        "reader",
        f"public.leak reads {LOGS}",
        "exists",
    ),
    (f"create table public.part () inherits ({LOGS})", "child", f"public.part of {LOGS}", "exists"),
]  # fmt: skip
# What postgres may not do on the platform, but a service or a superuser can have done.
BY_OTHERS = [
    (f"alter table {LOGS} owner to supabase_admin", "table", LOGS, "owner"),
    (f"alter view {DAILY} owner to supabase_admin", "view", DAILY, "owner"),
    (f"alter function {CLEANUP} owner to supabase_admin", "function", CLEANUP, "owner"),
    ("create publication p for all tables", "publication_member", f"{LOGS} in publication p", "exists"),
    ("create publication p for tables in schema public", "publication_member", f"{LOGS} in publication p", "exists"),
]
LEFT = [("postgres", *row) for row in ALTERED] + [("supabase_admin", *row) for row in BY_OTHERS]


@pytest.mark.parametrize(("user", "sql", "kind", "name", "attribute"), LEFT, ids=[row[1] for row in LEFT])
def test_what_was_left_or_changed_is_found(
    *, user: str, sql: str, kind: str, name: str, attribute: str, database: Database
) -> None:
    bundle = example_bundle()
    assert pasted(database, bundle).decision is Decision.ACCEPTED
    assert editor.run(database.dsn(user), sql).error is None
    judgement = pasted(database, bundle, "verify.sql")
    assert judgement.decision is Decision.REJECTED
    assert (kind, name, attribute) in {(answer.kind, answer.object, answer.attribute) for answer in judgement.wrong}


@pytest.mark.parametrize(
    ("before", "fact"),
    [
        ("begin; create table public.later ();", "alone"),
        ("begin;\n", "alone"),
        ("create table public.later ();", "alone"),
        ("set role anon;", "alone"),
    ],
)
def test_verify_shows_what_is_stored_only_where_it_stands_alone(before: str, fact: str, database: Database) -> None:
    """Somebody opens a transaction, puts things right in it, looks, and never commits."""
    bundle = example_bundle()
    assert pasted(database, bundle).decision is Decision.ACCEPTED
    judgement = judged(bundle, shown(editor.run(database.dsn(), before + bundle.files["verify.sql"])))
    assert not judgement.decision.accepted
    if judgement.error is None:
        assert fact in {answer.attribute for answer in judgement.wrong if answer.kind == "paste"}


def test_verify_of_a_changed_text_is_rejected(database: Database) -> None:
    bundle = example_bundle()
    assert pasted(database, bundle).decision is Decision.ACCEPTED
    assert editor.run(database.dsn(), f"create index one_more on {LOGS} (action)").error is None
    text = bundle.files["verify.sql"]
    softened = text.replace("'FAIL' end as verdict", "'pass' end as verdict")
    assert softened != text
    judgement = judged(bundle, shown(editor.run(database.dsn(), softened)))
    assert judgement.decision is Decision.REJECTED
    assert "unchanged" in {answer.attribute for answer in judgement.wrong}


EVIL = """create schema evil;
create function evil.current_query() returns text language sql as 'select null::text';
create function evil.md5(text) returns text language sql as $$ select 'x' $$;
create table evil.pg_class (oid oid); create table evil.pg_policy (polname name);
"""
OPERATORS = """create function evil.equal(text, text) returns boolean language sql immutable as 'select true';
create operator evil.= (leftarg = text, rightarg = text, function = evil.equal);
create operator evil.<> (leftarg = text, rightarg = text, function = evil.equal);
"""


@pytest.mark.parametrize(("made", "decision"), [(EVIL, Decision.ACCEPTED), (EVIL + OPERATORS, Decision.ROLLED_BACK)])
def test_nothing_of_a_database_stands_in_for_the_servers_own(made: str, decision: Decision, database: Database) -> None:
    """Where the search_path puts other operators first, the migration means something else, and that is told."""
    path = f"alter role postgres in database {database.name} set search_path = evil, pg_catalog, public"
    assert editor.run(database.dsn(), made + path).error is None
    bundle = example_bundle()
    judgement = pasted(database, bundle)
    assert judgement.decision is decision
    if judgement.error:
        assert "constraint integration_logs_status_check" in judgement.error.detail
        return
    assert editor.run(database.dsn(), f"create policy leak on {LOGS} using (true)").error is None
    assert pasted(database, bundle, "verify.sql").decision is Decision.REJECTED
