"""The query that reads a snapshot from a live database, and the reader of what was pasted back.

It is one SELECT with the settings it needs before it, in a transaction that can write nothing; one row for each
object, cells and trailer as in the grid of a bundle.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .. import live
from ..catalog import Object
from ..names import quote_literal
from ..objects import kinds
from . import grid, grid_sql
from .platform_objects import CLIENTS, OWNED, PARTS, PROJECT_ROLES, SUPERUSER, platform
from .snapshot import Database

_FORMAT = "1"  # of the rows; a change of it makes older results unreadable, in words
_MIGRATION = "migration"  # the kind of the rows that are no objects: what the history of migrations holds
# That table need not be there, and a query that names it would not be planned: it is read by a query in a text
_VERSIONS = live.from_text(
    "select coalesce(pg_catalog.jsonb_agg(m.version), '[]')::pg_catalog.text"
    " from supabase_migrations.schema_migrations m"
)
_REGISTERED = f"""\
  select t.known, case when t.known = 'yes' then {_VERSIONS} end as found
  from (
    select case
        when c.oid is null then 'none'
        when pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT')
          and exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = 'version')
        then 'yes' else 'no' end as known
    from (select) one
    left join (pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace)
      on n.nspname = 'supabase_migrations' and c.relname = 'schema_migrations'
  ) t"""
_NAME = "snapshot"  # what the trailer calls the paste, in the place of a bundle's id and of its file


class Pasted(msgspec.Struct, frozen=True):
    """What a database answered; ``with_platform``: nothing was left out of it.

    ``registered`` are the versions in ``supabase_migrations.schema_migrations``, None where they were not asked for
    or may not be read.
    """

    objects: tuple[Object, ...]
    database: Database
    with_platform: bool
    registered: tuple[str, ...] | None = None


class RefusedError(Exception):
    """A result that is none of the query, or not all of it, or not as it was printed: ``problems`` say why."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def query(*, with_platform: bool = False) -> str:
    """The text to paste, for PostgreSQL 15 and newer, under whatever role and search_path.

    Without ``with_platform`` it leaves out the bulk of what is the platform's own: parts and privileges of what the
    platform's roles own in the platform's schemas. ``platform_objects`` decides on the rest.
    """
    settings = "\n".join(f"set local {name} = {quote_literal(value)};" for name, value in grid_sql.SETTINGS.items())
    asked = ", ".join(f"({quote_literal(name)}, {quote_literal(value)})" for name, value in grid_sql.SETTINGS.items())
    cells = "\n".join(
        f"    {grid_sql.encoded(f'r.{cell}')} as {name}," for cell, name in (("kind", "kind"), ("identity", "object"))
    )
    return f"""\
-- pasteproof: what this database holds, for `schema snapshot --read`. It reads the system catalogs and changes nothing.
-- Paste all of it into the SQL Editor with nothing selected, run it, and copy the result: Export > Copy as JSON.
begin read only;
set local statement_timeout = '55s';
set local lock_timeout = '10s';
{settings}
with live_rows as materialized (
{live.query()}
),
{_chosen(with_platform=with_platform)}
registered as materialized (
{_REGISTERED}
),
rows as materialized (
  select (pg_catalog.row_number() over (order by c.kind collate "C", c.identity collate "C"))::pg_catalog.int4 as n,
    c.kind, c.identity, c.attributes
  from (
    select o.kind, o.identity, o.attributes::pg_catalog.text as attributes from chosen o
    union all
    select '{_MIGRATION}', m.version, '{{}}'
    from registered r, pg_catalog.jsonb_array_elements_text(r.found::pg_catalog.jsonb) m(version)
  ) c
),
cells as materialized (
  select r.n,
{cells}
    'attributes' as attribute, '%00' as expected,
    {grid_sql.encoded("r.attributes")} as actual,
    'there' as verdict
  from rows r
),
counted as (
  select pg_catalog.count(*) as total,
    {grid_sql.SEALED} as text
  from cells
),
settings as (
  select case when pg_catalog.bool_and(
      pg_catalog.btrim(pg_catalog.current_setting(s.name), '"') = s.value) then 'ours' else 'others' end as whose
  from (values {asked}) s(name, value)
),
trailer as (
  select pg_catalog.concat(c.total + 1) as seq, 'trailer' as kind, '{_NAME}' as object,
    pg_catalog.concat('file={_NAME}; format={_FORMAT}; platform={"in" if with_platform else "out"}; registered=',
      (select r.known from registered r), '; settings=', s.whose,
{grid_sql.DATABASE}
      '; line_ends=', case when pg_catalog.strpos(pg_catalog.current_query(), e'\\r\\n') > 0 then 'CRLF' else 'LF' end)
      as attribute,
    pg_catalog.concat(c.total) as expected, pg_catalog.concat(c.total, ' objects') as verdict, c.text
  from counted c, settings s
)
{grid_sql.GRID}
commit;
"""


