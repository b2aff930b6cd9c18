"""What refusals have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schema.pattern import lazy

if TYPE_CHECKING:
    from ..schema.catalog import Rejection

# undefined_table, undefined_column, undefined_function, undefined_object, invalid_schema_name
MISSING = frozenset({"42P01", "42703", "42883", "42704", "3F000"})
# duplicate_table, duplicate_object, duplicate_function, duplicate_column, duplicate_schema
EXISTS = frozenset({"42P07", "42710", "42723", "42701", "42P06"})

_OWN_RULE = lazy("superuser|permission denied to create access method|^Direct deletion from storage tables")


def has_own_rule(event: Rejection) -> bool:
    """Whether the platform's refusal is told by a rule of its own: superuser_only, deletes_storage_rows."""
    return event.sqlstate == "42501" and _OWN_RULE.search(event.message) is not None


WHOLE_FILE = "pasted or pushed as one file, nothing of this file would be kept"
