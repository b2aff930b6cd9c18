"""Splinter's lints, row for row: what its own SQL returned on PostgreSQL 15 for each case, and what is found offline.

A case is ``advisor/<about>.sql``: statements, all of which apply, and behind them a line ``-- row: LEVEL name
cache_key`` for each row that supabase/splinter 55db5b1 returned (the empty project's own left out). Where the first
lines say ``-- schema.yaml: exposed: [...]``, those were ``pgrst.db_schemas``.
"""

import re
from pathlib import Path

import pytest

from pasteproof.checks.finding import Level
from pasteproof.checks.lint import Options, lint
from pasteproof.checks.rule import rules

from .projects import project

CASES = sorted((Path(__file__).parent / "advisor").glob("*.sql"))
ROW = "-- row: "
LINTS = tuple(name for name, rule in rules().items() if rule.splinter)
NOT_IN_CASES = {"foreign_table_in_api"}  # the server would need a superuser


def rows(sql: str) -> list[str]:
    exposed = re.search(r"^-- schema.yaml: (exposed: \[.*\])$", sql, re.MULTILINE)
    target = f"default_grants: exposed{', ' + exposed[1] if exposed else ''}"
    found = lint(project({"1_case.sql": sql}, f"version: 1\ntarget: {{{target}}}\n"), Options(select=LINTS)).findings
    return sorted(f"{finding.level.value} {finding.rule} {key}" for finding in found for key in finding.cache_keys)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_rows_are_those_of_splinter(path: Path) -> None:
    sql = path.read_text("utf-8")
    measured = [line.removeprefix(ROW) for line in sql.splitlines() if line.startswith(ROW)]
    assert rows(sql) == measured


def test_every_lint_has_a_measured_row() -> None:
    told = {line.split()[3] for path in CASES for line in path.read_text("utf-8").splitlines() if line.startswith(ROW)}
    assert told == set(LINTS) - NOT_IN_CASES


def test_a_body_with_carriage_returns_is_digested_as_the_server_keeps_it() -> None:
    (row,) = rows("create function public.windows() returns int language sql as $$\r\n  select 1\r\n$$;\r\n")
    assert row.endswith("function_search_path_mutable_public_windows_ddf1f13f7c217bf562e59bf432c5daf9")


def test_every_finding_of_a_lint_has_a_key() -> None:
    for path in CASES:
        found = lint(project({"1_case.sql": path.read_text("utf-8")}), Options(select=LINTS)).findings
        assert all(finding.cache_keys for finding in found)
        keys = [(finding.rule, key) for finding in found for key in finding.cache_keys]
        assert len(keys) == len(set(keys)), "one cause, one finding"


# -- what other tools get wrong ----------------------------------------------------------------------------------

OPEN = "create table public.note (id int primary key, user_id uuid);\n"
POLICY = "create policy own on public.note to authenticated using ((select auth.uid()) = user_id);\n"
SAFE = OPEN + "alter table public.note enable row level security;\n" + POLICY

