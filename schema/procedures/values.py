"""Values that may not be known, and the operators and functions on them that DDL in procedures is made with.

What depends on rows, settings or the time is UNKNOWN. A text of which a part is unknown is a text with HOLE in
that part, so that a statement made of it can still be read: HOLE is a letter to the parser.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ..names import quote_ident, quote_literal
from ..pattern import lazy


class _Unknown:
    """The value of what cannot be known here."""

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
LEFT_OUT: Final = object()  # an argument whose default holds
HOLE = "\ufffc"


class Number(str):
    """A number that stands for an object, which alone is known of it: the id of a job."""

    __slots__ = ()


Value = Any  # str, int, bool, None (NULL), a list, a dict (a row), or UNKNOWN


def plain(value: Value) -> Value:
    """A value that can be compared with ``is``; UNKNOWN for a list or a row."""
    return value if isinstance(value, (str, int, bool)) or value is None else UNKNOWN


def identifier(text: str) -> str:
    """``quote_ident()``; a name of which a part is unknown stays as it is."""
    return text if HOLE in text else quote_ident(text)


def joined(left: Value, right: Value) -> Value:
    """``left || right``."""
    if isinstance(left, list) or isinstance(right, list):
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        sides = (each if isinstance(each, list) else [] if each is None else [each] for each in (left, right))
        return [value for side in sides for value in side]
    if left is None or right is None:
        return None
    return text_of(left) + text_of(right)


def text_of(value: Value) -> str:
    """A value as text; HOLE for what has none here."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return HOLE if value is UNKNOWN or isinstance(value, (list, dict, Number)) else str(value)


def array_text(values: list[Value]) -> Value:
    """An array as text: ``array_out`` of arrayfuncs.c."""
    if any(isinstance(each, (list, dict)) or each is UNKNOWN for each in values):
        return UNKNOWN
    parts = []
    for each in values:
        text = "NULL" if each is None else text_of(each)
        if each is not None and (re.search(r'[\s{},"\\]', text) or text.upper() in {"", "NULL"}):
            text = '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
        parts.append(text)
    return "{" + ",".join(parts) + "}"


def concatenated(args: list[Value], between: Value) -> Value:
    """``concat()`` and ``concat_ws()``."""
    return UNKNOWN if between is UNKNOWN else text_of(between).join(text_of(each) for each in args if each is not None)


def _like(text: str, pattern: str, *, ignore_case: bool) -> bool:
    parts, at = [], 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\" and at + 1 < len(pattern):
            at += 1
            parts.append(re.escape(pattern[at]))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter, re.escape(letter)))
        at += 1
    return re.fullmatch("".join(parts), text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def compared(operator: str, left: Value, right: Value) -> Value:
    """A comparison; UNKNOWN where the collation, or a part that is not known, would decide."""
    if left is None or right is None:
        return None
    if isinstance(left, list) and isinstance(right, list):
        return _compared_arrays(operator, left, right)
    if left is UNKNOWN or right is UNKNOWN or isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
        return UNKNOWN
    if any(isinstance(each, str) and HOLE in each for each in (left, right)):
        return UNKNOWN
    if operator in {"~~", "~~*", "!~~", "!~~*"} and isinstance(left, str) and isinstance(right, str):
        return _like(left, right, ignore_case=operator.endswith("*")) != operator.startswith("!")
    if isinstance(left, str) != isinstance(right, str):
        return UNKNOWN
    if operator in {"~", "~*", "!~", "!~*"} and isinstance(left, str):
        return matched(operator, left, right)
    if operator == "=":
        return left == right
    if operator in {"<>", "!="}:
        return left != right
    if isinstance(left, str):
        return UNKNOWN  # an order that depends on the collation
    orders = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}
    return orders.get(operator, UNKNOWN)


# What PostgreSQL's regular expressions and Python's mean alike
_PLAIN_PATTERN = lazy(r"[\w^$.*+?|()\[\]{} ,:;=\-/@#%&!<>'\"]*")


def is_plain_pattern(pattern: str) -> bool:
    """Whether a regular expression means the same here as on the server."""
    return _PLAIN_PATTERN.fullmatch(pattern) is not None and "(?" not in pattern and "[[" not in pattern


def matched(operator: str, text: str, pattern: str) -> Value:
    """``~``, ``~*``, ``!~`` and ``!~*``; UNKNOWN for a pattern that may mean something else here."""
    if not is_plain_pattern(pattern):
        return UNKNOWN
    try:
        found = re.search(pattern, text, re.IGNORECASE if operator.endswith("*") else 0) is not None
    except re.error:
        return UNKNOWN
    return found != operator.startswith("!")


def _compared_arrays(operator: str, left: list[Value], right: list[Value]) -> Value:
    if any(plain(each) is UNKNOWN or (isinstance(each, str) and HOLE in each) for each in (*left, *right)):
        return UNKNOWN
    outcomes: dict[str, bool] = {
        "=": left == right,
        "<>": left != right,
        "@>": all(each in left for each in right),
        "<@": all(each in right for each in left),
        "&&": any(each in left for each in right),
    }
    return outcomes.get(operator, UNKNOWN)


_FORMAT = lazy(r"%(?:(\d+)\$)?(-?\d*)([sIL%])")


def formatted(args: list[Value]) -> Value:
    """The result of ``format()``; what is unknown among its arguments becomes a hole."""
    pattern, values = args[0], args[1:]
    if not isinstance(pattern, str):
        return UNKNOWN
    position = 0

    def one(match: re.Match[str]) -> str:
        nonlocal position
        number, _, letter = match.groups()
        if letter == "%":
            return "%"
        position = int(number) if number else position + 1
        value = values[position - 1] if 0 < position <= len(values) else UNKNOWN
        if value is None:
            return "NULL" if letter == "L" else ""
        text = text_of(value)
        if letter == "I":
            return identifier(text)
        if letter == "L":
            return quote_literal(text)
        return text

    return _FORMAT.sub(one, pattern)
