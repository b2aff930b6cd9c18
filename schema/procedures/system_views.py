"""The system catalogs as tables of rows, as far as the simulated catalog can fill them: what guards ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..meaning import builtin
from . import system_parts
from .system_reader import COLUMNS, GHOST, OPEN, Reader, Row, facts, ghosts, oid, relation
from .values import Number

if TYPE_CHECKING:
    from ..catalog import Catalog

_RELATIONS = {"table": "r", "partitioned": "p", "foreign": "f"}
_ROUTINES = {"function": "f", "procedure": "p", "aggregate": "a", "window": "w"}
_VOLATILITY = {"volatile": "v", "stable": "s", "immutable": "i"}
_LANGUAGES = ("internal", "c", "sql", "plpgsql")


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
    columns = builtin.columns(f"{schema or 'pg_catalog'}.{name}")
    found = list(generator(Reader(catalog, equal or {})))
    if columns is not None:
        found = [{**{c: v for c, v in row.items() if c in columns or c == GHOST}, COLUMNS: columns} for row in found]
    if concerns is None:
        return found
    if concerns == OPEN:
        return [*found, {GHOST: ""}]
    return [row for row in found if GHOST not in row or row[GHOST] in concerns]


def arguments_of(identity: str) -> str:
    """Cut the argument types out of a function's identity: ``integer, text``."""
    return identity[identity.index("(") + 1 : -1] if identity.endswith(")") else ""


def _pg_tables(reader: Reader) -> Iterator[Row]:
    for table in reader.relations("table"):
        known = {"tableowner": "owner", "rowsecurity": "row_security"}
        values = {name: getattr(table, field) for name, field in known.items() if table.knows(field)}
        yield {**relation(table), **values}
    yield from ghosts(reader, "table")


def _pg_class(reader: Reader) -> Iterator[Row]:
    for obj in reader.all("table", "view", "sequence", "index"):
        row = {"oid": oid(obj), "relname": obj.name, "relnamespace": obj.schema}
        if obj.kind == "table" and obj.knows("relation_kind"):
            row["relkind"] = _RELATIONS[obj.relation_kind]
        elif obj.kind == "view" and obj.knows("relation_kind"):
            row["relkind"] = "m" if obj.relation_kind == "materialized" else "v"
        elif obj.kind in {"sequence", "index"}:
            row["relkind"] = "S" if obj.kind == "sequence" else "i"
        if obj.kind == "table":
            row |= facts(obj, {"relrowsecurity": "row_security", "relforcerowsecurity": "force_row_security"})
            if obj.knows("partition_of"):
                row["relispartition"] = obj.partition_of is not None
        if obj.kind != "index":
            row |= facts(obj, {"relowner": "owner"})
        yield row
    for kind in ("table", "view", "sequence", "index"):
        yield from ghosts(reader, kind)


def _schemata(reader: Reader) -> Iterator[Row]:
    for name in ("pg_catalog", "information_schema"):
        yield {"oid": name, "nspname": name, "schema_name": name}
    for obj in reader.all("schema"):
        yield {"oid": obj.name, "nspname": obj.name, "schema_name": obj.name} | facts(obj, {"nspowner": "owner"})
    yield from ghosts(reader, "schema")


def _tables(reader: Reader) -> Iterator[Row]:
    for obj in reader.relations("table", "view"):
        if obj.kind == "view" and obj.knows("relation_kind") and obj.relation_kind == "materialized":
            continue
        kind = "VIEW" if obj.kind == "view" else "BASE TABLE"
        yield {"table_schema": obj.schema, "table_name": obj.name, "table_type": kind}
    yield from ghosts(reader, "table")
    yield from ghosts(reader, "view")


def _views(reader: Reader) -> Iterator[Row]:
    for obj in reader.relations("view"):
        row = {"schemaname": obj.schema, "viewname": obj.name, "matviewname": obj.name}
        row |= {"table_schema": obj.schema, "table_name": obj.name}
        if obj.knows("relation_kind"):
            row["materialized"] = obj.relation_kind == "materialized"
        yield row
    yield from ghosts(reader, "view")


def _pg_views(reader: Reader) -> Iterator[Row]:
    return (row for row in _views(reader) if row.get("materialized") is not True)


def _pg_matviews(reader: Reader) -> Iterator[Row]:
    return (row for row in _views(reader) if row.get("materialized") is not False)