FALSE_PROOFS_AND_ALARMS = {
    "row level security is switched on in a DO block": (
        OPEN + "do $$ begin alter table public.note enable row level security; end $$;" + POLICY,
        {},
    ),
    "... by EXECUTE": (
        OPEN + "do $$ begin execute 'alter table public.note enable row level security'; end $$;" + POLICY,
        {},
    ),
    "... in a loop over an array": (
        OPEN
        + "create table public.page (id int primary key);\n"
        + "do $$ declare t text; begin foreach t in array array['note', 'page'] loop\n"
        + "execute format('alter table public.%I enable row level security', t); end loop; end $$;\n"
        + POLICY
        + "create policy own on public.page to authenticated using (id = 1);",
        {},
    ),
    "... in a loop over the catalog": (
        OPEN
        + "do $$ declare r record; begin\n"
        + "for r in select tablename from pg_tables where schemaname = 'public' loop\n"
        + "execute format('alter table public.%I enable row level security', r.tablename); end loop; end $$;\n"
        + POLICY,
        {},
    ),
    "... and off again there": (
        SAFE + "do $$ begin alter table public.note disable row level security; end $$;",
        {"policy_exists_rls_disabled": "public.note", "rls_disabled_in_public": "public.note"},
    ),
    "a policy is opened later": (
        SAFE + "alter policy own on public.note using (true) with check (true);",
        {"rls_policy_always_true": "own on public.note"},
    ),
    "a policy is closed later": (
        OPEN
        + "alter table public.note enable row level security;\n"
        + "create policy own on public.note to authenticated using (true);\n"
        + "alter policy own on public.note using ((select auth.uid()) = user_id);",
        {},
    ),
    "a table is renamed later": (
        OPEN + "alter table public.note rename to memo; alter table public.memo enable row level security;\n"
        "create policy own on public.memo to authenticated using ((select auth.uid()) = user_id);",
        {},
    ),
    "a safe table is renamed, and an open one made under its name": (
        SAFE + "alter table public.note rename to memo;\n" + OPEN,
        {"rls_disabled_in_public": "public.note"},
    ),
    "a table is dropped later": (OPEN + "drop table public.note;", {}),
    "a table is dropped with its schema": (
        (
            "create schema old; create table public.note (id int primary key); alter table public.note set schema old;"
            "drop schema old cascade;"
        ),
        {},
    ),
    "a policy is dropped with its column": (
        SAFE + "alter table public.note drop column user_id cascade;",
        {"rls_enabled_no_policy": "public.note"},
    ),
    "an unqualified name, along the search_path": (
        (
            "create schema app; set search_path = app, public;\n"
            "create table note (id int primary key); alter table app.note enable row level security;\n"
            "create policy own on note to authenticated using (id = 1);"
        ),
        {},
    ),
    "... which is another table than that of public": (
        (
            "create schema app; create table public.note (id int primary key); set search_path = app, public;\n"
            "create table note (id int primary key); alter table note enable row level security;\n"
            "create policy own on note to authenticated using (id = 1);"
        ),
        {"rls_disabled_in_public": "public.note"},
    ),
    "a view is made an invoker later": (
        SAFE + "create view public.notes as select * from public.note;\n"
        "alter view public.notes set (security_invoker = true);",
        {},
    ),
    "... and its owner's again": (
        SAFE + "create view public.notes with (security_invoker = true) as select * from public.note;\n"
        "alter view public.notes reset (security_invoker);",
        {"security_definer_view": "public.notes"},
    ),
    "... by a replacement that leaves the option out": (
        SAFE + "create view public.notes with (security_invoker = true) as select * from public.note;\n"
        "create or replace view public.notes as select * from public.note;",
        {"security_definer_view": "public.notes"},
    ),
    "a table without row level security that no client may read": (
        OPEN + "revoke all on public.note from anon, authenticated;",
        {},
    ),
    "... one role of two": (
        OPEN + "revoke all on public.note from anon;",
        {"rls_disabled_in_public": "public.note"},
    ),
    "... which is granted to everybody again": (
        OPEN + "revoke all on public.note from anon, authenticated; grant select on public.note to public;",
        {"rls_disabled_in_public": "public.note"},
    ),
    "a schema that the API does not serve": (
        (
            "create schema private; create table private.note (id int primary key);\n"
            "grant usage on schema private to anon, authenticated; grant all on private.note to anon, authenticated;"
        ),
        {},
    ),
    "a partition of a protected table": (
        (
            "create table public.log (id int, day date, primary key (id, day)) partition by range (day);\n"
            "alter table public.log enable row level security;\n"
            "create policy own on public.log to authenticated using (id = 1);\n"
            "create table public.log_1 partition of public.log for values from ('2026-01-01') to ('2027-01-01');"
        ),
        {"rls_disabled_in_public": "public.log_1"},
    ),
    "... that is protected itself": (
        (
            "create table public.log (id int, day date, primary key (id, day)) partition by range (day);\n"
            "alter table public.log enable row level security;\n"
            "create policy own on public.log to authenticated using (id = 1);\n"
            "create table public.log_1 partition of public.log for values from ('2026-01-01') to ('2027-01-01');\n"
            "alter table public.log_1 enable row level security;"
        ),
        {"rls_enabled_no_policy": "public.log_1"},
    ),
}


@pytest.mark.parametrize(("sql", "expected"), FALSE_PROOFS_AND_ALARMS.values(), ids=list(FALSE_PROOFS_AND_ALARMS))
def test_what_other_tools_get_wrong(sql: str, expected: dict[str, str]) -> None:
    found = lint(project({"1_a.sql": sql}), Options(select=LINTS)).findings
    about = {finding.rule: finding.object.identity for finding in found if finding.object}
    assert {rule: about[rule] for rule in about if rule != "no_primary_key"} == expected


