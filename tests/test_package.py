"""What is installed: the package with its data, nothing else, and every command works from it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email.parser import Parser
from importlib.util import find_spec
from pathlib import Path

import pytest

import pasteproof
from pasteproof.tests.index import skip_without_index

ROOT = Path(pasteproof.__file__).resolve().parent
FOLDERS = ("schema", "checks", "bundle", "connect", "tests/rules")


def run(*arguments: str | Path, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=cwd, input=stdin, capture_output=True, text=True, check=False, timeout=300)


def pip(*arguments: str | Path, cwd: Path) -> None:
    if find_spec("pip") is None:
        pytest.skip("this environment has no pip")
    done = run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, cwd=cwd)
    if done.returncode:
        skip_without_index(done.stderr)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel in it; its dependencies are borrowed."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home)
    programs = home / "bin"
    pip("--python", programs / "python", "install", "--quiet", "--no-deps", wheel, cwd=home)
    (packages,) = (home / "lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")  # its own .pth files are not read
    where = run(programs / "python", "-c", "import pasteproof; print(pasteproof.__file__)", cwd=home)
    assert where.stdout.strip() == str(packages / "pasteproof" / "__init__.py")
    return programs


def test_the_wheel_holds_the_package_and_its_data_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    files = {ROOT / name for name in ("__init__.py", "__main__.py", "cli.py", "py.typed")}
    for folder in FOLDERS:
        files |= {each for each in (ROOT / folder).rglob("*") if each.is_file() and "__pycache__" not in each.parts}
    assert names == {f"pasteproof/{each.relative_to(ROOT).as_posix()}" for each in files}


def test_the_wheel_says_what_it_is_and_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
        assert archive.read(name.replace("METADATA", "entry_points.txt")).decode().split() == [
            *("[console_scripts]", "schema", "=", "pasteproof.cli:main")
        ]
    assert (metadata["Name"], metadata["License-Expression"]) == ("pasteproof", "GPL-3.0-or-later")
    needed = {re.split(r"[^\w-]", each)[0] for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each}
    assert needed == {"click", "jinja2", "msgspec", "pglast", "pyyaml", "sqlglot"}


def test_what_is_installed_works_without_the_checkout(installed: Path, wheel: Path, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "schema.yaml").write_text("version: 1\nmigrations: '*.sql'\ntarget: {default_grants: exposed}\n")
    (tmp_path / "001_a.sql").write_text("create schema internal;\ncreate table internal.t (id int primary key);\n")
    schema = installed / "schema"
    assert run(schema, "--version", cwd=tmp_path).stdout == f"schema, version {wheel.name.split('-')[1]}\n"

    rules = [rule["name"] for rule in json.loads(run(schema, "rules", "--format", "json", cwd=tmp_path).stdout)]
    modules = {path.stem for path in (ROOT / "checks" / "rules").glob("*.py") if path.stem != "__init__"}
    assert set(rules) == modules
    page = run(schema, "explain", "rls_disabled_in_public", cwd=tmp_path).stdout
    for line in (ROOT / "tests" / "rules" / "rls_disabled_in_public.sql").read_text().strip().splitlines():
        assert line in page.splitlines()

    done = run(installed / "python", "-m", "pasteproof", "lint", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "no findings in 1 file\n", "")
    (tmp_path / "002_b.sql").write_text("create table public.open (id int primary key);\n")
    done = run(schema, "lint", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "error[rls_disabled_in_public]: public.open" in done.stdout

    for language in ("en", "ru"):
        assert run(schema, "render", "001_a.sql", "--lang", language, cwd=tmp_path).returncode == 0
        done = run(schema, "report", "bundle", cwd=tmp_path, stdin="ERROR:  42501: permission denied for schema x\n")
        assert (done.returncode, done.stderr) == (
            1,
            "" if language == "en" else "schema: bundle/REPORT.md was replaced\n",
        )
        assert "42501" in (tmp_path / "bundle" / "REPORT.md").read_text()
