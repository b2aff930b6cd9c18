"""Rows made up for a table: values by type, CHECKs met by trying; half of them the user's, half another's."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from psycopg import Connection

USER = "00000000-0000-4000-8000-00000000000a"
OTHER = "00000000-0000-4000-8000-00000000000b"
_EACH = 3  # rows for each of the two
_TRIES = 12  # of other values, where a row is refused

_COLUMNS = """
select a.attname, pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod),
  case t.typtype when 'd' then b.typname else t.typname end,
  case t.typtype when 'd' then b.typtype else t.typtype end,
  coalesce(nullif(t.typbasetype, 0), t.oid), a.attgenerated <> '' , a.attidentity = 'a',
  exists (select from pg_catalog.pg_index i where i.indrelid = a.attrelid and i.indisunique
          and a.attnum = any(i.indkey)),
  case when t.typtype = 'd' then t.typtypmod else a.atttypmod end
from pg_catalog.pg_attribute a
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_type b on b.oid = t.typbasetype
where a.attrelid = %s::pg_catalog.regclass and a.attnum > 0 and not a.attisdropped order by a.attnum"""
_CHECKS = """
select pg_catalog.pg_get_constraintdef(c.oid) from pg_catalog.pg_constraint c
where c.conrelid = %s::pg_catalog.regclass and c.contype = 'c'
union all
select pg_catalog.pg_get_constraintdef(c.oid) from pg_catalog.pg_constraint c
join pg_catalog.pg_attribute a on a.atttypid = c.contypid
where a.attrelid = %s::pg_catalog.regclass and a.attnum > 0"""
_LABELS = "select enumlabel from pg_catalog.pg_enum where enumtypid = %s order by enumsortorder"


class Column(msgspec.Struct, frozen=True):
    """A column of a real table, as far as values for it need to know it."""

    name: str
    quoted: str
    type: str
    base: str
    kind: str  # typtype: b, e, c, r ...
    oid: int
    generated: bool
    always: bool
    unique: bool
    modifier: int

    @property
    def settable(self) -> bool:
        """Whether an UPDATE may set it to a value."""
        return not self.generated and not self.always


def columns_of(connection: Connection[Any], table: str) -> list[Column]:
    """The columns of a table, in their order."""
    rows = connection.execute(_COLUMNS, [table]).fetchall()
    names = Column.__struct_fields__
    return [msgspec.convert(dict(zip(names, map(_plain, row), strict=True)), Column) for row in rows]


def _plain(value: Any) -> Any:
    """A value of the catalog's type "char" as text."""
    return value.decode() if isinstance(value, bytes) else value