def _pg_type(reader: Reader) -> Iterator[Row]:
    letters = {"enum": "e", "domain": "d", "composite": "c", "range": "r", "base": "b"}
    for obj in reader.all("type"):
        row = {"oid": oid(obj), "typname": obj.name, "typnamespace": obj.schema}
        yield row | ({"typtype": letters[obj.type_kind]} if obj.knows("type_kind") else {})
    for obj in reader.all("table", "view"):
        yield {"oid": oid(obj), "typname": obj.name, "typnamespace": obj.schema, "typtype": "c"}
    for kind in ("type", "table", "view"):
        yield from ghosts(reader, kind)


def _pg_enum(reader: Reader) -> Iterator[Row]:
    for obj in reader.all("type"):
        if not obj.knows("labels"):
            yield {"enumtypid": oid(obj), GHOST: ""}
        for label in obj.labels:
            yield {"enumtypid": oid(obj), "enumlabel": label}
    yield from ghosts(reader, "type")


def _routines(reader: Reader) -> Iterator[Row]:
    for obj in reader.all("function"):
        row = {
            "oid": oid(obj),
            "proname": obj.name,
            "pronamespace": obj.schema,
            "routine_schema": obj.schema,
            "routine_name": obj.name,
        }
        if obj.knows("arguments"):
            row["proargtypes"] = arguments_of(obj.identity)
            row["pronargs"] = sum(each.mode not in {"out", "table"} for each in obj.arguments)
        if obj.knows("body") and obj.source:
            row["prosrc"] = obj.source
        if obj.knows("volatility"):
            row["provolatile"] = _VOLATILITY[obj.volatility]
        row |= facts(obj, {"prolang": "language", "proowner": "owner", "proretset": "returns_set"})
        if obj.knows("routine_kind"):
            row["prokind"] = _ROUTINES[obj.routine_kind]
            row["routine_type"] = obj.routine_kind.upper()
        if obj.knows("security_definer"):
            row["prosecdef"] = obj.security_definer
        if obj.knows("config"):
            row["proconfig"] = list(obj.proconfig or obj.config) or None
        yield row
    if reader.name is not None:  # one is asked for, which an extension may have brought
        for extension in reader.every("extension"):
            members = builtin.extension(extension.name)
            if members is not None and reader.name in members.functions:
                yield {"proname": reader.name, "pronamespace": extension.schema, "routine_name": reader.name,
                       "routine_schema": extension.schema}  # fmt: skip
    yield from ghosts(reader, "function")


def _roles(reader: Reader) -> Iterator[Row]:
    for obj in reader.all("role"):
        row = {"oid": obj.name, "rolname": obj.name, "usename": obj.name}
        for column, field in (("rolsuper", "superuser"), ("rolbypassrls", "bypassrls"), ("rolcanlogin", "login")):
            if obj.knows(field):
                row[column] = getattr(obj, field)
        yield row
    yield from ghosts(reader, "role")


def _extensions(reader: Reader) -> Iterator[Row]:
    for obj in reader.all("extension"):
        yield {"extname": obj.name, "extnamespace": obj.schema}
    yield from ghosts(reader, "extension")


def _publications(reader: Reader) -> Iterator[Row]:
    for obj in reader.all("publication"):
        yield {"oid": obj.name, "pubname": obj.name} | (
            {"puballtables": obj.all_tables} if obj.knows("all_tables") else {}
        )
    yield from ghosts(reader, "publication")


def _publication_tables(reader: Reader) -> Iterator[Row]:
    for publication in reader.every("publication"):
        unsure = not publication.knows("members") or publication.all_tables
        if unsure:
            yield {"pubname": publication.name, "prpubid": publication.name, GHOST: ""}
    for member in reader.every("publication_member"):
        row = {"pubname": member.publication, "prpubid": member.publication}
        table: Any = reader.catalog.find(("table", member.table)) if member.table else None
        if table is not None:
            row |= {**relation(table), "prrelid": oid(table)}
        elif member.schema:
            row["schemaname"] = member.schema
        yield row
    yield from ghosts(reader, "publication_member")


def _sequences(reader: Reader) -> Iterator[Row]:
    for obj in reader.all("sequence"):
        yield {
            "schemaname": obj.schema,
            "sequencename": obj.name,
            "sequence_schema": obj.schema,
            "sequence_name": obj.name,
        }
    yield from ghosts(reader, "sequence")


def _event_triggers(reader: Reader) -> Iterator[Row]:
    for obj in reader.every("event_trigger"):
        yield {"evtname": obj.identity}
    yield from ghosts(reader, "event_trigger")


def bucket_row(bucket: Any) -> Row:
    """The columns of ``storage.buckets`` that are known of a bucket."""
    known = {name: getattr(bucket, name) for name in bucket.attribute_names() if bucket.knows(name)}
    if isinstance(known.get("allowed_mime_types"), tuple):
        known["allowed_mime_types"] = list(known["allowed_mime_types"])
    return {"id": bucket.identity, **known}


