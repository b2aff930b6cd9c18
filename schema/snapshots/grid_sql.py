"""The SQL that prints a grid: cells encoded, the settings that decide how things print, the trailer that seals.

``grid`` reads what this prints.
"""

from __future__ import annotations

from collections.abc import Mapping

# How the server prints types, constants and expressions follows from these; every name is printed in full.
SETTINGS: Mapping[str, str] = {
    "search_path": "",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "IntervalStyle": "postgres",
    "DateStyle": "ISO, MDY",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "jit": "off",  # compiling the query of a catalog takes a hundred times as long as running it
}

# What a cell escapes: the marks of Markdown tables and of this encoding, controls, and characters that cannot be
# seen or that turn the direction of the text.
ESCAPED = (
    r"[%|\\\u0001-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]"
)

# What the database says of itself in the trailer, whatever the search_path: parts of a concat().
DATABASE = """\
      '; at=', pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.clock_timestamp()),
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      '; server=', pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1), '; user=', current_user,
      '; database=', pg_catalog.current_database(),
      '; system=', (select s.system_identifier from pg_catalog.pg_control_system() s),"""

# All cells as the trailer's md5 takes them: an aggregate over rows of n, kind ... verdict.
SEALED = (
    "pg_catalog.string_agg("
    "pg_catalog.concat_ws('|', n, kind, object, attribute, expected, actual, verdict), e'\\n' order by n)"
)

# The grid itself, of the relations ``cells`` (n, kind ... verdict) and ``trailer`` (seq, kind ... verdict, and
# ``text``: what is SEALED of the cells).
GRID = """\
select pg_catalog.concat(n) as seq, kind, object, attribute, expected, actual, verdict from (
  select n, kind, object, attribute, expected, actual, verdict from cells
  union all
  select t.seq::pg_catalog.int4, t.kind, t.object, t.attribute, t.expected,
    pg_catalog.md5(pg_catalog.concat(t.text, case when t.text is not null then e'\\n' end,
      pg_catalog.concat_ws('|', t.seq, t.kind, t.object, t.attribute, t.expected, '', t.verdict))), t.verdict
  from trailer t
) grid
order by grid.n;"""


def encoded(column: str) -> str:
    """SQL that percent-encodes a cell, so that JSON, CSV and Markdown give back the same bytes."""
    return (
        f"case when {column} is null then '%00' when {column} = '' then '%-' "
        f"when {column} ~ '{ESCAPED}|^ | $' then ("
        f"select pg_catalog.string_agg(case when c.c ~ '{ESCAPED}' "
        f"or (c.c = ' ' and (c.n = 1 or c.n = pg_catalog.length({column}))) "
        "then pg_catalog.regexp_replace("
        "pg_catalog.upper(pg_catalog.encode(pg_catalog.convert_to(c.c, 'UTF8'), 'hex')), "
        "'(..)', '%\\1', 'g') else c.c end, '' order by c.n) "
        f"from pg_catalog.regexp_split_to_table({column}, '') with ordinality c(c, n)) "
        f"else {column} end"
    )
