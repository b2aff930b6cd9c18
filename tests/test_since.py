"""Findings that are not new: a baseline, or what a git revision had already; and what became of applied files."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pasteproof.checks.cause import Cause, cause_of, fingerprints
from pasteproof.checks.lint import Earlier, Options, Report, lint
from pasteproof.schema.changed import Revision
from pasteproof.schema.project import load
from pasteproof.schema.revision import RevisionError, at_revision

from .projects import project

TABLE = "create table public.blog (id int primary key);\n"
LOG = "create table public.log (line text);\n"
LOCKED = "alter table public.blog enable row level security;\n"
OPEN, NO_KEY = "rls_disabled_in_public", "no_primary_key"
HEAD = "version: 1\ntarget: {default_grants: exposed}\n"
APPLIED = HEAD + 'applied_until: {version: "1"}\n'


def since(before: dict[str, str], now: dict[str, str], *rules: str, yaml: str = HEAD, old_yaml: str = HEAD) -> Report:
    earlier = Earlier(Revision(name="main", project=project(before, old_yaml)))
    return lint(project(now, yaml), Options(select=rules, since=earlier))


def told(report: Report) -> list[str]:
    return [f"{f.rule} {f.location.file if f.location else '-'}" for f in report.findings]


SINCE = {
    "nothing new": ({"1_a.sql": TABLE}, {"1_a.sql": TABLE}, 1, []),
    "lines that moved": ({"1_a.sql": TABLE}, {"1_a.sql": "-- a word\n\n" + TABLE}, 1, []),
    "a file with a new version": ({"1_a.sql": "select * from gone;"}, {"9_a.sql": "select * from gone;"}, 1, []),
    "a new table": ({"1_a.sql": TABLE}, {"1_a.sql": TABLE, "2_b.sql": LOG}, 1, [f"{OPEN} 2_b.sql"]),
    "an old table that a new file spoils": (
        {"1_a.sql": TABLE + LOCKED},
        {"1_a.sql": TABLE + LOCKED, "2_b.sql": "alter table public.blog disable row level security;"},
        0,
        [f"{OPEN} 1_a.sql"],
    ),
    "the same fault once more": (
        {"1_a.sql": TABLE + TABLE},
        {"1_a.sql": TABLE + TABLE, "2_b.sql": TABLE},
        2,
        ["object_exists 2_b.sql"],
    ),
    "no file at all": ({}, {"1_a.sql": LOG}, 0, [f"{OPEN} 1_a.sql"]),
}


@pytest.mark.parametrize(("before", "now", "old", "new"), SINCE.values(), ids=SINCE.keys())
def test_what_is_new_since_a_revision(before: dict[str, str], now: dict[str, str], old: int, new: list[str]) -> None:
    report = since(before, now, OPEN, "missing_object", "object_exists")
    assert (report.old, told(report)) == (old, new)


def test_a_schema_that_is_served_from_now_on_is_new() -> None:
    files = {"1_a.sql": "create schema api;\ngrant usage on schema api to anon;\ncreate table api.t (id int);\n"
             "grant select on api.t to anon;\n"}  # fmt: skip
    served = "version: 1\ntarget: {default_grants: exposed, exposed: [api]}\n"
    assert told(since(files, files, OPEN, yaml=served)) == [f"{OPEN} 1_a.sql"]
    assert told(since(files, files, OPEN, yaml=served, old_yaml=served)) == []


def test_a_waiver_that_was_taken_away_is_new_and_a_severity_is_not() -> None:
    files = {"1_a.sql": LOG}
    waived = f"{HEAD}waivers:\n  - {{rule: {NO_KEY}, reason: a log}}\n"
    louder = f"{HEAD}lint: {{severity: {{{NO_KEY}: ERROR}}}}\n"
    assert told(since(files, files, NO_KEY, old_yaml=waived)) == [f"{NO_KEY} 1_a.sql"]
    assert told(since(files, files, NO_KEY, yaml=louder)) == []


# -- baselines ---------------------------------------------------------------------------------------------------


def test_a_baseline_hides_what_it_knows_and_tells_what_is_gone() -> None:
    from collections import Counter

    first = lint(project({"1_a.sql": TABLE + LOG}), Options(select=(OPEN, NO_KEY)))
    baseline = Counter(map(cause_of, first.findings))
    assert len(baseline) == 3
    again = lint(project({"1_a.sql": "\n" + TABLE + LOG}), Options(select=(OPEN, NO_KEY), baseline=baseline))
    assert (again.findings, again.known, again.gone) == ((), 3, ())
    mended = lint(project({"1_a.sql": TABLE + LOCKED + LOG}), Options(select=(OPEN, NO_KEY), baseline=baseline))
    assert (mended.findings, mended.known) == ((), 2)
    assert [(cause.rule, cause.object) for cause in mended.gone] == [(OPEN, "table public.blog")]
    other = lint(project({"1_a.sql": TABLE + LOCKED + LOG}), Options(select=(NO_KEY,), baseline=baseline))
    assert other.gone == ()  # of a rule that is not asked nothing is said
    worse = "create table public.diary (line text);\n"
    more = lint(project({"1_a.sql": TABLE + LOG, "2_b.sql": worse}), Options(select=(NO_KEY,), baseline=baseline))
    assert told(more) == [f"{NO_KEY} 2_b.sql"]


def test_what_has_become_history_is_not_gone() -> None:
    from collections import Counter

    baseline = Counter(map(cause_of, lint(project({"1_a.sql": LOG}), Options(select=(NO_KEY,))).findings))
    applied = project({"1_a.sql": LOG}, applied={"1_a.sql"})
    report = lint(applied, Options(select=(NO_KEY,), baseline=baseline))
    assert (report.history, report.known, report.gone) == (1, 0, ())


def test_a_fingerprint_is_one_of_its_own_and_stays() -> None:
    sql = "select * from gone;\ncreate table gone ();\ndrop table gone;\nselect * from gone;"
    findings = lint(project({"1_a.sql": sql}), Options(select=("missing_object",))).findings
    moved = lint(project({"7_a.sql": f"\n\n{sql}"}), Options(select=("missing_object",))).findings
    assert len(findings) == 2
    assert len(set(fingerprints(findings))) == 2
    assert fingerprints(findings) == fingerprints(moved)
    assert Cause("a", "b", "c").digest() != Cause("a", "bc", "").digest()


# -- git -----------------------------------------------------------------------------------------------------------

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """A repository with the project in a folder of it."""

    def run(*arguments: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *identity, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    run("init", "--quiet", "--initial-branch=main")
    folder = tmp_path / "web" / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / "web" / "schema.yaml").write_text(APPLIED)
    (folder / "1_a.sql").write_text(TABLE)
    (folder / "2_b.sql").write_text("select 1;\n")
    (tmp_path / "seed.sql").write_text("not of the project\n")
    run("add", "--all")
    run("commit", "--quiet", "--message=one")
    return run


def compared(tmp_path: Path, name: str = "HEAD", *rules: str) -> Report:
    web = tmp_path / "web"
    now = load(web)
    earlier = Earlier(at_revision(now, web, name))
    return lint(now, Options(select=rules or ("applied_migration_changed",), since=earlier, everything=True))


def test_the_files_of_a_revision(git: Git, tmp_path: Path) -> None:
    folder = tmp_path / "web" / "supabase" / "migrations"
    (folder / "3_c.sql").write_text(LOG)
    (folder / "2_b.sql").write_text("select 2;\n")
    before = git("status", "--porcelain")
    web = tmp_path / "web"
    revision = at_revision(load(web), web, "HEAD")
    assert [(each.shown, each.source.text, each.applied) for each in revision.project.migrations] == [
        ("supabase/migrations/1_a.sql", TABLE, True),
        ("supabase/migrations/2_b.sql", "select 1;\n", False),
    ]
    assert revision.project.problems == ()
    assert git("status", "--porcelain") == before
    assert told(compared(tmp_path, "HEAD", OPEN)) == [f"{OPEN} supabase/migrations/3_c.sql"]
    assert compared(tmp_path, "main...", OPEN).old == 1


def test_within_a_hook_git_looks_where_it_is_told(git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "nowhere/index")
    assert told(compared(tmp_path)) == []
    monkeypatch.undo()
    assert git("status", "--porcelain") == ""


CHANGES = {
    "untouched": (lambda folder: folder.is_dir(), []),
    "edited": (
        lambda folder: (folder / "1_a.sql").write_text("-- more\n" + TABLE),
        ["1: 1_a.sql has been applied, and was edited since HEAD"],
    ),
    "made longer": (lambda folder: (folder / "1_a.sql").write_text(TABLE + LOG), ["2: 1_a.sql has been applied, and"]),
    "made shorter": (lambda folder: (folder / "1_a.sql").write_text(""), ["1: 1_a.sql has been applied, and was"]),
    "renamed": (
        lambda folder: (folder / "1_a.sql").rename(folder / "3_a.sql"),
        ["1: 1_a.sql has been applied, and was renamed to supabase/migrations/3_a.sql since HEAD"],
    ),
    "deleted": (
        lambda folder: (folder / "1_a.sql").unlink(),
        ["3: 1_a.sql has been applied, and was deleted since HEAD"],  # where schema.yaml says applied_until
    ),
    "line ends of Windows": (
        lambda folder: (folder / "1_a.sql").write_bytes(TABLE.replace("\n", "\r\n").encode()),
        [],
    ),
    "our own comments": (
        lambda folder: (folder / "1_a.sql").write_text(
            f"-- pasteproof: ignore {OPEN} (for now)\n{TABLE[:-1]} -- pasteproof: ignore {NO_KEY} (x)\n"
        ),
        [],
    ),
    "one that was not applied": (lambda folder: (folder / "2_b.sql").write_text("select 3;\n"), []),
}


@pytest.mark.parametrize(("change", "messages"), CHANGES.values(), ids=CHANGES.keys())
def test_what_became_of_applied_files(
    git: Git, tmp_path: Path, change: Callable[[Path], object], messages: list[str]
) -> None:
    assert git("rev-parse", "--show-prefix") == ""
    change(tmp_path / "web" / "supabase" / "migrations")
    found = [
        f"{f.location.line if f.location else 0}: {f.message.removeprefix('supabase/migrations/')}"
        for f in compared(tmp_path).findings
    ]
    assert len(found) == len(messages), found
    assert all(line.startswith(words) for line, words in zip(found, messages, strict=True)), found


def test_what_is_said_now_counts_where_the_revision_says_nothing(git: Git, tmp_path: Path) -> None:
    (tmp_path / "web" / "schema.yaml").write_text(HEAD)
    git("commit", "--all", "--quiet", "--message=two")
    (tmp_path / "web" / "schema.yaml").write_text(APPLIED)
    (tmp_path / "web" / "supabase" / "migrations" / "1_a.sql").unlink()
    assert len(compared(tmp_path).findings) == 1


@pytest.mark.parametrize("name", ["nonsense", "--help", "HEAD:web", "nonsense...", ""])
def test_a_revision_that_there_is_not(git: Git, tmp_path: Path, name: str) -> None:
    assert git("branch", "--show-current") == "main"
    with pytest.raises(RevisionError, match="git knows no revision"):
        at_revision(load(tmp_path / "web"), tmp_path / "web", name)


def test_a_folder_that_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1_a.sql").write_text(TABLE)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(RevisionError, match="not a git repository"):
        at_revision(load(tmp_path, [Path("1_a.sql")]), tmp_path, "HEAD", ["1_a.sql"])


def test_what_has_become_graver_is_new() -> None:
    policy = "create policy p on public.blog for all using (auth.uid() is not null);\n"
    files = {"1_a.sql": TABLE + LOCKED + policy}
    worse = files | {"2_b.sql": "alter policy p on public.blog using (true);\n"}
    report = since(files, worse, "missing_to")
    assert [(f.rule, f.level.value) for f in report.findings] == [("missing_to", "ERROR")]
    applied = lint(project(worse, applied={"1_a.sql"}), Options(select=("missing_to",)))
    assert (told(applied), applied.history) == (["missing_to 2_b.sql"], 0)
    granted = files | {"2_b.sql": "grant select on public.blog to anon, authenticated;\n"}
    assert told(since(files, granted, "missing_to")) == []  # as by default
