"""What refusals have in common."""

from __future__ import annotations

# undefined_table, undefined_column, undefined_function, undefined_object, invalid_schema_name
MISSING = frozenset({"42P01", "42703", "42883", "42704", "3F000"})
# duplicate_table, duplicate_object, duplicate_function, duplicate_column, duplicate_schema
EXISTS = frozenset({"42P07", "42710", "42723", "42701", "42P06"})

WHOLE_FILE = "pasted or pushed as one file, nothing of this file would be kept"
