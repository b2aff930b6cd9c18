"""Each rule and its story: SQL that goes wrong and is mended, with what the rule finds at every step."""

from pathlib import Path

import pytest

from pasteproof.checks.finding import Finding, Level
from pasteproof.checks.lint import Options, lint
from pasteproof.checks.rule import rules

from .projects import project

STORIES = Path(__file__).parent / "rules"
FINDS, YAML = "-- finds: ", "-- schema.yaml:"


def steps(story: str) -> list[tuple[str, str, str]]:
    """The schema.yaml in force, all SQL so far, and what is to be found, for each ``-- finds:``."""
    found: list[tuple[str, str, str]] = []
    sql: list[str] = []
    yaml, in_yaml = "version: 1\ntarget: {default_grants: exposed}\n", False
    for line in story.splitlines():
        if line.startswith(FINDS):
            found.append((yaml, "\n".join(sql), line.removeprefix(FINDS)))
        if line == YAML:
            yaml, in_yaml = "", True
        elif in_yaml and line.startswith("--   "):
            yaml += line.removeprefix("--   ") + "\n"
        else:
            in_yaml = False
        sql.append(line)
    return found


def label(finding: Finding) -> str:
    if finding.object:
        return finding.object.identity
    return f"line {finding.location.line}" if finding.location else "schema.yaml"


def told(rule: str, yaml: str, sql: str) -> list[Finding]:
    select = (rule,) if rule != "unused_suppression" else ()
    findings = lint(project({"1_story.sql": sql}, yaml), Options(select=select)).findings
    return [finding for finding in findings if finding.rule == rule]


STEPS = [
    pytest.param(path.stem, *step, id=f"{path.stem}-{number}")
    for path in sorted(STORIES.glob("*.sql"))
    for number, step in enumerate(steps(path.read_text()), 1)
]


@pytest.mark.parametrize(("rule", "yaml", "sql", "expected"), STEPS)
def test_story(rule: str, yaml: str, sql: str, expected: str) -> None:
    assert (", ".join(map(label, told(rule, yaml, sql))) or "nothing") == expected


REMEDIES = [
    pytest.param(rule, yaml, sql, id=f"{rule}-{number}")
    for number, (rule, yaml, sql, expected) in enumerate((step.values for step in STEPS), 1)
    if expected != "nothing" and rule not in {"default_grants_unset", "rls_enabled_no_policy"}  # a query, an example
]


@pytest.mark.parametrize(("rule", "yaml", "sql"), REMEDIES)
def test_the_remedy_mends_it(rule: str, yaml: str, sql: str) -> None:
    for finding in told(rule, yaml, sql):
        if finding.remedy and finding.remedy.sql:
            after = told(rule, yaml, f"{sql}\n{finding.remedy.sql}")
            assert (finding.object, finding.message) not in {(each.object, each.message) for each in after}
            everything = lint(project({"1_story.sql": f"{sql}\n{finding.remedy.sql}"}, yaml), Options()).findings
            before = lint(project({"1_story.sql": sql}, yaml), Options()).findings
            refused = {"statement_rejected", "missing_object", "object_exists"}
            assert sum(each.rule in refused for each in everything) == sum(each.rule in refused for each in before)


def test_every_rule_has_a_story_that_finds_it_and_one_that_does_not() -> None:
    stories = {path.stem: steps(path.read_text()) for path in STORIES.glob("*.sql")}
    assert stories.keys() == rules().keys()
    for name, told_steps in stories.items():
        assert {"nothing"} < {expected for _, _, expected in told_steps} or name in ONLY_GROW, name


ONLY_GROW = {"statement_rejected", "missing_object", "reserved_schema_ddl", "secret_in_sql"}


@pytest.mark.parametrize("name", rules())
def test_a_rule_is_a_page(name: str) -> None:
    rule = rules()[name]
    summary, _, rest = rule.manual.partition("\n\n")
    assert summary.endswith(".")
    assert "\n" not in summary
    assert rest, "a page says why it matters"
    assert rule.checks


SPLINTER = {
    "unindexed_foreign_keys": ("0001", Level.INFO),
    "auth_users_exposed": ("0002", Level.ERROR),
    "auth_rls_initplan": ("0003", Level.WARN),
    "no_primary_key": ("0004", Level.INFO),
    "multiple_permissive_policies": ("0006", Level.WARN),
    "policy_exists_rls_disabled": ("0007", Level.ERROR),
    "rls_enabled_no_policy": ("0008", Level.INFO),
    "duplicate_index": ("0009", Level.WARN),
    "security_definer_view": ("0010", Level.ERROR),
    "function_search_path_mutable": ("0011", Level.WARN),
    "rls_disabled_in_public": ("0013", Level.ERROR),
    "extension_in_public": ("0014", Level.WARN),
    "rls_policy_always_true": ("0024", Level.WARN),
}


def test_numbers_and_levels_are_splinters() -> None:
    assert {name: (rule.number, rule.level) for name, rule in rules().items() if rule.splinter} == SPLINTER
