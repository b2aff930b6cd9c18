"""action.yml: its steps are run as a runner would, with a `gh` that keeps what it is told."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import pasteproof
from pasteproof.checks.output.markdown import MARK

from .index import skip_without_index

ROOT = Path(pasteproof.__file__).resolve().parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
TABLE = "create table public.log (id int primary key);\n"
LOCKED = "alter table public.log enable row level security;\n"

GH = """#!/usr/bin/env bash
# A gh that keeps comments as files: comments/<id>, and what it was called with.
set -euo pipefail
[ ! -e "$GH_STORE/refuse" ] || { echo 'HTTP 403: Resource not accessible by integration' >&2; exit 1; }
printf '%s\\n' "$*" >> "$GH_STORE/calls"
method=GET; body=; endpoint=
while [ $# -gt 0 ]; do
  case "$1" in
    api|--silent|--paginate) ;;
    --method) method="$2"; shift ;;
    --jq) filter="$2"; shift ;;
    -F) body="${2#body=@}"; shift ;;
    *) endpoint="$1" ;;
  esac
  shift
done
case "$method" in
  GET)
    [ "$filter" = '.[] | select(.body | startswith(env.MARK)) | .id' ]
    for comment in "$GH_STORE"/comments/*; do
      if [ "$(head -c "${#MARK}" "$comment")" = "$MARK" ]; then basename "$comment"; fi
    done ;;
  PATCH) cp "$body" "$GH_STORE/comments/${endpoint##*/}" ;;
  POST) cp "$body" "$GH_STORE/comments/$(($(ls "$GH_STORE/comments" | wc -l) + 1))" ;;
esac
"""


class Runner:
    """Runs the steps of the action in a workspace; `uses` steps are noted."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self.temp, self.store = folder / "work", folder / "temp", folder / "gh"
        for each in (self.workspace, self.temp, self.store / "comments", folder / "bin"):
            each.mkdir(parents=True)
        self.summary = folder / "summary.md"
        self.used: dict[str, dict[str, str]] = {}
        self.said = ""
        gh = folder / "bin" / "gh"
        gh.write_text(GH)
        gh.chmod(0o755)
        (self.store / "comments" / "1").write_text("Looks good to me\n")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_"))},
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GH_STORE": str(self.store),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_REPOSITORY": "them/app",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
        }

    def run(self, *, pull_request: str = "7", schema: str | None = None, **inputs: str) -> int:
        """Run all steps; returns the exit code of the one that failed, or 0."""
        given = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        known = {f"inputs.{name}": value for name, value in given.items()}
        known |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        known |= {"github.event.pull_request.number": pull_request, "github.token": "secret-token"}
        known["steps.python.outputs.python-path"] = sys.executable
        self.used, self.said, failed = {}, "", 0
        for step in STEPS:
            always = str(step.get("if", "")).startswith("always()")
            if (failed and not always) or not _holds(str(step.get("if", "")), known):
                continue
            if schema and step.get("id") == "install":
                known["steps.install.outputs.schema"] = schema
            elif "uses" in step:
                self.used[step["uses"]] = {name: _filled(str(v), known) for name, v in step["with"].items()}
            else:
                failed = self._step(step, known) or failed
        return failed

    def _step(self, step: dict[str, Any], known: dict[str, str]) -> int:
        output = self.temp / "output"
        output.write_text("")
        given = {name: _filled(str(value), known) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=self.environment | given | {"GITHUB_OUTPUT": str(output)},
            capture_output=True,
            text=True,
            check=False,
        )
        self.said += done.stdout + done.stderr
        for line in output.read_text().splitlines():
            name, _, value = line.partition("=")
            known[f"steps.{step['id']}.outputs.{name}"] = value
        return done.returncode

    def comments(self) -> list[str]:
        return [path.read_text("utf-8") for path in sorted((self.store / "comments").iterdir())]


def _filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: known.get(match[1], ""), text)


