"""Finding a project, its migrations in order, and what is wrong with its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pasteproof.schema.project import Project, load

VERSION = "version: 1\n"


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def names(project: Project) -> list[str]:
    return [migration.shown for migration in project.migrations]


def told(project: Project) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in project.problems]


MIGRATIONS = {f"supabase/migrations/{name}.sql": "select 1;" for name in ("1_a", "10_b", "002_c", "002_a", "zz", "B")}


@pytest.mark.parametrize("config", ["schema.yaml", "supabase/config.toml", None])
def test_migrations_run_by_version_then_name(tmp_path: Path, config: str | None) -> None:
    write(tmp_path, MIGRATIONS | ({config: VERSION if config.endswith("yaml") else ""} if config else {}))
    project = load(tmp_path)
    assert [Path(each).stem for each in names(project)] == ["002_a", "002_c", "1_a", "10_b", "B", "zz"]
    first = project.migrations[0]
    assert (first.version, first.name, first.relative) == ("002", "a", "supabase/migrations/002_a.sql")
    assert (project.migrations[-1].version, project.migrations[-1].name) == (None, None)
    assert project.problems == ()


def test_a_list_of_patterns_is_an_order(tmp_path: Path) -> None:
    write(tmp_path, {"schema.yaml": VERSION + "migrations: [z.sql, 'm/*.sql', '**/*.sql']"})
    write(tmp_path, {"z.sql": "", "m/2.sql": "", "m/1.sql": "", "deep/down/a.sql": ""})
    assert names(load(tmp_path)) == ["z.sql", "m/1.sql", "m/2.sql", "deep/down/a.sql"]


def test_the_configuration_is_found_upward_and_paths_are_shown_from_here(tmp_path: Path) -> None:
    write(tmp_path, MIGRATIONS | {"schema.yaml": VERSION, "web/src/a.ts": ""})
    project = load(tmp_path / "web" / "src")
    assert (project.root, project.spec_path) == (tmp_path, tmp_path / "schema.yaml")
    assert names(project)[0] == "../../supabase/migrations/002_a.sql"


def test_the_nearest_configuration_wins_and_a_repository_ends_the_search(tmp_path: Path) -> None:
    write(tmp_path, {"schema.yaml": VERSION, "app/schema.yaml": VERSION, "app/m/.git/HEAD": "", "app/m/a.sql": ""})
    assert load(tmp_path / "app").spec_path == tmp_path / "app" / "schema.yaml"
    alone = load(tmp_path / "app" / "m", [Path("a.sql")])
    assert (alone.spec_path, names(alone)) == (None, ["a.sql"])


def test_config_toml_fills_in_what_schema_yaml_leaves_open(tmp_path: Path) -> None:
    toml = "[api]\nschemas = ['public', 'api']\nauto_expose_new_tables = false\n"
    toml += "[auth]\nenable_anonymous_sign_ins = true\n"
    write(tmp_path, MIGRATIONS | {"supabase/config.toml": toml})
    target = load(tmp_path).spec.target
    assert (target.exposed, target.default_grants) == (("public", "api"), "revoked")
    assert target.anonymous_sign_ins
    write(tmp_path, {"schema.yaml": VERSION + "target: {exposed: [app], default_grants: exposed}"})
    target = load(tmp_path).spec.target
    assert (target.exposed, target.default_grants) == (("app",), "exposed")
    write(tmp_path, {"supabase/config.toml": "", "schema.yaml": VERSION})
    assert load(tmp_path).spec.target.default_grants is None


def test_a_schema_yml_that_was_meant_is_told(tmp_path: Path) -> None:
    write(tmp_path, MIGRATIONS | {"schema.yml": f"# ours\n{VERSION}external: [table public.users]\n"})
    (problem,) = load(tmp_path / "supabase").problems
    assert (problem.path, problem.message) == (
        "../schema.yml",
        "is not read: a project's configuration is called schema.yaml",
    )
    assert "Rename it to schema.yaml" in problem.remedy
    write(tmp_path, {"schema.yaml": VERSION})
    assert load(tmp_path).problems == ()
    for another in ("version: 2\nmodels: []\n", "openapi: 3.0.0\ninfo: {version: 1}\n", b"\xff"):
        (tmp_path / "schema.yaml").unlink(missing_ok=True)
        write(tmp_path, {"schema.yml": another})
        assert load(tmp_path).problems == ()


def test_migrations_are_not_what_is_expected_of_them(tmp_path: Path) -> None:
    write(tmp_path, MIGRATIONS | {"schema.yaml": f"{VERSION}expect_sql: supabase/migrations/*.sql\n"})
    (problem,) = load(tmp_path).problems
    assert "names the migrations themselves" in problem.message
    assert (problem.location and problem.location.line) == 2
    write(tmp_path, {"supabase/schemas/a.sql": ""})
    for patterns in ("supabase/schemas/*.sql", "[supabase/schemas/*.sql, supabase/migrations/*1*.sql]"):
        write(tmp_path, {"schema.yaml": f"{VERSION}expect_sql: {patterns}\n"})
        assert load(tmp_path).problems == ()


def test_declared_schemas_count_only_where_there_are_no_migrations(tmp_path: Path) -> None:
    toml = "[db.migrations]\nschema_paths = ['./schemas/b.sql', './schemas/*.sql']\n"
    write(tmp_path, {"supabase/config.toml": toml, "supabase/schemas/a.sql": "", "supabase/schemas/b.sql": ""})
    assert [Path(each).name for each in names(load(tmp_path))] == ["b.sql", "a.sql"]
    write(tmp_path, {"supabase/migrations/1_a.sql": ""})
    assert [Path(each).name for each in names(load(tmp_path))] == ["1_a.sql"]


@pytest.mark.parametrize(
    ("until", "applied"),
    [
        ('{version: "002"}', ["001_a", "002_b", "002_c"]),
        ('{version: "0025"}', ["001_a", "002_b", "002_c"]),  # the version of a file that is not here
        ('{version: "000"}', []),
        ("{version: 002_b.sql}", ["001_a", "002_b"]),
        ("{version: 002_b}", ["001_a", "002_b"]),
        ('{version: "003", except: ["001", 002_c.sql]}', ["002_b", "003_d"]),
        ("{version: extra.sql}", ["001_a", "002_b", "002_c", "003_d", "extra"]),
    ],
)
def test_applied_until_is_inclusive(tmp_path: Path, until: str, applied: list[str]) -> None:
    write(tmp_path, {"schema.yaml": f"{VERSION}migrations: '*.sql'\napplied_until: {until}"})
    write(tmp_path, {f"{name}.sql": "" for name in ("001_a", "002_b", "002_c", "003_d", "extra")})
    project = load(tmp_path)
    assert [each.path.stem for each in project.applied] == applied
    assert len(project.applied) + len(project.pending) == 5
    assert project.problems == ()


@pytest.mark.parametrize(
    ("until", "place"),
    [("{version: nowhere.sql}", (3, 26)), ('{version: "001", except: ["009"]}', (3, 42))],
)
def test_a_migration_that_is_not_there_cannot_be_the_last(tmp_path: Path, until: str, place: tuple[int, int]) -> None:
    write(tmp_path, {"schema.yaml": f"{VERSION}migrations: '*.sql'\napplied_until: {until}", "001_a.sql": ""})
    (problem,) = load(tmp_path).problems
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == place
    assert problem.message.startswith("no migration is called")


def test_a_path_limits_what_is_selected(tmp_path: Path) -> None:
    write(tmp_path, MIGRATIONS | {"schema.yaml": VERSION, "other/x.sql": "", "other/y.sql": ""})

    def selected(*paths: str) -> list[str]:
        project = load(tmp_path, [Path(path) for path in paths])
        assert project.problems == ()
        assert len(project.migrations) >= len(MIGRATIONS)
        return [each.path.name for each in project.migrations if each.selected]

    assert selected("supabase/migrations/10_b.sql") == ["10_b.sql"]
    assert len(selected("supabase")) == len(selected(".")) == len(selected()) == len(MIGRATIONS)
    assert selected("other/x.sql") == ["x.sql"]
    assert selected("other", "supabase/migrations/zz.sql") == ["zz.sql", "x.sql", "y.sql"]


def test_without_a_configuration_the_path_decides(tmp_path: Path) -> None:
    write(tmp_path, {"a.sql": "", "sub/c.sql": "", "sub/b.sql": ""})
    assert names(load(tmp_path, [Path("a.sql")])) == ["a.sql"]
    assert names(load(tmp_path, [Path("sub")])) == ["sub/b.sql", "sub/c.sql"]
    assert names(load(tmp_path / "sub", [Path("../a.sql")])) == ["../a.sql"]


def test_standard_input_stands_for_a_file(tmp_path: Path) -> None:
    write(tmp_path, MIGRATIONS | {"schema.yaml": VERSION})
    name = "supabase/migrations/10_b.sql"
    project = load(tmp_path, stdin=(name, "select 2;"))
    assert len(project.migrations) == len(MIGRATIONS)
    (chosen,) = (each for each in project.migrations if each.selected)
    assert (chosen.shown, chosen.source.text) == (name, "select 2;")
    (new,) = (each for each in load(tmp_path, stdin=("new.sql", "")).migrations if each.selected)
    assert new.shown == "new.sql"
    assert names(load(tmp_path / "supabase", [Path("x.sql")], stdin=("x.sql", "")))[-1] == "x.sql"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, [".: no file matches supabase/migrations/*.sql"]),
        ({"schema.yaml": VERSION + "migrations: [no.sql]"}, ["no.sql: does not exist"]),
        ({"schema.yaml": VERSION + "migrations: 'no*.sql'"}, [".: no file matches no*.sql"]),
        ({"a.sql": b"a\0b", "schema.yaml": VERSION + "migrations: '*.sql'"}, ["a.sql: is binary"]),
        ({"a.sql": b"\xff\xfe", "schema.yaml": VERSION + "migrations: '*.sql'"}, ["a.sql: "]),
        ({"schema.yaml": "version: 1\nregister: x", "supabase/migrations/1_a.sql": ""}, ["schema.yaml: register"]),
        ({"schema.yaml": b"\xff", "supabase/migrations/1_a.sql": ""}, ["schema.yaml: "]),
        ({"supabase/config.toml": "[api", "supabase/migrations/1_a.sql": ""}, ["supabase/config.toml: not TOML: "]),
        (
            {"supabase/config.toml": b"\xff", "supabase/migrations/1_a.sql": ""},
            ["supabase/config.toml: cannot be read"],
        ),
    ],
)
def test_what_is_wrong_with_files_is_told(tmp_path: Path, files: dict[str, str | bytes], expected: list[str]) -> None:
    found = told(load(write(tmp_path, files)))
    assert len(found) == len(expected), found
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_the_readable_files_are_read(tmp_path: Path) -> None:
    write(tmp_path, MIGRATIONS)
    folder = tmp_path / "supabase" / "migrations"
    (folder / "003_folder.sql").mkdir()
    (folder / "004_link.sql").symlink_to("nowhere.sql")
    (folder / "005_binary.sql").write_bytes(b"\0")
    project = load(tmp_path)
    assert len(project.migrations) == len(MIGRATIONS)
    assert [line.split(": ")[1].split(",")[0] for line in told(project)] == [
        "is a directory",
        "is a link to nowhere.sql",
        "is binary",
    ]
    assert all(problem.remedy for problem in project.problems)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("no.sql", "no.sql: does not exist"),
        ("empty", "empty: holds no .sql file"),
        ("folder.sql", "folder.sql: is a directory"),
        ("link.sql", "link.sql: is a link"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(tmp_path: Path, path: str, expected: str) -> None:
    for name in ("empty", "folder.sql"):
        (tmp_path / name).mkdir()
    (tmp_path / "link.sql").symlink_to("nowhere")
    (line,) = told(load(tmp_path, [Path(path)]))
    assert line.startswith(expected)


def test_places_in_config_toml(tmp_path: Path) -> None:
    write(tmp_path, MIGRATIONS | {"supabase/config.toml": "[api]\nschemas = [\n  'public'\n  'b'\n]"})
    (problem,) = load(tmp_path).problems
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == (4, 3)
