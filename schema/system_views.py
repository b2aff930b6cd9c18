"""The system catalogs as tables of rows, as far as the simulated catalog can fill them: what guards ask.

A column that a row lacks is unknown. A row whose distinguishing column is unknown stands for what may exist as
well: the policies of a table whose list of policies is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import builtin
from .catalog import Unmodelled
from .objects import kinds
from .values import Number

if TYPE_CHECKING:
    from .catalog import Catalog, Object

Row = dict[str, Any]
OPEN = "\0*"  # as ``concerns``: anything may be there that the catalog does not hold
GHOST = "\0"  # in a row that stands for what may exist: the name of the table it may belong to, or nothing
NULLS = "\1"  # in a row that an outer join adds: every column is NULL

_COLLECTIONS = {"table": "tables", "column": "columns", "policy": "policies", "trigger": "triggers",
                "constraint": "constraints", "index": "indexes"}  # fmt: skip
_TABLE_LETTERS = {"table": "r", "partitioned": "p", "foreign": "f"}
_ROUTINE_LETTERS = {"function": "f", "procedure": "p", "aggregate": "a", "window": "w"}
_CONSTRAINT_LETTERS = {"primary_key": "p", "unique": "u", "foreign_key": "f", "check": "c", "exclusion": "x"}


# What a condition may name by a column: the object itself, the table it belongs to, that table's oid
_OWN_NAMES = frozenset({
    "column_name", "attname", "conname", "constraint_name", "indexname", "policyname", "polname", "tgname",
    "trigger_name", "relname", "typname", "viewname", "matviewname", "sequencename", "sequence_name", "proname",
    "routine_name", "rolname", "usename", "extname", "pubname", "evtname", "nspname", "schema_name",
})  # fmt: skip
_TABLE_NAMES = frozenset({"tablename", "table_name", "event_object_table"})
_TABLE_OIDS = frozenset({"attrelid", "conrelid", "indrelid", "polrelid", "tgrelid"})


class _Reader:
    """The catalog, as far as it can hold rows that a condition wants; others may be among them."""

    __slots__ = ("catalog", "events", "name", "oid", "table")

    def __init__(self, catalog: Catalog, equal: Mapping[str, str]) -> None:
        self.catalog, self.events = catalog, catalog.events
        self.name = next((equal[each] for each in equal if each in _OWN_NAMES), None)
        self.table = next((equal[each] for each in equal if each in _TABLE_NAMES), None)
        self.oid = next((equal[each] for each in equal if each in _TABLE_OIDS), None)

    def every(self, kind: str) -> Iterator[Any]:
        """All objects of a kind."""
        return self.catalog.of(kinds()[kind])

    def all(self, *names: str) -> Iterator[Any]:
        """The objects of some kinds, by their own name."""
        for kind in names:
            yield from self.every(kind) if self.name is None else self.catalog.named(kind, self.name)

    def relations(self, *names: str) -> Iterator[Any]:
        """Relations, where a column with a table's name is about themselves."""
        for kind in names:
            yield from self.all(kind) if self.table is None else self.catalog.named(kind, self.table)

    def holders(self, kind: str) -> Iterator[Any]:
        """The relations of a kind that hold what is asked for."""
        if self.oid is not None:
            found = self.catalog.find((kind, self.oid))
            return iter(() if found is None else (found,))
        return self.every(kind) if self.table is None else iter(self.catalog.named(kind, self.table))

    def members(self, kind: str) -> Iterator[tuple[Any, Any]]:
        """What tables (and materialized views) hold, each with its table."""
        catalog = self.catalog
        if self.oid is not None or self.table is not None:
            for holder in (*self.holders("table"), *self.holders("view")):
                for obj in catalog.children(holder.identity, kinds()[kind]):
                    yield obj, holder
            return
        for obj in self.all(kind):
            table = _table_of(catalog, obj)
            if table is not None:
                yield obj, table


