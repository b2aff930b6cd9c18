"""The types of expressions: what an operator, a built-in function, a CASE or a UNION gives.

A type is its printed name, as ``format_type`` shows it for a column; ``unknown`` is a literal that nothing has given a
type, None stands for one that is not certain. The choice among overloads is that of parse_func.c and parse_oper.c
(func_match_argtypes, func_select_candidate), over what ``data/pg_catalog_calls.txt`` lists.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ..catalog import Catalog
from ..names import print_type

if TYPE_CHECKING:
    from ..catalog import Node

UNKNOWN = "unknown"

_COMPARISONS = {"=", "<>", "!=", "<", ">", "<=", ">=", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*"}
_BOOLEAN_KINDS = {
    "AEXPR_OP_ANY",
    "AEXPR_OP_ALL",
    "AEXPR_DISTINCT",
    "AEXPR_NOT_DISTINCT",
    "AEXPR_IN",
    "AEXPR_LIKE",
    "AEXPR_ILIKE",
    "AEXPR_SIMILAR",
    "AEXPR_BETWEEN",
    "AEXPR_NOT_BETWEEN",
    "AEXPR_BETWEEN_SYM",
    "AEXPR_NOT_BETWEEN_SYM",
}
_MAX_INTEGER, _MAX_BIGINT = 2**31 - 1, 2**63 - 1
_STRING = "s"  # the category of text
# Polymorphic types: what they accept, and whether each call binds them to one element type
_POLYMORPHIC = frozenset(
    family + each
    for family in ("any", "anycompatible")
    for each in ("element", "array", "nonarray", "enum", "range", "multirange")
) | {"anycompatible"}

_SUBTYPES = {
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp without time zone",
    "tstzrange": "timestamp with time zone",
}


def _accepts(wanted: str, kind: str, category: str) -> bool:
    """Whether a polymorphic type takes a value of this type."""
    shape = wanted.removeprefix("any").removeprefix("compatible")
    if shape == "array":
        return kind.endswith("[]")
    if shape == "multirange":
        return kind.endswith("multirange")
    if shape == "nonarray":
        return not kind.endswith("[]")
    return shape in {"", "element"} or category == shape[0]


class Signature(msgspec.Struct, frozen=True):
    """One overload: its argument types (in argument form), how many may be left out, its result."""

    arguments: tuple[str, ...]
    defaults: int
    variadic: bool
    result: str
    columns: tuple[tuple[str, str], ...] = ()  # of a function that returns rows
    returns_set: bool = False

    def called_with(self, count: int) -> Signature:
        """The overload drawn out, or cut, to so many arguments."""
        own = self.arguments
        if self.variadic and count >= len(own):
            element = own[-1].removesuffix("[]")
            return msgspec.structs.replace(self, arguments=own[:-1] + (element,) * (count - len(own) + 1))
        return msgspec.structs.replace(self, arguments=own[:count])


class _Tables(msgspec.Struct, frozen=True):
    categories: Mapping[str, str]
    casts: frozenset[tuple[str, str]]
    operators: Mapping[str, list[str]]
    functions: Mapping[str, list[str]]


@cache
def _tables() -> _Tables:
    path = pathlib.Path(__file__).parent.parent / "data" / "pg_catalog_calls.txt"
    types, casts, operators, functions = path.read_text("utf-8").split("\n\n")
    categories = {_argument(name): category for name, category in map(str.split, types.splitlines())}
    pairs = (map(_argument, line.split()) for line in casts.splitlines())
    return _Tables(categories, frozenset((a, b) for a, b in pairs), _by_name(operators), _by_name(functions))


def _by_name(block: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in block.splitlines():
        name, _, rest = line.partition(" ")
        found.setdefault(name, []).append(rest)
    return found


@cache
def _argument(name: str) -> str:
    """A ``typname`` as an argument's type is printed."""
    return print_type(None, name.removeprefix("_"), None, 1 if name[0] == "_" else 0)


@cache
def _signature(line: str) -> Signature:
    result, *words = line.split(" ")
    returns_set = result.startswith("*")
    result = result.removeprefix("*")
    columns: tuple[tuple[str, str], ...] = ()
    if ":" in result:
        pairs = (each.split(":") for each in result.split(","))
        columns = tuple((name, column_form(_argument(kind))) for name, kind in pairs)
        result = "record"
    defaults = sum(word[0] == "=" for word in words)
    variadic = bool(words) and words[-1][0] == "+"
    arguments = tuple(_argument(word.lstrip("=+")) for word in words)
    return Signature(arguments, defaults, variadic, column_form(_argument(result)), columns, returns_set)


# -- printed forms ---------------------------------------------------------------------------------------


