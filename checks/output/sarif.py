"""Findings as SARIF 2.1.0, which GitHub's code scanning, editors and dashboards read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub takes of it:
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from msgspec import UNSET

from ...schema.source import Location
from ..cause import fingerprints
from ..finding import Level
from ..page import page
from ..rule import rules
from ..topic import Topic
from .places import place_of
from .terminal import escape_json, printable
from .wording import explained

if TYPE_CHECKING:
    from ..finding import Finding, Remedy
    from ..lint import Report
    from ..rule import Rule

Json = dict[str, Any]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.WARN: "warning", Level.INFO: "note"}
_SECURITY = {Level.ERROR: "8.0", Level.WARN: "5.0", Level.INFO: "2.0"}  # high, medium and low to GitHub
_NO_SECURITY = {Topic.PERFORMANCE, Topic.MIGRATIONS, Topic.PASTE, Topic.SPECIFICATION, Topic.EXTENSIONS}
_ROOT = "SRCROOT"
_LINK, _PLACEHOLDER = re.compile(r"\[([^\[\]]*)\]\("), re.compile(r"\{(\d+)\}")


def render(report: Report) -> str:
    """Print a report as a SARIF log of one run; what is waived or suppressed is in it, marked as that."""
    told: list[tuple[Finding, list[Json] | None]] = [(finding, None) for finding in report.findings]
    told += [(finding, _suppressions("external", reason)) for finding, reason in report.waivers]
    told += [(finding, _suppressions("inSource", reason)) for finding, reason in report.ignored]
    names = sorted({finding.rule for finding, _ in told})
    prints = fingerprints(finding for finding, _ in told)
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pasteproof",
                        "semanticVersion": version("pasteproof"),
                        "rules": [_rule(rules()[name]) for name in names],
                    }
                },
                "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the repository."}}},
                "invocations": [{"executionSuccessful": report.unreadable == 0}],
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(finding, names.index(finding.rule), fingerprint, suppressions, report)
                    for (finding, suppressions), fingerprint in zip(told, prints, strict=True)
                ],
            }
        ],
    }
    return escape_json(msgspec.json.format(msgspec.json.encode(log), indent=2).decode()) + "\n"


def _rule(rule: Rule) -> Json:
    summary, _, rest = rule.manual.replace("``", "`").partition("\n\n")
    security = rule.topic not in _NO_SECURITY
    told = {
        "id": rule.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": rest.partition("\n\n")[0].replace("\n", " ") or summary},
        "help": {"text": f"{summary}\n\n{rest}", "markdown": page(rule)},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {
            "tags": [*(["security"] if security else []), rule.topic.value],
            "precision": "high",
            "problem.severity": {"note": "recommendation"}.get(_LEVELS[rule.level], _LEVELS[rule.level]),
            **({"security-severity": _SECURITY[rule.level]} if security else {}),
        },
    }
    return _filled(told)


def _filled(told: Json) -> Json:
    """What has a value: SARIF has properties left out, not null."""
    return {name: value for name, value in told.items() if value not in (None, [], {})}


def _result(finding: Finding, number: int, fingerprint: str, suppressions: list[Json] | None, report: Report) -> Json:
    related = [
        {"id": at, "message": {"text": printable(each.message)}, **_location(each.location)}
        for at, each in enumerate(finding.related, 1)
    ]
    properties: Json = {"cacheKeys": finding.cache_keys} if finding.cache_keys else {}
    if finding.object:
        properties["object"] = finding.object
    told = {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVELS[finding.level],
        "message": {"text": _message(finding)},
        "locations": [_location(place_of(finding, report))],
        "relatedLocations": related,
        "partialFingerprints": {"cause/v1": fingerprint},
        "fixes": _fixes(finding.remedy, report),
        "suppressions": suppressions,
        "properties": properties,
    }
    return _filled(told)


def _message(finding: Finding) -> str:
    """The words of a finding, in which nothing is taken for a link ``[text](target)`` or a placeholder ``{0}``."""
    text = _LINK.sub(lambda link: f"\\[{link[1]}\\](", explained(finding, related=False))
    return _PLACEHOLDER.sub(r"{{\1}}", text)


def _location(place: Location) -> Json:
    return {"physicalLocation": {"artifactLocation": _artifact(place.file), "region": _region(place)}}


def _artifact(file: str) -> Json:
    return {"uri": quote(file), "uriBaseId": _ROOT}


def _region(place: Location) -> Json:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fixes(remedy: Remedy | None, report: Report) -> list[Json]:
    """The edit that mends it: of the place itself, or SQL at the end of the file that is to be run last."""
    if remedy is None:
        return []
    if remedy.edit is not UNSET:
        change = _replaced(remedy.edit.location.file, _region(remedy.edit.location), remedy.edit.text)
    elif remedy.sql and remedy.example is UNSET and report.last:
        lines = report.sources[report.last].text.split("\n")
        end = Location(report.last, len(lines), len(lines[-1]) + 1, len(lines), len(lines[-1]) + 1)
        change = _replaced(report.last, _region(end), ("\n" if lines[-1] else "") + f"{remedy.sql}\n")
    else:
        return []
    return [{"description": {"text": printable(remedy.text)}, "artifactChanges": [change]}]


def _replaced(file: str, region: Json, text: str) -> Json:
    return {
        "artifactLocation": _artifact(file),
        "replacements": [{"deletedRegion": region, "insertedContent": {"text": text}}],
    }


def _suppressions(kind: str, reason: str) -> list[Json]:
    return [{"kind": kind, "status": "accepted", "justification": printable(reason)}]
