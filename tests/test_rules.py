"""Each rule and its story: SQL that goes wrong and is mended, with what the rule finds at every step."""

import pytest
from msgspec.structs import replace

from pasteproof.checks.finding import Finding, Level
from pasteproof.checks.lint import Options, lint, simulated
from pasteproof.checks.rule import rules
from pasteproof.checks.schema import Schema
from pasteproof.checks.story import NOTHING, STORIES, Step, findings, steps
from pasteproof.schema.objects.policy import Policy

from .projects import project


def label(finding: Finding) -> str:
    if finding.object:
        return finding.object.identity
    return f"line {finding.location.line}" if finding.location else "schema.yaml"


TOLD = {path.stem: steps(path.read_text("utf-8")) for path in sorted(STORIES.glob("*.sql"))}
NUMBERED = [(f"{rule}-{n}", rule, step) for rule, told in TOLD.items() for n, step in enumerate(told, 1)]
STEPS = [pytest.param(rule, step, id=name) for name, rule, step in NUMBERED]
MISTAKES = [pytest.param(rule, step, id=name) for name, rule, step in NUMBERED if step.expected != NOTHING]


@pytest.mark.parametrize(("rule", "step"), STEPS)
def test_story(rule: str, step: Step) -> None:
    assert (", ".join(map(label, findings(rule, step))) or NOTHING) == step.expected


@pytest.mark.parametrize(("rule", "step"), MISTAKES)
def test_the_remedy_mends_it(rule: str, step: Step) -> None:
    yaml, sql = step.yaml, step.sql
    for finding in findings(rule, step):
        if finding.remedy and finding.remedy.sql and not finding.remedy.example:
            after = findings(rule, replace(step, sql=f"{sql}\n{finding.remedy.sql}"))
            assert (finding.object, finding.message) not in {(each.object, each.message) for each in after}
            everything = lint(project({"1_story.sql": f"{sql}\n{finding.remedy.sql}"}, yaml), Options()).findings
            before = lint(project({"1_story.sql": sql}, yaml), Options()).findings
            refused = {"statement_rejected", "missing_object", "object_exists"}
            assert sum(each.rule in refused for each in everything) == sum(each.rule in refused for each in before)


@pytest.mark.parametrize("name", [rule.name for rule in rules().values() if rule.may_fault])
def test_a_policy_that_is_not_put_to_a_check_would_pass_it(name: str) -> None:
    rule = rules()[name]
    told = [step for each in ("missing_to", "subselect_ambiguity", name) for step in TOLD[each]]
    for step in told:
        written = project({"1_story.sql": step.sql}, step.yaml)
        schema = Schema(written, simulated(written), written.target)
        for policy in schema.catalog.of(Policy):
            texts = [text for text in (policy.using, policy.check) if text is not None]
            if rule.may_fault and texts and not any(map(rule.may_fault, texts)):
                assert not [fault for check in rule.checks for fault in check.function(policy, schema)], policy.identity


def test_every_rule_has_a_story_that_finds_it_and_one_that_does_not() -> None:
    assert TOLD.keys() == rules().keys()
    for name, told in TOLD.items():
        assert {NOTHING} < {step.expected for step in told} or name in ONLY_GROW, name


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
    "rls_references_user_metadata": ("0015", Level.ERROR),
    "materialized_view_in_api": ("0016", Level.WARN),
    "foreign_table_in_api": ("0017", Level.WARN),
    "unsupported_reg_types": ("0018", Level.WARN),
    "insecure_queue_exposed_in_api": ("0019", Level.ERROR),
    "fkey_to_auth_unique": ("0021", Level.ERROR),
    "sensitive_columns_exposed": ("0023", Level.ERROR),
    "rls_policy_always_true": ("0024", Level.WARN),
    "public_bucket_allows_listing": ("0025", Level.WARN),
    "pg_graphql_anon_table_exposed": ("0026", Level.WARN),
    "pg_graphql_authenticated_table_exposed": ("0027", Level.WARN),
    "anon_security_definer_function_executable": ("0028", Level.WARN),
    "authenticated_security_definer_function_executable": ("0029", Level.WARN),
}


def test_numbers_and_levels_are_splinters() -> None:
    assert {name: (rule.number, rule.level) for name, rule in rules().items() if rule.splinter} == SPLINTER
