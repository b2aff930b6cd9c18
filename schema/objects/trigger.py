"""Triggers on tables and views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from .. import alter, rename
from ..catalog import Catalog, CatalogError, Comparison, Dependency, Key, Node, Object, Part, executes, string, strings
from ..dependency import to_relation
from ..expression import compare
from ..live import ours
from ..meaning import lookup, missing, resolve
from ..meaning.lookup import place_of
from ..names import quote_ident
from ..text import clauses

if TYPE_CHECKING:
    from ..source import Statement
    from .function import Function
    from .table import Table

# pg_trigger.tgtype, as the grammar gives it (src/include/catalog/pg_trigger.h)
_TIMINGS = {0: "after", 2: "before", 64: "instead of"}
_EVENTS = {4: "insert", 8: "delete", 16: "update", 32: "truncate"}  # in the order they are printed


class Trigger(Part, frozen=True, kw_only=True):
    """A row of ``pg_trigger`` that is not internal."""

    kind: ClassVar[str] = "trigger"
    internal: ClassVar[frozenset[str]] = frozenset({"inherited"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {"condition": compare}

    timing: str = "after"  # before | after | instead of
    events: tuple[str, ...] = ()  # insert, delete, update, "update of a, b", truncate: in this order
    level: str = "statement"  # row | statement
    function: str = ""  # identity of the function
    condition: str | None = None
    enabled: str = "origin"  # origin | disabled | replica | always
    arguments: tuple[str, ...] = ()
    constraint: bool = False
    deferrable: bool = False
    deferred: bool = False
    old_table: str | None = None  # transition tables
    new_table: str | None = None
    inherited: bool = False

    live: ClassVar[str] = f"""
select 'trigger' as kind, pg_catalog.format('%I on %I.%I', t.tgname, n.nspname, c.relname) as identity,
  pg_catalog.format('%I.%I', n.nspname, c.relname) as parent,
  pg_catalog.jsonb_build_object(
    'table', pg_catalog.format('%I.%I', n.nspname, c.relname), 'name', t.tgname,
    'timing', case t.tgtype::pg_catalog.int4 & 66 when 2 then 'before' when 64 then 'instead of' else 'after' end,
    'events', pg_catalog.to_jsonb(pg_catalog.array_remove(array[
      case when t.tgtype::pg_catalog.int4 & 4 <> 0 then 'insert' end,
      case when t.tgtype::pg_catalog.int4 & 8 <> 0 then 'delete' end,
      case when t.tgtype::pg_catalog.int4 & 16 <> 0 then 'update' || coalesce(' of ' || (
        select pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' order by k.n)
        from pg_catalog.unnest(t.tgattr::pg_catalog.int2[]) with ordinality as k(attnum, n)
        join pg_catalog.pg_attribute a on a.attrelid = t.tgrelid and a.attnum = k.attnum), '') end,
      case when t.tgtype::pg_catalog.int4 & 32 <> 0 then 'truncate' end], null)),
    'level', case when t.tgtype::pg_catalog.int4 & 1 <> 0 then 'row' else 'statement' end,
    'function', pg_catalog.format('%I.%I(%s)', fn.nspname, f.proname, pg_catalog.oidvectortypes(f.proargtypes)),
    'condition',
      pg_catalog.substring(pg_catalog.pg_get_triggerdef(t.oid), ' WHEN \\((.*)\\) EXECUTE (?:FUNCTION|PROCEDURE) '),
    'enabled', case t.tgenabled when 'O' then 'origin' when 'D' then 'disabled' when 'R' then 'replica'
      else 'always' end,
    'arguments', coalesce((
      select pg_catalog.jsonb_agg(pg_catalog.convert_from(pg_catalog.substring(t.tgargs, z.first, z.zero - z.first),
        pg_catalog.getdatabaseencoding()) order by z.zero)
      from (select n as zero, pg_catalog.lag(n + 1, 1, 1) over (order by n) as first
        from pg_catalog.generate_series(1, pg_catalog.length(t.tgargs)) n
        where pg_catalog.get_byte(t.tgargs, n - 1) = 0) z), '[]'),
    'constraint', t.tgconstraint <> 0, 'deferrable', t.tgdeferrable, 'deferred', t.tginitdeferred,
    'old_table', t.tgoldtable, 'new_table', t.tgnewtable, 'inherited', t.tgparentid <> 0) as attributes
