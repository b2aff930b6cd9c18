"""Constraints of tables and domains."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Comparison, Node, Object, Part, executes
from ..dependency import to_relation_and
from ..expression import compare_definition
from ..live import named, ours
from ..meaning.lookup import find_relation, names_of
from ..meaning.resolve import bind, relation, require_free
from ..names import quote_ident
from ..rename import follow
from ..text.clauses import parenthesised
from .column import columns_of, refuse_subquery
from .index import Index, titled
from .names_given import of_check

if TYPE_CHECKING:
    from ..source import Statement
    from .table import Table


class Constraint(Part, frozen=True, kw_only=True):
    """A row of ``pg_constraint``; NOT NULL rows (contype n, PostgreSQL 18) are columns' business."""

    kind: ClassVar[str] = "constraint"
    internal: ClassVar[frozenset[str]] = frozenset(
        {"table", "expression", "referenced_columns", "index", "inherited", "local", "no_inherit", "deferred"}
    )
    comparisons: ClassVar[Mapping[str, Comparison]] = {"definition": compare_definition}
    live: ClassVar[str] = f"""
        select 'constraint' as kind, pg_catalog.quote_ident(k.conname) || ' on ' || owner.identity as identity,
          owner.identity as parent,
          pg_catalog.jsonb_build_object(
            'table', owner.identity, 'name', k.conname,
            'type', case k.contype when 'p' then 'primary_key' when 'u' then 'unique' when 'f' then 'foreign_key'
              when 'c' then 'check' else 'exclusion' end,
            'columns', (
              select coalesce(pg_catalog.jsonb_agg(a.attname order by case when k.contype <> 'c' then at.place end,
                a.attnum), '[]')
              from pg_catalog.unnest(k.conkey) with ordinality at(attnum, place)
              join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = at.attnum),
            'definition', pg_catalog.pg_get_constraintdef(k.oid), 'validated', k.convalidated,
            'deferrable', k.condeferrable, 'deferred', k.condeferred,
            'references', case when k.contype = 'f' then {named("fn", "f.relname")} end,
            'on_delete', case when k.contype = 'f' then action.words -> k.confdeltype::text end,
            'on_update', case when k.contype = 'f' then action.words -> k.confupdtype::text end,
            'inherited', k.coninhcount > 0, 'local', k.conislocal, 'no_inherit', k.connoinherit) as attributes
        from pg_catalog.pg_constraint k
        join (
          select c.oid as relation, 0::pg_catalog.oid as domain, {named("n", "c.relname")} as identity
          from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where c.relpersistence <> 't' and {ours("n", "pg_class", "c.oid")}
          union all
          select 0, t.oid, {named("n", "t.typname")}
          from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
          where t.typtype = 'd' and {ours("n", "pg_type", "t.oid")}
        ) owner on owner.relation = k.conrelid and owner.domain = k.contypid
        left join pg_catalog.pg_class f on f.oid = k.confrelid
        left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
        cross join (select '{{"a": "no action", "r": "restrict", "c": "cascade", "n": "set null",
          "d": "set default"}}'::jsonb as words) action
        where k.contype in ('c', 'f', 'p', 'u', 'x')
          and not exists (select from pg_catalog.pg_constraint up where up.oid = k.conparentid
                          and up.conrelid = k.conrelid)"""

    type: str  # primary_key | unique | foreign_key | check | exclusion
    columns: tuple[str, ...] = ()  # conkey, by name; of a check: those it reads, in the table's order
    definition: str = ""  # pg_get_constraintdef
    validated: bool = True
    deferrable: bool = False
    references: str | None = None  # the table a foreign key points at
    on_delete: str | None = None  # no action | restrict | cascade | set null | set default
    on_update: str | None = None
    expression: str | None = None  # of a check
    referenced_columns: tuple[str, ...] = ()
    index: str | None = None  # identity of the index behind a key
    inherited: bool = False  # coninhcount > 0
    local: bool = True  # conislocal
    no_inherit: bool = False
    deferred: bool = False


KEYS = {"CONSTR_PRIMARY": "primary_key", "CONSTR_UNIQUE": "unique", "CONSTR_EXCLUSION": "exclusion"}


def identity_on(name: str, table: str) -> str:
    """The identity of a constraint of a table or domain."""
    return f"{quote_ident(name)} on {table}"


def constraints_of(catalog: Catalog, table: Object) -> list[Constraint]:
    """The constraints of a table, in the order they were made."""
    return catalog.children(table.identity, Constraint)


