"""Rows made up for a table: values by type, half of the rows the user's, half another's.

CHECKs and NOT NULL are dropped first, in the transaction that is undone: which rows a table takes is not what is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from psycopg import Connection

USER = "00000000-0000-4000-8000-00000000000a"
OTHER = "00000000-0000-4000-8000-00000000000b"
_EACH = 3  # rows for each of the two
_TRIES = 6  # of other values, where a row is refused

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
_LIMITS = """
with recursive kin(oid) as (
  select %s::pg_catalog.regclass::pg_catalog.oid
  union
  select other from kin, pg_catalog.pg_inherits i,
    lateral (values (i.inhrelid, i.inhparent), (i.inhparent, i.inhrelid)) as edge(one, other)
  where edge.one = kin.oid
)
select pg_catalog.format('alter table %%s drop constraint %%I cascade', c.conrelid::pg_catalog.regclass, c.conname)
from pg_catalog.pg_constraint c join kin on kin.oid = c.conrelid where c.contype = 'c' and c.coninhcount = 0
union
select pg_catalog.format('alter domain %%s drop constraint %%I cascade', c.contypid::pg_catalog.regtype, c.conname)
from pg_catalog.pg_constraint c where c.contypid <> 0 and c.contype = 'c'
union
select pg_catalog.format('alter table %%s alter column %%I drop not null', a.attrelid::pg_catalog.regclass, a.attname)
from pg_catalog.pg_attribute a
where a.attrelid = %s::pg_catalog.regclass and a.attnum > 0 and a.attnotnull and not a.attisdropped
union
select pg_catalog.format('alter domain %%s drop not null', t.oid::pg_catalog.regtype)
from pg_catalog.pg_type t where t.typtype = 'd' and t.typnotnull"""
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
        self.labels = {
            each.oid: [row[0] for row in connection.execute(_LABELS, [each.oid]).fetchall()]
            for each in columns
            if each.kind == "e"
        }

    def open(self) -> None:
        """Drop the CHECKs of the table, of its kin and of domains, and what may not be null."""
        for (statement,) in self.connection.execute(_LIMITS, [self.table, self.table]).fetchall():
            self._done(statement)

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

    def insert(self, row: Mapping[str, str], relation: str = "") -> str:
        """The INSERT of a row, into the table or a view of it."""
        into = relation or self.table
        if not row:
            return f"insert into {into} default values"
        names = {each.name: each.quoted for each in self.columns}
        overriding = (
            " overriding system value" if any(each.always and each.name in row for each in self.columns) else ""
        )
        listed = ", ".join(names[each] for each in row)
        return f"insert into {into} ({listed}){overriding} values ({', '.join(row.values())})"

    def _try(self, row: Mapping[str, str], *, keep: bool = False) -> bool:
        from .proof import undone

        if keep:
            return self._done(self.insert(row))
        with undone(self.connection):
            return self._done(self.insert(row))
        return False

    def _done(self, statement: str) -> bool:
        """Run a statement; whether it was taken."""
        import psycopg

        try:
            with self.connection.transaction():
                self.connection.execute(statement)
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
        if column.kind == "e":
            labels = self.labels[column.oid]
            return labels[n % len(labels)] if labels else None
        if column.base == "bool":
            return "true" if n % 2 else "false"
        if column.base in _NUMBERS:
            return str([n, 1, 0][attempt % 3])
        if column.base in {"text", "varchar", "bpchar", "citext", "name"}:
            word = f"x{n}"
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
