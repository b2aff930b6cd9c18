"""Rows that are schema on the platform: buckets of storage, jobs of pg_cron, queues of pgmq.

What statements and calls do to them is followed where their values are constants, or the catalog's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from . import taint
from .catalog import CatalogError, Key, Node
from .meaning import missing
from .names import quote_ident
from .objects.bucket import Bucket
from .objects.column import Column
from .objects.cron_job import CronJob
from .objects.function_body import digest
from .objects.table import Table
from .procedures import functions, system_views
from .procedures.catalog_query import query
from .procedures.from_clause import Match, Rows, matches
from .procedures.plpgsql import is_caught
from .procedures.values import HOLE, UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .catalog import Catalog
    from .procedures.evaluate import Evaluator
    from .procedures.runner import Runner

_BUCKETS = ("storage", "buckets")
_ANY_BUCKET: Key = ("bucket", "*")
_DELETES = frozenset({("storage", "buckets"), ("storage", "objects")})


def change(evaluator: Evaluator, kind: str, node: Node, lose: Callable[[str, Sequence[Key]], None]) -> None:
    """Follow an INSERT, UPDATE or DELETE on a table whose rows are kept; ``lose`` is told what is not certain.

    Raises CatalogError where the server would refuse it for the rows that are there.
    """
    relation = node.get("relation", {})
    table = relation.get("schemaname"), relation.get("relname")
    if kind == "DeleteStmt" and table in _DELETES:
        _require_deletable(evaluator.catalog, table)
    if table != _BUCKETS:
        return
    changes = _Buckets(evaluator, lose)
    if kind == "InsertStmt":
        changes.insert(node)
    elif kind == "UpdateStmt":
        changes.update(node)
    elif kind == "DeleteStmt":
        changes.delete(node)
    else:
        lose("which buckets it changes is not known", [_ANY_BUCKET])


def _require_deletable(catalog: Catalog, table: tuple[Any, Any]) -> None:
    """Refuse to delete where the platform's trigger does (supabase/storage, protect_delete)."""
    trigger = ("trigger", f"protect_{table[1]}_delete on storage.{table[1]}")
    if trigger in catalog and catalog.settings.get("storage.allow_delete_query") != "true":
        message = "Direct deletion from storage tables is not allowed. Use the Storage API instead."
        raise CatalogError("42501", message)


