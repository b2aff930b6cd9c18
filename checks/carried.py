"""Secrets that a statement hands on: to a scheduled job, or in a request to somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..schema.pattern import lazy
from .words import listed

if TYPE_CHECKING:
    from ..schema.source import Location, Source, Statement
    from .schema import Schema
    from .secrets import Secret

JOB = lazy(r"\bcron\s*\.\s*(schedule|schedule_in_database|alter_job)\s*\(", re.IGNORECASE)
# pg_net and http (in whatever schema the latter is), and Supabase's own trigger function for webhooks
REQUEST = lazy(
    r"\bnet\s*\.\s*http_\w+\s*\(|\bhttp_(get|post|put|patch|delete|head)\s*\(|\bhttp\s*\(\s*\(|supabase_functions\s*\.\s*"
    r"http_request\s*\(",
    re.IGNORECASE,
)

VAULT = (
    "Keep it in the vault (Integrations > Vault in the Dashboard), and read it where it is used: "
    "(select decrypted_secret from vault.decrypted_secrets where name = 'api_key')"
)


def carrying(source: Source, schema: Schema) -> Iterator[tuple[Statement, str, list[Secret]]]:
    """The statements of a file that hold secrets, each with its text and the secrets."""
    secrets = [secret for secret in schema.secrets if secret.location.file == source.path]
    for statement in schema.statements_of[source.path] if secrets else ():
        place = statement.location
        inside = [secret for secret in secrets if _is_in(secret.location, place)]
        if inside:
            yield statement, source.slice(statement.start, statement.end), inside


def _is_in(inner: Location, outer: Location) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end


def said(secrets: list[Secret]) -> str:
    """Name the secrets as far as they may be named."""
    return listed(dict.fromkeys(secret.shown for secret in secrets))
