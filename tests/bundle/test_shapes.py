"""Migrations of many shapes, each rendered and proven end to end: rehearsed, pasted, verified, pasted again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pasteproof.bundle.evidence import Decision
from pasteproof.bundle.prove import cells_of, prove_on
from pasteproof.connect import editor
from pasteproof.connect.server import ServerUnavailable, start
from pasteproof.tests.bundle.pasting import bundle_of, judged, pasted, shown
from pasteproof.tests.bundle.shapes import MANY_LINES, SHAPES, Shape
from pasteproof.tests.conftest import MAJORS
from pasteproof.tests.projects import project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasteproof.connect.server import Database, Server
    from pasteproof.schema.project import Project


def _majors() -> list[int]:
    named = os.environ.get(MAJORS)
    return [int(major) for major in named.split(",")] if named else [15, 17]


@pytest.fixture(scope="session", params=_majors())
def each_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of each major that is to be tried, skipped where this machine has none."""
    try:
        running = start([request.param])
    except ServerUnavailable as reason:
        if os.environ.get(MAJORS):
            raise
        pytest.skip(str(reason))
    with running:
        yield running


def _project(shape: Shape) -> Project:
    files = {"002_shape.sql": shape.sql}
    if shape.history:
        files = {"001_history.sql": shape.history, **files}
    yaml = shape.yaml or "version: 1\ntarget: {default_grants: exposed, postgres: [15, 17, 18]}\n"
    return project(files, yaml, applied={"001_history.sql"})


@pytest.mark.server
@pytest.mark.parametrize("shape", SHAPES, ids=[shape.name for shape in SHAPES])
def test_it_is_proven(shape: Shape, each_server: Server) -> None:
    made = _project(shape)
    history = [each.source for each in made.applied]
    proof = prove_on(each_server, bundle_of(made), history, lambda _: None, cells_of(made))
    wrong = [f"{step.name}: {step.seen}" for step in proof.steps if not step.ok]
    assert not wrong, "\n".join(wrong)


def test_what_windows_does_to_literals_and_names_is_no_difference(database: Database) -> None:
    bundle = bundle_of(_project(Shape("many lines", MANY_LINES)))
    for name in ("bundle.sql", "verify.sql"):
        result = editor.run(database.dsn(), bundle.files[name].replace("\n", "\r\n"))
        judgement = judged(bundle, shown(result))
        assert judgement.decision is Decision.ACCEPTED, (judgement.error, judgement.wrong)
    assert pasted(database, bundle, "verify.sql").decision is Decision.ACCEPTED