def rows(
    catalog: Catalog,
    schema: str | None,
    name: str,
    concerns: str | None = None,
    equal: Mapping[str, str] | None = None,
) -> list[Row] | None:
    """List the rows of a system view or catalog; None where it is none of those that can be filled.

    With ``concerns``, a text, nothing stands for what may belong to tables that it does not mention. With
    ``equal`` rows may be left out that have another value than this in a column.
    """
    generator = _VIEWS.get((schema or "pg_catalog", name))
    if generator is None:
        return None
    found = list(generator(_Reader(catalog, equal or {})))
    if concerns is None:
        return found
    if concerns == OPEN:
        return [*found, {GHOST: ""}]
    return [row for row in found if GHOST not in row or row[GHOST] in concerns]


def arguments_of(identity: str) -> str:
    """Cut the argument types out of a function's identity: ``integer, text``."""
    return identity[identity.index("(") + 1 : -1] if identity.endswith(")") else ""


def _ghosts(reader: _Reader, kind: str) -> Iterator[Row]:
    """An empty row where a statement that could not be followed may have made objects of a kind."""
    for event in reader.events:
        if isinstance(event, Unmodelled) and any(touched[0] in {"*", kind} for touched in event.touches):
            yield {GHOST: ""}
            return


def _table_of(catalog: Catalog, obj: Any) -> Any:
    return catalog.find(("table", obj.table)) or catalog.find(("view", obj.table))


def _children(
    reader: _Reader, kind: str, make: Callable[[Any, Any], Row], parent: Callable[[Any], Row]
) -> Iterator[Row]:
    """The rows of what belongs to tables, and one for each table whose list of them is not known."""
    for obj, table in reader.members(kind):
        yield make(obj, table)
    for table in reader.catalog.unsure("table"):
        if not table.knows(_COLLECTIONS[kind]):
            yield {**parent(table), GHOST: table.name}
    yield from _ghosts(reader, kind)


def _relation(obj: Any) -> Row:
    return {"schemaname": obj.schema, "tablename": obj.name}


def _oid(obj: Object) -> str:
    """What stands for an oid: the identity, as a value of type regclass prints it."""
    return obj.identity


def _pg_tables(reader: _Reader) -> Iterator[Row]:
    for table in reader.relations("table"):
        known = {"tableowner": "owner", "rowsecurity": "row_security"}
        values = {name: getattr(table, field) for name, field in known.items() if table.knows(field)}
        yield {**_relation(table), **values}
    yield from _ghosts(reader, "table")


def _pg_class(reader: _Reader) -> Iterator[Row]:
    for obj in reader.all("table", "view", "sequence", "index"):
        row = {"oid": _oid(obj), "relname": obj.name, "relnamespace": obj.schema}
        if obj.kind == "table" and obj.knows("relation_kind"):
            row["relkind"] = _TABLE_LETTERS[obj.relation_kind]
        elif obj.kind == "view" and obj.knows("relation_kind"):
            row["relkind"] = "m" if obj.relation_kind == "materialized" else "v"
        elif obj.kind in {"sequence", "index"}:
            row["relkind"] = "S" if obj.kind == "sequence" else "i"
        if obj.kind == "table" and obj.knows("row_security"):
            row["relrowsecurity"] = obj.row_security
        yield row
    for kind in ("table", "view", "sequence", "index"):
        yield from _ghosts(reader, kind)


def _schemata(reader: _Reader) -> Iterator[Row]:
    for name in ("pg_catalog", "information_schema"):
        yield {"oid": name, "nspname": name, "schema_name": name}
    for obj in reader.all("schema"):
        yield {"oid": obj.name, "nspname": obj.name, "schema_name": obj.name}
    yield from _ghosts(reader, "schema")


def _tables(reader: _Reader) -> Iterator[Row]:
    for obj in reader.relations("table", "view"):
        if obj.kind == "view" and obj.knows("relation_kind") and obj.relation_kind == "materialized":
            continue
        kind = "VIEW" if obj.kind == "view" else "BASE TABLE"
        yield {"table_schema": obj.schema, "table_name": obj.name, "table_type": kind}
    yield from _ghosts(reader, "table")
    yield from _ghosts(reader, "view")


