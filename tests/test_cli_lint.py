"""The commands lint, rules and explain, as they are called."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pasteproof.checks.output import FORMS
from pasteproof.checks.page import PAGES
from pasteproof.cli import main

MIGRATIONS = "supabase/migrations"
CLEAN = "create schema internal;\n"
WARNS = "create function internal.f() returns int language sql as 'select 1';\n"
KEYLESS = "create schema internal;\ncreate table internal.log (line text);\n"  # an INFO


def schema(*arguments: str, cwd: Path, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with no terminal."""
    clean = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    done = subprocess.run(
        [sys.executable, "-m", "pasteproof", *arguments],
        cwd=cwd,
        input=stdin if isinstance(stdin, bytes) else stdin.encode(),
        capture_output=True,
        check=False,
        env=clean | environment,
        timeout=300,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def called(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command within this process: an import is a second on a busy machine."""
    done = CliRunner().invoke(main, [*arguments, "-C", str(cwd)], env=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / MIGRATIONS).mkdir(parents=True)
    (tmp_path / ".git").mkdir()  # nothing above is looked at
    (tmp_path / "schema.yaml").write_text("version: 1\ntarget: {default_grants: exposed}\n")
    (tmp_path / MIGRATIONS / "001_a.sql").write_text(CLEAN)
    return tmp_path


def write(project: Path, name: str, sql: str) -> Path:
    path = project / MIGRATIONS / name
    path.write_text(sql)
    return path


EXITS = {
    "nothing found": (CLEAN, [], 0),
    "a warning": (CLEAN + WARNS, [], 1),
    "a warning, below the threshold": (CLEAN + WARNS, ["--fail-on", "ERROR"], 0),
    "a warning, the threshold in small letters": (CLEAN + WARNS, ["--fail-on", "error"], 0),
    "an info": (KEYLESS, [], 0),
    "an info, at the threshold": (KEYLESS, ["--fail-on", "INFO"], 1),
    "an error": ("alter table public.gone add column a int;\n", ["--fail-on", "ERROR"], 1),
    "a warning, not asked for": (CLEAN + WARNS, ["--ignore", "function_search_path_mutable"], 0),
    "a warning, others asked for": (CLEAN + WARNS, ["--select", "no_primary_key,extension_in_public"], 0),
    "no such rule": (CLEAN, ["--select", "no_primary_kee"], 2),
    "no such option": (CLEAN, ["--nonsense"], 2),
    "no such path": (CLEAN, ["nowhere.sql"], 2),
}


@pytest.mark.parametrize(("sql", "options", "code"), EXITS.values(), ids=EXITS.keys())
def test_exit_codes(project: Path, sql: str, options: list[str], code: int) -> None:
    write(project, "001_a.sql", sql)
    done = called("lint", *options, cwd=project)
    assert done.returncode == code
    assert bool(done.stderr) is (code == 2)


def test_an_unknown_rule_brings_a_suggestion(project: Path) -> None:
    assert "did you mean no_primary_key?" in called("lint", "--ignore", "no_primary_kee", cwd=project).stderr
    assert "did you mean no_primary_key?" in schema("explain", "no_primary_kee", cwd=project).stderr


def test_a_file_that_cannot_be_read_does_not_hide_the_others(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    (project / MIGRATIONS / "003_c.sql").write_bytes(b"select \x00;")
    (project / MIGRATIONS / "004_d.sql").mkdir()
    (project / MIGRATIONS / "005_e.sql").symlink_to("gone.sql")
    done = schema("lint", cwd=project)
    assert done.returncode == 2
    assert "function_search_path_mutable" in done.stdout
    for name, words in {"003_c.sql": "binary", "004_d.sql": "directory", "005_e.sql": "does not exist"}.items():
        assert any(name in line and words in line for line in done.stderr.splitlines())


def test_an_empty_folder_is_not_all_clear(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / MIGRATIONS).mkdir(parents=True)
    done = called("lint", MIGRATIONS, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_an_invalid_schema_yaml(project: Path) -> None:
    (project / "schema.yaml").write_text("version: 1\ntargett: {}\n")
    done = called("lint", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "schema.yaml:2:1" in done.stderr


def test_a_rule_of_schema_yaml_that_there_is_not(project: Path) -> None:
    (project / "schema.yaml").write_text("version: 1\nlint: {ignore: [no_primary_kee]}\n")
    done = called("lint", cwd=project)
    assert done.returncode == 2
    assert "schema.yaml:2:" in done.stderr


def test_a_path_limits_what_is_told(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    assert called("lint", f"{MIGRATIONS}/001_a.sql", cwd=project).returncode == 0
    assert called("lint", f"{MIGRATIONS}/002_b.sql", cwd=project).returncode == 1


def test_the_configuration_is_found_upward(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    done = called("lint", cwd=project / MIGRATIONS)
    assert done.returncode == 1
    assert "--> 002_b.sql:1:1" in done.stdout


def test_the_directory_can_be_named(project: Path) -> None:
    assert schema("lint", "-C", str(project), cwd=Path("/")).returncode == 0
    done = schema("lint", "-C", "nowhere", cwd=project)
    assert done.returncode == 2
    assert "no such directory" in done.stderr


def test_without_schema_yaml_the_rules_alone_are_asked(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.sql").write_text(CLEAN)
    done = called("lint", "a.sql", cwd=tmp_path)
    assert done.returncode == 0
    assert "no schema.yaml" in done.stderr


def test_stdin_stands_for_a_file(project: Path) -> None:
    done = schema("lint", "-", "--stdin-filename", f"{MIGRATIONS}/002_b.sql", cwd=project, stdin=WARNS)
    assert done.returncode == 1
    assert f"--> {MIGRATIONS}/002_b.sql:1:1" in done.stdout


def test_stdin_that_is_no_text(project: Path) -> None:
    done = schema("lint", "-", cwd=project, stdin=b"\xff\xfe\xfd")
    assert done.returncode == 2
    assert "stdin is not UTF-8" in done.stderr


def test_json_on_stdout_and_in_a_file(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    done = called("lint", "--format", "json", cwd=project)
    document = json.loads(done.stdout)
    assert (done.returncode, document["summary"]["warnings"]) == (1, 1)
    done = called("lint", "--format", "json", "-o", "report.json", cwd=project)
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads((project / "report.json").read_text()) == document


def test_a_report_that_cannot_be_written_is_not_half_written(project: Path) -> None:
    (project / "report.txt").write_text("before")
    limit = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); sys.argv = sys.argv[1:]; "
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", limit + "runpy.run_module('pasteproof', run_name='__main__')"),
            *("schema", "lint", "--fail-on", "ERROR", "--format", "json", "-o", "report.txt"),
        ],
        cwd=project,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 2
    assert "report.txt cannot be written" in done.stderr
    assert (project / "report.txt").read_text() == "before"
    assert sorted(each.name for each in project.iterdir() if "report" in each.name) == ["report.txt"]


def test_a_missing_folder_for_the_report(project: Path) -> None:
    done = called("lint", "-o", "no/such/folder.txt", cwd=project)
    assert done.returncode == 2
    assert "cannot be written: there is no folder" in done.stderr


def test_colours(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    assert "\x1b[" not in called("lint", cwd=project).stdout
    assert "\x1b[" in called("lint", "--color", "always", cwd=project).stdout
    assert "\x1b[" in called("lint", cwd=project, FORCE_COLOR="1").stdout
    assert "\x1b[" not in called("lint", "-o", "out.txt", cwd=project, FORCE_COLOR="1").stdout
    assert "\x1b[" not in (project / "out.txt").read_text()


def test_the_history_is_hidden_and_shown(project: Path) -> None:
    write(project, "001_a.sql", CLEAN + WARNS)
    write(project, "002_b.sql", "select 1;\n")
    (project / "schema.yaml").write_text(
        'version: 1\ntarget: {default_grants: exposed}\napplied_until: {version: "001"}\n'
    )
    hidden, shown = called("lint", cwd=project), called("lint", "--all", cwd=project)
    assert hidden.returncode == 0
    assert "1 in history (--all)" in hidden.stdout
    assert shown.returncode == 1


def test_rules_and_their_pages(tmp_path: Path) -> None:
    listing = json.loads(schema("rules", "--format", "json", cwd=tmp_path).stdout)
    assert {"name", "level", "profile", "splinter", "summary", "url"} == set(listing[0])
    names = [rule["name"] for rule in listing]
    assert names == sorted(names)
    assert [line.split()[0] for line in schema("rules", cwd=tmp_path).stdout.splitlines()] == names
    page = schema("explain", "rls_disabled_in_public", cwd=tmp_path).stdout
    assert page == (PAGES / "rls_disabled_in_public.md").read_text()


def test_a_reader_that_goes_away(project: Path) -> None:
    write(project, "002_b.sql", WARNS * 1)
    command = f"'{sys.executable}' -m pasteproof rules | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False, timeout=300
    )
    assert "Traceback" not in done.stderr
    assert done.stdout.endswith("0\n")


def test_exact_and_a_live_database_are_two_answers(project: Path) -> None:
    done = called("lint", "--exact", "--dsn", "postgresql://u:geheim@localhost/db", cwd=project)
    assert done.returncode == 2
    assert "give one of them" in done.stderr
    assert "geheim" not in done.stderr


def test_a_database_that_cannot_be_reached_is_no_all_clear(project: Path) -> None:
    pytest.importorskip("psycopg")
    done = called("lint", "--dsn", "postgresql://u:geheim@127.0.0.1:1/db", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be reached" in done.stderr
    assert "geheim" not in done.stderr


@pytest.mark.usefixtures("server")
def test_exact_says_what_offline_says(project: Path) -> None:
    write(project, "002_b.sql", KEYLESS.partition("\n")[2] + WARNS)
    offline, exact = (called("lint", *flags, cwd=project) for flags in ([], ["--exact"]))
    assert (exact.returncode, exact.stdout, exact.stderr) == (offline.returncode, offline.stdout, offline.stderr)


# -- forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_printed_with_the_same_exit_code(project: Path, form: str) -> None:
    write(project, "002_b.sql", WARNS)
    done = called("lint", "--format", form, "-o", "report", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert "function_search_path_mutable" in (project / "report").read_text()


def test_files_are_told_as_the_repository_has_them(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    done = called("lint", "--format", "github", cwd=project / MIGRATIONS)
    assert done.stdout.startswith(f"::warning file={MIGRATIONS}/002_b.sql,line=1,")


def test_in_a_workflow_annotations_and_a_summary_come_by_themselves(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    workflow = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(project / "summary.md")}
    done = called("lint", cwd=project, **workflow)
    assert done.returncode == 1
    assert "warning[function_search_path_mutable]" in done.stdout
    assert f"\n::warning file={MIGRATIONS}/002_b.sql,line=1," in done.stdout
    assert (project / "summary.md").read_text().count("<details>") == 1
    assert called("lint", "--format", "text", cwd=project, **workflow).stdout.count("::") == 0
    assert (project / "summary.md").read_text().count("<details>") == 1
    assert called("lint", "-o", "report", cwd=project, **workflow).stdout == ""


def test_statistics_are_text_or_json(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    done = called("lint", "--statistics", cwd=project)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "1  WARN   function_search_path_mutable")
    document = json.loads(called("lint", "--statistics", "--format", "json", cwd=project).stdout)
    assert [row["count"] for row in document["statistics"]] == [1]
    assert called("lint", "--statistics", "--format", "sarif", cwd=project).returncode == 2


# -- what is not new -------------------------------------------------------------------------------------------


def test_a_baseline_is_written_and_used(project: Path) -> None:
    write(project, "002_b.sql", WARNS)
    made = called("lint", "--baseline", "known.json", "--write-baseline", cwd=project)
    assert (made.returncode, made.stdout) == (0, "")
    assert "known.json: 1 finding written, 1 new, 0 gone" in made.stderr
    text = (project / "known.json").read_text()
    assert len(json.loads(text)["findings"]) == 1

    write(project, "002_b.sql", "\n\n" + WARNS)
    known = called("lint", "--baseline", "known.json", cwd=project)
    assert (known.returncode, known.stdout) == (0, "no findings in 2 files; 1 in the baseline\n")
    write(project, "003_c.sql", WARNS.replace("internal.f", "internal.g"))
    assert called("lint", "--baseline", "known.json", cwd=project).returncode == 1

    write(project, "002_b.sql", "")
    write(project, "003_c.sql", "")
    gone = called("lint", "--baseline", "known.json", cwd=project)
    assert gone.returncode == 0
    assert "1 finding of the baseline is gone (--write-baseline):" in gone.stdout
    again = called("lint", "--baseline", "known.json", "--write-baseline", "--select", "no_primary_key", cwd=project)
    assert "1 finding written, 0 new, 0 gone" in again.stderr  # of a rule that was not asked
    assert (project / "known.json").read_text() == text


def test_a_baseline_of_half_a_project_is_not_written(project: Path) -> None:
    (project / MIGRATIONS / "003_c.sql").write_bytes(b"select \x00;")
    done = called("lint", "--baseline", "known.json", "--write-baseline", cwd=project)
    assert done.returncode == 2
    assert "the baseline is not written" in done.stderr
    assert not (project / "known.json").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "there is no such baseline"),
        ("{}", "is no baseline"),
        ('{"version": 2, "findings": []}', "is no baseline"),
        ("\xff", "is no baseline"),
    ],
)
def test_a_baseline_that_is_none(project: Path, text: str | None, words: str) -> None:
    if text is not None:
        (project / "known.json").write_text(text, "latin-1")
    done = called("lint", "--baseline", "known.json", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    if text is not None:  # a file that is something else is not overwritten
        assert called("lint", "--baseline", "known.json", "--write-baseline", cwd=project).returncode == 2
        assert (project / "known.json").read_text("latin-1") == text


@pytest.mark.parametrize(
    "options",
    [
        ["--write-baseline"],
        ["--write-baseline", "--baseline", "a", "--since", "HEAD"],
        ["--write-baseline", "--baseline", "a", MIGRATIONS],
        ["--since", "HEAD", "--dsn", "postgresql://nowhere"],
        ["--select", ""],
        ["--ignore", " , "],
        ["--stdin-filename", "a.sql"],
    ],
)
def test_options_that_do_not_go_together(project: Path, options: list[str]) -> None:
    assert called("lint", *options, cwd=project).returncode == 2


def test_since_a_revision(project: Path) -> None:
    (project / ".git").rmdir()
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=one"]):
        subprocess.run([*git, *words], cwd=project, check=True, capture_output=True)
    quiet = called("lint", "--since", "HEAD", cwd=project)
    assert (quiet.returncode, quiet.stdout) == (0, "no new findings in 1 file; no file is new or changed\n")
    write(project, "002_b.sql", WARNS)
    done = called("lint", "--since", "HEAD", cwd=project / MIGRATIONS)
    assert done.returncode == 1
    assert "1 new finding: 1 warning" in done.stdout
    unknown = called("lint", "--since", "origin/main", cwd=project)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "--since origin/main: git knows no revision" in unknown.stderr


def test_rules_are_completed() -> None:
    for words, expected in {
        "schema lint --select no_prim": "no_primary_key",
        "schema lint --ignore missing_to,no_prim": "missing_to,no_primary_key",
        "schema explain no_prim": "no_primary_key",
        "schema lint --format sa": "sarif",
    }.items():
        asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1), "_SCHEMA_COMPLETE": "bash_complete"}
        done = CliRunner().invoke(main, prog_name="schema", env=asked)
        assert done.stdout.split() == [f"plain,{expected}"]


def test_a_first_look_is_no_flood(project: Path) -> None:
    (project / "schema.yaml").unlink()
    for number in range(30):
        write(
            project,
            f"{number:03}_t.sql",
            f"create table public.t{number} (id int);\n{WARNS.replace('.f(', f'.f{number}(')}",
        )
    done = schema("lint", cwd=project)
    assert done.returncode == 1
    lines = (done.stdout + done.stderr).splitlines()
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 80
    assert lines[0].endswith(" in 31 files")
    assert "  error    30  rls_disabled_in_public" in done.stdout
    assert "--all shows every one whole" in done.stdout
    total = int(lines[0].split()[0])
    assert sum(int(line.split()[1]) for line in lines if line.startswith(("  error", "  warning", "  info"))) == total
    whole = schema("lint", "--all", cwd=project)
    assert whole.stdout.count("error[rls_disabled_in_public]") == 30
    assert len(json.loads(schema("lint", "--format", "json", cwd=project).stdout)["findings"]) == total
    some = schema("lint", "--select", "rls_disabled_in_public", cwd=project).stdout
    assert some.count("error[rls_disabled_in_public]") == 30
    assert "error[rls_disabled_in_public]" in schema("lint", f"{MIGRATIONS}/007_t.sql", cwd=project).stdout


def test_a_first_look_at_little_names_each_finding(project: Path) -> None:
    (project / "schema.yaml").unlink()
    write(project, "002_t.sql", "create table public.a (id int);\ncreate table public.b (id int);\n" + WARNS)
    done = schema("lint", cwd=project)
    assert len((done.stdout + done.stderr).splitlines()) <= 20
    assert "  error    rls_disabled_in_public        public.b  002_t.sql:2\n" in done.stdout


def test_a_first_look_says_what_is_wrong_where_that_is_little(project: Path) -> None:
    (project / "schema.yaml").unlink()
    write(project, "002_t.sql", "create tabel b (x int);\ncreate table public.a (id int);\n")
    done = schema("lint", cwd=project)
    assert '           42601: syntax error at or near "tabel"\n' in done.stdout
    assert len((done.stdout + done.stderr).splitlines()) <= 20


def test_a_project_that_says_what_counts_is_told_everything(project: Path) -> None:
    write(project, "002_t.sql", "".join(f"create table public.t{number} (id int);\n" for number in range(30)))
    assert schema("lint", cwd=project).stdout.count("error[rls_disabled_in_public]") == 30
