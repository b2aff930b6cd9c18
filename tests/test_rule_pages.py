"""docs/rules: a page for each rule, as `schema explain` shows it, and an index."""

import re

from pasteproof.checks.page import COMMAND, PAGES, index, page, stale
from pasteproof.checks.rule import rules
from pasteproof.checks.topic import Topic


def test_the_pages_are_fresh() -> None:
    found = stale()
    assert not found, f"docs/rules is stale ({', '.join(found)}): run {COMMAND} and commit what it writes"


def test_a_page_has_everything_a_reader_asks() -> None:
    told = page(rules()["security_definer_view"])
    headings = re.findall(r"^## (.+)$", told, re.MULTILINE)
    assert headings[:5] == ["Why it matters", "The way in", "Bad", "Fix", "Good"]
    assert headings[-2:] == ["What it does not find", "Where it is meant so"]
    assert "| ERROR | default | Views" in told
    assert "database-linter?lint=0010_security_definer_view" in told
    assert "1. the API serves schema public" in told
    assert "```sql\nalter view public.authors set (security_invoker = on);\n```" in told


def test_every_page_has_an_example_and_is_in_the_index() -> None:
    listed = index()
    for name in rules():
        told = (PAGES / f"{name}.md").read_text("utf-8")
        assert {"## Bad", "## What it does not find"} <= set(told.splitlines()), name
        assert told.count("```") % 2 == 0, name
        assert f"[{name}]({name}.md)" in listed


def test_the_index_has_only_topics_that_have_rules() -> None:
    headings = re.findall(r"^## (.+)$", index(), re.MULTILINE)
    assert headings == [topic.value for topic in Topic if any(rule.topic is topic for rule in rules().values())]
    assert PAGES.is_dir()