class _Buckets:
    """One statement's changes of ``storage.buckets``."""

    def __init__(self, evaluator: Evaluator, lose: Callable[[str, Sequence[Key]], None]) -> None:
        self.evaluator, self.catalog, self.lose = evaluator, evaluator.catalog, lose

    def insert(self, node: Node) -> None:
        """INSERT, with what ON CONFLICT says."""
        columns = [each["ResTarget"]["name"] for each in node.get("cols", ())] or self._columns()
        rows = self._rows(node.get("selectStmt", {}).get("SelectStmt"))
        if rows is None:
            self.lose("which buckets it makes is not known", [_ANY_BUCKET])
            return
        for row in rows.rows:
            self._put(dict(zip(columns, row.values(), strict=False)), node.get("onConflictClause"))
        for row, _ in rows.maybe:
            values = dict(zip(columns, row.values(), strict=False))
            known = isinstance(values.get("id"), str) and HOLE not in values["id"]
            self.lose("which buckets it makes is not known", [("bucket", values["id"])] if known else [_ANY_BUCKET])

    def _columns(self) -> list[str]:
        columns = self.catalog.children("storage.buckets", Column)
        return [each.name for each in sorted(columns, key=lambda column: column.position)]

    def _rows(self, select: Node | None) -> Rows | None:
        if select is None:
            return None
        if "valuesLists" not in select:
            return query(self.evaluator, select)
        return Rows([
            {str(n): self._value(value) for n, value in enumerate(each["List"].get("items", ()))}
            for each in select["valuesLists"]
        ])  # fmt: skip

    def _value(self, node: Node) -> Value:
        return _DEFAULT if "SetToDefault" in node else self.evaluator.value(node)

    def _put(self, values: Mapping[str, Value], conflict: Node | None) -> None:
        identity = values.get("id", UNKNOWN)
        if not isinstance(identity, str) or HOLE in identity:
            self.lose("which buckets it makes is not known", [_ANY_BUCKET])
            return
        found = self.catalog.get(Bucket, identity)
        if found is None:
            self.catalog.put(_bucket(Bucket(identity=identity), values))
            return
        if conflict is None:
            raise CatalogError("23505", 'duplicate key value violates unique constraint "buckets_pkey"')
        if conflict["action"] != "ONCONFLICT_UPDATE":
            return
        rows = [{"": "excluded", **{name: v for name, v in values.items() if v is not _DEFAULT}}]
        match = Match([*rows, {"": "buckets", **system_views.bucket_row(found)}], sure=True)
        passes: Value = True
        if "whereClause" in conflict:
            with self.evaluator.within(match.rows):
                passes = self.evaluator.value(conflict["whereClause"])
        if passes is True or passes is UNKNOWN:
            self._change(found, conflict.get("targetList", ()), match, sure=passes is True)

    def update(self, node: Node) -> None:
        """UPDATE."""
        for found, match in self._matching(node, "fromClause"):
            self._change(found, node.get("targetList", ()), match, sure=match.sure)

    def delete(self, node: Node) -> None:
        """DELETE."""
        for found, match in self._matching(node, "usingClause"):
            if match.sure:
                self.catalog.remove(found.key)
            else:
                taint.mark(self.catalog, found, ("*",))
                self.lose("which buckets it deletes is not known", [found.key])

    def _matching(self, node: Node, joined: str) -> list[tuple[Bucket, Match]]:
        """The buckets that a condition is true of, or may be."""
        select = {"fromClause": [{"RangeVar": node["relation"]}], "whereClause": node.get("whereClause")}
        found = None
        if joined not in node and "withClause" not in node:
            found = matches(self.evaluator, {name: each for name, each in select.items() if each is not None})
        if found is None:
            return [(each, Match([], sure=False)) for each in self.catalog.of(Bucket)]
        pairs = [(self.catalog.get(Bucket, str(match.rows[0].get("id", ""))), match) for match in found]
        return [(bucket, match) for bucket, match in pairs if bucket is not None]

    def _change(self, found: Bucket, targets: Sequence[Node], match: Match, *, sure: bool) -> None:
        values: dict[str, Value] = {}
        with self.evaluator.within(match.rows):
            for each in targets:
                target = each["ResTarget"]
                values[target["name"]] = self._value(target["val"])
        if not sure:
            values = dict.fromkeys(values, UNKNOWN)
        if "id" in values:
            self.lose("the ids of buckets are changed", [_ANY_BUCKET])
        changed = _bucket(found, values)
        if changed != found:
            self.catalog.put(changed)


_DEFAULT = object()  # stands for DEFAULT among values


def _bucket(bucket: Bucket, values: Mapping[str, Value]) -> Bucket:
    """A bucket with these values of its columns."""
    fresh = Bucket(identity=bucket.identity)
    changes: dict[str, Any] = {}
    unknown = set(bucket.unknown)
    for name in Bucket.attribute_names():
        if name not in values:
            continue
        value = getattr(fresh, name) if values[name] is _DEFAULT else _typed(name, values[name])
        unknown.discard(name)
        if value is UNKNOWN:
            unknown.add(name)
        else:
            changes[name] = value
    return replace(bucket, **changes, unknown=frozenset(unknown))


def _typed(name: str, value: Value) -> Value:
    if value is None or value is UNKNOWN:
        return value
    if name == "public":
        return functions.cast_to_boolean(value)
    if name == "file_size_limit":
        return functions.cast_to_number(value)
    values = functions.cast(value, "text", array=True)
    known = isinstance(values, list) and all(isinstance(each, str) and HOLE not in each for each in values)
    return tuple(values) if known else UNKNOWN


# -- pg_cron -----------------------------------------------------------------------------------------------


