"""The difference of two states, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ...schema.drift import Change, Difference, Document, Kind, State, Summary, together
from ...schema.objects import kinds
from ...schema.snapshots.snapshot import attribute
from .terminal import Paint, escape_json, printable, wrapped

if TYPE_CHECKING:
    from ...schema.snapshots.snapshot import Place

Names = tuple[tuple[Kind, str], tuple[Kind, str]]  # of each side: what it is, and its name
Words = Callable[[str], str]

_Pair = tuple[Change, list[Change]]  # a change, and those of what belongs to it

_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "unknown": ("?", "cyan")}
_LONGEST = 400  # characters of a value that are shown to people


def json(difference: Difference, names: Names, words: Words) -> str:
    """Print it as JSON (its JSON Schema is ``schema/data/diff.schema.json``); ``words`` keeps secrets back."""
    document = Document(
        from_=State(*names[0]),
        to=State(*names[1]),
        changes=tuple(_without_secrets(each, words) for each in difference.changes),
        summary=difference.summary,
    )
    return escape_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"


def _without_secrets(change: Change, words: Words) -> Change:
    return msgspec.structs.replace(
        change, identity=words(change.identity), from_=_kept(change.from_, words), to=_kept(change.to, words)
    )


def _kept(value: Any, words: Words) -> Any:
    if isinstance(value, str):
        return words(value)
    if isinstance(value, dict):
        return {name: _kept(each, words) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_kept(each, words) for each in value]
    return value


def text(difference: Difference, names: Names, words: Words, *, color: bool = False, room: int = 80) -> str:
    """Print it for people: a sign, the object, its place, and below it both values of what differs."""
    paint = Paint(on=color)
    lines = [f"from {printable(names[0][1])}", f"to   {printable(names[1][1])}", ""]
    pairs = sorted(together(difference.changes), key=lambda each: each[0].change == "unknown")
    for (change, parts), privileges in _by_grantee(pairs):
        lines += _told(_without_secrets(change, words), parts, privileges, paint, room)
    if pairs:
        lines.append("")
    lines.append(_summed(difference.summary))
    return "\n".join(lines) + "\n"


def _summed(counts: Summary) -> str:
    said = [
        f"{number} {word}"
        for number, word in ((counts.added, "added"), (counts.removed, "removed"), (counts.changed, "changed"))
        if number
    ]
    unknown = f"; {counts.unknown} cannot be compared" if counts.unknown else ""
    return (", ".join(said) or "no difference") + unknown


def _by_grantee(pairs: Iterable[_Pair]) -> Iterator[tuple[_Pair, list[str]]]:
    """One line for all privileges that a role was given or lost on an object, with their names."""

    def slot(pair: _Pair) -> tuple[Any, ...]:
        change = pair[0]
        if change.kind != "privilege" or change.change == "changed":
            return (change.change, change.kind, change.identity)
        facts = change.from_ or change.to or {}
        return (change.change, facts.get("object"), facts.get("grantee"), change.reason)

    groups: dict[tuple[Any, ...], list[_Pair]] = {}
    for pair in pairs:
        groups.setdefault(slot(pair), []).append(pair)
    for group in groups.values():
        yield group[0], [str((each.from_ or each.to or {}).get("privilege")) for each, _ in group if len(group) > 1]


def _told(change: Change, parts: Sequence[Change], privileges: Sequence[str], paint: Paint, room: int) -> Iterator[str]:
    sign, style = _SIGNS[change.change]
    identity = change.identity
    if privileges:
        identity = f"{', '.join(privileges)} on {identity.partition(' on ')[2]}"
    name = printable(f"{change.kind.replace('_', ' ')} {identity}")
    with_it = f" with {_counted(parts)}" if parts else ""
    places = "".join(f"  {paint(_spot(each), 'dim')}" for each in (change.from_at, change.to_at) if each)
    yield f"{paint(sign, style, 'bold')} {paint(name, 'bold')}{with_it}{places}"
    if change.reason and not change.differs:
        yield from (f"    {line}" for line in wrapped(_reason(change), room - 4))
    elif change.change in {"added", "removed"} and not privileges:
        yield from (f"    {name}: {_printed(value)}" for name, value in _telling(change))
    for name in change.differs:
        yield from _values(name, change, paint)
    if change.unknown and change.differs:
        yield f"    {', '.join(change.unknown)}: cannot be compared ({change.reason})"


def _telling(change: Change) -> Iterator[tuple[str, Any]]:
    """What an object that one side alone has is like, as far as that does not go without saying."""
    cls = kinds().get(change.kind)
    usual = {
        attribute(field.name): msgspec.to_builtins(field.default)
        for field in (msgspec.structs.fields(cls) if cls else ())
        if field.default is not msgspec.NODEFAULT
    }
    for name, value in (change.from_ or change.to or {}).items():
        said = isinstance(value, str) and value and value in change.identity
        if not said and value not in (None, [], usual.get(name, msgspec.UNSET)):
            yield name, value


def _reason(change: Change) -> str:
    whole = change.from_ is None or change.to is None or not change.unknown
    about = "" if whole else f"{', '.join(change.unknown)}: "
    side = (
        " (only on the first side)"
        if change.to is None
        else " (only on the second side)"
        if change.from_ is None
        else ""
    )
    return f"{about}cannot be compared{side}: {change.reason}"


def _values(name: str, change: Change, paint: Paint) -> Iterator[str]:
    old, new = (_printed((facts or {}).get(name)) for facts in (change.from_, change.to))
    if "\n" not in old + new and len(name) + len(old) + len(new) < 100:
        yield f"    {name}: {paint(old, 'red')} -> {paint(new, 'green')}"
        return
    yield f"    {name}:"
    for sign, style, value in (("-", "red", old), ("+", "green", new)):
        yield from (f"      {paint(f'{sign} {line}', style)}" for line in value.splitlines() or [""])


def _printed(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        shown = printable(value) if value else "''"
    else:
        shown = printable(msgspec.json.encode(value).decode())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}… ({len(shown)} characters)"


def _counted(parts: Sequence[Change]) -> str:
    counts = Counter(each.kind.replace("_", " ") for each in parts)
    return ", ".join(f"{number} {_plural(kind, number)}" for kind, number in sorted(counts.items()))


def _plural(kind: str, number: int) -> str:
    if number == 1:
        return kind
    return {"index": "indexes", "policy": "policies"}.get(kind, f"{kind}s")


def _spot(place: Place) -> str:
    return printable(f"{place.file}:{place.line}:{place.column}")
