"""The documents of a bundle and the report on a pasted result: data for the templates of two languages.

Every sentence stands in ``templates/<language>``; nothing here depends on the clock or on the machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import jinja2
import msgspec

from ..checks import markdown
from ..schema.catalog import Catalog
from ..schema.names import quote_literal
from ..schema.objects.column import Column
from ..schema.objects.constraint import Constraint
from ..schema.objects.index import Index
from ..schema.objects.table import Table
from ..schema.snapshots.grid import ServerError
from ..schema.source import Statement
from .evidence import Answer, Judgement, overall
from .expectation import Expectations
from .manifest import Manifest
from .verify import TEMPLATES, Smoke, environment, words

DOCUMENTS = ("QUICK_START.md", "EXECUTE_NOW.md", "INSTRUCTIONS.md", "REPORT_TEMPLATE.md", "STATUS.md")
_PASTES = ("bundle.sql", "verify.sql", "dry-run.sql")
_MINUTES_TO_PASTE = 3
_QUERIES_A_MINUTE = 2  # for who runs the verification queries as well


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the documents say about one bundle."""

    manifest: Manifest
    before: Catalog
    after: Catalog
    expectations: Expectations
    prompts: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    smokes: tuple[Smoke, ...] = ()
    assertions: Mapping[str, str] = {}
    statements: tuple[Statement, ...] = ()


class Known(msgspec.Struct, frozen=True):
    """What is known of an error: its name, why it comes, what to do."""

    title: str
    cause: str
    do: str


def counts(expectations: Expectations) -> dict[str, int]:
    """How many objects of each kind are made, how many dropped ("dropped policy"), and how many checks there are.

    The indexes behind keys are counted by themselves ("key_index"), a new table's columns not at all.
    """
    tables = {obj.identity for obj in expectations.makes if isinstance(obj, Table)}
    found: Counter[str] = Counter()
    for obj in expectations.makes:
        if isinstance(obj, Column) and obj.table in tables:
            continue
        backs = isinstance(obj, Index) and obj.constraint is not None
        found["key_index" if backs else obj.kind] += 1
        if isinstance(obj, Table) and obj.row_security:
            found["row_security"] += 1
    found.update(f"dropped {obj.kind}" for obj in expectations.drops if obj.kind != "privilege")
    found["checks"] = len(expectations.checks)
    found["offline"] = sum(check.judged == "offline" for check in expectations.checks)
    return dict(sorted(found.items()))


def header(facts: Facts, language: str, file: str) -> list[str]:
    """The comment at the head of a paste (bundle, verify or dry_run), line by line: what it is, how to run it."""
    context = {"file": file, "prompts": facts.prompts, "left_out": facts.left_out, **_common(facts.manifest)}
    text = _render(language, "header.sql.j2", context)
    return [markdown.visible(line).rstrip() for line in text.strip("\n").split("\n")]