def cron(run: Runner, name: str, values: Sequence[Value]) -> None:
    """Follow a function of pg_cron."""
    catalog = run.catalog
    if name == "schedule" and len(values) == 2:
        return  # a job without a name
    if name in {"schedule", "schedule_in_database"} and len(values) >= 3 and _is_known(values[0]):
        found = catalog.get(CronJob, values[0])
        job = found or CronJob(identity=values[0], schedule="", command="")
        unknown = {
            each for each, value in zip(("schedule", "command"), values[1:3], strict=True) if not _is_known(value)
        }
        active = values[5] if len(values) > 5 else job.active
        job = replace(
            job,
            schedule=job.schedule if "schedule" in unknown else values[1],
            command=job.command if "command" in unknown else digest(values[2]),
            active=active if isinstance(active, bool) else True,
            unknown=frozenset(unknown | ({"active"} if active is UNKNOWN else set())),
        )
        catalog.put(job)
    elif name == "unschedule" and len(values) == 1 and _is_known(values[0]):
        if ("cron_job", values[0]) in catalog:
            catalog.remove(("cron_job", values[0]))
        else:
            _absent(run, ("cron_job", values[0]), "XX000", f"could not find valid entry for job '{values[0]}'")
    elif name in {"schedule", "schedule_in_database", "unschedule", "alter_job"}:
        for job in catalog.of(CronJob):
            taint.mark(catalog, job, ("*",))
        run.reasons[f"which job cron.{name}() is about is not known"] = None
        run.touched[("cron_job", "*")] = None


def _is_known(value: Value) -> bool:
    return isinstance(value, str) and HOLE not in value


def _absent(run: Runner, key: Key, sqlstate: str, message: str) -> None:
    """What a function needs is not there: a handler takes the error, or it is said once."""
    if any(is_caught(sqlstate, states) for states in run.caught) and taint.excused(run.catalog, key) is None:
        raise CatalogError(sqlstate, message)
    missing.report(run.catalog, key, sqlstate, message)


# -- pgmq ----------------------------------------------------------------------------------------------------

_QUEUE = """
create {persistence} table if not exists pgmq.{queue} (msg_id bigint primary key generated always as identity,
  read_ct int default 0 not null, enqueued_at timestamptz default now() not null, vt timestamptz not null,
  message jsonb);
create table if not exists pgmq.{archive} (msg_id bigint primary key, read_ct int default 0 not null,
  enqueued_at timestamptz default now() not null, archived_at timestamptz default now() not null,
  vt timestamptz not null, message jsonb);
create index if not exists {queue_index} on pgmq.{queue} (vt asc);
create index if not exists {archive_index} on pgmq.{archive} (archived_at);
"""
# What differs between the extension's versions: later ones add columns
_OPEN = ("columns", "privileges", "owner")


def pgmq(run: Runner, name: str, values: Sequence[Value]) -> bool:
    """Follow a function of pgmq that makes or drops a queue; false where it is none, or the queue is not known."""
    if name not in {"create", "create_non_partitioned", "create_unlogged", "drop_queue"} or not values:
        return False
    if not _is_known(values[0]):
        return False
    queue, archive = f"q_{values[0]}".lower(), f"a_{values[0]}".lower()
    tables = [("table", f"pgmq.{quote_ident(each)}") for each in (queue, archive)]
    catalog = run.catalog
    if name == "drop_queue":
        catalog.drop([key for key in tables if key in catalog], cascade=True)
        return True
    names = {
        "queue": quote_ident(queue),
        "archive": quote_ident(archive),
        "queue_index": quote_ident(f"{queue}_vt_idx"),
        "archive_index": quote_ident(f"archived_at_idx_{values[0]}"),
        "persistence": "unlogged" if name == "create_unlogged" else "",
    }
    # The tables are the extension's members: known to exist, and none of the project's own
    origin, catalog.origin = catalog.origin, "external"
    try:
        run.run_text(_QUEUE.format(**names), None)
    finally:
        catalog.origin = origin
    for key in tables:
        table = catalog.find(key)
        if isinstance(table, Table) and table.origin == "external":
            taint.mark(catalog, table, _OPEN)
    return True


def is_rows(node: Node) -> bool:
    """Whether a statement may change rows that are kept here."""
    relation = node.get("relation", {})
    return (relation.get("schemaname"), relation.get("relname")) in _DELETES
