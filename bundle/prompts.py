"""Which warnings the SQL Editor will show before it runs a text, and which button is right.

The conditions are Studio's own (supabase/supabase, SQLEditor.constants.ts and sql-event-parser.ts), as far as
plain statements go: destructive statements, UPDATE without WHERE, tables made without row level security.
"""

from __future__ import annotations

import re

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_DESTRUCTIVE = re.compile(r"(?:^|;)\s*(?:drop|delete|truncate|alter\s+table\s+[^;]*\s+drop\s+column)\s", re.IGNORECASE)
_UPDATE = re.compile(r"^\s*update\b(?!.*\bwhere\b)", re.IGNORECASE | re.DOTALL)
_TABLE = re.compile(
    r"\bcreate\s+(?:temp(?:orary)?\s+|unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?([\w.\"]+)", re.IGNORECASE
)
_SECURED = re.compile(
    r"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?([\w.\"]+)\s+enable\s+row\s+level\s+security", re.IGNORECASE
)


def editor_prompts(sql: str) -> tuple[str, ...]:
    """The prompts a text fires: ``destructive``, ``update_without_where``, ``table_without_rls``."""
    text = _COMMENTS.sub("", sql)
    found = []
    if _DESTRUCTIVE.search(text):
        found.append("destructive")
    if any(_UPDATE.match(piece) for piece in text.split(";")):
        found.append("update_without_where")
    secured = set(_SECURED.findall(text))
    if any(name not in secured for name in _TABLE.findall(text)):
        found.append("table_without_rls")
    return tuple(found)