def column_form(kind: str) -> str:
    """A type without modifiers as it is printed for a column: ``character`` is then ``bpchar``."""
    base, brackets = (kind[:-2], "[]") if kind.endswith("[]") else (kind, "")
    return {"character": "bpchar", "bit": '"bit"'}.get(base, base) + brackets


def argument_form(kind: str) -> str:
    """A type as it is printed for an argument, its modifiers left out: ``numeric(8,2)`` is ``numeric``."""
    base, brackets = (kind[:-2], "[]") if kind.endswith("[]") else (kind, "")
    if base.startswith("interval"):
        base = "interval"
    elif "(" in base and not base.endswith('"'):
        base = base[: base.rindex("(")] + base[base.rindex(")") + 1 :]
    return {"bpchar": "character", '"bit"': "bit"}.get(base, base) + brackets


def literal_type(node: Node) -> str | None:
    """The type of a constant: its ``A_Const``."""
    if "ival" in node:
        return "integer"
    if "boolval" in node:
        return "boolean"
    if "fval" in node:
        written = str(node["fval"].get("fval", ""))
        if written.isdigit() and int(written) <= _MAX_BIGINT:
            return "integer" if int(written) <= _MAX_INTEGER else "bigint"
        return "numeric"
    return '"bit"' if "bsval" in node else UNKNOWN


def element_of(kind: str | None) -> str | None:
    """The type of what a subscript gives."""
    if kind == "jsonb":
        return "jsonb"
    return kind[:-2] if kind and kind.endswith("[]") else None


def array_of(kind: str | None) -> str | None:
    """The type of an array of these."""
    if kind is None or kind.endswith("[]"):
        return kind
    return ("text" if kind == UNKNOWN else kind) + "[]"


class Untyped:
    """The types of expressions where they do not matter: only what can be said without a table."""

    def common(self, kinds: Iterable[str | None]) -> str | None:
        """The type that several expressions become where they must be one."""
        found = set(kinds)
        return found.pop() if len(found) == 1 else None

    def operator(self, node: Node, _left: str | None, _right: str | None) -> str | None:
        """The type of an operator's result; that on the left is None for a prefix operator."""
        if node["kind"] in _BOOLEAN_KINDS or node["name"][-1]["String"].get("sval") in _COMPARISONS:
            return "boolean"
        return None

    def call(self, _name: str, _given: Sequence[str | None]) -> str | None:
        """The type that a built-in function returns."""
        return None

    def rows(self, _name: str, _given: Sequence[str | None]) -> tuple[tuple[str, str], ...]:
        """The columns of the rows that a built-in function returns, if it does."""
        return ()

    def refuses(self, _name: str, _given: Sequence[str | None]) -> bool:
        """Whether a built-in function surely takes no such arguments."""
        return False


# -- the choice ------------------------------------------------------------------------------------------

T = TypeVar("T")
_Asked = Callable[["Types", str, Sequence[str | None]], T]


@lru_cache(4096)
def _is_built_in(kind: str | None) -> bool:
    """Whether no catalog has anything to say of a type."""
    return kind is None or kind == UNKNOWN or argument_form(kind).removesuffix("[]") in _tables().categories


def _same_everywhere(method: _Asked[T]) -> _Asked[T]:
    """Keep what is answered about built-in types: that is the same over every catalog."""

    @lru_cache(2048)
    def kept(name: str, given: tuple[str | None, ...]) -> T:
        return method(Types(Catalog()), name, given)

    @wraps(method)
    def answer(types: Types, name: str, given: Sequence[str | None]) -> T:
        return kept(name, tuple(given)) if all(map(_is_built_in, given)) else method(types, name, given)

    return answer