def _views(reader: _Reader) -> Iterator[Row]:
    for obj in reader.relations("view"):
        row = {"schemaname": obj.schema, "viewname": obj.name, "matviewname": obj.name}
        row |= {"table_schema": obj.schema, "table_name": obj.name}
        if obj.knows("relation_kind"):
            row["materialized"] = obj.relation_kind == "materialized"
        yield row
    yield from _ghosts(reader, "view")


def _pg_views(reader: _Reader) -> Iterator[Row]:
    return (row for row in _views(reader) if row.get("materialized") is not True)


def _pg_matviews(reader: _Reader) -> Iterator[Row]:
    return (row for row in _views(reader) if row.get("materialized") is not False)


def _column(column: Any, table: Any) -> Row:
    row = {
        "table_schema": table.schema,
        "table_name": table.name,
        "column_name": column.name,
        "attrelid": _oid(table),
        "attname": column.name,
        "attisdropped": False,
        "attnum": column.position,
    }
    if column.knows("not_null"):
        row |= {"is_nullable": "NO" if column.not_null else "YES", "attnotnull": column.not_null}
    if column.knows("type"):
        row["data_type"] = _data_type(column.type)
    if column.knows("generated_identity"):
        row["is_identity"] = "YES" if column.generated_identity else "NO"
    return row


def _data_type(printed: str) -> str:
    """A type as ``information_schema`` shows it: without modifiers, ARRAY, USER-DEFINED."""
    if printed.endswith("[]"):
        return "ARRAY"
    if "." in printed:
        return "USER-DEFINED"
    head, _, tail = printed.partition("(")
    return head + tail.partition(")")[2] if tail else head


def _columns(reader: _Reader) -> Iterator[Row]:
    def parent(table: Any) -> Row:
        return {"table_schema": table.schema, "table_name": table.name, "attrelid": _oid(table)}

    yield from _children(reader, "column", _column, parent)
    for view in reader.holders("view"):
        for column in view.columns:
            yield {"table_schema": view.schema, "table_name": view.name, "column_name": column.name,
                   "attrelid": _oid(view), "attname": column.name, "attisdropped": False}  # fmt: skip
        if not view.knows("columns"):
            yield {**parent(view), GHOST: view.name}


def _pg_type(reader: _Reader) -> Iterator[Row]:
    letters = {"enum": "e", "domain": "d", "composite": "c", "range": "r", "base": "b"}
    for obj in reader.all("type"):
        row = {"oid": _oid(obj), "typname": obj.name, "typnamespace": obj.schema}
        yield row | ({"typtype": letters[obj.type_kind]} if obj.knows("type_kind") else {})
    for obj in reader.all("table", "view"):
        yield {"oid": _oid(obj), "typname": obj.name, "typnamespace": obj.schema, "typtype": "c"}
    for kind in ("type", "table", "view"):
        yield from _ghosts(reader, kind)


def _pg_enum(reader: _Reader) -> Iterator[Row]:
    for obj in reader.all("type"):
        if not obj.knows("labels"):
            yield {"enumtypid": _oid(obj), GHOST: ""}
        for label in obj.labels:
            yield {"enumtypid": _oid(obj), "enumlabel": label}
    yield from _ghosts(reader, "type")


def _constraint(constraint: Any, table: Any) -> Row:
    row = {
        "conname": constraint.name,
        "conrelid": _oid(table),
        "connamespace": table.schema,
        "constraint_name": constraint.name,
        "constraint_schema": table.schema,
        "table_schema": table.schema,
        "table_name": table.name,
    }
    if constraint.knows("type"):
        row |= {
            "contype": _CONSTRAINT_LETTERS[constraint.type],
            "constraint_type": constraint.type.replace("_", " ").upper(),
        }
    if constraint.knows("validated"):
        row["convalidated"] = constraint.validated
    return row


def _constraints(reader: _Reader) -> Iterator[Row]:
    def parent(table: Any) -> Row:
        return {"conrelid": _oid(table), "table_schema": table.schema, "table_name": table.name,
                "connamespace": table.schema, "constraint_schema": table.schema}  # fmt: skip

    yield from _children(reader, "constraint", _constraint, parent)
    if reader.oid is not None or reader.table is not None:
        return
    for constraint in reader.all("constraint"):
        if _table_of(reader.catalog, constraint) is None:  # of a domain
            yield {"conname": constraint.name, "constraint_name": constraint.name}


