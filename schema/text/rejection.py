"""What the parser's refusal means: its SQLSTATE, its message without what literals hold, and a hint.

SQLSTATEs are those of PostgreSQL's gram.y and scan.l, which libpg_query does not hand on.
"""

from __future__ import annotations

import re

_NEAR_LIMIT = 40

_SQLSTATES = (
    (r"^too many errors", "54000"),
    (r"stack depth limit exceeded", "54001"),
    (r"out of memory", "53200"),
    (r"LIMIT #,# syntax is not supported", "42601"),
    (r"cannot be used as a role name|role name .* is reserved", "42939"),
    (r"precision for type", "22023"),
    (r"not supported|no longer supported|only supported|not yet implemented|cannot be marked", "0A000"),
    (r"current database cannot be changed|cannot have output arguments|unsafe use of string", "0A000"),
)


def sqlstate(message: str, before: str = "") -> str:
    """Return the SQLSTATE that the server gives with this message of its parser.

    `before` is the text up to the error: a bad escape has a state of its own in E'' but not in U&''.
    """
    if message == "invalid Unicode escape":
        return "42601" if re.search(r"[uU]&(?:'[^']*|\"[^\"]*)\Z", before) else "22025"
    return next((state for pattern, state in _SQLSTATES if re.search(pattern, message)), "42601")


def wording(message: str) -> str:
    """Shorten what the message quotes to one token; of a literal only the quotes stay: it may be a secret."""
    before, mark, near = message.partition(' at or near "')
    if not mark:
        return message
    near = near.removesuffix('"')
    if quote := re.match(r"(?:[eEnNbBxX]|[uU]&)?'|\$\w*\$", near):
        near = _masked(near, quote[0])
    elif near.startswith(('"', 'U&"', 'u&"')) and "unterminated" in before:
        near = near[: near.index('"') + 1] + "…"
    near = near.split("\n", 1)[0].rstrip()
    if len(near) > _NEAR_LIMIT:
        near = near[: _NEAR_LIMIT - 1] + "…"
    return f'{before}{mark}{near}"'


def _masked(near: str, opening: str) -> str:
    closing = "'" if opening.endswith("'") else opening
    closed = len(near) >= len(opening) + len(closing) and near.endswith(closing)
    return f"{opening}…{closing if closed else ''}"


_DROP_FIRST = "CREATE {0} has no {1}: put DROP {0} IF EXISTS before it."
_ASK_FIRST = "CREATE {0} has no IF NOT EXISTS: ask the catalog first, in a DO block."
_PLPGSQL = "This is PL/pgSQL: it works only in the body of a function or in do $$ begin ... end $$;"
_UNIQUE = "A UNIQUE constraint takes columns alone: use CREATE UNIQUE INDEX for an expression or a condition."
_MYSQL_INDEX = "PostgreSQL has no indexes inside CREATE TABLE: use CREATE INDEX after it."
_QUOTE_ENDED = "A dollar quote ended just before: was another left open, or $$ used inside $$ instead of $x$?"
_MYSQL = "MySQL's; PostgreSQL has no such clause."
_TEMPLATE = "A placeholder of a template: check what is rendered from it."
_BODY = "The body is a literal: put it between $$ and $$."

