"""Reading YAML strictly: every value knows its place, and every fault is told, not only the first.

What may be written is declared by ``Section`` structs (spec.py): their fields, defaults and types are the
only list of keys there is, for the reader here and for the published JSON Schema. Scalars are YAML 1.2's:
``on``, ``no`` and ``off`` are words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ..pattern import lazy
from ..source import Location
from .section import Problem, Section, Text, by_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_VALUES = 200_000  # a specification of a thousand tables has fewer
_DEEPEST = 100
_TOO_DEEP = "the file is nested too deeply"
_LONGEST_ECHO = 30  # a longer value may be a secret in the wrong place
_NULL = lazy(r"~|null|Null|NULL|")
_FLAG = lazy(r"true|True|TRUE|false|False|FALSE")
_WHOLE = lazy(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = lazy(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


S = TypeVar("S", bound=Section)


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    """The value is at fault, and that was told."""


def read(text: str, shown: str, shape: type[S]) -> tuple[S | None, list[Problem]]:
    """Read a YAML text as a section.

    ``shown`` is the file's name in messages. Returns the section, or None where it cannot be made, and all
    that is wrong with the text; what is at fault is left out of the section.
    """
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("Loader", (base,), {"yaml_implicit_resolvers": {}})
    reader = _Reader(text, shown)
    try:
        root = yaml.compose(text, Loader=loader) if reader.is_shallow(yaml.parse(text, Loader=loader)) else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part) or "not YAML"
        if "maximum nesting" in words:  # libyaml looks ahead, and may come to its own limit first
            words = _TOO_DEEP
        reader.tell(reader.point(mark.index if mark else 0), words, _yaml_remedy(error.problem or ""))
    except yaml.YAMLError as error:  # a character that YAML has not
        reader.tell(reader.point(getattr(error, "position", 0)), f"not YAML: {getattr(error, 'reason', '')}", "")
    else:
        if root is None and not reader.problems:
            reader.tell(reader.point(0), "the file is empty", "Begin it with: version: 1")
    if reader.problems or root is None:
        return None, reader.problems
    try:
        value = reader.read(root, msgspec.inspect.type_info(shape), "", reader.point(0))
    except _Unreadable:
        value = None
    return value, sorted(reader.problems, key=by_place)


def _yaml_remedy(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "Put a value that holds a colon and a space in quotes."
    if "cannot start any token" in problem or "undefined alias" in problem or "tag" in problem:
        return "Put a value that begins with one of @ ` % & * ! | > in quotes."
    if "expected <block end>" in problem or "expected ',' or" in problem:
        return "Check the indentation and the quotes; put a value that holds quotes of its own in quotes."
    if "tab" in problem:
        return "Indent with spaces."
    return ""


class _Reader:
    """Walks YAML nodes and declared types side by side."""

    def __init__(self, text: str, shown: str) -> None:
        self.text, self.shown = text, shown
        self.problems: list[Problem] = []
        self.open: set[int] = set()  # nodes being read: an alias may point at what holds it
        self.count = 0
        self.lines = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))[:-1]

    def is_shallow(self, events: Iterable[Any]) -> bool:
        """Look at the nesting before the parser, which is recursive, does; too deep a one is told."""
        depth = 0
        for event in events:
            word = type(event).__name__
            depth += word.endswith("StartEvent") - word.endswith("EndEvent")
            if depth > _DEEPEST:
                self.tell(self.point(event.start_mark.index), _TOO_DEEP, "")
                return False
        return True

    def point(self, index: int) -> Location:
        line, column = self._place(index)
        return Location(self.shown, line, column, line, column)

    def place(self, node: Any) -> Location:
        start, end = node.start_mark.index, node.end_mark.index
        if node.end_mark.column == 0:  # a block's end is where the next key begins: leave that out
            end = max(start, start + len(self.text[start:end].rstrip()))
        return Location(self.shown, *self._place(start), *self._place(end))

    def _place(self, index: int) -> tuple[int, int]:
        """Find line and column; the marks' own count breaks that other tools do not take for lines."""
        line = bisect_right(self.lines, index)
        return line, index - self.lines[line - 1] + 1

    def tell(self, location: Location, message: str, remedy: str) -> None:
        problem = Problem(path=self.shown, location=location, message=message, remedy=remedy)
        if problem not in self.problems:  # an alias is read more than once
            self.problems.append(problem)

    def refuse(self, node: Any, message: str, remedy: str = "") -> _Unreadable:
        self.tell(self.place(node), message, remedy)
        return _Unreadable()

    # -- by declared type --------------------------------------------------------------------------------

    def read(self, node: Any, kind: Any, path: str, key: Location | None = None) -> Any:
        """Read a node as what was declared; ``path`` is its name in messages, ``key`` where its key is."""
        self.count += 1
        if self.count == _MOST_VALUES:
            raise self.refuse(node, "the file holds too many values", "Aliases of aliases grow fast: write less.")
        if self.count > _MOST_VALUES:
            raise _Unreadable
        if id(node) in self.open:
            raise self.refuse(node, f"{_what(path)} holds itself", "Write the value out in place of the alias.")
        self.open.add(id(node))
        try:
            return self._read(node, kind, path, key)
        finally:
            self.open.discard(id(node))

    def _read(self, node: Any, declared: Any, path: str, key: Location | None) -> Any:
        info = msgspec.inspect
        kind = _bare(declared)
        match kind:
            case info.UnionType():
                return self._read(node, _fitting(node, kind), path, key)
            case info.StructType():
                return self._read_section(node, kind, path, key)
            case info.DictType():
                return self._read_mapping(node, kind, path)
            case info.VarTupleType():
                if node.id != "sequence":
                    raise self.refuse(node, f"{_what(path)} must be a list{_but(node)}", _as_list(node))
                if len(node.value) < (kind.min_length or 0):
                    raise self.refuse(node, f"{_what(path)} is empty", _described(declared))
                items = enumerate(node.value)
                return tuple(self._all((each, kind.item_type, f"{path}[{number}]") for number, each in items))
            case info.AnyType():
                return self._read_any(node, path)
            case _:
                return self._read_scalar(node, kind, path, _described(declared))

    def _all(self, entries: Iterable[tuple[Any, Any, str]]) -> list[Any]:
        """Read what can be read; the rest has been told."""
        values = []
        for node, kind, path in entries:
            try:
                values.append(self.read(node, kind, path))
            except _Unreadable:
                continue
        return values

    def _pairs(self, node: Any, path: str, example: str) -> list[tuple[Text, Any]]:
        """Take the pairs of a mapping; a key must be a text, and stand once."""
        if node.id != "mapping":
            raise self.refuse(node, f"{_what(path)} must be a mapping{_but(node)}", example)
        seen: dict[str, Text] = {}
        pairs = []
        for key_node, value in node.value:
            if key_node.id != "scalar":
                self.tell(self.place(key_node), f"a key of {_what(path)} must be a text", "Put the key in quotes.")
                continue
            try:
                name = self._text(key_node)
            except _Unreadable:
                continue
            if name == "<<" and not key_node.style:
                self.tell(name.location, "merge keys (<<) are not read", "Write the keys out.")
            elif first := seen.get(name):
                where = f"in {_what(path)} (first in line {first.location.line})"
                words = f'the key "{name}" is written twice {where}'
                self.tell(name.location, words, "Keep one of them.")
            else:
                seen[name] = name
                pairs.append((name, value))
        return pairs

    def _read_section(self, node: Any, kind: Any, path: str, key: Location | None) -> Section:
        shape: type[Section] = kind.cls
        fields = {field.encode_name: field for field in kind.fields if field.name != "places"}
        pairs = self._pairs(node, path, f"Its keys: {', '.join(fields)}.")
        places = {"": key or self.place(node)}
        values: dict[str, Any] = {"places": places}
        broken = False
        for name, value in pairs:
            field = fields.get(name)
            if field is None:
                self._unknown_key(name, shape, fields, path)
                continue
            if value.id == "scalar" and f"{name}: {value.value}" in shape.later:
                self.tell(self.place(value), f'{name} "{value.value}" is not supported yet', "Leave it out.")
                continue
            places[field.name] = name.location
            try:
                values[field.name] = self.read(value, field.type, f"{path}.{name}".lstrip("."), name.location)
            except _Unreadable:
                broken = broken or field.required
        for name, field in fields.items():
            if field.required and name not in {text for text, _ in pairs}:
                self.tell(places[""], f'{_what(path)} needs the key "{name}"', "")
                broken = True
        if broken:
            raise _Unreadable
        return shape(**values)

    def _unknown_key(self, name: Text, shape: type[Section], known: Mapping[str, Any], path: str) -> None:
        if name in shape.later:
            self.tell(name.location, f'"{name}" is not supported yet', "Leave it out.")
            return
        self.tell(name.location, f'unknown key "{name}" in {_what(path)}', meant(name, known, "Its keys"))

    def _read_mapping(self, node: Any, kind: Any, path: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in self._pairs(node, path, "Write each entry as  name: value."):
            pattern = getattr(_bare(kind.key_type), "pattern", None)
            if pattern and not re.search(pattern, name):
                self.tell(name.location, f'"{name}" cannot be a key of {_what(path)}', _described(kind.key_type))
                continue
            try:
                values[name] = self.read(value, kind.value_type, f"{path}.{name}", name.location)
            except _Unreadable:
                continue
        return values

    def _read_any(self, node: Any, path: str) -> Any:
        if node.id == "mapping":
            pairs = self._pairs(node, path, "")
            return {str(name): self.read(value, msgspec.inspect.AnyType(), f"{path}.{name}") for name, value in pairs}
        if node.id == "sequence":
            return [self.read(each, msgspec.inspect.AnyType(), f"{path}[{n}]") for n, each in enumerate(node.value)]
        return self._scalar(node)

    def _read_scalar(self, node: Any, kind: Any, path: str, described: str) -> Any:
        info = msgspec.inspect
        if node.id != "scalar":
            raise self.refuse(node, f"{_what(path)} must be {_named(kind)}{_but(node)}", "")
        value = self._scalar(node)
        if value is None:
            raise self.refuse(node, f"{_what(path)} is empty", "Give it a value, or leave the key out.")
        match kind:
            case info.BoolType() if isinstance(value, bool):
                return value
            case info.IntType() if isinstance(value, int) and not isinstance(value, bool):
                return self._whole(node, value, kind, path)
            case info.LiteralType() if isinstance(value, str) or isinstance(kind.values[0], type(value)):
                if value not in kind.values:
                    words = f"{_what(path)} cannot be {_quoted(value)}"
                    raise self.refuse(node, words, meant(str(value), kind.values, "It is one of"))
                return value
            case info.DateType() if isinstance(value, str):
                return self._date(node, value, path)
            case info.StrType() if isinstance(value, str):
                if len(value) < (kind.min_length or 0):
                    raise self.refuse(node, f"{_what(path)} is empty", described)
                if kind.pattern and not re.search(kind.pattern, value):
                    raise self.refuse(node, f"{_what(path)} cannot be {_quoted(value)}", described)
                return value
        wanted = _named(kind)
        if wanted.startswith("a text") or isinstance(kind, info.LiteralType | info.DateType):
            short = node.value if len(node.value) <= _LONGEST_ECHO else "what stands there"
            words = f"{_what(path)} must be {wanted}, but {short} without quotes is {_plainly(value)}"
            raise self.refuse(node, words, f'Write "{short}".' if short == node.value else "Put it in quotes.")
        remedy = f"Write {wanted}." if isinstance(kind, info.BoolType) else ""
        raise self.refuse(node, f"{_what(path)} must be {wanted}, not {_quoted(node.value)}", remedy)

    def _whole(self, node: Any, value: int, kind: Any, path: str) -> int:
        if (kind.ge is not None and value < kind.ge) or (kind.le is not None and value > kind.le):
            raise self.refuse(node, f"{_what(path)} cannot be {value}", f"It is {kind.ge} to {kind.le}.")
        return value

    def _date(self, node: Any, value: str, path: str) -> Any:
        from datetime import date

        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.refuse(
                node, f"{_what(path)} cannot be {_quoted(value)}", "Write a date as 2027-01-31."
            ) from None

    # -- scalars -----------------------------------------------------------------------------------------

    def _scalar(self, node: Any) -> Any:
        """Resolve a scalar by the core schema of YAML 1.2."""
        word = node.value
        if node.tag not in {"tag:yaml.org,2002:str", "!"}:
            raise self.refuse(node, f"tags such as {node.tag} are not read", "Leave the tag out.")
        if node.style:
            return self._text(node)
        if _NULL.fullmatch(word):
            return None
        if _FLAG.fullmatch(word):
            return word.lower() == "true"
        if _WHOLE.fullmatch(word):
            if len(word) > _LONGEST_ECHO:
                return float("inf")  # no key takes a number like that
            return int(word, 0) if word[:2] in {"0o", "0x"} else int(word)
        if _DECIMAL.fullmatch(word):
            return float(word.lower().replace(".inf", "inf").replace(".nan", "nan"))
        return self._text(node)

    def _text(self, node: Any) -> Text:
        """Make a text, with what is needed to find the place of a part of it."""
        location, value = self.place(node), node.value
        if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
            raise self.refuse(node, "it holds a character that PostgreSQL cannot store", "Leave it out.")
        start, end = node.start_mark.index, node.end_mark.index
        raw = self.text[start:end]
        if raw == value and "\n" not in raw:
            return Text(value, location, -1)
        if raw[1:-1] == value and "\n" not in raw and node.style in {"'", '"'}:
            return Text(value, location, -2)
        if node.style == "|":
            lines = raw.split("\n")[1:]
            first = value.split("\n", 1)[0]
            indent = lines[0].find(first) if lines and first else -1
            wanted = value.rstrip("\n").split("\n")
            if indent >= 0 and [line[indent:].rstrip("\r") for line in lines[: len(wanted)]] == wanted:
                return Text(value, location, indent)
        return Text(value, location)


def meant(word: str, known: Iterable[Any], otherwise: str) -> str:
    """Say which of the known words was probably meant, else list them."""
    from difflib import get_close_matches

    words = [str(each) for each in known]
    close = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"?' if close else f"{otherwise}: {', '.join(words)}."


def _bare(kind: Any) -> Any:
    while isinstance(kind, msgspec.inspect.Metadata):
        kind = kind.type
    return kind


def _described(kind: Any) -> str:
    extra = kind.extra_json_schema if isinstance(kind, msgspec.inspect.Metadata) else None
    return str((extra or {}).get("description", ""))


def _fitting(node: Any, union: Any) -> Any:
    """Choose by the shape of the node: no union has two members of one shape."""
    members = [each for each in union.types if not isinstance(_bare(each), msgspec.inspect.NoneType)]
    return next((each for each in members if _fits(node, _bare(each))), members[0])


def _fits(node: Any, kind: Any) -> bool:
    info = msgspec.inspect
    shapes = {"mapping": info.StructType | info.DictType, "sequence": info.VarTupleType}
    if node.id in shapes:
        return isinstance(kind, shapes[node.id])
    return not isinstance(kind, info.StructType | info.DictType | info.VarTupleType)


def _what(path: str) -> str:
    return path or "schema.yaml"


def _named(kind: Any) -> str:
    info = msgspec.inspect
    match kind:
        case info.BoolType():
            return "true or false"
        case info.IntType():
            return "a whole number"
        case info.LiteralType():
            return " or ".join(str(value) for value in kind.values) if len(kind.values) < 4 else "a word"
        case info.DateType():
            return "a date"
        case _:
            return "a text"


def _quoted(value: object) -> str:
    word = str(value)
    return f'"{word}"' if len(word) <= _LONGEST_ECHO else "that"


def _but(node: Any) -> str:
    if node.id == "scalar":
        return ", but it is empty" if _NULL.fullmatch(node.value) and not node.style else f", not {_quoted(node.value)}"
    return f", not a {'list' if node.id == 'sequence' else node.id}"


def _as_list(node: Any) -> str:
    if node.id != "scalar":
        return "Write [a, b]."
    short = 0 < len(node.value) <= _LONGEST_ECHO
    return f"Write [{node.value}]." if short else "Write [a, b], or [] for none."


def _plainly(value: object) -> str:
    return {bool: "true or false", int: "a number", float: "a number"}.get(type(value), "empty")
