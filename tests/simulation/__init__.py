"""Stories of the simulation that need no server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pasteproof.schema.simulate import Simulation, platform_catalog, simulate
from pasteproof.schema.source import Source

if TYPE_CHECKING:
    from pasteproof.schema.catalog import Catalog


def make(*files: str, external: tuple[str, ...] = (), default_grants: str = "exposed") -> Simulation:
    """Run files as migrations of a new project."""
    sources = [Source.from_text(f"{number}.sql", text) for number, text in enumerate(files, 1)]
    baseline = platform_catalog(default_grants=default_grants)
    return simulate(baseline, sources[:-1], sources[-1:], external=external)


def unknowns(catalog: Catalog) -> dict[str, set[str]]:
    """What is not known of what migrations made."""
    return {f"{obj.kind} {obj.identity}": set(obj.unknown) for obj in catalog if obj.unknown and obj.origin == "made"}
