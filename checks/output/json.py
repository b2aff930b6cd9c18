"""Findings for machines: one JSON document, version 1.

``python -m pasteproof.checks.output.json`` writes its JSON Schema to ``checks/data/lint.schema.json``.
"""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ...schema.source import Location
from ..cause import Cause
from ..finding import Edit, Finding, Level, Related, Remedy, Subject
from .terminal import escape_json

if TYPE_CHECKING:
    from ..lint import Report

PUBLISHED = Path(__file__).parent.parent / "data" / "lint.schema.json"

Count = Annotated[int, Meta(ge=0)]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """How many findings there are, and how many are not told, and why."""

    findings: Annotated[Count, Meta(description="How many are told.")]
    errors: Count
    warnings: Count
    infos: Count
    files: Annotated[Count, Meta(description="How many files were asked for.")]
    history: Annotated[Count, Meta(description="Findings of files that were applied; --all tells them.")]
    suppressed: Annotated[Count, Meta(description="Findings that comments suppress.")]
    waived: Annotated[Count, Meta(description="Findings that schema.yaml waives.")]
    unreadable: Annotated[Count, Meta(description="Files that could not be read, and faults of the configuration.")]
    pending: Annotated[Count | UnsetType, Meta(description="With applied_until: how many files were not applied.")] = (
        UNSET
    )
    since: Annotated[str | UnsetType, Meta(description="With --since: the revision.")] = UNSET
    old: Annotated[Count | UnsetType, Meta(description="With --since: findings that the revision had.")] = UNSET
    known: Annotated[Count | UnsetType, Meta(description="With --baseline: findings that are in it.")] = UNSET
    gone: Annotated[
        tuple[Cause, ...] | UnsetType, Meta(description="With --baseline: what is in it and was not found.")
    ] = UNSET


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What `schema lint --format json` prints; lines and columns count from 1, columns in characters."""

    version: Literal[1] = 1
    findings: tuple[Finding, ...]
    summary: Summary


def render(report: Report) -> str:
    """Print a report as JSON; lines and columns count from 1, columns in characters, ends are exclusive."""
    since, known = report.since, report.known
    document = Document(
        findings=report.findings,
        summary=Summary(
            findings=len(report.findings),
            errors=report.count(Level.ERROR),
            warnings=report.count(Level.WARN),
            infos=report.count(Level.INFO),
            files=report.files,
            history=report.history,
            suppressed=report.suppressed,
            waived=report.waived,
            unreadable=report.unreadable,
            pending=UNSET if report.pending is None else report.pending,
            since=UNSET if since is None else since,
            old=UNSET if since is None else report.old,
            known=UNSET if known is None else known,
            gone=UNSET if known is None else report.gone,
        ),
    )
    return escape_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"


def schema() -> str:
    """Print the JSON Schema (2020-12) of the document, as it is published."""
    tree: dict[str, Any] = msgspec.json.schema(Document)
    structs: tuple[type[msgspec.Struct], ...] = (
        *(Document, Summary, Finding, Subject, Related),
        *(Remedy, Edit, Cause, Location),
    )
    for struct in structs:  # whatever has a value is printed, defaults too
        definition = tree["$defs"][struct.__name__]
        unset = {field.encode_name for field in msgspec.structs.fields(struct) if field.default is UNSET}
        definition["required"] = [name for name in definition["properties"] if name not in unset]
        definition.pop("title")
        definition["description"] = cleandoc(definition["description"])
        for each in definition["properties"].values():
            each.pop("default", None)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Findings of pasteproof"}
    return msgspec.json.format(msgspec.json.encode(head | tree), indent=2).decode() + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(schema(), "utf-8")
