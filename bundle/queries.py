"""Queries that a person can run one by one after the paste: each reads the catalog alone, each has its answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ..schema.catalog import Catalog, Object
from ..schema.names import quote_ident, quote_literal
from ..schema.objects.column import Column
from ..schema.objects.comment import Comment
from ..schema.objects.constraint import Constraint
from ..schema.objects.extension import Extension
from ..schema.objects.function import Function
from ..schema.objects.index import Index
from ..schema.objects.policy import Policy
from ..schema.objects.privilege import privileges
from ..schema.objects.table import Table
from ..schema.objects.trigger import Trigger
from ..schema.objects.type import Type
from ..schema.objects.view import View

Rows = tuple[tuple[str, ...], ...]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A SELECT and the rows it must give, in that order; every column of it is text."""

    about: str
    subject: str
    sql: str
    columns: tuple[str, ...]
    rows: Rows


def queries(catalog: Catalog, objects: Sequence[Object], entries: Sequence[tuple[str, str]]) -> Iterator[Query]:
    """The queries for these objects; ``entries`` are the versions and names that the paste registers."""
    for obj in objects:
        if isinstance(obj, Table):
            yield from _table(catalog, obj)
        elif isinstance(obj, View):
            yield from _view(obj)
        elif isinstance(obj, Function):
            yield from _function(obj)
        elif isinstance(obj, Type) and obj.type_kind == "enum" and obj.knows("labels"):
            yield _labels(obj)
        elif isinstance(obj, Extension):
            sql = f"select extname::text as name\nfrom pg_extension\nwhere extname = {quote_literal(obj.name)};"
            yield Query(about="extension", subject=obj.identity, sql=sql, columns=("name",), rows=((obj.name,),))
        if obj.kind in _SOURCES:
            yield from _privileges(catalog, obj)
    yield from _comments(catalog, [obj for obj in objects if isinstance(obj, Table)])
    if entries:
        listed = ", ".join(quote_literal(version) for version, _ in entries)
        sql = (
            "select version, name\nfrom supabase_migrations.schema_migrations\n"
            f'where version in ({listed})\norder by version collate "C";'
        )
        yield Query(about="history", subject="", sql=sql, columns=("version", "name"), rows=_sorted(entries))


def _sorted(rows: Sequence[tuple[str, ...]]) -> Rows:
    return tuple(sorted(rows))


def _yes(value: object) -> str:
    return "true" if value else "false"


def _regclass(identity: str) -> str:
    return f"{quote_literal(identity)}::regclass"


def _table(catalog: Catalog, table: Table) -> Iterator[Query]:
    here = _regclass(table.identity)
    if table.knows("row_security"):
        yield Query(
            about="row_security",
            subject=table.identity,
            sql=f"select relrowsecurity::text as row_security\nfrom pg_class\nwhere oid = {here};",
            columns=("row_security",),
            rows=((_yes(table.row_security),),),
        )
    if table.knows("columns"):
        columns = sorted(catalog.children(table.identity, Column), key=lambda column: column.position)
        if all(column.knows("type") and column.knows("not_null") for column in columns):
            yield Query(
                about="columns",
                subject=table.identity,
                sql=(
                    "select attname::text as name, format_type(atttypid, atttypmod) as type, "
                    # with nothing on the path, types print with their schema, as in the catalog here
                    "attnotnull::text as not_null\n"
                    "from (select set_config('search_path', '', true) as path) s, pg_attribute\n"
                    f"where s.path = '' and attrelid = {here} and attnum > 0 and not attisdropped\norder by attnum;"
                ),
                columns=("name", "type", "not_null"),
                rows=tuple((column.name, column.type, _yes(column.not_null)) for column in columns),
            )
    if table.knows("indexes"):
        indexes = catalog.children(table.identity, Index)
        yield Query(
            about="indexes",
            subject=table.identity,
            sql=(
                "select c.relname::text as name, i.indisunique::text as is_unique, i.indisprimary::text as is_primary\n"
                "from pg_index i join pg_class c on c.oid = i.indexrelid\n"
                f'where i.indrelid = {here}\norder by c.relname collate "C";'
            ),
            columns=("name", "is_unique", "is_primary"),
            rows=_sorted([(each.name, _yes(each.unique), _yes(each.primary)) for each in indexes]),
        )
    if table.knows("constraints"):
        constraints = catalog.children(table.identity, Constraint)
        yield Query(
            about="constraints",
            subject=table.identity,
            sql=(
                "select conname::text as name, case contype when 'p' then 'primary_key' when 'u' then 'unique' "
                "when 'f' then 'foreign_key'\n  when 'c' then 'check' when 'x' then 'exclusion' end as type\n"
                f"from pg_constraint\nwhere conrelid = {here} and contype in ('p', 'u', 'f', 'c', 'x')\n"
                'order by conname collate "C";'
            ),
            columns=("name", "type"),
            rows=_sorted([(each.name, each.type) for each in constraints]),
        )
    if table.knows("policies"):
        policies = catalog.children(table.identity, Policy)
        yield Query(
            about="policies",
            subject=table.identity,
            sql=(
                "select policyname::text as name, lower(cmd) as command, lower(permissive) as kind,\n"
                "  array_to_string(array(select r::text from unnest(roles) r order by r::text collate \"C\"), ', ')"
                " as roles\n"
                f"from pg_policies\nwhere schemaname = {quote_literal(table.schema)} "
                f'and tablename = {quote_literal(table.name)}\norder by policyname collate "C";'
            ),
            columns=("name", "command", "kind", "roles"),
            rows=_sorted(
                [
                    (
                        each.name,
                        each.command,
                        "permissive" if each.permissive else "restrictive",
                        ", ".join(sorted(each.roles)),
                    )
                    for each in policies
                ]
            ),
        )
    triggers = catalog.children(table.identity, Trigger)
    if triggers and table.knows("triggers"):
        yield Query(
            about="triggers",
            subject=table.identity,
            sql=(
                f"select tgname::text as name\nfrom pg_trigger\nwhere tgrelid = {here} and not tgisinternal\n"
                'order by tgname collate "C";'
            ),
            columns=("name",),
            rows=_sorted([(each.name,) for each in triggers]),
        )


