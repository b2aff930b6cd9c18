"""A column has a ``reg*`` type that ``pg_upgrade`` refuses.

The database can then not be moved to the next major version of PostgreSQL: the column holds an object's
number, which is another one there. ``regclass``, ``regrole`` and ``regtype`` are taken.

Found is what the Advisor finds (splinter 0018): columns of tables, views and composite types, and of the
indexes over them, in every schema but PostgreSQL's own and pgsodium; not arrays, and not domains.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.column import Column
from ...schema.objects.type import Type
from ...schema.objects.view import View
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Column, splinter="0018_unsupported_reg_types", topic=Topic.EXTENSIONS)

_TYPES = {"regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc"}
_TYPES |= {"regprocedure"}
_SKIPPED = {"pg_catalog", "information_schema", "pgsodium"}
_REMEDY = "Keep the object's name in it, as text"


@rule
def check(column: Column, schema: Schema) -> Iterator[Fault]:
    """Look at the type of each column of a table."""
    if column.type not in _TYPES or not column.knows("type"):
        return
    table = schema.table_of(column)
    if table is None or table.schema in _SKIPPED or table.schema.startswith("pg_temp"):
        return
    over = [index.name for index in schema.indexes(table) if column.name in index.keys]
    held = any(each.kind in {"view", "policy"} for each in schema.catalog.dependents(column.key))
    yield Fault(
        column,
        f"column {column.name} of {column.table} has type {column.type}, which pg_upgrade refuses",
        remedy=f"{_REMEDY}" + (" (what reads the column has to be made anew):" if held else ":"),
        sql=f"alter table {column.table} alter column {quote_ident(column.name)} type text;",
        example=held,
        cache_keys=tuple(_key(table.schema, name, column.name) for name in (table.name, *over)),
    )


@rule.also(View)
def check_view(view: View, schema: Schema) -> Iterator[Fault]:
    """Look at the types of a view's columns."""
    yield from _columns(view, [(column.name, column.type) for column in view.columns])


@rule.also(Type)
def check_type(kind: Type, schema: Schema) -> Iterator[Fault]:
    """Look at the types of a composite type's attributes."""
    if kind.type_kind == "composite":
        attributes = (attribute.rpartition(" ") for attribute in kind.attributes_)
        yield from _columns(kind, [(_unquoted(name), type_) for name, _, type_ in attributes])


def _columns(obj: View | Type, columns: list[tuple[str, str | None]]) -> Iterator[Fault]:
    found = [(name, kind) for name, kind in columns if kind in _TYPES]
    if found and obj.schema not in _SKIPPED:
        said = ", ".join(f"{name} ({kind})" for name, kind in found)
        yield Fault(
            obj,
            f"{obj.identity} has columns of types that pg_upgrade refuses: {said}",
            remedy=_REMEDY,
            cache_keys=tuple(_key(obj.schema, obj.name, name) for name, _ in found),
        )


def _key(schema: str, relation: str, column: str) -> str:
    return f"unsupported_reg_types_{schema}_{relation}_{column}"


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