def _pg_indexes(reader: _Reader) -> Iterator[Row]:
    def make(index: Any, table: Any) -> Row:
        return {**_relation(table), "indexname": index.name, "indexrelid": _oid(index), "indrelid": _oid(table)}

    yield from _children(reader, "index", make, _relation)


def _policies(reader: _Reader) -> Iterator[Row]:
    def make(policy: Any, table: Any) -> Row:
        row = {**_relation(table), "policyname": policy.name, "polname": policy.name, "polrelid": _oid(table)}
        if policy.knows("command"):
            row["cmd"] = policy.command.upper()
        return row

    def parent(table: Any) -> Row:
        return {**_relation(table), "polrelid": _oid(table)}

    yield from _children(reader, "policy", make, parent)


def _triggers(reader: _Reader) -> Iterator[Row]:
    def make(trigger: Any, table: Any) -> Row:
        return {
            "tgname": trigger.name,
            "tgrelid": _oid(table),
            "tgisinternal": False,
            "trigger_name": trigger.name,
            "trigger_schema": table.schema,
            "event_object_schema": table.schema,
            "event_object_table": table.name,
        }

    def parent(table: Any) -> Row:
        return {"tgrelid": _oid(table), "event_object_schema": table.schema, "event_object_table": table.name}

    yield from _children(reader, "trigger", make, parent)


def _routines(reader: _Reader) -> Iterator[Row]:
    for obj in reader.all("function"):
        row = {
            "oid": _oid(obj),
            "proname": obj.name,
            "pronamespace": obj.schema,
            "routine_schema": obj.schema,
            "routine_name": obj.name,
        }
        if obj.knows("arguments"):
            row["proargtypes"] = arguments_of(obj.identity)
        if obj.knows("routine_kind"):
            row["prokind"] = _ROUTINE_LETTERS[obj.routine_kind]
            row["routine_type"] = obj.routine_kind.upper()
        if obj.knows("security_definer"):
            row["prosecdef"] = obj.security_definer
        if obj.knows("config"):
            row["proconfig"] = list(obj.config) or None
        yield row
    if reader.name is not None:  # one is asked for, which an extension may have brought
        for extension in reader.every("extension"):
            members = builtin.extension(extension.name)
            if members is not None and reader.name in members.functions:
                yield {"proname": reader.name, "pronamespace": extension.schema, "routine_name": reader.name,
                       "routine_schema": extension.schema}  # fmt: skip
    yield from _ghosts(reader, "function")


def _roles(reader: _Reader) -> Iterator[Row]:
    for obj in reader.all("role"):
        row = {"oid": obj.name, "rolname": obj.name, "usename": obj.name}
        for column, field in (("rolsuper", "superuser"), ("rolbypassrls", "bypassrls"), ("rolcanlogin", "login")):
            if obj.knows(field):
                row[column] = getattr(obj, field)
        yield row
    yield from _ghosts(reader, "role")


def _extensions(reader: _Reader) -> Iterator[Row]:
    for obj in reader.all("extension"):
        yield {"extname": obj.name, "extnamespace": obj.schema}
    yield from _ghosts(reader, "extension")


def _publications(reader: _Reader) -> Iterator[Row]:
    for obj in reader.all("publication"):
        yield {"oid": obj.name, "pubname": obj.name} | (
            {"puballtables": obj.all_tables} if obj.knows("all_tables") else {}
        )
    yield from _ghosts(reader, "publication")


def _publication_tables(reader: _Reader) -> Iterator[Row]:
    for publication in reader.every("publication"):
        unsure = not publication.knows("members") or publication.all_tables
        if unsure:
            yield {"pubname": publication.name, "prpubid": publication.name, GHOST: ""}
    for member in reader.every("publication_member"):
        row = {"pubname": member.publication, "prpubid": member.publication}
        table: Any = reader.catalog.find(("table", member.table)) if member.table else None
        if table is not None:
            row |= {**_relation(table), "prrelid": _oid(table)}
        elif member.schema:
            row["schemaname"] = member.schema
        yield row
    yield from _ghosts(reader, "publication_member")