from pg_catalog.pg_trigger t
join pg_catalog.pg_class c on c.oid = t.tgrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_proc f on f.oid = t.tgfoid
join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
where not t.tgisinternal and {ours("n", "pg_class", "c.oid")}
"""


def identity_of(table: str, name: str) -> str:
    """The identity of a trigger."""
    return f"{quote_ident(name)} on {table}"


@executes("CreateTrigStmt")
def create_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE [OR REPLACE] [CONSTRAINT] TRIGGER."""
    table = resolve.relation(catalog, node["relation"])
    function = trigger_function(catalog, node["funcname"], "trigger")
    timing = _TIMINGS[node.get("timing", 0)]
    _check_relation(table, node, timing)
    columns = strings(node.get("columns", ()))
    _check_columns(catalog, table, columns)
    needs: dict[Key, None] = {function.key: None}
    needs.update(dict.fromkeys(("column", f"{table.identity}.{quote_ident(each)}") for each in columns))
    condition = None
    if "whenClause" in node:
        condition, refs = _condition(catalog, node, statement, table, timing)
        needs.update(dict.fromkeys(refs))
    transitions = {bool(t.get("isNew")): t["name"] for t in map(_transition, node.get("transitionRels", ()))}
    trigger = Trigger(
        identity=identity_of(table.identity, node["trigname"]),
        table=table.identity,
        timing=timing,
        events=_events(node["events"], columns),
        level="row" if node.get("row") else "statement",
        function=function.identity,
        condition=condition,
        arguments=tuple(strings(node.get("args", ()))),
        constraint=bool(node.get("isconstraint")),
        deferrable=bool(node.get("deferrable")),
        deferred=bool(node.get("initdeferred")),
        old_table=transitions.get(False),
        new_table=transitions.get(True),
    )
    before = catalog.get(Trigger, trigger.identity)
    if before is not None and not resolve.vacate(catalog, before):
        if not node.get("replace"):
            message = f'trigger "{trigger.name}" for relation "{table_name(table)}" already exists'
            raise CatalogError("42710", message)
        if before.constraint or trigger.constraint:
            what = "a constraint trigger" if before.constraint else "a regular trigger"
            message = f'trigger "{trigger.name}" for relation "{table_name(table)}" is {what}'
            raise CatalogError("42710", message)
    catalog.put(trigger, depends=(*to_relation(table.kind), *map(Dependency, needs)))
    if trigger.level == "row" and getattr(table, "relation_kind", "") == "partitioned":
        for partition in _partitions(catalog, table):
            inherit_triggers(catalog, table, partition)


def inherit_triggers(catalog: Catalog, parent: Object, partition: Object) -> None:
    """Give a partition the row triggers of its parent, and its own partitions too."""
    for each in catalog.children(parent.identity, Trigger):
        identity = identity_of(partition.identity, each.name)
        if each.level == "row" and ("trigger", identity) not in catalog:
            clone = replace(each, identity=identity, table=partition.identity, inherited=True, made=None, changed=None)
            edges = [*to_relation(partition.kind), Dependency(each.key, auto=True)]
            catalog.put(clone, depends=edges)
    for below in _partitions(catalog, partition):
        inherit_triggers(catalog, partition, below)


def _partitions(catalog: Catalog, table: Object) -> list[Table]:
    from .table import Table

    return [each for each in catalog.needing(table.key, Table) if each.partition_of == table.identity]


def _transition(node: Node) -> Node:
    transition: Node = node["TriggerTransition"]
    return transition


def table_name(table: Object) -> str:
    """The bare name of a relation, for messages."""
    return str(getattr(table, "name", table.identity))


