"""The parser comes without pglast's classes for nodes, which are there when somebody asks for them."""

from __future__ import annotations

import subprocess
import sys

PARSES = "from pasteproof.schema.parser import parse_sql_json as parse; assert 'SelectStmt' in parse('select 1')"
ASKS = "import pglast; print(type(pglast.parse_sql('select 1')[0].stmt).__name__, pglast.enums.SetOperation)"


def said(*lines: str) -> str:
    return subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, capture_output=True, text=True).stdout


def test_the_classes_are_loaded_when_they_are_asked_for() -> None:
    unloaded = "import sys; print(*(type(sys.modules[f'pglast.{name}']).__name__ for name in ('ast', 'enums')))"
    assert said(PARSES, unloaded) == "_LazyModule _LazyModule\n"
    assert said(PARSES, ASKS) == "SelectStmt <enum 'SetOperation'>\n"


def test_a_pglast_that_is_there_already_is_taken_as_it_is() -> None:
    assert said("import pglast", PARSES, ASKS) == "SelectStmt <enum 'SetOperation'>\n"


def test_what_finds_modules_is_as_before() -> None:
    assert said("import sys", "before = [*sys.meta_path]", PARSES, "print(sys.meta_path == before)") == "True\n"
