"""The platform's baseline as it is written down: fresh, and the same as what its SQL makes."""

# ruff: noqa: SLF001 - which of two ways led to a baseline is nobody else's business

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pasteproof.schema import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasteproof.schema.catalog import Catalog


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """Baselines are made once: here each is made again."""
    simulate._baseline.cache_clear()
    yield
    simulate._baseline.cache_clear()


def by_sql(monkeypatch: pytest.MonkeyPatch, **target: str) -> Catalog:
    with monkeypatch.context() as patch:
        patch.setattr(simulate, "_kept_baseline", lambda: None)
        simulate._baseline.cache_clear()
        found = simulate.platform_catalog(**target)
    simulate._baseline.cache_clear()
    return found


def test_what_is_written_down_is_what_the_sql_makes() -> None:
    assert simulate._KEPT.read_text("utf-8") == simulate.baseline_lines(), "run script/platform"


@pytest.mark.parametrize(
    "target",
    [{"default_grants": "exposed"}, {"default_grants": "revoked"}, {"platform": "none"}],
    ids=["exposed", "revoked", "none"],
)
def test_it_is_read_back_object_by_object_and_edge_by_edge(
    monkeypatch: pytest.MonkeyPatch, target: dict[str, str]
) -> None:
    read, made = simulate.platform_catalog(**target), by_sql(monkeypatch, **target)
    assert list(read) == list(made)
    assert [(type(obj), obj.origin) for obj in read] == [(type(obj), obj.origin) for obj in made]
    edges = [{obj.key: catalog.depends_on(obj.key) for obj in catalog} for catalog in (read, made)]
    assert edges[0] == edges[1]
    assert any(edges[0].values())
    held = ("search_path", "role", "session_role", "settings", "origin", "resting", "external", "events")
    assert {name: getattr(read, name) for name in held} == {name: getattr(made, name) for name in held}


def test_without_it_or_with_another_sql_the_sql_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert simulate._kept_baseline() is not None
    monkeypatch.setattr(simulate, "_checksum", lambda: "00000000")
    assert simulate._kept_baseline() is None
    monkeypatch.undo()
    monkeypatch.setattr(simulate, "_KEPT", simulate._KEPT.with_name("absent.txt"))
    assert simulate._kept_baseline() is None
    assert any(simulate.platform_catalog())