def _buckets(reader: Reader) -> Iterator[Row]:
    for bucket in reader.every("bucket"):
        yield bucket_row(bucket) | ({} if bucket.knows("*") else {GHOST: ""})
    yield from ghosts(reader, "bucket")


def _jobs(reader: Reader) -> Iterator[Row]:
    for job in reader.every("cron_job"):
        row = {"jobid": Number(job.identity), "jobname": job.identity}
        row |= {name: getattr(job, name) for name in ("schedule", "active") if job.knows(name)}
        yield row | ({} if job.knows("*") else {GHOST: ""})
    yield from ghosts(reader, "cron_job")


def _queues(reader: Reader) -> Iterator[Row]:
    for table in reader.every("table"):
        if table.schema == "pgmq" and table.name.startswith("q_"):
            yield {"queue_name": table.name.removeprefix("q_")}
    yield from ghosts(reader, "table")


def _members(reader: Reader) -> Iterator[Row]:
    for role in reader.every("role"):
        for group in role.memberships:
            yield {"roleid": group, "member": role.name}
    yield from ghosts(reader, "role")


def _inherits(reader: Reader) -> Iterator[Row]:
    for table in reader.every("table"):
        if not (table.knows("inherits") and table.knows("partition_of")):
            yield {"inhrelid": oid(table), GHOST: table.name}
            continue
        for parent in (*table.inherits, *filter(None, [table.partition_of])):
            yield {"inhrelid": oid(table), "inhparent": parent}
    yield from ghosts(reader, "table")


def _languages(_: Reader) -> Iterator[Row]:
    return ({"oid": name, "lanname": name} for name in _LANGUAGES)


def _user_tables(reader: Reader) -> Iterator[Row]:
    for table in reader.all("table"):
        yield {"schemaname": table.schema, "relname": table.name, "relid": oid(table)}
    yield from ghosts(reader, "table")


_VIEWS: dict[tuple[str, str], Callable[[Reader], Iterator[Row]]] = {
    ("pg_catalog", "pg_attribute"): system_parts.columns,
    ("pg_catalog", "pg_authid"): _roles,
    ("pg_catalog", "pg_class"): _pg_class,
    ("pg_catalog", "pg_constraint"): system_parts.constraints,
    ("pg_catalog", "pg_enum"): _pg_enum,
    ("pg_catalog", "pg_event_trigger"): _event_triggers,
    ("pg_catalog", "pg_extension"): _extensions,
    ("pg_catalog", "pg_index"): system_parts.indexes,
    ("pg_catalog", "pg_indexes"): system_parts.indexes,
    ("pg_catalog", "pg_auth_members"): _members,
    ("pg_catalog", "pg_inherits"): _inherits,
    ("pg_catalog", "pg_language"): _languages,
    ("pg_catalog", "pg_stat_user_tables"): _user_tables,
    ("pg_catalog", "pg_matviews"): _pg_matviews,
    ("pg_catalog", "pg_namespace"): _schemata,
    ("pg_catalog", "pg_policies"): system_parts.policies,
    ("pg_catalog", "pg_policy"): system_parts.policies,
    ("pg_catalog", "pg_proc"): _routines,
    ("pg_catalog", "pg_publication"): _publications,
    ("pg_catalog", "pg_publication_rel"): _publication_tables,
    ("pg_catalog", "pg_publication_tables"): _publication_tables,
    ("pg_catalog", "pg_roles"): _roles,
    ("pg_catalog", "pg_sequences"): _sequences,
    ("pg_catalog", "pg_tables"): _pg_tables,
    ("pg_catalog", "pg_trigger"): system_parts.triggers,
    ("pg_catalog", "pg_type"): _pg_type,
    ("pg_catalog", "pg_user"): _roles,
    ("pg_catalog", "pg_views"): _pg_views,
    ("cron", "job"): _jobs,
    ("pgmq", "meta"): _queues,
    ("storage", "buckets"): _buckets,
    ("information_schema", "key_column_usage"): system_parts.key_columns,
    ("information_schema", "referential_constraints"): system_parts.foreign_keys,
    ("information_schema", "columns"): system_parts.columns,
    ("information_schema", "routines"): _routines,
    ("information_schema", "schemata"): _schemata,
    ("information_schema", "sequences"): _sequences,
    ("information_schema", "table_constraints"): system_parts.constraints,
    ("information_schema", "tables"): _tables,
    ("information_schema", "triggers"): system_parts.trigger_events,
    ("information_schema", "views"): _pg_views,
}
