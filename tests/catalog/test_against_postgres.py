"""Every form of DDL, run on a real PostgreSQL and simulated: no fact may be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pasteproof.schema.simulate import platform_catalog
from pasteproof.schema.source import Source

from . import differential
from .differential import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasteproof.connect.server import Database, Server
    from pasteproof.schema.catalog import Key, Object


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[Database]:
    """One database for the cases that can be rolled back."""
    with server.database() as made:
        yield made


@pytest.fixture(scope="module")
def baseline(shared: Database) -> dict[Key, Object]:
    """What a fresh project holds."""
    with shared.connect() as connection:
        return differential.read(connection)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in differential.cases()])
def test_case(
    case: Case,
    server: Server,
    shared: Database,
    baseline: dict[Key, Object],
    record_property: Callable[[str, object], None],
) -> None:
    if server.major < case.since:
        pytest.skip(f"PostgreSQL {case.since} and newer alone take this")
    if case.alone:
        with server.database() as own, own.connect(case.role) as connection:
            answers = differential.run(connection, case, savepoints=False)
            after = differential.read(connection)
    else:
        with shared.connect(case.role, autocommit=False) as connection:
            answers = differential.run(connection, case, savepoints=True)
            after = differential.read(connection)
            connection.rollback()
    found = differential.compare(case, baseline, after, answers)
    record_property("facts", found.facts)
    record_property("known", found.known)
    record_property("wrong", len(found.wrong))
    for name, count in found.unknown.items():
        record_property(f"unknown {name}", count)
    assert found.wrong == []
    assert found.known * 100 >= found.facts * case.least, f"{found.known} of {found.facts} facts are known"


def test_baseline(baseline: dict[Key, Object]) -> None:
    """The platform's own file, simulated and run by its superuser; the event triggers stand in for its refusals."""
    baseline = {key: each for key, each in baseline.items() if each.kind != "event_trigger"}
    case = Case("the platform", Source.from_text("the platform", ""), 97)
    found = differential.compare(case, {}, baseline, [])
    assert found.wrong == []
    assert found.known >= found.facts * 0.97, f"{found.known} of {found.facts} facts are known"
    assert platform_catalog().events == []