def _holds(condition: str, known: dict[str, str]) -> bool:
    """Whether an `if` holds: names, and names compared with a text, joined by &&."""
    for part in filter(None, condition.replace("always()", "").split("&&")):
        name, equal, text = part.strip().partition(" == ")
        value = known.get(name, "")
        if name and not (value == text.strip("'") if equal else value):
            return False
    return True


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The command of this checkout, instead of an installed one."""
    path = tmp_path_factory.mktemp("command") / "schema"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pasteproof "$@"\n')
    path.chmod(0o755)
    return str(path)


def write(runner: Runner, sql: str, folder: str = ".") -> None:
    migrations = runner.workspace / folder / "supabase" / "migrations"
    migrations.mkdir(parents=True, exist_ok=True)
    (runner.workspace / ".git").mkdir(exist_ok=True)
    (runner.workspace / folder / "schema.yaml").write_text("version: 1\ntarget: {default_grants: exposed}\n")
    (migrations / "001_log.sql").write_text(sql)


def test_a_pull_request_from_the_first_mistake_to_its_remedy(runner: Runner, command: str) -> None:
    write(runner, TABLE, "apps/web")
    assert runner.run(schema=command, directory="apps/web") == 1
    assert "::error file=apps/web/supabase/migrations/001_log.sql,line=1," in runner.said
    assert "rls_disabled_in_public" in runner.summary.read_text("utf-8")
    first, ours = runner.comments()
    assert first == "Looks good to me\n"
    assert ours.startswith(f"<!-- pasteproof in apps/web -->\n{MARK}\n### `schema lint`: ")
    uploaded = runner.used["github/codeql-action/upload-sarif@v4"]
    assert uploaded["category"] == "schema-lint-apps/web"
    (run,) = json.loads(Path(uploaded["sarif_file"]).read_text("utf-8"))["runs"]
    assert "rls_disabled_in_public" in {result["ruleId"] for result in run["results"]}

    write(runner, TABLE + LOCKED, "apps/web")
    assert runner.run(schema=command, directory="apps/web") == 0
    assert len(runner.comments()) == 2  # the same comment, brought up to date
    assert "0 errors" not in runner.comments()[1]
    assert "1 finding: 1 info" in runner.comments()[1]
    write(runner, TABLE)  # another project of the repository has a comment of its own
    assert runner.run(schema=command, sarif="false") == 1
    assert len(runner.comments()) == 3


def test_it_is_quiet_where_nothing_is_found_and_does_what_it_is_told(runner: Runner, command: str) -> None:
    write(runner, TABLE + LOCKED)
    assert runner.run(schema=command, sarif="false") == 0
    assert len(runner.comments()) == 1  # theirs
    off = {"comment": "false", "sarif": "false"}
    assert runner.run(schema=command, fail_on="INFO", annotate="false", **off) == 1
    assert list(runner.used) == ["actions/setup-python@v6"]
    assert "::" not in runner.said
    args = "--select=no_primary_key\n--ignore\nrls_enabled_no_policy\n"
    assert runner.run(schema=command, fail_on="INFO", profile="pedantic", args=args, **off) == 0
    assert runner.run(schema=command, pull_request="", fail_on="INFO", sarif="false") == 1  # a push
    assert len(runner.comments()) == 1


def test_what_cannot_run_fails_and_says_so(runner: Runner, command: str) -> None:
    write(runner, TABLE)
    assert runner.run(schema=command, directory="nowhere") == 2
    assert "no such directory" in runner.said
    assert runner.run(schema=command, baseline="known.json") == 2
    assert runner.run(schema=command, since="nowhere") == 2
    assert list(runner.used) == ["actions/setup-python@v6"]
    assert len(runner.comments()) == 1


def test_a_fork_may_not_comment_and_is_judged_all_the_same(runner: Runner, command: str) -> None:
    write(runner, TABLE)
    (runner.store / "refuse").touch()
    assert runner.run(schema=command, sarif="false") == 1
    assert "::warning title=schema lint::The pull request could not be commented on" in runner.said


def test_nothing_of_an_input_is_run(runner: Runner, command: str) -> None:
    evil = "x; touch owned; $(touch owned) `touch owned`"
    write(runner, TABLE)
    assert runner.run(schema=command, directory=evil, args=evil, since=evil, fail_on=evil) == 2
    assert not list(runner.workspace.rglob("owned"))
    for step in STEPS:
        assert "${{" not in step.get("run", ""), "an expression in a script is text of somebody else that is run"


def test_every_input_is_documented() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name, each in ACTION["inputs"].items():
        assert each["description"]
        assert f"`{name}`" in readme
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(ACTION["inputs"])


def test_it_installs_itself_from_its_own_checkout(runner: Runner, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis", ".coverage*")
    shutil.copytree(ROOT, checkout, symlinks=True, ignore=ignored)
    runner.environment["GITHUB_ACTION_PATH"] = str(checkout)
    write(runner, TABLE)
    code = runner.run(comment="false")
    skip_without_index(runner.said)
    assert code == 1, runner.said
    assert "error[rls_disabled_in_public]" in runner.said
