"""The private PostgreSQL that tests share: one server for each process, one database for each test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from pasteproof.connect.server import Database, Server, ServerUnavailable, start

if TYPE_CHECKING:
    from collections.abc import Iterator

MAJORS = "PASTEPROOF_TEST_MAJORS"  # "17" or "15,17": only these; then a server is demanded, not merely used

# The command shows itself otherwise in a workflow, libpq takes what it is not told from there, and git works on another
# repository in a hook; a test that wants any of that says so.
WORKFLOW = {"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"}
TERMINAL = {"COLUMNS", "FORCE_COLOR", "NO_COLOR"}
HOOK = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"}
for name in list(os.environ):
    if name in WORKFLOW | TERMINAL | HOOK or name.startswith("PG"):
        del os.environ[name]

# The same examples at every run, so that a red run can be had again; with the variable set they are new ones. How long
# one takes says how busy the machine is.
settings.register_profile(
    "same",
    derandomize="PASTEPROOF_TEST_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A running server, skipped where there is none (unless its majors are named in the environment)."""
    named = os.environ.get(MAJORS)
    try:
        running = start([int(major) for major in named.split(",")] if named else None)
    except ServerUnavailable as reason:
        if named:
            raise
        pytest.skip(str(reason))
    with running:
        yield running


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    """A fresh project: the platform's baseline, and what it refuses role postgres."""
    with server.database() as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the server is marked so (``-m 'not server'`` leaves them out)."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.server)
