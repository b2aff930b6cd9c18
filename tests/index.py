"""Tests that install something need a package index."""

import re

import pytest

_UNREACHABLE = re.compile(
    "No matching distribution|Could not find a version|(NewConnection|ConnectTimeout|ReadTimeout|MaxRetry|Proxy)Error"
    "|name resolution|timed out|Connection (refused|reset|aborted)"
)


def skip_without_index(said: str) -> None:
    """Skip where what a failed installer said means that it reached no index."""
    if _UNREACHABLE.search(said):
        pytest.skip("the package index cannot be reached")
