"""Tests that install something need a package index."""

import re

import pytest

_UNREACHABLE = re.compile("No matching distribution|Could not find a version|NewConnectionError|name resolution")


def skip_without_index(said: str) -> None:
    """Skip where what a failed installer said means that it reached no index."""
    if _UNREACHABLE.search(said):
        pytest.skip("the package index cannot be reached")
