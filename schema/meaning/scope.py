"""What an expression can name: the relations in FROM with their columns, common table expressions, parameters."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ..names import quote_ident

if TYPE_CHECKING:
    from ..catalog import Catalog, Key, Object

Outputs = list["Output"] | None  # None: the columns are not known


class Output(msgspec.Struct, frozen=True):
    """A column that a relation or a query has: its name, its type, and what it is in the catalog."""

    name: str
    type: str | None
    keys: tuple[Key, ...] = ()


class Form(enum.Enum):
    """How a text names an object."""

    IDENTITY = enum.auto()  # by its qualified name
    NAME = enum.auto()  # by its bare name
    LITERAL = enum.auto()  # by its qualified name, in a string


class Mention(NamedTuple):
    """A place in a text where an object is named; a negative ``start``: the text does so without a name to change.

    ``target`` is where the expression of a result column ends that takes its name from this one, else -1.
    """

    key: Key
    start: int
    end: int
    form: Form
    target: int = -1


SYSTEM_COLUMNS = {
    "ctid": "tid",
    "xmin": "xid",
    "xmax": "xid",
    "cmin": "cid",
    "cmax": "cid",
    "tableoid": "oid",
}
_SEQUENCE_COLUMNS = (
    Output("last_value", "bigint"),
    Output("log_cnt", "bigint"),
    Output("is_called", "boolean"),
)


def view_column(view: str, name: str) -> Key:
    """What a mention of a view's column is about."""
    return ("column", f"{view}.{quote_ident(name)}")


class Entry:
    """A relation in FROM, by the name it has there."""

    __slots__ = ("aliased", "columns", "name", "obj")

    def __init__(self, name: str, columns: Outputs, obj: Object | None = None, *, aliased: bool = True) -> None:
        self.name, self.columns, self.obj, self.aliased = name, columns, obj, aliased

    @property
    def known(self) -> bool:
        """Whether a column that it does not show is not there."""
        return self.columns is not None or (self.obj is not None and self.obj.knows("columns"))

    def outputs(self, catalog: Catalog) -> Outputs:
        """All columns, in order."""
        if self.columns is None and self.obj is not None and self.obj.knows("columns"):
            self.columns = columns_of(catalog, self.obj)
        return self.columns

    def column(self, catalog: Catalog, name: str) -> Output | None:
        """The column of this name, if it is known."""
        obj = self.obj
        if obj is not None and obj.kind == "table" and self.columns is None:
            found: Any = catalog.find(("column", f"{obj.identity}.{quote_ident(name)}"))
            if found is not None:
                return Output(name, found.type if found.knows("type") else None, (found.key,))
            if name in SYSTEM_COLUMNS:
                return Output(name, SYSTEM_COLUMNS[name])
            return None
        return next((each for each in self.outputs(catalog) or () if each.name == name), None)


class Item(msgspec.Struct, frozen=True):
    """A whole FROM item: its entries, and the columns that USING merged."""

    entries: list[Entry]
    merged: dict[str, Output]


class Scope:
    """The names an expression can see: FROM items, common table expressions, and the query around it."""

    __slots__ = ("ctes", "items", "outputs", "parent", "values")

    def __init__(
        self,
        parent: Scope | None = None,
        items: list[Item] | None = None,
        *,
        values: Mapping[str, str | None] | None = None,
    ) -> None:
        self.parent = parent
        self.items: list[Item] = [] if items is None else items
        self.ctes: dict[str, Outputs] = {}
        self.values = values or {}
        self.outputs: frozenset[str] = frozenset()

    def beside(self) -> Scope:
        """What a subquery in FROM sees that is not LATERAL: all of this but its FROM items."""
        scope = Scope(self.parent)
        scope.ctes = self.ctes
        return scope


def columns_of(catalog: Catalog, obj: Object) -> list[Output]:
    """The columns of a table, view or sequence, in order."""
    if obj.kind == "table":
        from ..objects.column import Column

        columns = sorted(catalog.children(obj.identity, Column), key=lambda each: each.position)
        return [Output(c.name, c.type if c.knows("type") else None, (c.key,)) for c in columns]
    if obj.kind == "sequence":
        return list(_SEQUENCE_COLUMNS)
    return [Output(each.name, each.type, (obj.key,)) for each in getattr(obj, "columns", ())]


def renamed(outputs: Outputs, names: Sequence[str]) -> Outputs:
    """Columns under the names that an alias gives to the first of them."""
    if not names or outputs is None:
        return outputs
    return [msgspec.structs.replace(each, name=names[n]) if n < len(names) else each for n, each in enumerate(outputs)]


def attribute_parts(attribute: str) -> tuple[str, str]:
    """The name (bare) and the type of an attribute of a composite type."""
    if attribute.startswith('"'):
        end = attribute.index('"', 1)
        while attribute[end : end + 2] == '""':
            end = attribute.index('"', end + 2)
        return attribute[1:end].replace('""', '"'), attribute[end + 2 :]
    name, _, printed = attribute.partition(" ")
    return name, printed