def _sequences(reader: _Reader) -> Iterator[Row]:
    for obj in reader.all("sequence"):
        yield {
            "schemaname": obj.schema,
            "sequencename": obj.name,
            "sequence_schema": obj.schema,
            "sequence_name": obj.name,
        }
    yield from _ghosts(reader, "sequence")


def _event_triggers(reader: _Reader) -> Iterator[Row]:
    for obj in reader.every("event_trigger"):
        yield {"evtname": obj.identity}
    yield from _ghosts(reader, "event_trigger")


def bucket_row(bucket: Any) -> Row:
    """The columns of ``storage.buckets`` that are known of a bucket."""
    known = {name: getattr(bucket, name) for name in bucket.attribute_names() if bucket.knows(name)}
    if isinstance(known.get("allowed_mime_types"), tuple):
        known["allowed_mime_types"] = list(known["allowed_mime_types"])
    return {"id": bucket.identity, **known}


def _buckets(reader: _Reader) -> Iterator[Row]:
    for bucket in reader.every("bucket"):
        yield bucket_row(bucket) | ({} if bucket.knows("*") else {GHOST: ""})
    yield from _ghosts(reader, "bucket")


def _jobs(reader: _Reader) -> Iterator[Row]:
    for job in reader.every("cron_job"):
        row = {"jobid": Number(job.identity), "jobname": job.identity}
        row |= {name: getattr(job, name) for name in ("schedule", "active") if job.knows(name)}
        yield row | ({} if job.knows("*") else {GHOST: ""})
    yield from _ghosts(reader, "cron_job")


def _queues(reader: _Reader) -> Iterator[Row]:
    for table in reader.every("table"):
        if table.schema == "pgmq" and table.name.startswith("q_"):
            yield {"queue_name": table.name.removeprefix("q_")}
    yield from _ghosts(reader, "table")


_VIEWS: dict[tuple[str, str], Callable[[_Reader], Iterator[Row]]] = {
    ("pg_catalog", "pg_attribute"): _columns,
    ("pg_catalog", "pg_authid"): _roles,
    ("pg_catalog", "pg_class"): _pg_class,
    ("pg_catalog", "pg_constraint"): _constraints,
    ("pg_catalog", "pg_enum"): _pg_enum,
    ("pg_catalog", "pg_event_trigger"): _event_triggers,
    ("pg_catalog", "pg_extension"): _extensions,
    ("pg_catalog", "pg_index"): _pg_indexes,
    ("pg_catalog", "pg_indexes"): _pg_indexes,
    ("pg_catalog", "pg_matviews"): _pg_matviews,
    ("pg_catalog", "pg_namespace"): _schemata,
    ("pg_catalog", "pg_policies"): _policies,
    ("pg_catalog", "pg_policy"): _policies,
    ("pg_catalog", "pg_proc"): _routines,
    ("pg_catalog", "pg_publication"): _publications,
    ("pg_catalog", "pg_publication_rel"): _publication_tables,
    ("pg_catalog", "pg_publication_tables"): _publication_tables,
    ("pg_catalog", "pg_roles"): _roles,
    ("pg_catalog", "pg_sequences"): _sequences,
    ("pg_catalog", "pg_tables"): _pg_tables,
    ("pg_catalog", "pg_trigger"): _triggers,
    ("pg_catalog", "pg_type"): _pg_type,
    ("pg_catalog", "pg_user"): _roles,
    ("pg_catalog", "pg_views"): _pg_views,
    ("cron", "job"): _jobs,
    ("pgmq", "meta"): _queues,
    ("storage", "buckets"): _buckets,
    ("information_schema", "columns"): _columns,
    ("information_schema", "routines"): _routines,
    ("information_schema", "schemata"): _schemata,
    ("information_schema", "sequences"): _sequences,
    ("information_schema", "table_constraints"): _constraints,
    ("information_schema", "tables"): _tables,
    ("information_schema", "triggers"): _triggers,
    ("information_schema", "views"): _pg_views,
}
