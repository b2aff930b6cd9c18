"""The edges of ``pg_depend``, read from a real catalog: which object needs which, by kind and identity.

``live`` reads the objects; this reads what the simulation keeps beside them (``Dependency``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..catalog import Dependency, Key
from ..live import named

_OIDVECTOR = "pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname) || '(' || pg_catalog."
_SYSTEM = "('pg_catalog', 'information_schema', 'pg_toast')"


def query() -> str:
    """One SELECT of kind, identity, attribute, on_kind, on_identity, of_table, auto; for ``search_path = ''``.

    ``attribute`` names the one that goes in the dependent's place, as a column's default; ``of_table`` is the table
    of a column. The server's own objects are left out. A view's columns stand for the view, as in the simulation;
    an array type for its element's.
    """
    return f"""\
with named_ as materialized (
  select 'pg_catalog.pg_class'::pg_catalog.regclass as class, c.oid, a.attnum::pg_catalog.int4 as part,
    case when c.relkind in ('v', 'm') then 'view' when c.relkind = 'S' then 'sequence' when c.relkind in ('i', 'I')
         then 'index' when c.relkind = 'c' then 'type' when a.attnum = 0 then 'table' else 'column' end as kind,
    {named("n", "c.relname")} || case when a.attnum = 0 or c.relkind not in ('r', 'p', 'f') then ''
      else '.' || pg_catalog.quote_ident(a.attname) end as identity, '' as attribute
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    select 0::pg_catalog.int2 as attnum, ''::pg_catalog.name as attname
    union all
    select t.attnum, t.attname from pg_catalog.pg_attribute t
    where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped
  ) a
  where n.nspname not in {_SYSTEM} and n.nspname !~ '^pg_(toast_)?temp_'
  union all
  select 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0, 'function',
    {_OIDVECTOR}oidvectortypes(p.proargtypes) || ')', ''
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where n.nspname not in {_SYSTEM}
  union all
  select 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0,
    case when c.relkind in ('r', 'p', 'f') then 'table' when c.relkind in ('v', 'm') then 'view' else 'type' end,
    {named("n", "coalesce(e.typname, t.typname)")}, ''
  from pg_catalog.pg_type t
  left join pg_catalog.pg_type e on e.typarray = t.oid
  join pg_catalog.pg_namespace n on n.oid = coalesce(e.typnamespace, t.typnamespace)
  left join pg_catalog.pg_class c on c.oid = coalesce(e.typrelid, t.typrelid)
  where n.nspname not in {_SYSTEM}
  union all
  select 'pg_catalog.pg_policy'::pg_catalog.regclass, y.oid, 0, 'policy',
    pg_catalog.quote_ident(y.polname) || ' on ' || {named("n", "c.relname")}, ''
  from pg_catalog.pg_policy y
  join pg_catalog.pg_class c on c.oid = y.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  union all
  select 'pg_catalog.pg_trigger'::pg_catalog.regclass, g.oid, 0, 'trigger',
    pg_catalog.quote_ident(g.tgname) || ' on ' || {named("n", "c.relname")}, ''
  from pg_catalog.pg_trigger g
  join pg_catalog.pg_class c on c.oid = g.tgrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where not g.tgisinternal
  union all
  select 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0, 'constraint',
    pg_catalog.quote_ident(k.conname) || ' on ' || coalesce({named("n", "c.relname")}, {named("tn", "t.typname")}), ''
  from pg_catalog.pg_constraint k
  left join pg_catalog.pg_class c on c.oid = k.conrelid
  left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_type t on t.oid = k.contypid
  left join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
  where k.conrelid <> 0 or k.contypid <> 0
  union all
  select 'pg_catalog.pg_attrdef'::pg_catalog.regclass, d.oid, 0, 'column',
    {named("n", "c.relname")} || '.' || pg_catalog.quote_ident(a.attname),
    case when a.attgenerated = '' then 'default' else '' end
  from pg_catalog.pg_attrdef d
  join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  join pg_catalog.pg_class c on c.oid = d.adrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  union all
  select 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid, 0, 'view', {named("n", "c.relname")}, ''
  from pg_catalog.pg_rewrite r
  join pg_catalog.pg_class c on c.oid = r.ev_class and c.relkind in ('v', 'm')
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  union all
  select 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid, 0, 'schema', n.nspname::pg_catalog.text, ''
  from pg_catalog.pg_namespace n where n.nspname not in {_SYSTEM}
  union all
  select 'pg_catalog.pg_extension'::pg_catalog.regclass, e.oid, 0, 'extension', e.extname::pg_catalog.text, ''
  from pg_catalog.pg_extension e
)
select mine.kind, mine.identity, mine.attribute, its.kind as on_kind, its.identity as on_identity,
  case when its.kind = 'column' then whole.identity end as of_table, pg_catalog.bool_and(d.deptype <> 'n') as auto
from pg_catalog.pg_depend d
join named_ mine on mine.class = d.classid and mine.oid = d.objid and mine.part = d.objsubid
join named_ its on its.class = d.refclassid and its.oid = d.refobjid and its.part = d.refobjsubid
left join named_ whole on its.kind = 'column' and whole.class = d.refclassid and whole.oid = d.refobjid
  and whole.part = 0
where d.deptype in ('n', 'a', 'i', 'P', 'S')
  and (mine.kind, mine.identity) <> (its.kind, its.identity)
group by 1, 2, 3, 4, 5, 6
order by 1, 2, 3, 4, 5"""


def edges(rows: Iterable[Sequence[Any]]) -> dict[Key, tuple[Dependency, ...]]:
    """The query's rows as edges, by what depends; what needs a column needs its table too."""
    found: dict[Key, dict[Dependency, None]] = {}
    for kind, identity, attribute, on_kind, on_identity, of_table, auto in rows:
        mine = found.setdefault((kind, identity), {})
        mine[Dependency((on_kind, on_identity), auto, attribute)] = None
        if of_table and not attribute:
            mine[Dependency(("table", of_table), auto)] = None
    return {key: tuple(each) for key, each in found.items()}
