"""How alike two normal forms are: walked side by side, the worst difference counts.

Two trees are walked instead of compared as values, because what is left open on one side may be settled by
the other: a name without a schema, a column without its relation, a literal without a type, a cast that the
server alone adds.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from . import literals
from .types import COMPARISONS, TEXT, Tree, is_text, string, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Likeness(IntEnum):
    """The result of a comparison, from the best to the worst: the worst of several is their ``max``."""

    EXACT = 0  # one parse tree: only white space, comments, parentheses and letter case differ
    NORMAL = 1  # one normal form: the server makes the same of both
    BUT_FOR_CASTS = 2  # the same, were it not for casts
    UNKNOWN = 3
    DIFFERENT = 4

    @property
    def same(self) -> bool:
        """Whether both certainly mean the same."""
        return self <= Likeness.NORMAL


EXACT, NORMAL, BUT_FOR_CASTS, UNKNOWN, DIFFERENT = Likeness

# A name without a schema may be of one of these, as in the search_path of a Supabase database
_SEARCHED = frozenset({"public", "extensions"})

# Functions that take nothing but text (or, as with lower, something that nobody casts to text to call them):
# what they are given is cast to text by the server, where it is no text
_TEXT_FUNCTIONS = frozenset(
    (  # noqa: SIM905 - words read better than a column of strings
        "btrim char_length character_length initcap left like_escape lower ltrim "
        "regexp_match regexp_replace regexp_split_to_array repeat replace right rtrim similar_to_escape "
        "split_part starts_with string_to_array strpos translate upper"
    ).split()
)

# Types whose output may look different from what was put in, in ways that are not followed here
_REPRINTED = frozenset(
    (  # noqa: SIM905 - words read better than a column of strings
        "bit box bytea cidr circle hstore inet int2vector line lseg ltree macaddr macaddr8 money oid "
        "path point polygon regproc regprocedure regrole regtype timetz tsquery tsvector varbit vector "
        "xml halfvec geometry geography"
    ).split()
)

# Types whose text is a name, quoted where it must be, with its schema or without
_NAME_TYPES = frozenset({"regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regrole"})

# What is done with an expression: it is an operand where an operator may be chosen by what a literal is taken for
_VALUE, _COMPARED, _DIVIDED, _OPERAND = "value", "compared", "divided", "operand"
_PATHS = frozenset({"#>", "#>>", "#-", "?|", "?&"})  # these take an array of text, and nothing else


def likeness(left: Any, right: Any, context: str = _COMPARED) -> Likeness:
    """Compare two normal forms (``normal.convert``); never EXACT."""
    if left == right:
        return NORMAL
    if not (isinstance(left, tuple) and isinstance(right, tuple) and left and right):
        return DIFFERENT
    if left[0] == "cast" or right[0] == "cast":
        return _casts(left, right)
    if left[0] == "constant" or right[0] == "constant":
        return _constants(left, right, context)
    if {left[0], right[0]} == {"column", "star"}:
        return _row(left, right) if left[0] == "star" else _row(right, left)
    compare = _COMPARERS.get(left[0]) if isinstance(left[0], str) else None
    if compare is None:
        return _each(left, right)
    return compare(left, right, context) if left[0] == right[0] else DIFFERENT


def _each(left: Tree, right: Tree, context: str = _VALUE) -> Likeness:
    """Compare the items of two lists one by one."""
    if len(left) != len(right):
        return DIFFERENT
    return _worst(likeness(*pair, context) for pair in zip(left, right, strict=True))


def _worst(found: Iterable[Likeness]) -> Likeness:
    worst = NORMAL
    for each in found:
        worst = max(worst, each)
        if worst is DIFFERENT:
            break
    return worst


def _names(left: Tree, right: Tree) -> Likeness:
    """Compare two names, (schema or None, name), of functions, types, tables or operators."""
    if left[1] != right[1]:
        return DIFFERENT
    schemas = {left[0], right[0]} - {None}
    if left[0] == right[0] or (len(schemas) == 1 and schemas <= _SEARCHED):
        return NORMAL
    return UNKNOWN if len(schemas) == 1 else DIFFERENT


# Types, casts, constants


def _types(left: Tree, right: Tree) -> Likeness:
    if is_text(left) and is_text(right) and left[3] == right[3]:
        return NORMAL
    return _names(left[1:3], right[1:3]) if left[3:] == right[3:] else DIFFERENT


def _casts(left: Tree, right: Tree) -> Likeness:
    if left[0] == right[0] and (alike := _types(left[2], right[2])) is not DIFFERENT:
        return max(alike, likeness(left[1], right[1], _VALUE))
    while left[0] == "cast":
        left = left[1]
    while right[0] == "cast":
        right = right[1]
    return max(BUT_FOR_CASTS, likeness(left, right, _VALUE))


def _constants(left: Tree, right: Tree, context: str) -> Likeness:
    if left[0] != right[0]:
        text, other = (left, right) if left[0] == "constant" else (right, left)
        items = literals.array(text[2]) if other[0] == "array" and text[1] == "string" else None
        if items is None:
            return DIFFERENT
        read = tuple(string(item) for item in items)
        return max(BUT_FOR_CASTS if context == _OPERAND else NORMAL, _each(read, other[1], _COMPARED))
    forms = {left[1], right[1]}
    if forms == {"null"}:
        return NORMAL if None in {left[3], right[3]} or left[3] == right[3] else BUT_FOR_CASTS
    if forms == {"number"}:
        return _numbers(left, right, context)
    if forms == {"string"}:
        return _strings(left, right, context)
    if "string" in forms and len(forms) > 1:
        text, other = (left, right) if left[1] == "string" else (right, left)
        if _reads_as(text[2], other):
            return NORMAL if context == _COMPARED and text[3] is None else BUT_FOR_CASTS
    return DIFFERENT


def _reads_as(text: str, other: Tree) -> bool:
    read = {"number": literals.number, "boolean": literals.boolean}.get(other[1])
    return read is not None and bool(read(text) == other[2])


def _numbers(left: Tree, right: Tree, context: str) -> Likeness:
    """Compare two numbers; their types count where whole numbers would be divided without a remainder."""
    if left[2] != right[2]:
        return DIFFERENT
    kinds = {each[3][2] if each[3] else "int4" for each in (left, right)}
    if "float4" in kinds and len(kinds) > 1 and "." in left[2]:
        return BUT_FOR_CASTS
    whole = kinds & literals.INTEGERS
    return BUT_FOR_CASTS if context == _DIVIDED and whole and whole != kinds else NORMAL


def _strings(left: Tree, right: Tree, context: str) -> Likeness:
    """Compare two string constants; one without a type has the type of the other."""
    kinds = [each[3] for each in (left, right) if each[3] is not None]
    alike = _types(*kinds) if len(kinds) == 2 else NORMAL
    if alike is DIFFERENT or (context == _OPERAND and len(kinds) == 1 and is_text(kinds[0]) and _is_data(left[2])):
        alike = BUT_FOR_CASTS
    if left[2] == right[2]:
        return alike
    values = _values(left[2], right[2], kinds[0] if kinds else None)
    return max(alike, values)


def _is_data(text: str) -> bool:
    """Whether an operator may take a literal for an array or for JSON instead of text."""
    return literals.array(text) is not None or literals.value(text, "jsonb") is not None


def _values(left: str, right: str, kind: Tree | None) -> Likeness:
    if kind is None:
        alike = literals.value(left, "interval")
        return UNKNOWN if alike is not None and alike == literals.value(right, "interval") else DIFFERENT
    _, _, name, modifiers, is_array = kind
    if is_array:
        return UNKNOWN
    if name in _NAME_TYPES:
        return _names(_written_name(left), _written_name(right))
    first, second = literals.value(left, name), literals.value(right, name)
    if first is not None and second is not None:
        return NORMAL if first == second else UNKNOWN if modifiers else DIFFERENT
    spelled = ["".join(text.split()).casefold() for text in (left, right)]
    unsure = name in literals.READ or name in _REPRINTED or name.endswith("range") or spelled[0] == spelled[1]
    return UNKNOWN if unsure else DIFFERENT


def _written_name(text: str) -> Tree:
    schema, dot, name = text.rpartition(".")
    return (schema.strip('"') if dot else None, name.strip('"'))


# Columns


def _columns(left: Tree, right: Tree, context: str) -> Likeness:
    for one, other in ((left, right), (right, left)):
        # The bare alias of a function that returns one column is that column, whatever its name
        if one[3] is not None and one[3][1] and one[3][0] == other[1]:
            return NORMAL
    if left[2] is None or right[2] is None:
        return NORMAL if left[1] == right[1] else DIFFERENT
    return _places(left[1], right[1]) if left[2] == right[2] else DIFFERENT


def _places(left: Any, right: Any) -> Likeness:
    """Compare two columns' relations: one that is not said is the innermost that has such a column."""
    if left == right:
        return NORMAL
    if isinstance(left, tuple) and isinstance(right, tuple):
        return UNKNOWN if left[0] == right[0] == "outer" and not {left[1], right[1]} & {"new", "old"} else DIFFERENT
    open_one, said = (left, right) if isinstance(left, str) else (right, left)
    if isinstance(said, str) or open_one == "using":
        return UNKNOWN
    if open_one == "":  # outside of any query there is one table, but for a trigger's two rows
        return NORMAL if said[0] == "outer" and said[1] not in {"new", "old"} else UNKNOWN
    return NORMAL if said[0] == 0 else UNKNOWN