def primary_key(catalog: Catalog, table: Object) -> Constraint | None:
    """The primary key of a table."""
    return next((each for each in constraints_of(catalog, table) if each.type == "primary_key"), None)


def require_free_name(catalog: Catalog, table: Object, name: str, position: int | None = None) -> str:
    """The identity that a constraint of this name will have. Raises 42710 where the table has one."""
    identity = identity_on(name, table.identity)
    if ("constraint", identity) in catalog:
        relation_name = getattr(table, "name", "")
        message = f'constraint "{name}" for relation "{relation_name}" already exists'
        raise CatalogError("42710", message, position)
    return identity


def timing(*, deferrable: bool, deferred: bool) -> str:
    """The words that say when a constraint is checked."""
    words = " DEFERRABLE" if deferrable else ""
    return words + (" INITIALLY DEFERRED" if deferred else "")


# -- CHECK ---------------------------------------------------------------------------------------------------


def add_check(catalog: Catalog, table: Table, node: Node, statement: Statement) -> Constraint:
    """Add a CHECK constraint. Raises 42710 for a name in use, 0A000 for a subquery, 42703 for a column."""
    expression, position = node["raw_expr"], node.get("location", 0)
    span = parenthesised(statement, statement.base + position)
    refuse_subquery(statement, expression, span, "check constraint")
    bound = bind(catalog, statement, expression, span, table)
    columns = tuple(each.name for each in columns_of(catalog, table) if each.name in bound.columns)
    name = node.get("conname") or of_check(catalog, table.schema, table.name, bound.columns)
    require_free_name(catalog, table, name, position)
    made = check(
        table,
        name,
        bound.text,
        columns,
        validated=not node.get("skip_validation"),
        no_inherit=bool(node.get("is_no_inherit")),
    )
    return catalog.put(made, to_relation_and(table, bound.refs, goes=True))


def check(
    table: Object, name: str, text: str, columns: tuple[str, ...], *, validated: bool = True, no_inherit: bool = False
) -> Constraint:
    """A CHECK constraint with this expression."""
    words = (" NO INHERIT" if no_inherit else "") + ("" if validated else " NOT VALID")
    return Constraint(
        identity=identity_on(name, table.identity),
        table=table.identity,
        type="check",
        columns=columns,
        expression=intern(text),  # the same of many tables
        definition=intern(f"CHECK (({text})){words}"),
        validated=validated,
        no_inherit=no_inherit,
    )


# -- RENAME ------------------------------------------------------------------------------------------------


@executes("RenameStmt", "OBJECT_TABCONSTRAINT")
def rename_constraint(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER TABLE ... RENAME CONSTRAINT: the index of a key goes with it."""
    if node.get("missing_ok") and find_relation(catalog, names_of(node["relation"])) is None:
        return
    table = relation(catalog, node["relation"])
    found = constraint_named(catalog, table, node["subname"])
    if found is None:
        return
    if found.inherited:
        raise CatalogError("42P16", f'cannot rename inherited constraint "{found.name}"')
    rename(catalog, table, found, node["newname"])


def rename(catalog: Catalog, table: Object, found: Constraint, name: str) -> None:
    """Give a constraint another name, and its index, and the same constraint of what inherits it."""
    if found.index is not None:
        index = catalog.get(Index, found.index)
        if index is not None:
            require_free(catalog, index.schema, name)
            require_free_name(catalog, table, name)
            renamed = replace(titled(index, index.schema, name), constraint=name)
            follow(catalog, index.key, renamed)
            found = replace(found, index=renamed.identity)
    else:
        require_free_name(catalog, table, name)
    old = ("constraint", identity_on(found.name, found.table))
    follow(catalog, old, replace(found, identity=identity_on(name, found.table)))
    if found.type == "check" and not found.no_inherit:
        from .inheritance import children_of

        for child in children_of(catalog, table):
            theirs = catalog.get(Constraint, identity_on(found.name, child.identity))
            if theirs is not None:
                rename(catalog, child, theirs, name)


def constraint_named(catalog: Catalog, table: Object, name: str) -> Constraint | None:
    """The constraint of this name; None where the table's constraints are not all known. Raises 42704."""
    found = catalog.get(Constraint, identity_on(name, table.identity))
    if found is None and table.knows("constraints"):
        relation_name = getattr(table, "name", "")
        message = f'constraint "{name}" of relation "{relation_name}" does not exist'
        raise CatalogError("42704", message)
    return found