def _check_relation(table: Object, node: Node, timing: str) -> None:
    name = table_name(table)
    row = bool(node.get("row"))
    if table.kind == "view" and table.knows("relation_kind"):
        if getattr(table, "relation_kind", "view") == "materialized":
            raise CatalogError("42809", f'relation "{name}" cannot have triggers')
        if timing != "instead of" and row:
            detail = "Views cannot have row-level BEFORE or AFTER triggers."
            raise CatalogError("42809", f'"{name}" is a view', detail=detail)
        if node["events"] & 32:
            raise CatalogError("42809", f'"{name}" is a view', detail="Views cannot have TRUNCATE triggers.")
    elif table.kind in {"sequence", "index"}:
        raise CatalogError("42809", f'relation "{name}" cannot have triggers')
    elif timing == "instead of" and table.knows("relation_kind"):
        detail = "Tables cannot have INSTEAD OF triggers."
        raise CatalogError("42809", f'"{name}" is a table', detail=detail)
    if timing == "instead of":
        if not row:
            raise CatalogError("0A000", "INSTEAD OF triggers must be FOR EACH ROW")
        if "whenClause" in node:
            raise CatalogError("0A000", "INSTEAD OF triggers cannot have WHEN conditions")
        if node.get("columns"):
            raise CatalogError("0A000", "INSTEAD OF triggers cannot have column lists")
    if row and node["events"] & 32:
        raise CatalogError("0A000", "TRUNCATE FOR EACH ROW triggers are not supported")


def _check_columns(catalog: Catalog, table: Object, columns: Sequence[str]) -> None:
    if table.kind != "table" or not table.knows("columns"):
        return
    seen: set[str] = set()
    for each in columns:
        if ("column", f"{table.identity}.{quote_ident(each)}") not in catalog:
            message = f'column "{each}" of relation "{table_name(table)}" does not exist'
            raise CatalogError("42703", message)
        if each in seen:
            raise CatalogError("42701", f'column "{each}" specified more than once')
        seen.add(each)


def _events(bits: int, columns: Sequence[str]) -> tuple[str, ...]:
    of = " of " + ", ".join(quote_ident(each) for each in columns) if columns else ""
    return tuple(word + (of if word == "update" else "") for bit, word in _EVENTS.items() if bits & bit)


def _condition(
    catalog: Catalog, node: Node, statement: Statement, table: Object, timing: str
) -> tuple[str, tuple[Key, ...]]:
    """The text of WHEN, and what it reads."""
    if not node.get("row"):
        for each in _references(node["whenClause"]):
            raise CatalogError(
                "42P17", "statement trigger's WHEN condition cannot reference column values", place_of(each)
            )
    events = node["events"]
    for each in _references(node["whenClause"]):
        row = string(each["fields"][0])
        if row == "old" and events & 4:
            message = "INSERT trigger's WHEN condition cannot reference OLD values"
            raise CatalogError("42P17", message, place_of(each))
        if row == "new" and events & 8:
            message = "DELETE trigger's WHEN condition cannot reference NEW values"
            raise CatalogError("42P17", message, place_of(each))
    start = clauses.after(statement, (place_of(node["relation"]) or 0) + statement.base, "when")
    span = clauses.parenthesised(statement, start)
    bound = resolve.bind(catalog, statement, node["whenClause"], span, aliases={"old": table, "new": table})
    return bound.text, bound.refs


def _references(tree: Any) -> list[Node]:
    """The column references to OLD and NEW in an expression."""
    found: list[Node] = []
    todo = [tree]
    while todo:
        each = todo.pop()
        if isinstance(each, list):
            todo += each
        elif isinstance(each, dict):
            fields = each.get("ColumnRef", {}).get("fields", ())
            if fields and fields[0].get("String", {}).get("sval") in {"old", "new"}:
                found.append(each["ColumnRef"])
            todo += each.values()
    return found


def trigger_function(catalog: Catalog, names: Sequence[Node], returns: str) -> Function:
    """The function of a trigger: one without arguments, of the right result type."""
    written = strings(names)
    found = resolve.function(catalog, written, ())
    if found.knows("returns") and found.returns != returns:
        raise CatalogError("42P17", f"function {'.'.join(written)} must return type {returns}")
    return found