class Maker:
    """Makes rows of one table, as the superuser."""

    def __init__(self, connection: Connection[Any], table: str, columns: Sequence[Column]) -> None:
        self.connection, self.table = connection, table
        self.columns = [each for each in columns if not each.generated]
        self.number = 0
        self.checks = [row[0] for row in connection.execute(_CHECKS, [table, table]).fetchall()]
        self.labels = {
            each.oid: [row[0] for row in connection.execute(_LABELS, [each.oid]).fetchall()]
            for each in columns
            if each.kind == "e"
        }
        self.said = {each.name: self._said(each) for each in columns}

    def _said(self, column: Column) -> list[str]:
        """The literals that CHECKs compare a column with: values that it is likely to take."""
        found: list[str] = []
        for check in self.checks:
            if re.search(rf"\b{re.escape(column.quoted)}\b|\bVALUE\b", check):
                found += [each.replace("''", "'") for each in re.findall(r"'((?:[^']|'')*)'::", check)]
        return found

    def fill(self, pinned: Collection[str]) -> int:
        """Make rows of the user's and of another's, whose id is in the pinned columns; returns how many there are."""
        made = 0
        often = {each.name for each in self.columns if each.name in pinned and not each.unique}
        for whose in (USER, OTHER):
            for number in range(_EACH):
                row = self.row(whose, often if number else pinned)
                if row is not None and self._try(row, keep=True):
                    made += 1
        return made

    def row(self, whose: str, pinned: Collection[str]) -> dict[str, str] | None:
        """A row that the table takes, as SQL literals: the user's or another's; None where none was found."""
        for attempt in range(_TRIES):
            self.number += 1
            values = {each.name: self._value(each, whose, pinned, attempt) for each in self.columns}
            row = {name: value for name, value in values.items() if value is not None}
            if self._try(row):
                return row
        return None

    def sample(self, column: Column) -> str | None:
        """A value that a row has in a column, as a literal; None where all are null."""
        cursor = self.connection.execute(
            f"select pg_catalog.quote_literal({column.quoted}::text) from {self.table} "
            f"where {column.quoted} is not null limit 1"
        )
        row = cursor.fetchone()
        return None if row is None or row[0] is None else f"{row[0]}::{column.type}"

    def insert(self, row: Mapping[str, str]) -> str:
        """The INSERT of a row."""
        if not row:
            return f"insert into {self.table} default values"
        names = {each.name: each.quoted for each in self.columns}
        overriding = (
            " overriding system value" if any(each.always and each.name in row for each in self.columns) else ""
        )
        listed = ", ".join(names[each] for each in row)
        return f"insert into {self.table} ({listed}){overriding} values ({', '.join(row.values())})"

    def _try(self, row: Mapping[str, str], *, keep: bool = False) -> bool:
        import psycopg

        from .proof import undone

        try:
            if keep:
                with self.connection.transaction():
                    self.connection.execute(self.insert(row))
            else:
                with undone(self.connection):
                    self.connection.execute(self.insert(row))
        except psycopg.Error:
            return False
        return True

    def _value(self, column: Column, whose: str, pinned: Collection[str], attempt: int) -> str | None:
        """A literal for a column; other ones at each attempt. None leaves it to its default."""
        if column.always:
            return None
        n = self.number
        if attempt > _TRIES // 2 and column.name not in pinned and (n + len(column.name)) % 3 == 0:
            return "null"
        text: str | None = whose
        if column.base == "uuid":
            if column.unique and column.name not in pinned:
                text = f"00000000-0000-4000-9000-{n:012d}"
        elif column.name not in pinned:
            text = self._text(column, n, attempt)
        return f"{_quoted(text)}::{column.type}" if text is not None else "null"

    def _text(self, column: Column, n: int, attempt: int) -> str | None:
        if self.said[column.name] and column.base != "bool":
            numeric = column.base in _NUMBERS
            usable = [each for each in self.said[column.name] if not numeric or each.lstrip("-").isdigit()]
            if usable and attempt < _TRIES - 3:
                return usable[n % len(usable)]
        if column.kind == "e":
            labels = self.labels[column.oid]
            return labels[n % len(labels)] if labels else None
        if column.base == "bool":
            return "true" if n % 2 else "false"
        if column.base in _NUMBERS:
            return str([n, 1, 50, n + 1000, 0, 5, 2024][attempt % 7])
        if column.base in {"text", "varchar", "bpchar", "citext", "name"}:
            word = [f"x{n}", f"user{n}@example.com", f"https://example.com/{n}", f"#{n:06x}", f"+4912345{n:05d}",
                    f"abcdefgh{n}", f"a{n:09d}"][attempt % 7]  # fmt: skip
            width = column.modifier - 4 if column.base in {"varchar", "bpchar"} and column.modifier > 4 else None
            return word[-width:] if width else word
        if column.base.startswith("_"):
            return "{}"
        if column.base in {"date", "timestamp", "timestamptz"}:
            return f"20{24 + n % 3}-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        literals = _LITERALS.get(column.base)
        return literals[attempt % len(literals)] if literals else None


_NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8", "money", "oid"})
_LITERALS: dict[str, list[str]] = {
    "json": ["{}", "[]", "1"],
    "jsonb": ["{}", "[]", "1"],
    "interval": ["1 hour"],
    "inet": ["10.0.0.1"],
    "cidr": ["10.0.0.0/8"],
    "bytea": ["\\x00"],
    "tsvector": ["a"],
    "xml": ["<a/>"],
    "point": ["(1,2)"],
    "ltree": ["a.b"],
    "hstore": ["a=>1"],
    "time": ["10:00", "11:00"],
    "timetz": ["10:00+00"],
    "int4range": ["[1,5)"],
    "int8range": ["[1,5)"],
    "numrange": ["[1,5)"],
    "daterange": ["[2024-01-01,2024-02-01)"],
    "tsrange": ["[2024-01-01,2024-02-01)"],
    "tstzrange": ["[2024-01-01,2024-02-01)"],
}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
