"""Event triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from .. import rename
from ..catalog import CatalogError, Dependency, Object, executes, string, strings
from ..meaning import missing, resolve
from .trigger import trigger_function

if TYPE_CHECKING:
    from ..catalog import Catalog, Node
    from ..source import Statement

_ENABLED = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}
_EVENTS = {"ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login"}


class EventTrigger(Object, frozen=True, kw_only=True):
    """A row of ``pg_event_trigger``."""

    kind: ClassVar[str] = "event_trigger"
    internal: ClassVar[frozenset[str]] = frozenset({"name"})

    name: str
    event: str
    tags: tuple[str, ...] = ()  # sorted: their order has no meaning
    function: str = ""
    enabled: str = "origin"
    owner: str = "postgres"

    live: ClassVar[str] = """
select 'event_trigger' as kind, e.evtname::pg_catalog.text as identity, null::pg_catalog.text as parent,
  pg_catalog.jsonb_build_object('name', e.evtname, 'event', e.evtevent,
    'tags', coalesce((select pg_catalog.jsonb_agg(t order by t collate pg_catalog."C")
      from pg_catalog.unnest(e.evttags) t), '[]'),
    'function', pg_catalog.format('%I.%I(%s)', n.nspname, f.proname, pg_catalog.oidvectortypes(f.proargtypes)),
    'enabled', case e.evtenabled when 'O' then 'origin' when 'D' then 'disabled' when 'R' then 'replica'
      else 'always' end,
    'owner', pg_catalog.pg_get_userbyid(e.evtowner)) as attributes
from pg_catalog.pg_event_trigger e
join pg_catalog.pg_proc f on f.oid = e.evtfoid
join pg_catalog.pg_namespace n on n.oid = f.pronamespace
where not exists (select from pg_catalog.pg_depend d
  where d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass and d.objid = e.oid and d.deptype = 'e')
"""


@executes("CreateEventTrigStmt")
def create_event_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE EVENT TRIGGER."""
    name, event = node["trigname"], node["eventname"]
    if event not in _EVENTS:
        raise CatalogError("42601", f'unrecognized event name "{event}"')
    function = trigger_function(catalog, node["funcname"], "event_trigger")
    before = catalog.get(EventTrigger, name)
    if before is not None and not resolve.vacate(catalog, before):
        raise CatalogError("42710", f'event trigger "{name}" already exists')
    filters = (each["DefElem"] for each in node.get("whenclause", ()))
    tags = [tag for each in filters for tag in strings(each["arg"]["List"]["items"])]
    trigger = EventTrigger(
        identity=name,
        name=name,
        event=event,
        tags=tuple(sorted(tag.upper() for tag in tags)),
        function=function.identity,
        owner=catalog.role,
    )
    catalog.put(trigger, depends=[Dependency(function.key)])


def _event_trigger(catalog: Catalog, name: str) -> EventTrigger | None:
    found = catalog.get(EventTrigger, name)
    if found is None:
        message = f'event trigger "{name}" does not exist'
        missing.report(catalog, ("event_trigger", name), "42704", message)
    return found


@executes("AlterEventTrigStmt")
def alter_event_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER EVENT TRIGGER ... {ENABLE | DISABLE}."""
    if found := _event_trigger(catalog, node["trigname"]):
        catalog.put(replace(found, enabled=_ENABLED[node["tgenabled"]]))


@executes("AlterOwnerStmt", "OBJECT_EVENT_TRIGGER")
def own_event_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER EVENT TRIGGER ... OWNER TO."""
    owner = resolve.role(catalog, node["newowner"])
    if found := _event_trigger(catalog, string(node["object"])):
        catalog.put(replace(found, owner=owner))


@executes("RenameStmt", "OBJECT_EVENT_TRIGGER")
def rename_event_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER EVENT TRIGGER ... RENAME TO."""
    name = node["newname"]
    if found := _event_trigger(catalog, string(node["object"])):
        if ("event_trigger", name) in catalog:
            raise CatalogError("42710", f'event trigger "{name}" already exists')
        rename.follow(catalog, found.key, replace(found, name=name, identity=name))


@executes("DropStmt", "OBJECT_EVENT_TRIGGER")
def drop_event_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP EVENT TRIGGER."""
    for each in node["objects"]:
        name = string(each)
        if ("event_trigger", name) in catalog:
            catalog.drop([("event_trigger", name)], cascade=node.get("behavior") == "DROP_CASCADE")
        elif not node.get("missing_ok"):
            _event_trigger(catalog, name)