# Searched in the statement's text; \0 is the place of the error. {0} and {1} are the groups, in capitals.
_HINTS: tuple[tuple[str, str], ...] = (
    (r"\bcreate\s+(?:constraint\s+)?(policy|trigger|rule)\s+(if\s+)\0(not\s+exists)", _DROP_FIRST),
    (
        r"\bcreate\s+or\s+replace\s+\0(policy|index|type|domain|sequence|schema|role|extension|publication)\b",
        "CREATE {0} has no OR REPLACE: put DROP {0} IF EXISTS before it, or create it once.",
    ),
    (r"\bcreate\s+or\s+replace\s+\0(?:\w+\s+)?table\b", "CREATE TABLE has no OR REPLACE, but IF NOT EXISTS."),
    (
        r"\bcreate\s+or\s+replace\s+\0(materialized\s+view)",
        "CREATE {0} has no OR REPLACE, but IF NOT EXISTS.",
    ),
    (
        r"\bcreate\s+(?:or\s+replace\s+)?(function|procedure|view|aggregate)\s+if\s+\0not\b",
        "CREATE {0} has no IF NOT EXISTS, but OR REPLACE.",
    ),
    (r"\bcreate\s+(\w+)\s+if\s+\0not\b", _ASK_FIRST),
    (
        r"\bconstraint\s+if\s+not\s+\0exists",
        "A constraint has no IF NOT EXISTS: put ALTER TABLE ... DROP CONSTRAINT IF EXISTS before it.",
    ),
    (r"\badd\s+(?:table|value)\s+if\s+\0not\b", "This ADD has no IF NOT EXISTS."),
    (r"\bunique\s*\((?:[^()]|\([^()]*\))*\0\(", _UNIQUE),
    (r"\bunique\s*\([^()]*\)\s*\0where\b", _UNIQUE),
    (r"[(,]\s*(?:unique\s+)\0(?:key|index)\b", _MYSQL_INDEX),
    (r"[(,]\s*(?:key|index)\s*\0\(", _MYSQL_INDEX),
    (r"[(,]\s*(?:key|index)\s+\S+\s*\([^()]*\0", _MYSQL_INDEX),
    (r"\0(?:\$\{|\{\{|\{%|<%|%\(\w+\)s)|\{\{[^}]*\0", _TEMPLATE),
    (r"\0\$(?![\w$])", "A dollar quote is $$ or $name$: one dollar sign opens none."),
    (r"\0:['\"\w]", "A variable of psql: only psql puts its value here. Write the value."),
    (r"\A\0(?:raise|perform|return|if|elsif|elseif|else|exception|assert)\b", _PLPGSQL),
    (r"\A\0(?:loop|for|foreach|while|exit|continue)\b", _PLPGSQL),
    (r"\A(?:declare\s+\w+|begin|end)\s+\0\w", _PLPGSQL),
    (r"(?:\bas|\Ado)\s+\0(?:begin|declare)\b", _BODY),
    (r"\0```", "A fence of Markdown: leave it out."),
    (r"\0`", 'PostgreSQL quotes a name with "double quotes"; backticks are MySQL\'s.'),
    (r"\0(?:<{7}|={7}|>{7})", "A merge conflict was left in the file."),
    (r"\0(?://|#)", "A comment begins with -- in SQL."),
    (r",\s*(?:--[^\n]*\s*)*\0(?:\)|from\b|where\b|;|\Z)", "The comma before this is one too many."),
    (r"\0(?:auto_increment)\b", "AUTO_INCREMENT is MySQL's: write GENERATED ALWAYS AS IDENTITY."),
    (r"\0(?:engine|charset)\s*=|\0unsigned\b|\0modify\b|\0change\s+(?:column\s+)?\w", _MYSQL),
    (r"\0on\s+update\s+(?:now|current)|\s\0comment\s+'|\0duplicate\s+key\b", _MYSQL),
    (r"\A\0(?:replace\s+into|use|describe)\b", _MYSQL),
    (r"\b(?:small|big|tiny)?int(?:eger)?\s*\0\(\s*\d", "An integer type has no width in PostgreSQL."),
    (
        r"\Acreate\s+policy\b[^;]*\bfor\s+\w+\s*\0,",
        "A policy is for one command or for ALL: write one for each.",
    ),
    (r"\Acreate\s+policy\b[^;]*\)\s*\0to\b", "TO stands before USING and WITH CHECK."),
    (r"\Acreate\s+policy\b[^;]*\)\s*\0for\b", "FOR stands before TO, USING and WITH CHECK."),
    (r"\b(?:using|check)\s+\0[^(\s]", "The condition stands in parentheses."),
    (r"\Aalter\s+policy\s+if\s+exists\b", "ALTER POLICY has no IF EXISTS."),
    (r"\Adrop\s+(policy|trigger|rule)\s[^;]*\0(?:;|\Z)", "DROP {0} names its table: DROP {0} name ON table."),
    (
        r"\Aenable\s+row\s|\Aalter\s+table\s[^;]*\benable\s+\0rls\b",
        "Write ALTER TABLE name ENABLE ROW LEVEL SECURITY.",
    ),
    (r"\0value\s*\(", "The keyword is VALUES."),
    (r"\w\0-\w", "A name with a hyphen stands in double quotes."),
    (r"\bcreate\s+\0enum\b|\btype\s+\S+\s+\0enum\b", "Write CREATE TYPE name AS ENUM ('label', ...)."),
    (r"\benum\s*\([^()]*\0\"", "A label stands in single quotes."),
    (r"\$\w*\$\s*(?:begin\s+|declare\s+\w+\s+)?\0\w", _QUOTE_ENDED),
    (r"'\0\w", "An apostrophe inside a literal is written twice: 'it''s'."),
)