def _row(star: Tree, column: Tree) -> Likeness:
    """Compare ``t.*`` and ``t``."""
    where = column[3][0] if column[3] else ("outer", column[2])
    return NORMAL if where == star[1] else UNKNOWN


# Operators and functions


def _operations(left: Tree, right: Tree, context: str) -> Likeness:
    straight = _operands(left[1:], right[1:])
    if straight <= NORMAL or left[1][1] not in {"=", "<>"} or right[2] is None:
        return straight
    return min(straight, _operands(left[1:], (right[1], right[3], right[2])))


def _operands(left: Tree, right: Tree) -> Likeness:
    name, first, second = left
    if first is None or right[1] is None:
        return _each(left, right)
    symbol = name[1]
    pairs = [(first, right[1]), (second, right[2])]
    context = _COMPARED if symbol in COMPARISONS or symbol in _PATHS else _OPERAND
    if any(all(is_text(type_of(each)) for each in pair) for pair in pairs):
        context = _COMPARED  # beside text it is text
    if symbol == "/" or all(side[:2] == ("constant", "number") for side in (first, second)):
        context = _DIVIDED
    if symbol in COMPARISONS:
        texts = [all(is_text(type_of(each)) for each in pair) for pair in pairs]
        pairs = [
            _without_text(*pair) if sibling else pair for pair, sibling in zip(pairs, reversed(texts), strict=True)
        ]
    return max(_names(name, right[0]), _worst(likeness(*pair, context) for pair in pairs))


