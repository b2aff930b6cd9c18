"""Names, literals and types, as the server prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pasteproof.schema.expression import parse_expression
from pasteproof.schema.names import print_type, qualified, quote_ident, quote_literal, type_name, type_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pasteproof.connect.server import Server

IDENTIFIERS = {
    "todo": "todo",
    "_a1": "_a1",
    "Todo": '"Todo"',
    "two words": '"two words"',
    'a"b': '"a""b"',
    "1st": '"1st"',
    "a$b": '"a$b"',
    "заказ": '"заказ"',
    "": '""',
    "user": '"user"',  # reserved
    "order": '"order"',
    "left": '"left"',  # may be a function or a type
    "coalesce": '"coalesce"',  # may name a column
    "name": "name",  # unreserved
    "text": "text",
    "status": "status",
}

LITERALS = {
    "": "''",
    "a": "'a'",
    "it's": "'it''s'",
    "C:\\temp": "E'C:\\\\temp'",
    "a\nb": "'a\nb'",
    "привет": "'привет'",
}

TYPES = {
    "int": "integer",
    "int2": "smallint",
    "pg_catalog.int8": "bigint",
    "bool": "boolean",
    "float4": "real",
    "float": "double precision",
    "float(24)": "real",
    "decimal": "numeric",
    "dec(10)": "numeric(10,0)",
    "numeric(10, 2)": "numeric(10,2)",
    "numeric(3, -2)": "numeric(3,-2)",
    "varchar": "character varying",
    "varchar(10)": "character varying(10)",
    "national character varying(10)": "character varying(10)",
    "char": "character(1)",
    "nchar(3)": "character(3)",
    '"char"': '"char"',
    "bpchar": "bpchar",
    "bit": "bit(1)",
    "bit(8)": "bit(8)",
    "bit varying": "bit varying",
    "bit varying(5)": "bit varying(5)",
    "time": "time without time zone",
    "time(3)": "time(3) without time zone",
    "timetz": "time with time zone",
    "time(0) with time zone": "time(0) with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timestamptz(3)": "timestamp(3) with time zone",
    "timestamp(6) with time zone": "timestamp(6) with time zone",
    "interval": "interval",
    "interval(3)": "interval(3)",
    "interval year": "interval year",
    "interval year to month": "interval year to month",
    "interval day to second(3)": "interval day to second(3)",
    "interval hour to minute": "interval hour to minute",
    "interval second(2)": "interval second(2)",
    "text": "text",
    "name": "name",
    "uuid": "uuid",
    "json": "json",
    "jsonb": "jsonb",
    "xml": "xml",
    "tsvector": "tsvector",
    "regclass": "regclass",
    "text[]": "text[]",
    "_text": "text[]",
    "_int4": "integer[]",
    "varchar(10)[]": "character varying(10)[]",
    "int[3][]": "integer[]",
    "int array": "integer[]",
    "timestamptz(3)[]": "timestamp(3) with time zone[]",
    "public.mood": "public.mood",
    "public.mood[]": "public.mood[]",
    'public."Odd one"': 'public."Odd one"',
}


def type_node(written: str) -> Mapping[str, Any]:
    node = parse_expression(f"null::{written}")
    assert node
    return dict(node["TypeCast"]["typeName"])


@pytest.mark.parametrize(("name", "printed"), IDENTIFIERS.items())
def test_identifiers(name: str, printed: str) -> None:
    assert quote_ident(name) == printed
    assert qualified("public", name) == f"public.{printed}"


@pytest.mark.parametrize(("text", "printed"), LITERALS.items())
def test_literals(text: str, printed: str) -> None:
    assert quote_literal(text) == printed


@pytest.mark.parametrize(("written", "printed"), TYPES.items())
def test_types(written: str, printed: str) -> None:
    assert type_name(type_node(written)) == printed


@pytest.mark.parametrize(
    ("written", "parts", "resolved"),
    [
        ("mood", (None, "mood", (), 0), "app.mood"),
        ("mood[][]", (None, "mood", (), 2), "app.mood[]"),
        ("extensions.vector(3)", ("extensions", "vector", (3,), 0), "app.vector(3)"),
        ("geometry(Point, 4326)", (None, "geometry", ("point", 4326), 0), "app.geometry(point,4326)"),
    ],
)
def test_a_type_is_resolved_between_its_parts_and_its_print(
    written: str, parts: tuple[Any, ...], resolved: str
) -> None:
    schema, name, modifiers, dimensions = type_parts(type_node(written))
    assert (schema, name, modifiers, dimensions) == parts
    assert print_type("app", name, modifiers, dimensions) == resolved


def test_arguments_of_functions_are_printed_without_modifiers() -> None:
    printed = [print_type(None, name, None) for name in ("bpchar", "bit", "varchar", "numeric", "interval")]
    assert printed == ["character", "bit", "character varying", "numeric", "interval"]


def test_the_type_of_a_column() -> None:
    node = {**type_node("public.todo.id"), "pct_type": True}
    assert type_name(node) == "public.todo.id%TYPE"


def test_the_server_prints_the_same(server: Server) -> None:
    with server.database(platform=False) as database, database.connect() as connection:
        connection.execute('create type public.mood as enum (); create type public."Odd one" as enum ()')
        for number, written in enumerate(TYPES):
            connection.execute(f"create table public.t{number} (c {written})".encode())
        rows = connection.execute(
            "select pg_catalog.set_config('search_path', '', false), pg_catalog.format_type(atttypid, atttypmod) "
            "from pg_catalog.pg_attribute where attname = 'c' and attrelid > 16383 order by attrelid"
        ).fetchall()
        assert dict(zip(TYPES, (row[1] for row in rows), strict=True)) == TYPES
        for quoting, table in (("quote_ident", IDENTIFIERS), ("quote_literal", LITERALS)):
            found = [connection.execute(f"select {quoting}(%s)".encode(), [each]).fetchone() for each in table]
            assert found == [(printed,) for printed in table.values()]
        arguments = connection.execute(
            "create function public.f(char(3), bit(3), varchar(3), numeric(3), interval day) returns int "
            "language sql as 'select 1'; "
            "select pg_catalog.oidvectortypes(proargtypes) from pg_catalog.pg_proc where proname = 'f'"
        )
        arguments.nextset()
        assert arguments.fetchone() == ("character, bit, character varying, numeric, interval",)