def _chosen(*, with_platform: bool) -> str:
    """The relation ``chosen``: the rows that are shown."""
    if with_platform:
        return "chosen as (\n  select l.* from live_rows l\n),"
    known = platform()
    closed = (known.roles | PROJECT_ROLES) - CLIENTS
    return f"""\
platforms as materialized (
  select l.kind, l.identity from live_rows l
  where l.kind in ({_list(OWNED)}) and l.attributes ->> 'schema' in ({_list(known.schemas)})
    and l.attributes ->> 'owner' <> 'postgres'
),
chosen as (
  select l.* from live_rows l
  where not exists (select from live_rows r where r.kind = 'role' and r.identity = {quote_literal(SUPERUSER)})
    or coalesce(case
      when l.kind in ({_list(PARTS)})
        then l.parent not in (select p.identity from platforms p where p.kind <> 'function')
      when l.kind = 'privilege'
        then l.attributes ->> 'grantee' not in ({_list(closed)})
          or l.attributes ->> 'object' not in (select p.kind || ' ' || p.identity from platforms p)
      when l.kind = 'default_privilege' then l.attributes ->> 'for_role' not in ({_list(known.roles)})
    end, true)
),"""


def _list(names: frozenset[str]) -> str:
    return ", ".join(quote_literal(name) for name in sorted(names))


def read(text: str) -> Pasted:
    """What was pasted back: JSON, CSV or Markdown, of a newer or an older Dashboard.

    Raises GridError for a text that is no result at all, RefusedError for one that is not what the query printed.
    """
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        raise grid.GridError(
            "it is one JSON object; a snapshot that was printed already is given to schema diff as it is"
        )
    result = grid.read(text)
    if isinstance(result, grid.ServerError):
        code = f" ({result.sqlstate})" if result.sqlstate else ""
        raise RefusedError(f"it is no result but an error{code}: {result.message}")
    trailer = result.trailer
    if trailer is not None and trailer.facts.get("file") != _NAME:
        raise RefusedError(
            f"it is the grid of {trailer.file or 'something else'}; paste what schema snapshot --query prints"
        )
    if result.problems or trailer is None:
        raise RefusedError(*result.problems)
    if trailer.facts.get("format") != _FORMAT:
        raise RefusedError("its query was printed by another version of pasteproof: print it anew, paste it again")
    if trailer.facts.get("settings") != "ours":
        raise RefusedError(
            "the SELECT was run without the lines before it, on which the printing of names and constants depends: "
            "paste the whole text with nothing selected"
        )
    facts = trailer.facts
    registered = tuple(row.object for row in result.rows if row.kind == _MIGRATION)
    return Pasted(
        tuple(_object(row) for row in result.rows if row.kind != _MIGRATION),
        Database(
            name=facts.get("database", ""),
            server=facts.get("server", ""),
            system=facts.get("system", ""),
            user=facts.get("user", ""),
            at=facts.get("at", ""),
        ),
        facts.get("platform") == "in",
        registered if facts.get("registered") in {"yes", "none"} else None,
    )


def _object(row: grid.Row) -> Object:
    """Make the object of a row; it must have every attribute that is printed."""
    cls = kinds().get(row.kind)
    try:
        attributes: Any = msgspec.json.decode(row.actual or "")
        if cls is None or not attributes.keys() >= set(cls.attribute_names()):
            raise msgspec.ValidationError
        return live.objects([{"kind": row.kind, "identity": row.object, "attributes": attributes}])[0]
    except (msgspec.DecodeError, AttributeError):
        raise RefusedError(
            f"row {row.seq} ({row.kind} {row.object}) is not what this version of pasteproof reads: print the query "
            "anew, paste it again"
        ) from None
