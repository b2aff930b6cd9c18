"""The mended example as pasted: rendered, run and exported once for each process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pasteproof.bundle.render import write
from pasteproof.connect import editor
from pasteproof.tests.bundle.pasting import LANGUAGES, example_bundle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pasteproof.connect.server import Server

Rows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The mended example's bundle, written to a folder for each language."""
    made = {language: tmp_path_factory.mktemp(language) for language in LANGUAGES}
    for language, folder in made.items():
        write(example_bundle(language), folder)
    return made


@pytest.fixture(scope="session")
def grids(server: Server) -> Callable[[str, str], dict[str, Rows]]:
    """The grids of each file, pasted in a language with these line ends into a database of its own."""
    known: dict[tuple[str, str], dict[str, Rows]] = {}

    def grids(language: str = "en", line_end: str = "\n") -> dict[str, Rows]:
        if (language, line_end) not in known:
            found = known[language, line_end] = {}
            with server.database() as database:
                for name in ("dry-run.sql", "bundle.sql", "verify.sql"):
                    text = example_bundle(language).files[name].replace("\n", line_end)
                    result = editor.run(database.dsn(), text)
                    assert result.error is None, result.error.shown
                    found[name] = result.rows
        return known[language, line_end]

    return grids