_UNTERMINATED = (
    ("dollar-quoted", "The dollar quote that opens here is never closed: end it with {0}."),
    (
        "quoted string",
        "The literal that opens here is never closed: end it with ', and write one inside twice.",
    ),
    ("quoted identifier", 'The name that opens here is never closed: end it with ".'),
    ("/* comment", "The comment that opens here is never closed: end it with */ (comments nest)."),
    ("string literal", "The literal that opens here is never closed: end it with '."),
)

_INVISIBLE = {
    "\xa0": "no-break space", "\u200b": "zero-width space", "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner", "\u202f": "narrow no-break space", "\u2060": "word joiner",
    "\ufeff": "byte order mark", "\u3000": "ideographic space",
}  # fmt: skip

_WINDOW = 400


def hint(statement: str, offset: int, message: str) -> str | None:
    """Say what was probably meant, or None.

    `offset` is that of the error, in characters of the statement's text; more text may follow.
    """
    after = statement[offset : offset + _WINDOW]
    if message.startswith("unterminated "):
        tag = re.match(r"\$\w*\$", after)
        return next((text.format(tag[0] if tag else "") for what, text in _UNTERMINATED if what in message), None)
    if message.startswith("LIMIT #,#"):
        return "Write LIMIT count OFFSET start."
    if strange := _strange(after):
        return strange
    before = statement[:offset] if offset <= _WINDOW else "…" + statement[offset - _WINDOW : offset]
    around = f"{before}\0{after}"
    for pattern, text in _HINTS:
        if match := re.search(pattern, around, re.IGNORECASE):
            groups = [" ".join((group or "").upper().split()) for group in match.groups()]
            return text.format(*groups[:1], " ".join(groups[1:])) if groups else text
    return _by_word(statement, offset, message)


def _strange(after: str) -> str | None:
    """Look for characters in the refused token that look like others, or like none."""
    token = re.match(r"\S*(?:[\xa0\u202f\u3000]\S*)*", after)
    word = token[0][:_WINDOW] if token else ""
    for character, name in _INVISIBLE.items():
        if character in word:
            code = f"U+{ord(character):04X}, {name}"
            return f"An invisible character ({code}) stands here: PostgreSQL takes it for a letter."
    if re.search(r"[‘’‚‛“”„‟«»′″]", word):
        return "Typographic quotes stand here: a literal is quoted with ', a name with \"."
    first = re.match(r"\w+", word)
    if first and re.search(r"[A-Za-z]", first[0]) and re.search(r"[\u0400-\u04ff]", first[0]):
        return "This word mixes Latin and Cyrillic letters that look alike."
    return None


def _by_word(statement: str, offset: int, message: str) -> str | None:
    after = statement[offset : offset + _WINDOW]
    word = re.match(r"[^\W\d]\w*", after)
    if not offset and word and message.startswith("syntax error"):
        return "No statement begins with this word. A comment begins with --."
    if re.match(r"\s*(?:;|\Z|(?:create|alter|drop|grant|revoke|insert|comment)\s)", after, re.IGNORECASE):
        return "A parenthesis is never closed." if _open_parentheses(statement[:offset]) > 0 else None
    if not word:
        return None
    from pglast.keywords import RESERVED_KEYWORDS

    if word[0].lower() in RESERVED_KEYWORDS and statement[:offset].rstrip().endswith(("(", ",")):
        return f'"{word[0].lower()}" is a reserved word: as a name it stands in double quotes.'
    return None


def _open_parentheses(statement: str) -> int:
    code = re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|(\$\w*\$).*?\1", "", statement, flags=re.DOTALL)
    return code.count("(") - code.count(")")
