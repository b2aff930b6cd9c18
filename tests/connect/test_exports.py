"""The Export menu, newer and older, cell by cell."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from pasteproof.connect.exports import Format, export

# value: in JSON, CSV, Markdown, older CSV, older Markdown
CELLS: list[tuple[Any, ...]] = [
    (None, "null", "null", "null", '""', ""),
    ("", '""', "", "", '""', ""),
    ("null", '"null"', "null", "null", '"null"', "null"),
    (True, "true", "true", "true", '"true"', "true"),
    (0, "0", "0", "0", '"0"', "0"),
    (-5, "-5", "-5", "-5", '"-5"', "-5"),
    (1.5, "1.5", "1.5", "1.5", '"1.5"', "1.5"),
    (
        2.0**60,
        "1152921504606847000",
        *["1152921504606847000"] * 2,
        '"1152921504606847000"',
        "1152921504606847000",
    ),
    (1e21, "1e+21", "1e+21", "1e+21", '"1e+21"', "1e+21"),
    (-2.5e-7, "-2.5e-7", "-2.5e-7", "-2.5e-7", '"-2.5e-7"', "-2.5e-7"),
    (0.000001, "0.000001", "0.000001", "0.000001", '"0.000001"', "0.000001"),
    ("a|b", '"a|b"', "a|b", "a\\|b", '"a|b"', "a|b"),
    ("a\\b", '"a\\\\b"', "a\\b", "a\\\\b", '"a\\b"', "a\\b"),
    ("a\nb", '"a\\nb"', '"a\nb"', "a<br>b", '"a\\nb"', "a\nb"),
    ("a\r\nb", '"a\\r\\nb"', '"a\r\nb"', "a<br>b", '"a\r\\nb"', "a\r\nb"),
    ('a"b', '"a\\"b"', '"a""b"', 'a"b', '"a""b"', 'a"b'),
    ("a,b", '"a,b"', '"a,b"', "a,b", '"a,b"', "a,b"),
    (" a", '" a"', '" a"', " a", '" a"', " a"),
    ("a ", '"a "', '"a "', "a ", '"a "', "a "),
    ("\ufeffa", '"\ufeffa"', '"\ufeffa"', "\ufeffa", '"\ufeffa"', "\ufeffa"),
    ("\x01\x7f", '"\\u0001\x7f"', "\x01\x7f", "\x01\x7f", '"\x01\x7f"', "\x01\x7f"),
    ("да", '"да"', "да", "да", '"да"', "да"),
    ("=1+1", '"=1+1"', "=1+1", "=1+1", '"=1+1"', "=1+1"),
    ({}, "{}", "{}", "{}", '"{}"', "[object Object]"),
    ([], "[]", "[]", "[]", '"[]"', ""),
]
FORMS: list[tuple[Format, bool]] = [
    ("json", False),
    ("csv", False),
    ("markdown", False),
    ("csv", True),
    ("markdown", True),
]


def around(form: Format, cell: str, *, old: bool) -> str:
    """The whole export of one row whose one column, v, holds a cell."""
    if form == "json":
        return f'[\n  {{\n    "v": {cell}\n  }}\n]'
    if form == "csv":
        return f'\ufeff"v"\n{cell}' if old else f"v\r\n{cell}"
    width = max(1, len(cell))
    return f"| {'v'.ljust(width)} |\n| {'-' * width} |\n| {cell.ljust(width)} |"


@pytest.mark.parametrize("row", CELLS, ids=[repr(row[0]) for row in CELLS])
@pytest.mark.parametrize(("column", "form"), list(enumerate(FORMS, start=1)))
def test_a_cell(row: tuple[Any, ...], column: int, form: tuple[Format, bool]) -> None:
    assert export([{"v": row[0]}], form[0], old=form[1]) == around(form[0], row[column], old=form[1])


def test_json_is_spread_over_lines() -> None:
    shown = export([{"a": {"b": [1, {"c": None}]}}], "json")
    assert shown == json.dumps([{"a": {"b": [1, {"c": None}]}}], indent=2)


def test_objects_in_a_cell_are_on_one_line() -> None:
    assert export([{"a": {"b": [1, "x"]}}], "csv") == 'a\r\n"{""b"":[1,""x""]}"'
    assert export([{"a": {"b": [1, "x"]}}], "markdown").splitlines()[-1] == '| {"b":[1,"x"]} |'


def test_the_first_row_says_which_columns_there_are() -> None:
    assert export([{"a": 1, "b": 2}, {"b": 3}], "csv") == "a,b\r\n1,2\r\n,3"


def test_widths_are_counted_in_utf_16() -> None:
    assert export([{"a": "😀"}, {"a": "x"}], "markdown") == "| a  |\n| -- |\n| 😀 |\n| x  |"


@pytest.mark.parametrize(("form", "old"), FORMS)
def test_nothing_is_exported_of_nothing(form: Format, old: bool) -> None:
    assert export([], form, old=old) == ""


def test_what_a_csv_reader_gets_back() -> None:
    texts = [row[0] for row in CELLS if isinstance(row[0], str)]
    shown = export([{"n": str(number), "v": text} for number, text in enumerate(texts)], "csv")
    assert [line[1] for line in csv.reader(io.StringIO(shown, newline=""))][1:] == texts
