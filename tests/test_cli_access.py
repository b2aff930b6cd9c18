"""The command access, as it is called."""

import json
from pathlib import Path

import pytest

from .test_cli_lint import project, schema, write

__all__ = ["project"]

TABLE = "create table public.note (id int primary key, who uuid);\nalter table public.note enable row level security;\n"
POLICY = "create policy own on public.note using ((select auth.uid()) = who);\n"


@pytest.fixture(autouse=True)
def notes(project: Path) -> None:
    write(project, "002_b.sql", TABLE + POLICY)


def test_as_text(project: Path) -> None:
    done = schema("access", cwd=project)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:5] == [
        "public.note (row level security on)",
        "                 select   insert   update   delete",
        "  anon           none     none     none     none",
        "  authenticated  own      own      own      own",
        "  service_role   all      all      all      all",
    ]
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_as_json_of_one_role_into_a_file(project: Path) -> None:
    done = schema("access", "--role", "authenticated", "--format", "json", "-o", "a.json", cwd=project)
    assert (done.returncode, done.stdout) == (0, "")
    (table,) = json.loads((project / "a.json").read_text())["tables"]
    assert [cell["access"] for cell in table["cells"]] == ["own"] * 4
    assert table["cells"][0]["own"] == ["who"]
    assert table["cells"][0]["policies"] == ["own"]


def test_exact_says_the_same(project: Path) -> None:
    offline, exact = (schema("access", *more, cwd=project) for more in ((), ("--exact",)))
    if "private PostgreSQL" in exact.stderr:
        pytest.skip(exact.stderr)
    assert exact.stdout == offline.stdout


REFUSED = {
    "an unknown role": (["--role", "nobody"], "--role nobody: there is no such role"),
    "no such table": (["--table", "public.gone"], "--table public.gone: no table has such a name"),
    "two sources": (["--exact", "--dsn", "postgresql://x"], "give one of them"),
}


@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(project: Path, arguments: list[str], said: str) -> None:
    done = schema("access", *arguments, cwd=project)
    assert done.returncode == 2
    assert said in done.stderr


def test_patterns(project: Path) -> None:
    write(project, "003_c.sql", "create table public.other (id int primary key);")
    for pattern, expected in (("not*", ["public.note"]), ("public.*", ["public.note", "public.other"])):
        done = schema("access", "--table", pattern, "--format", "json", cwd=project)
        assert [each["table"] for each in json.loads(done.stdout)["tables"]] == expected


def test_access_in_schema_yaml(project: Path) -> None:
    (project / "schema.yaml").write_text(
        "version: 1\ntarget: {default_grants: exposed}\naccess:\n"
        "  public.note: {anon: none, authenticated: {select: all}}\n"
    )
    done = schema("lint", "--select", "access_differs", cwd=project)
    assert done.returncode == 1
    assert "authenticated may select own of public.note's rows, not all" in done.stdout.replace("\n  ", " ")
    assert "schema.yaml:4:" in done.stdout