def _without_text(left: Tree, right: Tree) -> tuple[Tree, Tree]:
    """Drop a cast to text that one side alone has, where nothing but text can stand."""
    for one, other in ((left, right), (right, left)):
        if one[0] == "cast" and one[2] == TEXT and other[0] not in {"cast", "constant"}:
            return (one[1], other) if one is left else (other, one[1])
    return left, right


def _quantified(left: Tree, right: Tree, context: str) -> Likeness:
    return _worst(
        (
            _names(left[1], right[1]),
            likeness(left[2], right[2], _VALUE),
            likeness(left[3], right[3], _COMPARED),
        )
    )


def _calls(left: Tree, right: Tree, context: str) -> Likeness:
    name = _names(left[1], right[1])
    if {left[1], right[1]} == {(None, "extract"), (None, "date_part")}:  # numeric and double precision
        name = BUT_FOR_CASTS
    if len(left[2]) != len(right[2]):
        return DIFFERENT
    pairs = list(zip(left[2], right[2], strict=True))
    if left[1][0] is None and left[1][1] in _TEXT_FUNCTIONS:
        pairs = [_without_text(*pair) for pair in pairs]
    args = _worst(likeness(*pair, _VALUE) for pair in pairs)
    return _worst((name, args, _each(left[3], right[3])))


