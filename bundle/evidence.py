"""Evidence: a pasted result held against the manifest, every verdict computed anew.

The grid's own verdict column is never trusted: *expected* comes from the manifest, *actual* from the grid. The
trailer's md5 proves that the grid arrived as the database printed it, not that whoever pasted it is honest.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Sequence

import msgspec

from ..schema.expression import Likeness, compare
from ..schema.objects import kinds
from ..schema.objects.function import Argument, compare_arguments
from ..schema.snapshots.grid import Grid, Row, ServerError
from .manifest import FOLDED, Check, Manifest
from .verify import folded


class Decision(enum.Enum):
    """What a pasted result amounts to."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WAIVERS = "accepted_with_waivers"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"
    INCOMPLETE = "incomplete"
    NO_EVIDENCE = "no_evidence"

    @property
    def accepted(self) -> bool:
        """Whether the bundle counts as applied."""
        return self in {Decision.ACCEPTED, Decision.ACCEPTED_WITH_WAIVERS}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One check and what came back: pass, fail, unknown, unexpected or not run."""

    kind: str
    object: str
    attribute: str
    expected: str | None
    actual: str | None
    verdict: str
    judged: str = "value"


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The decision on one result, its reasons (keys of the language's ``reasons``, with arguments), its answers."""

    decision: Decision
    reasons: tuple[tuple[str, str], ...] = ()
    answers: tuple[Answer, ...] = ()
    facts: dict[str, str] = {}
    says: str = ""
    error: ServerError | None = None
    form: str = ""

    @property
    def at(self) -> str:
        """The database's own time, ISO 8601; empty where it did not say."""
        return self.facts.get("at", "")

    @property
    def wrong(self) -> tuple[Answer, ...]:
        """The answers that are no pass."""
        return tuple(answer for answer in self.answers if answer.verdict != "pass")


def judge(manifest: Manifest, result: Grid | ServerError) -> Judgement:
    """Decide on one pasted result."""
    if isinstance(result, ServerError):
        return _judge_error(result)
    trailer = result.trailer
    facts = dict(trailer.facts) if trailer else {}
    says = trailer.says if trailer else ""

    def decided(decision: Decision, *reasons: tuple[str, str], answers: Sequence[Answer] = ()) -> Judgement:
        return Judgement(
            decision=decision, reasons=reasons, answers=tuple(answers), facts=facts, says=says, form=result.format
        )

    if trailer is not None and trailer.bundle != manifest.bundle:
        return decided(Decision.REJECTED, ("other_bundle", trailer.bundle))
    if result.problems or trailer is None:
        return decided(Decision.INCOMPLETE, *(("damaged", problem) for problem in result.problems))
    if trailer.says == "not run" or (manifest.checks and not result.rows):
        return decided(Decision.INCOMPLETE, ("not_run", ""))
    file = trailer.file.partition(" ")[0]
    answers = _answers(manifest, result.rows, file)
    if file == "dry_run":
        return decided(Decision.NO_EVIDENCE, ("dry_run", ""), answers=answers)
    if file == "bundle" and facts.get("status") != "committed":
        return decided(Decision.INCOMPLETE, ("not_committed", facts.get("status", "")), answers=answers)
    if file not in {"bundle", "verify"}:
        return decided(Decision.INCOMPLETE, ("unknown_file", trailer.file), answers=answers)
    wrong = [answer for answer in answers if answer.verdict != "pass"]
    if any(answer.kind == "paste" for answer in wrong):
        return decided(Decision.REJECTED, ("paste_untrue", ""), answers=answers)
    if any(answer.verdict in {"fail", "unexpected"} for answer in wrong):
        return decided(Decision.REJECTED, ("differs", str(len(wrong))), answers=answers)
    if wrong:
        return decided(Decision.INCOMPLETE, ("undecided", str(len(wrong))), answers=answers)
    if any(finding.waived for finding in manifest.findings):
        return decided(Decision.ACCEPTED_WITH_WAIVERS, answers=answers)
    return decided(Decision.ACCEPTED, answers=answers)


def overall(judgements: Sequence[Judgement]) -> Judgement:
    """The judgement that counts of several results: the latest grid by the database's clock, else the first error."""
    grids = [judgement for judgement in judgements if judgement.error is None]
    if not grids:
        return judgements[0]
    evidence = [judgement for judgement in grids if judgement.decision is not Decision.NO_EVIDENCE]
    return max(evidence or grids, key=lambda judgement: judgement.at)


# Classes of SQLSTATEs that a connection's end or a cancelled statement has (57014 during the grid, say).
_SAYS_NOTHING = frozenset({"08", "57", "58", "XX"})