class Types(Untyped):
    """The types of expressions over one catalog, whose own types may be operands."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @property
    def tables(self) -> _Tables:
        """What is known of built-in types, operators and functions; read when first asked for."""
        return _tables()

    def category(self, kind: str) -> str:
        """The category of a type, in lower case; nothing where it is not known."""
        if kind.endswith("[]"):
            return "a"
        known = self.tables.categories.get(kind)
        if known is not None:
            return known.lower()
        found: Any = self.catalog.find(("type", kind))
        if found is not None and found.knows("type_kind"):
            return {"enum": "e", "composite": "c", "range": "r"}.get(found.type_kind, "")
        return "c" if ("table", kind) in self.catalog or ("view", kind) in self.catalog else ""

    def base(self, kind: str) -> str:
        """A type in argument form, a domain as what it is over."""
        kind = argument_form(kind)
        found: Any = self.catalog.find(("type", kind))
        if found is not None and found.knows("base") and found.type_kind == "domain" and found.base:
            return self.base(found.base)
        return kind

    def _preferred(self, kind: str) -> bool:
        return self.tables.categories.get(kind, "x").isupper()

    def _coerces(self, given: str, wanted: str) -> bool:
        """Whether a value is converted without being asked: can_coerce_type, implicitly."""
        if given in {wanted, UNKNOWN} or wanted == '"any"' or (given, wanted) in self.tables.casts:
            return True
        if given.endswith("[]") and wanted.endswith("[]"):
            return self._coerces(given[:-2], wanted[:-2])
        if wanted == "record":
            return self.category(given) == "c"
        return wanted in _POLYMORPHIC and _accepts(wanted, given, self.category(given))

    def common(self, kinds: Iterable[str | None]) -> str | None:
        """The type that several expressions become where they must be one: select_common_type."""
        found = list(kinds)
        if None in found:
            return None
        known = [each for each in found if each and each != UNKNOWN]
        if not known:
            return UNKNOWN
        if len(set(known)) == 1 and len(known) == len(found):
            return known[0]
        bare = [argument_form(each) for each in known]
        if len(set(bare)) == 1:
            return column_form(bare[0])
        bare = [self.base(each) for each in bare]
        chosen = bare[0]
        for each in bare[1:]:
            if not self.category(chosen) or self.category(each) != self.category(chosen):
                return None
            if each == chosen or self._preferred(chosen):
                continue
            if self._coerces(chosen, each) and not self._coerces(each, chosen):
                chosen = each
        return column_form(chosen)

    def operator(self, node: Node, left: str | None, right: str | None) -> str | None:
        """The type of an operator's result; that on the left is None for a prefix operator."""
        if node["kind"] in _BOOLEAN_KINDS:
            return "boolean"
        if node["kind"] == "AEXPR_NULLIF":
            return left if left != UNKNOWN else "text"
        if len(node["name"]) > 1:
            return None
        name = node["name"][0]["String"].get("sval", "")
        if name in _COMPARISONS:
            return "boolean"
        return self._operator(name, [left, right] if "lexpr" in node else [right])

    @_same_everywhere
    def _operator(self, name: str, given: Sequence[str | None]) -> str | None:
        candidates = [_signature(line) for line in self.tables.operators.get(name, ())]
        candidates = [each for each in candidates if len(each.arguments) == len(given)]
        if len(given) == 2 and None not in given and UNKNOWN in given:  # it is taken for the other's type
            known = self.base(next((each for each in given if each and each != UNKNOWN), UNKNOWN))
            exact = [each for each in candidates if each.arguments == (known, known)]
            if exact:
                return exact[0].result
        chosen = self.choose(candidates, given)
        return None if chosen is None else self.result(chosen, given)

    @_same_everywhere
    def call(self, name: str, given: Sequence[str | None]) -> str | None:
        """The type that a built-in function returns."""
        candidates = self._called(name, len(given))
        chosen = self.choose(candidates, given)
        if chosen is not None:
            return None if chosen.columns else self.result(chosen, given)
        results = {each.result for each in candidates}
        plain = len(results) == 1 and not results & _POLYMORPHIC
        return results.pop() if plain and None in given and not any(c.columns for c in candidates) else None

    @_same_everywhere
    def rows(self, name: str, given: Sequence[str | None]) -> tuple[tuple[str, str], ...]:
        """The columns of the rows that a built-in function returns, if it does."""
        chosen = self.choose(self._called(name, len(given)), given)
        return chosen.columns if chosen is not None else ()

    @_same_everywhere
    def refuses(self, name: str, given: Sequence[str | None]) -> bool:
        """Whether a built-in function surely takes no such arguments: all are of simple types, none is converted."""
        known = self.tables.functions.get(name)
        kinds = [each if each is None or each == UNKNOWN else self.base(each) for each in given]
        if not known or not all(each is not None and self._is_simple(each) for each in kinds):
            return False
        candidates = self._called(name, len(given))
        if any(slot in _POLYMORPHIC for each in candidates for slot in each.arguments):
            return False
        return not any(all(map(self._coerces, filter(None, kinds), each.arguments)) for each in candidates)

    def _is_simple(self, kind: str) -> bool:
        """Whether all is known of a type's conversions: a literal, a built-in type or an enum."""
        bare = kind.removesuffix("[]")
        return kind == UNKNOWN or self.tables.categories.get(bare, "p") not in {"p", "x"} or self.category(bare) == "e"

    def _called(self, name: str, count: int) -> list[Signature]:
        """The overloads that take so many arguments, a variadic one drawn out."""
        known = map(_signature, self.tables.functions.get(name, ()))
        return [
            each.called_with(count)
            for each in known
            if len(each.arguments) - each.defaults <= count <= len(each.arguments)
            or (each.variadic and count >= len(each.arguments))
        ]

    def choose(self, candidates: Sequence[Signature], given: Sequence[str | None]) -> Signature | None:
        """The overload that a call means; None where it cannot be told."""
        kinds = [each if each is None or each == UNKNOWN else self.base(each) for each in given]
        known = [each for each in kinds if each is not None]
        if len(known) != len(kinds) or any(k != UNKNOWN and not self.category(k) for k in known):
            return None
        exact = [each for each in candidates if each.arguments == tuple(known)]
        if exact:
            return exact[0]
        fitting = [
            each for each in candidates if all(map(self._coerces, known, each.arguments)) and self._binds(each, known)
        ]
        return self._select(fitting, known)

    def _binds(self, signature: Signature, given: Sequence[str]) -> bool:
        """Whether ``anyelement`` and its kin would stand for one type."""
        return len(self._elements(signature, given)) <= 1

    def _elements(self, signature: Signature, given: Sequence[str]) -> set[str]:
        found = set()
        for kind, wanted in zip(given, signature.arguments, strict=False):
            if kind == UNKNOWN or wanted not in _POLYMORPHIC or "compatible" in wanted:
                continue
            if wanted == "anyarray":
                found.add(kind.removesuffix("[]"))
            elif wanted in {"anyelement", "anynonarray", "anyenum"}:
                found.add(kind)
            else:
                found.add("range " + kind)
        return found

    def _select(self, candidates: list[Signature], given: Sequence[str]) -> Signature | None:
        """func_select_candidate: exact matches, then preferred types, then what literals are likely to be."""
        if len(candidates) > 1:
            candidates = _best(candidates, given, lambda kind, slot: kind == slot)
        if len(candidates) > 1:
            categories = [self.category(each) for each in given]
            scores = [
                sum(
                    kind == slot or (self.category(slot) == category and self._preferred(slot))
                    for kind, slot, category in zip(given, each.arguments, categories, strict=False)
                    if kind != UNKNOWN
                )
                for each in candidates
            ]
            candidates = [each for each, score in zip(candidates, scores, strict=True) if score == max(scores)]
        if len(candidates) > 1 and UNKNOWN in given:
            candidates = self._for_literals(candidates, given)
        return candidates[0] if len(candidates) == 1 else None

    def _for_literals(self, candidates: list[Signature], given: Sequence[str]) -> list[Signature]:
        for at, kind in enumerate(given):
            if kind != UNKNOWN:
                continue
            slots = [self.category(each.arguments[at]) for each in candidates]
            wanted = _STRING if _STRING in slots else slots[0] if len(set(slots)) == 1 else None
            if wanted is None:
                break
            same = [each for each, slot in zip(candidates, slots, strict=True) if slot == wanted]
            preferred = [each for each in same if self._preferred(each.arguments[at])]
            candidates = preferred or same
        if len(candidates) > 1:
            known = {each for each in given if each != UNKNOWN}
            if len(known) == 1:
                guess = known.pop()
                matching = [
                    c for c in candidates if all(self._coerces(guess, c.arguments[n]) for n in range(len(given)))
                ]
                candidates = matching if len(matching) == 1 else candidates
        return candidates

    def result(self, signature: Signature, given: Sequence[str | None]) -> str | None:
        """The result of an overload, a polymorphic one for these arguments."""
        result = signature.result
        if result not in _POLYMORPHIC:
            return None if result in {"record", '"any"'} else result
        if "compatible" in result:
            family = [
                each[:-2] if slot.endswith("array") and each and slot != "anycompatiblenonarray" else each
                for each, slot in zip(given, signature.arguments, strict=False)
                if "compatible" in slot
            ]
            element = self.common(family)
        else:
            kinds = [self.base(each) if each else UNKNOWN for each in given]
            elements = self._elements(signature, kinds)
            element = elements.pop() if len(elements) == 1 else None
        if element is None or element == UNKNOWN:
            return None
        if element.startswith("range "):
            return self._of_range(element[6:], result)
        element = column_form(argument_form(element))
        if result in {"anyarray", "anycompatiblearray"}:
            return array_of(element)
        return element if result in {"anyelement", "anynonarray", "anyenum", "anycompatible"} else None

    def _of_range(self, kind: str, result: str) -> str | None:
        """What a polymorphic result is for an argument that is a range."""
        if result in {"anyrange", "anycompatiblerange"}:
            return kind
        found: Any = self.catalog.find(("type", kind))
        if result not in {"anyelement", "anycompatible"}:
            return None
        if found is not None and found.knows("base"):
            return None if found.base is None else column_form(found.base)
        return _SUBTYPES.get(kind)


def _best(candidates: list[Signature], given: Sequence[str], matches: Callable[[str, str], bool]) -> list[Signature]:
    scores = [
        sum(matches(kind, slot) for kind, slot in zip(given, each.arguments, strict=False) if kind != UNKNOWN)
        for each in candidates
    ]
    return [each for each, score in zip(candidates, scores, strict=True) if score == max(scores)]
