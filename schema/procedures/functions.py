"""Functions and operators of ``pg_catalog`` on values that may not be known: what names and texts are made with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..names import quote_literal
from ..pattern import lazy
from .values import (
    HOLE,
    UNKNOWN,
    Number,
    Value,
    array_text,
    concatenated,
    formatted,
    identifier,
    is_plain_pattern,
    text_of,
)

_NUMBER = lazy(r"\s*[+-]?\d+\s*")
_TRUE, _FALSE = frozenset({"t", "true", "yes", "on", "1"}), frozenset({"f", "false", "no", "off", "0"})


ARITHMETIC = frozenset("+-*/%")


def computed(operator: str, left: Value, right: Value) -> Value:
    """Arithmetic on integers; division goes towards zero."""
    if left is None or right is None:
        return None
    if type(left) is not int or type(right) is not int or (operator in "/%" and not right):
        return UNKNOWN
    if operator in "/%":
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if operator == "/" else left - quotient * right
    return left + right if operator == "+" else left - right if operator == "-" else left * right


def cast_to_number(value: Value) -> Value:
    """A value as an integer."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, Number)):
        return value
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else UNKNOWN


def cast_to_boolean(value: Value) -> Value:
    """A value as a boolean; any beginning of the words is one, of which only the usual are taken here."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    word = value.strip().lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else UNKNOWN


def array_of(text: str) -> Value:
    """The array of a literal such as ``{a,"b c"}``; UNKNOWN where it has more than one dimension."""
    if not (text.startswith("{") and text.endswith("}")) or "{" in text[1:]:
        return UNKNOWN
    found: list[Value] = []
    for match in re.finditer(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]*?))\s*(,|$)', text[1:-1]):
        quoted, bare, _ = match.groups()
        if quoted is not None:
            found.append(re.sub(r"\\(.)", r"\1", quoted))
        elif bare or match.group(3):
            found.append(None if bare.upper() == "NULL" else bare)
    return found


def _substring(text: str, *args: Value) -> Value:
    if not all(type(each) is int for each in args):
        return UNKNOWN
    start = args[0] - 1
    end = start + args[1] if len(args) > 1 else len(text)
    return text[max(start, 0) : max(end, 0)]


def _side(text: str, count: int, *, left: bool) -> str:
    if left:
        return text[:count]
    return text[-count:] if count > 0 else text[-count:] if count < 0 else ""


def _part(text: str, between: str, number: int) -> Value:
    parts = text.split(between) if between else [text]
    if number < 0:
        number += len(parts) + 1
    return parts[number - 1] if 0 < number <= len(parts) else ""


def _trimmed(text: str, letters: str = " ", *, left: bool = True, right: bool = True) -> str:
    if left:
        text = text.lstrip(letters)
    return text.rstrip(letters) if right else text


def _series(first: Value, last: Value, step: Value = 1) -> Value:
    if any(type(each) is not int for each in (first, last, step)) or not step or abs(last - first) > 10_000 * abs(step):
        return UNKNOWN
    return list(range(first, last + (1 if step > 0 else -1), step))


def _elements(text: str) -> Value:
    """``jsonb_array_elements_text``."""
    import json

    try:
        values = json.loads(text)
    except ValueError:
        return UNKNOWN
    if not isinstance(values, list):
        return UNKNOWN
    return [each if isinstance(each, str) or each is None else json.dumps(each) for each in values]


def _capitals(text: str) -> str:
    return re.sub(r"[^\W_]+", lambda match: match[0][0].upper() + match[0][1:].lower(), text)


def _listed(values: list[Value], between: Value, null: Value = None) -> Value:
    return concatenated([null if each is None else each for each in values], between)


def _positioned(values: list[Value], wanted: Value) -> Value:
    if UNKNOWN in values:
        return UNKNOWN
    return values.index(wanted) + 1 if wanted in values else None


def _regexp_replaced(text: str, pattern: str, by: str, flags: str = "") -> Value:
    if not is_plain_pattern(pattern) or "\\" in by or set(flags) - {*"gi"}:
        return UNKNOWN
    try:
        count = 0 if "g" in flags else 1
        return re.sub(pattern, lambda _: by, text, count=count, flags=re.IGNORECASE if "i" in flags else 0)
    except re.error:
        return UNKNOWN


# Functions that give NULL for NULL, by name -> what they take
_STRICT: dict[str, tuple[tuple[type, ...], Callable[..., Value]]] = {
    "array_length": ((list, int), lambda values, _: len(values) or None),
    "array_position": ((list, object), _positioned),
    "array_remove": ((list, object), lambda values, gone: [each for each in values if each != gone]),
    "array_to_string": ((list, str, object), _listed),
    "btrim": ((str, str), _trimmed),
    "cardinality": ((list,), len),
    "char_length": ((str,), len),
    "character_length": ((str,), len),
    "generate_series": ((int, int, int), _series),
    "initcap": ((str,), _capitals),
    "json_array_elements_text": ((str,), _elements),
    "jsonb_array_elements_text": ((str,), _elements),
    "left": ((str, int), lambda text, count: _side(text, count, left=True)),
    "length": ((str,), len),
    "lower": ((str,), str.lower),
    "ltrim": ((str, str), lambda text, letters=" ": _trimmed(text, letters, right=False)),
    "position": ((str, str), lambda text, part: text.find(part) + 1),
    "quote_ident": ((str,), identifier),
    "regexp_replace": ((str, str, str, str), _regexp_replaced),
    "repeat": ((str, int), lambda text, count: text * max(0, min(count, 1000))),
    "replace": ((str, str, str), lambda text, old, new: text.replace(old, new) if old else text),
    "right": ((str, int), lambda text, count: _side(text, count, left=False)),
    "rtrim": ((str, str), lambda text, letters=" ": _trimmed(text, letters, left=False)),
    "split_part": ((str, str, int), _part),
    "starts_with": ((str, str), str.startswith),
    "string_to_array": ((str, str), lambda text, between: text.split(between) if text and between else UNKNOWN),
    "string_to_table": ((str, str), lambda text, between: text.split(between) if text and between else UNKNOWN),
    "strpos": ((str, str), lambda text, part: text.find(part) + 1),
    "substr": ((str, int, int), _substring),
    "substring": ((str, int, int), _substring),
    "trim": ((str, str), _trimmed),
    "unnest": ((list,), list),
    "upper": ((str,), str.upper),
}  # fmt: skip
# Those that keep a text readable of which a part is not known
_THROUGH_HOLES = frozenset(
    {"lower", "upper", "quote_ident", "btrim", "trim", "ltrim", "rtrim", "array_to_string", "unnest"}
)


def knows(name: str) -> bool:
    """Whether a function of this name is worked out here."""
    return name in _STRICT or name in _OTHERS


def called(name: str, args: list[Value]) -> Value:
    """The value of a call; UNKNOWN where it is not worked out, or depends on what is not known."""
    other = _OTHERS.get(name)
    if other is not None:
        return other(args)
    entry = _STRICT.get(name)
    if entry is None or not args:
        return UNKNOWN
    if name == "quote_ident" and args[0] is UNKNOWN:
        return HOLE
    if any(each is None for each in args) and name != "array_to_string":
        return None
    kinds, function = entry
    fits = len(args) <= len(kinds) and all(
        kind is object or (isinstance(each, kind) and not (kind is int and isinstance(each, bool)))
        for each, kind in zip(args, kinds, strict=False)
    )
    if not fits or (name not in _THROUGH_HOLES and any(isinstance(each, str) and HOLE in each for each in args)):
        return UNKNOWN
    try:
        return function(*args)
    except TypeError:  # another number of arguments
        return UNKNOWN


def _quoted(args: list[Value], *, null: Value) -> Value:
    value = args[0]
    if value is None:
        return null
    return quote_literal(text_of(value)) if not isinstance(value, (list, dict)) else UNKNOWN


def _chosen(args: list[Value], *, greatest: bool) -> Value:
    present = [each for each in args if each is not None]
    if not all(type(each) is int for each in present):
        return UNKNOWN
    return (max(present) if greatest else min(present)) if present else None


def _array(args: list[Value]) -> Value:
    """``array_append``, ``array_prepend`` and ``array_cat``, whose arguments may be NULL."""
    if UNKNOWN in args:
        return UNKNOWN
    return [value for each in args for value in (each if isinstance(each, list) else [] if each is None else [each])]


_OTHERS: dict[str, Callable[[list[Value]], Value]] = {
    "array_append": _array,
    "array_cat": _array,
    "array_prepend": _array,
    "concat": lambda args: concatenated(args, ""),
    "concat_ws": lambda args: concatenated(args[1:], args[0]) if args else UNKNOWN,
    "format": lambda args: formatted(args) if args else UNKNOWN,
    "greatest": lambda args: _chosen(args, greatest=True),
    "least": lambda args: _chosen(args, greatest=False),
    "like_escape": lambda args: args[0] if args[1:] == ["\\"] else UNKNOWN,
    "quote_literal": lambda args: _quoted(args, null=None),
    "quote_nullable": lambda args: _quoted(args, null="NULL"),
}


CASTS = frozenset({
    "bool", "bpchar", "int2", "int4", "int8", "json", "jsonb", "name", "oid", "regclass", "regnamespace", "regproc",
    "regprocedure", "regrole", "regtype", "text", "varchar",
})  # fmt: skip


def cast(value: Value, name: str, *, array: bool) -> Value:
    """A value as a type of ``pg_catalog``; UNKNOWN where the outcome is not worked out here."""
    if value is None or value is UNKNOWN:
        return value
    if array:
        if isinstance(value, str) and HOLE not in value:
            value = array_of(value)
        return value if isinstance(value, list) else UNKNOWN
    if name in _TEXTS:
        return _as_text(value)
    if name in {"int2", "int4", "int8"}:
        return cast_to_number(value)
    if name == "bool":
        return cast_to_boolean(value)
    return value if name in {"json", "jsonb", "oid", "interval"} and isinstance(value, str) else UNKNOWN


_TEXTS = frozenset({"text", "name", "varchar", "bpchar"})


def _as_text(value: Any) -> Value:
    if isinstance(value, list):
        return array_text(value)
    return UNKNOWN if isinstance(value, dict) else text_of(value)
