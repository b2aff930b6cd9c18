"""A rule's story: SQL that goes wrong and is mended, with what the rule finds at every step.

It is the rule's test and the example on its page. ``-- finds: ...`` ends a step: the identities found (``line 3`` where
there is no object), or ``nothing``. ``-- schema.yaml:`` begins a schema.yaml, whose lines are comments indented by
three; it is in force until the next one. ``-- as of the revision`` ends what ``--since`` compares with.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..schema.changed import Revision
from ..schema.project import Migration, Project
from ..schema.source import Source
from ..schema.spec import read_spec

if TYPE_CHECKING:
    from .finding import Finding

STORIES = Path(__file__).parent.parent / "tests" / "rules"
NOTHING = "nothing"

_FINDS, _YAML, _INDENT = "-- finds: ", "-- schema.yaml:", "--   "
_REVISION = "-- as of the revision\n"
_FILE = "1_story.sql"


class Step(msgspec.Struct, frozen=True):
    """A part of a story as it is written, its end included; all of the story up to there; what is found then."""

    part: str
    yaml: str
    sql: str
    expected: str


def story(name: str) -> str | None:
    """The story of a rule, where it has one."""
    path = STORIES / f"{name}.sql"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def steps(text: str) -> list[Step]:
    """Cut a story into its steps."""
    found: list[Step] = []
    told: list[str] = []
    begun = 0
    yaml, in_yaml = "version: 1\ntarget: {default_grants: exposed}\n", False
    for line in text.splitlines():
        told.append(line)
        if line.startswith(_FINDS):
            part = "\n".join(told[begun:]).strip()
            found.append(Step(part, yaml, "\n".join(told[:-1]), line.removeprefix(_FINDS)))
            begun = len(told)
        if line == _YAML:
            yaml, in_yaml = "", True
        elif in_yaml and line.startswith(_INDENT):
            yaml += line.removeprefix(_INDENT) + "\n"
        else:
            in_yaml = False
    return found


def findings(rule: str, step: Step) -> list[Finding]:
    """What a rule finds in a step."""
    from .lint import Earlier, Options, lint

    select = (rule,) if rule != "unused_suppression" else ()  # which is about all of them
    before, mark, _ = f"{step.sql}\n".partition(_REVISION)
    since = Earlier(Revision(name="main", project=_project(step, before + mark))) if mark else None
    told = lint(_project(step, f"{step.sql}\n"), Options(select=select, since=since)).findings
    return [finding for finding in told if finding.rule == rule]


def _project(step: Step, sql: str) -> Project:
    """A project of one file; its migration is applied where schema.yaml says so."""
    spec_source = Source.from_text("schema.yaml", step.yaml)
    spec, problems = read_spec(spec_source)
    if spec is None or problems:
        raise ValueError(f"the schema.yaml of a story is wrong: {problems}")
    path = Path(_FILE)
    source = Source.from_text(_FILE, sql)
    migration = Migration(
        path=path,
        shown=_FILE,
        relative=_FILE,
        version="1",
        name="story",
        source=source,
        applied=spec.applied_until is not None,
    )
    return Project(
        root=Path(),
        spec=spec,
        spec_path=Path("schema.yaml"),
        spec_source=spec_source,
        config_path=None,
        migrations=(migration,),
        problems=(),
    )
