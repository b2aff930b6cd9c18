"""A rule's page, in Markdown: made of its docstring, its story, and what the rule says of the story.

``schema explain`` prints it; ``script/docs`` writes every rule's to ``docs/rules``, with an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from ..schema.pattern import lazy
from .rule import Rule, rules
from .story import NOTHING, Step, findings, steps, story
from .topic import Topic

if TYPE_CHECKING:
    from .finding import Finding

PAGES = Path(__file__).parent.parent / "docs" / "rules"
COMMAND = "script/docs"

_WIDTH = 110
_SENTENCE = lazy(r"(?<=\.)(?<!\.\.)\s+(?=[A-Z`])")
_LIMIT = lazy(  # a sentence that says what is not found
    r"\b(is|are)\s+not(\s+(found|seen|looked\s+at|known\s+here))?[.:,;]"
    r"|\bleft\s+(alone|out)\b|\banother\s+rule's|\bdo\s+not\s+count\b"
)
_FOUND, _NOT_FOUND = ("Found is ", "Found are "), ("Not found",)
_ALWAYS = (
    "Nothing is said of what is not known: of what dynamic SQL may have made or changed, and of objects that were made "
    "elsewhere."
)

_ABOUT = (
    f"{{number}} rules. Made by `{COMMAND}` of the rules' docstrings and stories; `schema explain RULE` shows a page "
    "offline, `schema rules` the list. Profile `default` is asked unless `lint.profile` or `--profile` says `pedantic`."
)


def page(rule: Rule) -> str:
    """Print the page of a rule."""
    return "\n\n".join(_sections(rule)) + "\n"


def _sections(rule: Rule) -> Iterator[str]:
    summary, *written = rule.manual.replace("``", "`").split("\n\n")
    paragraphs, limits = _apart(written)
    bad, good, rest = _told(steps(story(rule.name) or ""))
    found = findings(rule.name, bad) if bad else []
    finding = found[0] if found else None
    yield f"# {rule.name}"
    yield summary
    yield _facts(rule)
    yield from _section("Why it matters", (p for p in paragraphs if not p.startswith(_FOUND)))
    if finding and finding.why:
        yield from _section("The way in", ["\n".join(f"{n}. {_line(why)}" for n, why in enumerate(finding.why, 1))])
    if bad:
        yield from _section("Bad", [_sql(bad.part), *_said(finding)])
    if finding and finding.remedy:
        yield from _section("Fix", _fix(finding))
    if good:
        yield from _section("Good", [_sql(good.part)])
    if rest:
        yield from _section("And then", [_sql("\n\n".join(step.part for step in rest))])
    yield from _section("What it finds", (p for p in paragraphs if p.startswith(_FOUND)))
    yield from _section("What it does not find", [*limits, _ALWAYS])
    yield from _section("Where it is meant so", [_silenced(rule)])


def _apart(paragraphs: list[str]) -> tuple[list[str], list[str]]:
    """What a rule's docstring says of the rule, and what it says of its limits."""
    rest: list[str] = []
    limits: list[str] = []
    for paragraph in paragraphs:
        if paragraph.startswith(_NOT_FOUND):
            limits.append(paragraph)
            continue
        sentences = _SENTENCE.split(paragraph)
        told = [sentence for sentence in sentences if sentence.startswith(_FOUND) or not _LIMIT.search(sentence)]
        if len(told) in {0, len(sentences)} or paragraph.startswith("- "):
            (rest if told or paragraph.startswith("- ") else limits).append(paragraph)
            continue
        rest.append(fill(" ".join(told), _WIDTH))
        limits.append(fill(" ".join(sentence for sentence in sentences if sentence not in told), _WIDTH))
    return rest, limits


def _section(title: str, paragraphs: Iterator[str] | list[str]) -> Iterator[str]:
    """A heading and its paragraphs; nothing where there are none."""
    body = list(paragraphs)
    if body:
        yield "\n\n".join([f"## {title}", *body])


def _facts(rule: Rule) -> str:
    advisor = f"[splinter {rule.splinter}]({rule.url})" if rule.splinter else "none of its lints"
    return (
        "| level | profile | topic | Supabase's Advisor |\n|---|---|---|---|\n"
        f"| {rule.level.value} | {rule.profile} | {rule.topic.value} | {advisor} |"
    )


def _told(told: list[Step]) -> tuple[Step | None, Step | None, list[Step]]:
    """The mistake, how it is mended, and the rest of a story."""
    at = next((n for n, step in enumerate(told) if step.expected != NOTHING), None)
    if at is None:
        return None, None, told
    opening = "\n\n".join(step.part for step in told[: at + 1])
    bad = Step(opening, told[at].yaml, told[at].sql, told[at].expected)
    if at + 1 < len(told) and told[at + 1].expected == NOTHING:
        return bad, told[at + 1], told[at + 2 :]
    return bad, None, told[at + 1 :]


def _said(finding: Finding | None) -> Iterator[str]:
    if finding:
        yield f"> {finding.level.value}: {_line(finding.message)}"


def _fix(finding: Finding) -> Iterator[str]:
    if finding.remedy:
        yield _line(finding.remedy.text)
        if finding.remedy.sql:
            yield _sql(finding.remedy.sql)


def _silenced(rule: Rule) -> str:
    return (
        f"`-- pasteproof: ignore {rule.name} (reason)` on the statement, `ignore-file` for a file, or a waiver in "
        "`schema.yaml`. Everywhere: `lint: {ignore: [" + rule.name + "]}`."
    )


def _sql(text: str) -> str:
    return f"```sql\n{text.strip()}\n```"


_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\*_<>|`[]"})


def _line(text: str) -> str:
    """Words of a finding, none of which is a mark of Markdown."""
    return text.translate(_MARKS)


def index() -> str:
    """Print the index of all pages, by topic."""
    parts = ["# Rules", _ABOUT.format(number=len(rules()))]
    for topic in Topic:
        rows = [_row(rule) for rule in rules().values() if rule.topic is topic]
        if rows:
            parts.append(f"## {topic.value}")
            parts.append("\n".join(["| rule | level | splinter | finds |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _row(rule: Rule) -> str:
    level = rule.level.value + (" (pedantic)" if rule.profile == "pedantic" else "")
    number = f"[{rule.number}]({rule.url})" if rule.number else ""
    summary = rule.summary.replace("``", "`").replace("|", "\\|")
    return f"| [{rule.name}]({rule.name}.md) | {level} | {number} | {summary} |"


def pages() -> dict[str, str]:
    """Every page by the name of its file."""
    return {"README.md": index(), **{f"{rule.name}.md": page(rule) for rule in rules().values()}}


def write(folder: Path = PAGES) -> list[str]:
    """Write the pages, and take away those of rules that are gone; returns the names of the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    changed = [name for name, text in made.items() if _read(folder / name) != text]
    for name in changed:
        (folder / name).write_text(made[name], encoding="utf-8")
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
            changed.append(path.name)
    return changed


def stale(folder: Path = PAGES) -> list[str]:
    """The names of the files that are not as they would be written."""
    made = pages()
    there = {path.name for path in folder.glob("*.md")}
    return sorted({name for name, text in made.items() if _read(folder / name) != text} | (there - made.keys()))


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
