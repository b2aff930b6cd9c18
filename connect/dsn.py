"""A live database by its DSN: connected to for reading, and never named where it may show its password."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

# libpq's own seconds; long enough for a pooler that wakes a paused project
_TIMEOUT = "15"
_OPTIONS = "-c default_transaction_read_only=on -c statement_timeout=60s -c lock_timeout=10s"
_POOLED = "6543"  # Supavisor's transaction mode takes no options

_SCHEME = re.compile(r"postgres(ql)?://")


class DsnError(Exception):
    """The database cannot be read; the message says why and what to do, and holds nothing of the DSN's secrets."""


def is_dsn(text: str) -> bool:
    """Whether a text is an address of a database rather than a file."""
    return _SCHEME.match(text) is not None


def connect(dsn: str) -> psycopg.Connection[Any]:
    """Open a connection that can write nothing. Raises DsnError."""
    try:
        import psycopg  # an optional extra, and slow to import
        from psycopg.conninfo import conninfo_to_dict
    except ImportError:
        raise DsnError("reading a live database needs psycopg: pip install 'pasteproof[dsn]'") from None
    try:
        known = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    except psycopg.ProgrammingError:
        raise DsnError(
            "libpq does not read this DSN (it is not shown here: it may hold a password). It is written "
            "postgresql://user:password@host:port/database; in the password  @ : / ? # %  are percent-encoded"
        ) from None
    if "@" in known.get("host", ""):
        raise DsnError("the DSN holds more than one @: write one that is part of the password as %40")
    options = {"connect_timeout": _TIMEOUT, "application_name": "pasteproof"}
    if known.get("port") != _POOLED:
        options["options"] = f"{known.get('options', '')} {_OPTIONS}".strip()
    try:
        return psycopg.connect(dsn, autocommit=True, **options)  # type: ignore[arg-type]  # typed for each keyword
    except psycopg.Error as error:
        raise DsnError(f"the database cannot be reached: {without_secrets(str(error), known)}") from None


def without_secrets(message: str, known: dict[str, str]) -> str:
    """An error's words without the password, should libpq ever repeat it, on one line."""
    for name in ("password", "sslpassword", "passfile"):
        if known.get(name):
            message = message.replace(known[name], "***")
    return re.sub(r"\s*\n\s*", "; ", message.strip())