def _view(view: View) -> Iterator[Query]:
    here = _regclass(view.identity)
    if view.knows("options"):
        yield Query(
            about="view_options",
            subject=view.identity,
            sql=(
                'select coalesce(array_to_string(array(select o from unnest(reloptions) o order by o collate "C"), '
                f"', '), '') as options\nfrom pg_class\nwhere oid = {here};"
            ),
            columns=("options",),
            rows=((", ".join(sorted(view.options)),),),
        )
    if view.knows("columns"):
        yield Query(
            about="view_columns",
            subject=view.identity,
            sql=(
                f"select attname::text as name\nfrom pg_attribute\nwhere attrelid = {here} and attnum > 0 "
                "and not attisdropped\norder by attnum;"
            ),
            columns=("name",),
            rows=tuple((column.name,) for column in view.columns),
        )


def _function(function: Function) -> Iterator[Query]:
    if function.routine_kind == "aggregate" or not all(
        function.knows(name) for name in ("language", "security_definer", "config")
    ):
        return
    yield Query(
        about="function",
        subject=function.identity,
        sql=(
            "select l.lanname::text as language, p.prosecdef::text as security_definer,\n"
            "  coalesce((select string_agg(c, ', ' order by c collate \"C\")\n"
            "    from unnest(p.proconfig) c), '') as settings\n"
            "from pg_proc p join pg_language l on l.oid = p.prolang\n"
            f"where p.oid = {quote_literal(function.identity)}::regprocedure;"
        ),
        columns=("language", "security_definer", "settings"),
        rows=((function.language, _yes(function.security_definer), ", ".join(function.config)),),
    )


def _labels(enum: Type) -> Query:
    return Query(
        about="labels",
        subject=enum.identity,
        sql=(
            "select enumlabel::text as label\nfrom pg_enum\n"
            f"where enumtypid = {quote_literal(enum.identity)}::regtype\norder by enumsortorder;"
        ),
        columns=("label",),
        rows=tuple((label,) for label in enum.labels),
    )


# Where the access list of a kind is, the letter of its default, and how its name is resolved.
_SOURCES = {
    "table": ("pg_class", "relacl", "r", "relowner", "regclass"),
    "view": ("pg_class", "relacl", "r", "relowner", "regclass"),
    "sequence": ("pg_class", "relacl", "s", "relowner", "regclass"),
    "function": ("pg_proc", "proacl", "f", "proowner", "regprocedure"),
}


def _privileges(catalog: Catalog, obj: Object) -> Iterator[Query]:
    if not obj.knows("privileges") or getattr(obj, "routine_kind", "") == "aggregate":
        return
    relation, acl, letter, owner, resolver = _SOURCES[obj.kind]
    held: dict[str, list[str]] = {}
    for each in privileges(catalog, obj):
        held.setdefault(each.grantee, []).append(each.privilege)
    yield Query(
        about="privileges",
        subject=obj.identity,
        sql=(
            "select g.role, string_agg(g.privilege, ', ' order by g.privilege collate \"C\") as privileges\nfrom (\n"
            "  select case when x.grantee = 0 then 'public' else x.grantee::regrole::text end as role,\n"
            "    lower(x.privilege_type) as privilege\n"
            f"  from {relation} o, aclexplode(coalesce(o.{acl}, acldefault('{letter}', o.{owner}))) x\n"
            f"  where o.oid = {quote_literal(obj.identity)}::{resolver} and x.grantee <> o.{owner}\n"
            "    and x.privilege_type <> 'MAINTAIN'\n) g\ngroup by g.role\norder by g.role collate \"C\";"
        ),
        columns=("role", "privileges"),
        rows=_sorted(
            [
                (grantee if grantee == "public" else quote_ident(grantee), ", ".join(sorted(words)))
                for grantee, words in held.items()
            ]
        ),
    )


def _comments(catalog: Catalog, tables: Sequence[Table]) -> Iterator[Query]:
    for table in tables:
        text = catalog.get(Comment, f"on table {table.identity}")
        if text is not None and text.knows("text"):
            yield Query(
                about="comment",
                subject=table.identity,
                sql=f"select obj_description({_regclass(table.identity)}, 'pg_class') as comment;",
                columns=("comment",),
                rows=((text.text,),),
            )