def set_enabled(catalog: Catalog, table: Object, name: str | None, enabled: str) -> None:
    """ALTER TABLE ... {ENABLE | DISABLE} TRIGGER: ``name`` None is ALL or USER, ``enabled`` an attribute's value.

    Raises 42704 for a trigger that is not there.
    """
    triggers = catalog.children(table.identity, Trigger)
    if name is None:
        for each in triggers:
            catalog.put(replace(each, enabled=enabled))
        return
    found = [each for each in triggers if each.name == name]
    if not found and table.knows("triggers") and table.origin == "made":
        message = f'trigger "{name}" for table "{table_name(table)}" does not exist'
        raise CatalogError("42704", message)
    for each in found:
        catalog.put(replace(each, enabled=enabled))


@executes("RenameStmt", "OBJECT_TRIGGER")
def rename_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TRIGGER ... RENAME TO."""
    table = resolve.relation(catalog, node["relation"])
    old = catalog.get(Trigger, identity_of(table.identity, node["subname"]))
    if old is None:
        _missing_trigger(catalog, table, node["subname"], "table")
        return
    identity = identity_of(table.identity, node["newname"])
    if ("trigger", identity) in catalog:
        message = f'trigger "{node["newname"]}" for relation "{table_name(table)}" already exists'
        raise CatalogError("42710", message)
    if old.inherited:
        message = f'cannot rename trigger "{old.name}" on table "{table_name(table)}"'
        raise CatalogError("0A000", message)
    clones = [old, *_clones(catalog, old)]
    name = node["newname"]
    moved = {each.key: replace(each, identity=identity_of(each.table, name)) for each in clones}
    rename.follow_all(catalog, moved)


def _clones(catalog: Catalog, trigger: Trigger) -> list[Trigger]:
    """The triggers that partitions have of this one, those of their partitions too."""
    own = [each for each in catalog.dependents(trigger.key) if isinstance(each, Trigger) and each.inherited]
    return own + [below for each in own for below in _clones(catalog, each)]


@executes("DropStmt", "OBJECT_TRIGGER")
def drop_trigger(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DROP TRIGGER ... ON."""
    for each in node["objects"]:
        *names, name = strings(each["List"]["items"])
        table = resolve.find_relation(catalog, names)
        if table is None:
            if node.get("missing_ok"):
                continue
            table = lookup.missing_relation(catalog, names, None)
        identity = identity_of(table.identity, name)
        if ("trigger", identity) in catalog:
            _refuse_inherited(catalog, ("trigger", identity))
            catalog.drop([("trigger", identity)], cascade=node.get("behavior") == "DROP_CASCADE")
        elif not node.get("missing_ok"):
            _missing_trigger(catalog, table, name, "table")


def _refuse_inherited(catalog: Catalog, key: Key) -> None:
    """Refuse to drop the trigger that a partition has of its parent."""
    trigger = catalog.get(Trigger, key[1])
    if trigger is not None and trigger.inherited:
        parents = (edge.on[1].rpartition(" on ")[2] for edge in catalog.depends_on(key) if edge.on[0] == "trigger")
        parent = f"trigger {quote_ident(trigger.name)} on table {next(parents, '')}"
        own = f"trigger {quote_ident(trigger.name)} on table {trigger.table}"
        hint = f"You can drop {parent} instead."
        raise CatalogError("2BP01", f"cannot drop {own} because {parent} requires it", hint=hint)


def _missing_trigger(catalog: Catalog, table: Object, name: str, word: str) -> None:
    """A trigger that nothing made: recorded where the list of triggers is known."""
    if table.knows("triggers"):
        message = f'trigger "{name}" for {word} "{table_name(table)}" does not exist'
        key = ("trigger", identity_of(table.identity, name))
        missing.report(catalog, key, "42704", message)


@executes("AlterObjectDependsStmt", "OBJECT_TRIGGER")
def depend(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TRIGGER ... DEPENDS ON EXTENSION."""
    table = lookup.relation(catalog, node["relation"])
    name = strings(node["object"]["List"]["items"])[-1]
    trigger = catalog.find(("trigger", identity_of(table.identity, name)))
    if trigger is None:
        _missing_trigger(catalog, table, name, "table")
    else:
        alter.depend_on_extension(catalog, trigger, node)
