"""Every form of statement has been thought of, and every one that is followed is proven by a case."""

import pytest

from . import checklist
from .checklist import FOLLOWED, Row


@pytest.mark.parametrize("row", [pytest.param(row, id=str(row.form)) for row in checklist.rows()])
def test_a_form_has_its_case_or_a_reason_why_it_needs_none(row: Row) -> None:
    assert row.what
    assert row.case or row.what != FOLLOWED


def test_the_page_is_fresh() -> None:
    fresh = checklist.PAGE.read_text("utf-8") == checklist.page()
    assert fresh, "docs/statements.md is stale: run python tests/catalog/checklist.py"