def documents(facts: Facts, language: str) -> dict[str, str]:
    """The documents by file name: the same text for the same facts."""
    from .described import describe
    from .queries import queries

    description = describe(facts.before, facts.after, facts.expectations.makes, facts.statements)
    entries = [
        (each.version, each.name or "") for each in facts.manifest.migrations if each.registered and each.version
    ]
    asked = tuple(queries(facts.after, facts.expectations.makes, entries))
    context = {
        **_common(facts.manifest),
        "prompts": facts.prompts,
        "left_out": facts.left_out,
        "smokes": facts.smokes,
        "assertions": facts.assertions,
        "made": description,
        "queries": asked,
        "troubles": _troubles(facts, language),
        "guard": _guard(language),
        "evidence": None,
        "minutes": _MINUTES_TO_PASTE + -(-len(asked) // _QUERIES_A_MINUTE),
        "paste_minutes": _MINUTES_TO_PASTE,
    }
    return {name: _render(language, f"{name}.j2", context) for name in DOCUMENTS}


def report(manifest: Manifest, judgements: Sequence[tuple[str, str, Judgement]], language: str) -> str:
    """The filled-in report on pasted results, each given as file name, sha256 of what was read, and judgement."""
    from importlib.metadata import version

    decisive = overall([judgement for _, _, judgement in judgements])
    ordered = sorted(judgements, key=lambda item: item[2] is not decisive)
    evidence = {
        "results": [
            {
                "file": name,
                "sha256": digest,
                "judgement": judgement,
                "decision": _judgement_words(language)["decisions"][judgement.decision.value],
                "reasons": _reasons(judgement, language),
                "known": explain(judgement.error, language) if judgement.error else None,
                "passed": _folded(judgement.answers),
            }
            for name, digest, judgement in ordered
        ],
        "accepted": decisive.decision.accepted,
        "judge": version("pasteproof"),
        "verdicts": _judgement_words(language)["verdicts"],
    }
    return _render(language, "REPORT_TEMPLATE.md.j2", {**_common(manifest), "evidence": evidence})


# How many wrong answers a terminal is shown, and how much of a value.
_MOST_ANSWERS, _LONGEST_VALUE = 30, 60


def summary(manifest: Manifest, judgement: Judgement) -> str:
    """The decision, its reasons, the wrong answers and what to do, in plain lines for a terminal."""
    language = manifest.language
    words = _judgement_words(language)
    versions = [each.version for each in manifest.migrations if each.version]
    context = {
        "decision": words["decisions"][judgement.decision.value],
        "j": judgement,
        "reasons": _reasons(judgement, language),
        "known": explain(judgement.error, language) if judgement.error else None,
        "verdicts": words["verdicts"],
        "most": _MOST_ANSWERS,
        "version": versions[-1] if versions else None,
    }
    return _render(language, "summary.txt.j2", context)


def _brief(value: str | None) -> str:
    """A value in one line of a terminal; nothing where there is none."""
    if value is None:
        return "NULL"
    shown = " ".join(markdown.visible(value).split())
    return f"{shown[:_LONGEST_VALUE]}..." if len(shown) > _LONGEST_VALUE else shown or "''"


def explain(error: ServerError, language: str) -> Known | None:
    """What is known of an error, by its SQLSTATE and its words; the first entry that fits."""
    for entry in _errors(language):
        when = entry["when"]
        if when.get("sqlstate", error.sqlstate) != error.sqlstate:
            continue
        if when.get("contains", "").lower() in error.message.lower():
            return Known(entry["title"], entry["cause"], entry["do"])
    return None


def _reasons(judgement: Judgement, language: str) -> list[str]:
    said = _judgement_words(language)
    found = []
    for key, argument in judgement.reasons:
        text = said["reasons"][key]
        told = _translated(argument, said.get("problems", {})) if key == "damaged" else argument
        found.append(text.replace("%s", told))
    return found


def _translated(problem: str, patterns: Mapping[str, str]) -> str:
    """A problem of a grid in the report's language: the pattern it fits, filled with its own numbers."""
    for pattern, text in patterns.items():
        fits = re.fullmatch("(.+)".join(map(re.escape, pattern.split("%s"))), problem, re.DOTALL)
        if fits:
            parts = text.split("%s")
            return "".join(part + value for part, value in zip(parts, (*fits.groups(), ""), strict=True))
    return problem


def _folded(answers: Sequence[Answer]) -> list[tuple[str, str, int]]:
    """The checks that passed, counted per object, in the order they came."""
    found = Counter((answer.kind, answer.object) for answer in answers if answer.verdict == "pass")
    return [(kind, name, number) for (kind, name), number in found.items()]


# SQLSTATEs that only a migration making such objects can meet; all others can meet any.
_MET_BY: Mapping[str, frozenset[str]] = {
    "42P07": frozenset({"table", "view", "index", "key_index", "sequence"}),
    "42710": frozenset(
        {"policy", "trigger", "constraint", "type", "role", "publication", "extension", "event_trigger"}
    ),
    "42701": frozenset({"column"}),
}


def _troubles(facts: Facts, language: str) -> list[dict[str, Any]]:
    """What can go wrong with this bundle, each with the names in it that can cause it."""
    made = facts.manifest.counts
    names: dict[str, list[str]] = {}
    tables = {obj.identity for obj in facts.expectations.makes if isinstance(obj, Table)}
    for obj in facts.expectations.makes:
        # What comes with its table cannot be there before it.
        if not (isinstance(obj, (Column, Constraint)) and obj.table in tables):
            names.setdefault(obj.kind, []).append(obj.identity)
    kinds = {statement.kind for statement in facts.statements}
    found = []
    for entry in _errors(language):
        when = entry["when"]
        state = when.get("sqlstate")
        concerned = _MET_BY.get(state)
        if concerned is not None and not concerned & set(made):
            continue
        if state == "55P04" and "AlterEnumStmt" not in kinds:
            continue
        if state == "23505" and "InsertStmt" not in kinds and not any(m.registered for m in facts.manifest.migrations):
            continue
        if "prompt" in when and when["prompt"] not in facts.prompts:
            continue
        own = [name for kind in sorted(concerned or ()) for name in names.get(kind, ())]
        found.append({**entry, "names": own})
    return found


def _guard(language: str) -> list[dict[str, str]]:
    """What the bundle itself says when it refuses, and what to do then."""
    said = words(language)
    found = []
    for key, message in said.items():
        subject, _, part = key.rpartition("_")
        if part == "message":
            do = said.get(f"{subject}_hint") or said["cut_hint"]
            found.append({"message": message.replace("%s", "…"), "do": do, "detail": said.get(f"{subject}_detail", "")})
    return found


def _common(manifest: Manifest) -> dict[str, Any]:
    project = f"https://supabase.com/dashboard/project/{manifest.ref or '_'}"
    return {
        "manifest": manifest,
        "pastes": [(name, manifest.files.get(name, "")) for name in _PASTES],
        "editor": f"{project}/sql/new",
        "tables": f"{project}/editor",
        "total": len(manifest.checks),
        "offline": sum(check.judged == "offline" for check in manifest.checks),
        "waived": [finding for finding in manifest.findings if finding.waived],
        "accepted_findings": [finding for finding in manifest.findings if not finding.waived],
        "groups": _groups(manifest),
    }


def _groups(manifest: Manifest) -> list[tuple[str, str, list[Any]]]:
    """The checks by object, in the order of the grid."""
    found: dict[tuple[str, str], list[Any]] = {}
    for check in manifest.checks:
        found.setdefault((check.kind, check.object), []).append(check)
    return [(kind, name, checks) for (kind, name), checks in found.items()]


@cache
def _environment(language: str) -> jinja2.Environment:
    made = environment().overlay(undefined=jinja2.StrictUndefined)
    made.filters = {
        **made.filters,
        "plain": markdown.plain,
        "code": markdown.code,
        "cell": markdown.cell,
        "fenced": markdown.fenced,
        "visible": markdown.visible,
        "plural": markdown.plural,
        "literal": quote_literal,
        "brief": _brief,
    }
    made.globals = {**made.globals, "nouns": _data(language, "kinds.json")}
    return made


def _render(language: str, name: str, context: Mapping[str, Any]) -> str:
    text = _environment(language).get_template(f"{language}/{name}").render(context)
    return "\n".join(_spaced(text.split("\n"))).strip("\n") + "\n"


def _spaced(lines: Sequence[str]) -> Iterator[str]:
    """The lines, no two of them empty in a row but inside a block of code."""
    fence = previous = ""
    for line in lines:
        opens = re.match(r"`{3,}", line)
        if opens and not fence:
            fence = opens[0]
        elif line == fence:
            fence = ""
        if line or previous or fence:
            yield line
        previous = line


def _errors(language: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _data(language, "errors.json")
    return found


def _judgement_words(language: str) -> dict[str, Any]:
    found: dict[str, Any] = _data(language, "judgement.json")
    return found


@cache
def _data(language: str, name: str) -> Any:
    return msgspec.json.decode((TEMPLATES / language / name).read_bytes())
