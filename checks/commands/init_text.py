"""What ``schema init`` writes: a schema.yaml, commented, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from ..words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..lint import Report

_SHOWN = 30  # names that are written out in one line


class Draft(msgspec.Struct, kw_only=True):
    """What is to be written, and why."""

    migrations: tuple[str, ...]
    others: tuple[str, ...] = ()  # folders that were found beside, and were not chosen
    exposed: tuple[str, ...] | None = None
    default_grants: str | None = None
    default_grants_from: Literal["config.toml", "the database", ""] = ""
    postgres: int | None = None
    applied: str | None = None
    exceptions: tuple[str, ...] = ()
    applied_from: Literal["registered", "there", ""] = ""
    unknown_versions: tuple[str, ...] = ()  # registered in the database, and no file has them
    external: tuple[str, ...] = ()  # confirmed by the database
    missing: tuple[str, ...] = ()  # used, and made by nothing
    expect_sql: tuple[str, int] | None = None  # the pattern, and how much differs
    files: int = 0
    history: int = 0


def written_out(draft: Draft) -> str:
    """The schema.yaml, commented."""
    lines = [
        "# What this project's migrations are, and what they are meant to make: `schema lint` reads it.",
        "version: 1",
    ]
    lines += ["", "target:", "  platform: supabase # or none: a bare PostgreSQL"]
    if draft.postgres:
        lines.append(f"  postgres: [{draft.postgres}] # the server that answered; more majors may be listed")
    else:
        lines.append("  # postgres: [17] # the majors it must work on; left out: 15, 17 and 18")
    if draft.exposed is not None:
        lines.append(f"  exposed: {_list(draft.exposed)} # the schemas that the API serves, as in config.toml")
    else:
        lines.append("  # exposed: [public, graphql_public] # the schemas that the API serves, as in the Dashboard")
    grants = draft.default_grants or "exposed"
    why = f"as in {draft.default_grants_from}" if draft.default_grants_from else "assumed: see the Data API settings"
    lines.append(f"  default_grants: {grants} # what a new table in public is granted (or {_other(grants)}); {why}")
    lines += ["", *_migrations_lines(draft), "", *_applied_lines(draft)]
    lines += ["", *_external_lines(draft)]
    if draft.expect_sql:
        pattern, count = draft.expect_sql
        if count:
            lines += [
                "",
                f"# The declarative schema is not what the migrations make, in {counted(count, 'thing')}.",
                "# Mend one of them, then let it be what is expected:",
                f"# expect_sql: {quoted(pattern)}",
            ]
        else:
            lines += [
                "",
                "# The declarative schema, which they must make:",
                f"expect_sql: {quoted(pattern)}",
            ]
    lines += [
        "",
        "# What must hold, whatever the migrations become:",
        "# expect:",
        "#   tables:",
        "#     public.todo:",
        "#       row_security: true",
        "#       grants: {anon: []} # a role that is named is exact: [] means none",
    ]
    return "\n".join(lines) + "\n"


def _other(grants: str) -> str:
    return "revoked" if grants == "exposed" else "exposed"


def _migrations_lines(draft: Draft) -> list[str]:
    lines = [f"migrations: {quoted(draft.migrations[0]) if len(draft.migrations) == 1 else _list(draft.migrations)}"]
    if draft.others:
        lines += ["# SQL is in these folders, too; a list of patterns takes them in:"]
        lines += [f"#   {_one_line(each)}" for each in draft.others[:_SHOWN]]
    return lines


def _applied_lines(draft: Draft) -> list[str]:
    if draft.applied is None:
        return [
            "# What has been run already makes the catalog, and its findings are hidden and counted:",
            '# applied_until: {version: "001"}',
        ]
    if draft.applied_from == "registered":
        lines = ["# What the database has registered. It makes the catalog, and its findings are hidden and counted:"]
    elif draft.applied_from:
        lines = [
            "# The database has registered none of these; up to here it holds what they make. That makes the catalog,",
            "# and its findings are hidden and counted:",
        ]
    else:
        lines = [
            f"# Taken as run already: {counted(draft.files, 'migration')}. That makes the catalog; what is found in it",
            f"# ({counted(draft.history, 'finding')}) is history, hidden and counted: `schema lint --all` shows it.",
            "# Move this back to the last one that your database has; what is after it is checked in full.",
        ]
    inner = f"version: {_text(draft.applied)}"
    if draft.exceptions and len(draft.exceptions) <= _SHOWN:
        inner += f", except: [{', '.join(map(_text, draft.exceptions))}]"
    lines.append(f"applied_until: {{{inner}}}")
    if len(draft.exceptions) > _SHOWN:
        lines = [*lines[:-1], "applied_until:", f"  version: {_text(draft.applied)}", "  except:"]
        lines += [f"    - {_text(each)}" for each in draft.exceptions]
    if draft.unknown_versions:
        shown = ", ".join(draft.unknown_versions[:_SHOWN])
        more = f" and {len(draft.unknown_versions) - _SHOWN} more" if len(draft.unknown_versions) > _SHOWN else ""
        lines.append(f"# Registered in the database, but no file here has them: {_one_line(shown)}{more}")
    return lines


def _external_lines(draft: Draft) -> list[str]:
    lines = []
    if draft.external:
        lines += ["# Used by the migrations, made by none of them, and there in the database:", "external:"]
        lines += [f"  - {quoted(each)}" for each in draft.external]
    if draft.missing:
        lines.append(
            "# Used by the migrations and made by none of them; what is made elsewhere (in the Dashboard) belongs under"
            " external:"
        )
        lines += [] if draft.external else ["# external:"]
        lines += [f"#   - {_one_line(quoted(each))}" for each in draft.missing]
    return lines or ["# external: [table public.users] # what is made elsewhere and known to exist; * is allowed"]


def quoted(text: str) -> str:
    """A scalar of YAML: plain where that reads as the same text, else in double quotes."""
    import yaml

    plain = text == text.strip() and not any(mark in text for mark in ",[]{}#:&*!|>'\"%@`\\\n")
    if plain:
        try:
            plain = yaml.safe_load(text) == text
        except yaml.YAMLError:
            plain = False
    return text if plain else _text(text)


def _text(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def said(draft: Draft, report: Report, path: str) -> str:
    """What was written, in a few lines for whoever called; ``path`` is as seen from there."""
    lines = [f"wrote {path}: {counted(draft.files, 'migration')} in {', '.join(draft.migrations)}"]
    if draft.others:
        lines.append(f"  not taken: {', '.join(draft.others)}")
    if draft.applied:
        how = {
            "registered": "as the database has registered",
            "there": "as what they make is there",
            "": "taken as run, since nothing says otherwise",
        }[draft.applied_from]
        but = f" but {len(draft.exceptions)}" if draft.exceptions else ""
        lines.append(f"  applied until {draft.applied}{but}, {how}")
    if draft.external:
        lines.append(f"  external: {counted(len(draft.external), 'object')} made by no migration, and in the database")
    if draft.missing:
        lines.append(f"  {counted(len(draft.missing), 'object')} that nothing makes: listed there as comments")
    found = counted(len(report.findings), "finding")
    lines.append(f"  schema lint: {found} now, {report.history} in history (schema lint --all)")
    return "\n".join(lines) + "\n"