# -- what is right ---------------------------------------------------------------------------------------------

CANONICAL = {
    "a policy for each command": """
        create table public.todo (
          id uuid primary key default gen_random_uuid(),
          user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
          title text not null,
          made_at timestamptz not null default now()
        );
        create index todo_user_id_idx on public.todo (user_id);
        alter table public.todo enable row level security;
        grant select, insert, update, delete on public.todo to authenticated;
        create policy "read own" on public.todo for select to authenticated using ((select auth.uid()) = user_id);
        create policy "add own" on public.todo for insert to authenticated with check ((select auth.uid()) = user_id);
        create policy "change own" on public.todo for update to authenticated
          using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
        create policy "remove own" on public.todo for delete to authenticated using ((select auth.uid()) = user_id);
    """,
    "one policy for all of them": """
        create table todo (id bigint generated always as identity primary key, owner uuid not null references auth.users
          on delete cascade);
        create index on todo using btree (owner);
        alter table todo enable row level security;
        create policy own on todo to authenticated using (owner = (select auth.uid()));
    """,
    "a profile, its key the user's": """
        create table public.profile (id uuid not null references auth.users on delete cascade, primary key (id));
        alter table public.profile enable row level security;
        create policy own on public.profile for all to authenticated
          using ((select auth.uid()) = id) with check ((select auth.uid()) = id);
    """,
    "revoked from anon": """
        create table public.todo (id int primary key, user_id uuid not null references auth.users on delete cascade);
        create index on public.todo (user_id);
        alter table public.todo enable row level security;
        revoke all on public.todo from anon;
        grant all on public.todo to authenticated, service_role;
        create policy own on public.todo to authenticated using ((select auth.uid()) = user_id);
    """,
    "by membership": """
        create table public.team (id int primary key);
        create table public.member (
          team_id int references public.team on delete cascade,
          user_id uuid references auth.users on delete cascade,
          primary key (team_id, user_id)
        );
        create index on public.member (user_id);
        create table public.todo (id int primary key, team_id int not null references public.team on delete cascade);
        create index on public.todo (team_id);
        alter table public.team enable row level security;
        alter table public.member enable row level security;
        alter table public.todo enable row level security;
        create policy mine on public.member for select to authenticated using ((select auth.uid()) = user_id);
        create policy mine on public.team for select to authenticated
          using (id in (select team_id from public.member where user_id = (select auth.uid())));
        create policy mine on public.todo for select to authenticated
          using (team_id in (select team_id from public.member where user_id = (select auth.uid())));
    """,
}


@pytest.mark.parametrize("sql", CANONICAL.values(), ids=list(CANONICAL))
@pytest.mark.parametrize("grants", ["exposed", "revoked"])
def test_the_canonical_table_is_right(sql: str, grants: str) -> None:
    if grants == "revoked" and "grant" not in sql:
        sql += "grant select, insert, update, delete on all tables in schema public to authenticated;"
    yaml = f"version: 1\ntarget: {{default_grants: {grants}}}\n"
    found = lint(project({"1_a.sql": sql}, yaml), Options()).findings
    assert [finding for finding in found if finding.level >= Level.WARN] == []


def test_copies_of_a_foreign_key_are_named_otherwise_since_18() -> None:
    sql = """
        create table public.pt (id int, k int, primary key (id, k)) partition by list (k);
        create table public.pt1 partition of public.pt for values in (1);
        create table public.pt2 partition of public.pt for values in (2);
        create table public.t (a int, b int, constraint rfk foreign key (a, b) references public.pt);
    """
    names = {
        majors: [
            key.removeprefix("unindexed_foreign_keys_public_t_")
            for finding in lint(
                project({"1_a.sql": sql}, f"version: 1\ntarget: {{default_grants: exposed, postgres: [{majors}]}}\n"),
                Options(select=("unindexed_foreign_keys",)),
            ).findings
            for key in finding.cache_keys
        ]
        for majors in ("15", "17", "18")
    }
    before = ["rfk", "t_a_b_fkey", "t_a_b_fkey1"]
    assert names == {"15": before, "17": before, "18": ["rfk", "rfk_1", "rfk_2"]}