def _arrays(left: Tree, right: Tree, context: str) -> Likeness:
    if not left[1] and not right[1]:
        kinds = {left[2], right[2]} - {None}
        return NORMAL if len(kinds) < 2 or _types(*kinds) is not DIFFERENT else BUT_FOR_CASTS
    return _each(left[1], right[1], context)


def _junctions(left: Tree, right: Tree, context: str) -> Likeness:
    """Compare what AND or OR joins; in another order it is not said to differ."""
    found = _each(left, right)
    if found is not DIFFERENT or len(left) != len(right):
        return found
    rest = list(right[1:])
    for item in left[1:]:
        match = next((each for each in rest if likeness(item, each).same), None)
        if match is None:
            return DIFFERENT
        rest.remove(match)
    return UNKNOWN


def _keys(left: Tree, right: Tree, context: str) -> Likeness:
    """Compare keys of indexes; an operator class that is named may be the type's own (text_ops), or not."""
    if (left[3] is None) != (right[3] is None):
        named = left[3] or right[3]
        operators = UNKNOWN if named[1].count("_") == 1 and named[1].endswith("_ops") else DIFFERENT
    else:
        operators = NORMAL if left[3] is None else _names(left[3], right[3])
    rest = _each((left[1], left[2], left[4]), (right[1], right[2], right[4]))
    return max(operators, rest)


# Queries


def _selects(left: Tree, right: Tree, context: str) -> Likeness:
    first, second = dict(left[1:]), dict(right[1:])
    if first.keys() != second.keys():
        return DIFFERENT
    return _worst(likeness(first[name], second[name], _VALUE) for name in first)


def _target_lists(left: Tree, right: Tree) -> Likeness:
    stars = [any(item[0] == "target" and item[2][0] == "star" for item in side[1:]) for side in (left, right)]
    if any(stars) and left != right:
        return UNKNOWN  # which columns there were when it was written
    return _each(left, right)


def _lists(left: Tree, right: Tree, context: str) -> Likeness:
    if len(left) > 1 and len(right) > 1 and left[1][:1] == right[1][:1] == ("target",):
        return _target_lists(left, right)
    return _each(left, right)


def _joins(left: Tree, right: Tree, context: str) -> Likeness:
    """Compare joins; USING and NATURAL are words for conditions that are not spelt out."""
    if left[2] != right[2]:
        return UNKNOWN
    return _each(left, right)


def _relations(left: Tree, right: Tree, context: str) -> Likeness:
    return max(_names(left[1], right[1]), NORMAL if left[2:] == right[2:] else DIFFERENT)


def _functions(left: Tree, right: Tree, context: str) -> Likeness:
    """Compare functions in FROM: the server names their columns, where the author did not."""
    columns = NORMAL if left[1] == right[1] or not (left[1] and right[1]) else DIFFERENT
    return max(columns, _each(left[2:], right[2:]))


_COMPARERS: dict[str, Callable[[Tree, Tree, str], Likeness]] = {
    "all": _quantified,
    "and": _junctions,
    "any": _quantified,
    "array": _arrays,
    "call": _calls,
    "column": _columns,
    "function": _functions,
    "join": _joins,
    "key": _keys,
    "list": _lists,
    "op": _operations,
    "or": _junctions,
    "relation": _relations,
    "select": _selects,
    "type": lambda left, right, _: _types(left, right),
}
