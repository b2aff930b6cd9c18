"""Spellings of constants: one value in each group, and no two groups alike."""

from __future__ import annotations

from itertools import combinations

import pytest

from pasteproof.schema.normal import literals

VALUES = {
    "interval": [
        {"1 day", "1 days", "24:00:00 1 day -24:00:00", "1d", "@ 1 day", "-1 day ago"},
        {"24 hours", "24:00:00", "1440 minutes", "86400 seconds", "86400"},
        {"90 minutes", "1.5 hours", "01:30:00", "1 hour 30 min"},
        {"1 month", "1 mon"},
        {"1 minute", "1 min", "1m"},
        {"1 year", "12 months"},
        {"30 days"},
        {"-1 days", "1 day ago"},
        {"1 mon 2 days 03:04:05.5", "1 month 2 days 3 hours 4 minutes 5.5 seconds"},
    ],
    "timestamptz": [
        {
            "2024-01-01",
            "2024-01-01 00:00:00+00",
            "2024-01-01T00:00Z",
            "2024-01-01 03:00:00+03",
            "2023-12-31 19:30-04:30",
        },
        {"2024-01-01 00:00:00+03"},
        {"2024-01-01 00:00:00.5"},
    ],
    "timestamp": [{"2024-01-01", "2024-01-01 00:00:00", "2024-01-01 00:00:00+03"}, {"2024-01-02"}],
    "date": [{"2024-01-31", "2024-01-31 10:00"}, {"2024-01-30"}],
    "time": [{"09:00", "09:00:00", "9:00"}, {"21:00"}],
    "jsonb": [
        {'{"a":1,"b":[true,null]}', '{"b": [true, null], "a": 1}', '{"a": 2, "a": 1, "b": [true, null]}'},
        {'{"a":"1","b":[true,null]}'},
        {'{"a":1,"b":[null,true]}'},
        {"null"},
        {"1", "1.0", "1e0"},
        {'"1"'},
        {"true"},
    ],
    "uuid": [
        {"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"},
        {"00000000-0000-0000-0000-000000000000"},
    ],
    "numeric": [{"1", "1.0", "1.", "+1", "10e-1", " 1 "}, {"0.5", ".5", "5e-1"}, {"-1"}, {"0", "-0", "0.00"}],
    "bool": [{"t", "true", "YES", "on", "1"}, {"f", "false", "no", "off", "0"}],
    "text": [{"a"}, {"a "}, {"A"}],
}
NOT_KNOWN = {
    "interval": ["", "soon", "P1D", "1-2", "1 fortnight", "0.5 months", "9" * 5000 + " days"],
    "timestamptz": ["now", "today", "tomorrow", "infinity", "2024-01-01 00:00 Europe/Moscow", "2024-02-30", "10:00"],
    "date": ["now", "31.01.2024", "January 8, 1999"],
    "time": ["noon"],
    "jsonb": ["{", "NaN", "{'a': 1}", "[" * 100_000],
    "uuid": ["a0eebc99", ""],
    "numeric": ["NaN", "one", "", "1e" + "9" * 30],
    "bool": ["maybe", ""],
    "inet": ["10.0.0.1"],
}


@pytest.mark.parametrize("kind", VALUES)
def test_values(kind: str) -> None:
    read = [{literals.value(text, kind) for text in group} for group in VALUES[kind]]
    assert all(len(found) == 1 and None not in found for found in read), read
    assert all(one != other for one, other in combinations(read, 2)), read


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOT_KNOWN.items() for text in texts])
def test_what_is_not_certain_is_not_known(kind: str, text: str) -> None:
    assert literals.value(text, kind) is None


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("{}", []),
        ("{ }", []),
        ("{a,b}", ["a", "b"]),
        ("{ a , b c }", ["a", "b c"]),
        ('{"a,b","c\\"d",""}', ["a,b", 'c"d', ""]),
        ('{null,NULL,"null"}', [None, None, "null"]),
        ("{а,б}", ["а", "б"]),
        ("{a", None),
        ("{a,}", None),
        ("{{a},{b}}", None),
        ("a", None),
        ("[0:1]={a,b}", None),
    ],
)
def test_arrays(text: str, elements: list[str | None] | None) -> None:
    assert literals.array(text) == elements