def _judge_error(error: ServerError) -> Judgement:
    if error.message.startswith("Success."):
        return Judgement(decision=Decision.INCOMPLETE, reasons=(("no_grid", error.message),), error=error)
    if error.sqlstate is None or error.severity != "ERROR" or error.sqlstate[:2] in _SAYS_NOTHING:
        # A lost connection and a cancelled statement prove nothing: they may have come after the commit.
        return Judgement(decision=Decision.INCOMPLETE, reasons=(("no_answer", error.message),), error=error)
    return Judgement(decision=Decision.ROLLED_BACK, reasons=(("error", error.sqlstate),), error=error)


_VERIFY_ROWS = ("alone", "unchanged", "nothing written before")


def _answers(manifest: Manifest, rows: Sequence[Row], file: str) -> list[Answer]:
    found: dict[tuple[str, str, str], Row] = {}
    doubled: list[Row] = []
    for row in rows:
        key = (row.kind, row.object, row.attribute)
        if key in found:
            doubled.append(row)
        found.setdefault(key, row)
    checks = [check for check in manifest.checks if file != "verify" or check.kind != "smoke"]
    if file == "verify":
        checks = [
            *(Check(kind="paste", object="verify", attribute=name, expected="yes") for name in _VERIFY_ROWS),
            *checks,
        ]
    missing = {(row.kind, row.object) for row in rows if row.attribute == "exists" and row.actual == "no"}
    by_value: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        if check.judged == "value":
            by_value.setdefault((check.kind, check.object), []).append(check)
    proven: set[tuple[str, str]] = set()
    for row in [row for row in rows if row.attribute == FOLDED]:
        if row.actual == folded(by_value.get((row.kind, row.object), ())):
            proven.add((row.kind, row.object))
            found.pop((row.kind, row.object, FOLDED), None)
    answers = []
    for check in checks:
        thing = (check.kind, check.object)
        if thing in missing and check.attribute != "exists":
            continue  # the absence is the one answer
        answer = found.pop(check.key, None)
        actual = answer.actual if answer else None
        if answer is not None:
            verdict = _verdict(check, answer)
        elif thing in proven and check.judged == "value":
            verdict, actual = "pass", check.expected
        else:
            verdict = "not run"
        expected = check.expected if check.judged != "server" else (answer.expected if answer else check.source)
        answers.append(
            Answer(
                kind=check.kind,
                object=check.object,
                attribute=check.attribute,
                expected=expected,
                actual=actual,
                verdict=verdict,
                judged=check.judged,
            )
        )
    answers += [
        Answer(
            kind=row.kind,
            object=row.object,
            attribute=row.attribute,
            expected=row.expected,
            actual=row.actual,
            verdict="unexpected",
        )
        for row in (*found.values(), *doubled)
    ]
    return answers


def _verdict(check: Check, row: Row) -> str:
    if check.judged == "value":
        return "pass" if row.actual == check.expected or row.actual == _digest(check.expected) else "fail"
    if check.judged == "offline":
        likeness = _compare(check, row.actual)
        if row.actual is not None and likeness is not Likeness.EXACT and (other := _with_lf(row.actual)) != row.actual:
            likeness = min(likeness, _compare(check, other))
        return _by_likeness(likeness)
    if row.verdict == "unknown" or row.expected is None:
        return "unknown"
    if row.expected != row.actual:
        return "fail"
    # The server's own words for what was meant: they may look different, never mean something else.
    shown = check.source is not None and row.actual is not None and not row.actual.startswith("md5 ")
    if shown and check.kind != "index" and _compare(check, row.actual) is Likeness.DIFFERENT:
        return "fail"
    return "pass"


def _with_lf(cell: str) -> str:
    """What an editor that writes CRLF had been given; in a cell that is JSON the line ends are escaped."""
    if cell.startswith(("[", "{")):
        return re.sub(r"(?<!\\)((?:\\\\)*)\\r\\n", r"\1\\n", cell)
    return cell.replace("\r\n", "\n")


def _digest(text: str | None) -> str:
    return "md5 " + hashlib.md5((text or "").encode(), usedforsecurity=False).hexdigest()


def _by_likeness(likeness: Likeness) -> str:
    if likeness in {Likeness.EXACT, Likeness.NORMAL}:
        return "pass"
    return "fail" if likeness is Likeness.DIFFERENT else "unknown"


def _compare(check: Check, actual: str | None) -> Likeness:
    meant = check.source if check.judged == "server" else check.expected
    if meant is None or actual is None:
        return Likeness.EXACT if meant == actual else Likeness.DIFFERENT
    if check.attribute == "arguments":
        try:
            return compare_arguments(_arguments(meant), _arguments(actual))
        except msgspec.MsgspecError:
            return Likeness.UNKNOWN
    return kinds()[check.kind].comparisons.get(check.attribute, compare)(meant, actual)


def _arguments(text: str) -> tuple[Argument, ...]:
    return msgspec.json.decode(text.encode(), type=tuple[Argument, ...])
