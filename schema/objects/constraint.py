"""Constraints of tables and domains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Comparison, Dependency, Node, Object, executes, strings
from ..clauses import parenthesised
from ..expression import compare_definition
from ..live import named, ours
from ..lookup import find_relation, names_of
from ..names import quote_ident
from ..rename import follow
from ..resolve import bind, relation, require_free
from .column import column_named, columns_of, identity_of, refuse_subquery
from .index import (
    Index,
    build,
    edges_of,
    read_keys,
    read_predicate,
    require_exclusion,
    require_partition_key,
    titled,
)
from .names_given import constraint_name, joined, of_check, of_index
from .reloptions import parsed, stored

if TYPE_CHECKING:
    from ..source import Statement
    from .table import Table


class Constraint(Object, frozen=True, kw_only=True):
    """A row of ``pg_constraint``; NOT NULL rows (contype n, PostgreSQL 18) are columns' business."""

    kind: ClassVar[str] = "constraint"
    internal: ClassVar[frozenset[str]] = frozenset(
        {"table", "name", "expression", "referenced_columns", "index", "inherited", "local", "no_inherit", "deferred"}
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

    table: str  # or the domain
    name: str
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


_ACTIONS = {"a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default"}
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


def add(catalog: Catalog, table: Table, node: Node, statement: Statement) -> list[Constraint]:
    """Add the constraint that a Constraint node describes to a table that exists; returns it."""
    kind = node["contype"]
    if kind == "CONSTR_CHECK":
        return [add_check(catalog, table, node, statement)]
    if kind == "CONSTR_FOREIGN":
        return [add_foreign_key(catalog, table, node, statement)]
    if node.get("indexname"):
        return [use_index(catalog, table, node)]
    return [add_key(catalog, table, node, statement)]


def require_free_name(catalog: Catalog, table: Object, name: str, position: int | None = None) -> None:
    """Raise 42710 where the table has a constraint of this name."""
    if catalog.get(Constraint, identity_on(name, table.identity)):
        relation_name = getattr(table, "name", "")
        message = f'constraint "{name}" for relation "{relation_name}" already exists'
        raise CatalogError("42710", message, position)


def timing(node: Node) -> str:
    """The words that say when a constraint is checked."""
    words = " DEFERRABLE" if node.get("deferrable") or node.get("initdeferred") else ""
    return words + (" INITIALLY DEFERRED" if node.get("initdeferred") else "")


# -- CHECK ---------------------------------------------------------------------------------------------------


def add_check(catalog: Catalog, table: Table, node: Node, statement: Statement) -> Constraint:
    """Add a CHECK constraint. Raises 42710 for a name in use, 0A000 for a subquery, 42703 for a column."""
    expression, position = node["raw_expr"], node.get("location", 0)
    refuse_subquery(expression, "check constraint")
    bound = bind(catalog, statement, expression, parenthesised(statement, statement.base + position), table)
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
    own = {table.key, *(("column", identity_of(table.identity, each)) for each in bound.columns)}
    edges = [Dependency(table.key, auto=True)]
    edges += [Dependency(ref, auto=ref in own) for ref in bound.refs if ref != table.key]
    return catalog.put(made, edges)


def check(
    table: Object, name: str, text: str, columns: tuple[str, ...], *, validated: bool = True, no_inherit: bool = False
) -> Constraint:
    """A CHECK constraint with this expression."""
    return Constraint(
        identity=identity_on(name, table.identity),
        table=table.identity,
        name=name,
        type="check",
        columns=columns,
        expression=text,
        definition=f"CHECK (({text}))" + (" NO INHERIT" if no_inherit else "") + ("" if validated else " NOT VALID"),
        validated=validated,
        no_inherit=no_inherit,
    )


# -- PRIMARY KEY, UNIQUE, EXCLUDE ------------------------------------------------------------------------------


def add_key(
    catalog: Catalog, table: Table, node: Node, statement: Statement, *, parent: Index | None = None
) -> Constraint:
    """Add a PRIMARY KEY, UNIQUE or EXCLUDE constraint and its index.

    ``parent`` is the index of the partitioned table that it is a part of. Raises 42P16 for a second primary key,
    42703 and 42701 for its columns, 42P07 and 42710 for a name in use.
    """
    kind, position = KEYS[node["contype"]], node.get("location")
    if kind == "primary_key" and primary_key(catalog, table):
        raise CatalogError("42P16", f'multiple primary keys for table "{table.name}" are not allowed', position)
    if table.relation_kind == "foreign":
        words = {"primary_key": "primary key", "exclusion": "exclusion"}.get(kind, kind)
        raise CatalogError("0A000", f"{words} constraints are not supported on foreign tables", position)
    if kind == "exclusion":
        elements = [each["List"]["items"][0]["IndexElem"] for each in node["exclusions"]]
    else:
        elements = [{"name": name} for name in _key_columns(catalog, table, node, kind)]
    including = strings(node.get("including", ()))
    for name in including:
        _required(catalog, table, name, position)
    label = {"primary_key": "pkey", "unique": "key", "exclusion": "excl"}[kind]
    everything = [*elements, *({"name": name} for name in including)]
    name = node.get("conname") or of_index(catalog, table.schema, table.name, everything, label)
    require_free(catalog, table.schema, name, position)
    require_free_name(catalog, table, name, position)
    if kind == "primary_key":
        set_not_null(catalog, table, strings(node["keys"]))
    index, operators, needs = _index_of_key(catalog, table, node, statement, name, elements)
    require_partition_key(table, index)
    columns = tuple(each for each in index.keys if each is not None)
    made = Constraint(
        identity=identity_on(name, table.identity),
        table=table.identity,
        name=name,
        type=kind,
        columns=columns,
        definition=_key_definition(node, index, kind, operators),
        deferrable=bool(node.get("deferrable") or node.get("initdeferred")),
        deferred=bool(node.get("initdeferred")),
        index=index.identity,
        inherited=parent is not None,
        local=parent is None,
        unknown=frozenset({"definition"}) if index.unknown else frozenset(),
    )
    own = [Dependency(table.key, auto=True)]
    own += [Dependency(("column", identity_of(table.identity, each)), auto=True) for each in (*columns, *including)]
    catalog.put(made, [*own, *needs, *parent_edge(catalog, parent)])
    index = replace(index, parent=parent.identity if parent else None)
    catalog.put(index, [Dependency(made.key, auto=True), *edges_of(table, index)])
    return made


def parent_edge(catalog: Catalog, parent: Index | None) -> list[Dependency]:
    """The edge from a partition's key to that of the partitioned table."""
    if parent is None or parent.constraint is None:
        return []
    return [Dependency(("constraint", identity_on(parent.constraint, parent.table)), auto=True)]


def _key_columns(catalog: Catalog, table: Table, node: Node, kind: str) -> list[str]:
    names = strings(node["keys"])
    words = "primary key" if kind == "primary_key" else "unique"
    for number, name in enumerate(names):
        if name in names[:number]:
            message = f'column "{name}" appears twice in {words} constraint'
            raise CatalogError("42701", message, node.get("location"))
        _required(catalog, table, name, node.get("location"))
    return names


def _required(catalog: Catalog, table: Table, name: str, position: int | None) -> None:
    if table.knows("columns") and ("column", identity_of(table.identity, name)) not in catalog:
        raise CatalogError("42703", f'column "{name}" named in key does not exist', position)


def set_not_null(catalog: Catalog, table: Table, names: Iterable[str]) -> None:
    """Mark columns NOT NULL, as a primary key does."""
    for name in names:
        column = column_named(catalog, table, name)
        if column is not None and not column.not_null:
            catalog.put(replace(column, not_null=True))


def _index_of_key(
    catalog: Catalog, table: Table, node: Node, statement: Statement, name: str, elements: list[Node]
) -> tuple[Index, list[str], list[Dependency]]:
    """The index behind a key, the operators of an exclusion constraint, and what its expressions need."""
    method = node.get("access_method", "btree")
    if "exclusions" in node:
        require_exclusion(method)
        span = parenthesised(statement, statement.base + node.get("location", 0))
        keys = read_keys(catalog, table, elements, span, method, statement)
        predicate, reads, edges = read_predicate(catalog, table, node.get("where_clause"), span[1], statement)
    else:
        keys = read_keys(catalog, table, elements, (0, 0), method, statement)
        predicate, reads, edges = None, frozenset(), ()
    index = build(
        table,
        method,
        keys,
        unique="exclusions" not in node,
        include=tuple(strings(node.get("including", ()))),
        predicate=predicate,
        reads=reads,
        nulls_not_distinct=bool(node.get("nulls_not_distinct")),
        options=stored(parsed(node.get("options", ()), "index")),
    )
    index = replace(index, constraint=name, primary=node["contype"] == "CONSTR_PRIMARY")
    operators = [".".join(strings(each["List"]["items"][1]["List"]["items"])) for each in node.get("exclusions", ())]
    needs = [*edges, *(edge for key in keys for edge in key.edges)]
    needs += [Dependency(("column", identity_of(table.identity, each))) for each in sorted(reads)]
    return titled(index, table.schema, name), operators, needs


def _key_definition(node: Node, index: Index, kind: str, operators: list[str]) -> str:
    if kind == "exclusion":
        keys = ", ".join(f"{key} WITH {op}" for key, op in zip(index.columns, operators, strict=True))
        text = f"EXCLUDE USING {index.method} ({keys})"
    else:
        text = {"primary_key": "PRIMARY KEY", "unique": "UNIQUE"}[kind]
        if index.nulls_not_distinct:
            text += " NULLS NOT DISTINCT"
        text += f" ({', '.join(index.columns)})"
    if index.include:
        text += f" INCLUDE ({', '.join(quote_ident(each) for each in index.include)})"
    if index.predicate is not None:
        text += f" WHERE (({index.predicate}))"
    return text + timing(node)


def use_index(catalog: Catalog, table: Table, node: Node) -> Constraint:
    """ADD PRIMARY KEY or UNIQUE USING INDEX: a unique index becomes a constraint, and takes its name.

    Raises 42704 for an index that is not the table's, 55000 and 42809 for one that cannot serve.
    """
    kind, written, position = KEYS[node["contype"]], node["indexname"], node.get("location")
    index = next((each for each in catalog.children(table.identity, Index) if each.name == written), None)
    if index is None:
        if not table.knows("indexes"):
            index = Index(identity="", schema=table.schema, name=written, table=table.identity, unknown=frozenset("*"))
        else:
            raise CatalogError("42704", f'index "{written}" does not exist', position)
    if index.constraint is not None:
        raise CatalogError("55000", f'index "{written}" is already associated with a constraint', position)
    if index.knows("unique") and not index.unique:
        raise CatalogError("42809", f'"{written}" is not a unique index', position)
    if index.predicate is not None:
        raise CatalogError("42809", f'"{written}" is a partial index', position)
    if None in index.keys:
        raise CatalogError("42809", f'index "{written}" contains expressions', position)
    if kind == "primary_key" and primary_key(catalog, table):
        raise CatalogError("42P16", f'multiple primary keys for table "{table.name}" are not allowed', position)
    name = node.get("conname") or written
    require_free_name(catalog, table, name, position)
    columns = tuple(each for each in index.keys if each is not None)
    made = Constraint(
        identity=identity_on(name, table.identity),
        table=table.identity,
        name=name,
        type=kind,
        columns=columns,
        deferrable=bool(node.get("deferrable") or node.get("initdeferred")),
        deferred=bool(node.get("initdeferred")),
        unknown=frozenset({"columns", "definition"}) if not index.identity else frozenset(),
    )
    edges = [Dependency(table.key, auto=True)]
    edges += [Dependency(("column", identity_of(table.identity, each)), auto=True) for each in sorted(index.reads)]
    if not index.identity:
        return catalog.put(made, edges)
    if kind == "primary_key":
        set_not_null(catalog, table, columns)
    if name != written:
        require_free(catalog, table.schema, name, position)
        catalog.rename(index.key, titled(index, index.schema, name))
        index = titled(index, index.schema, name)
    index = replace(index, constraint=name, primary=kind == "primary_key")
    made = replace(made, index=index.identity, definition=_key_definition(node, index, kind, []))
    catalog.put(made, edges)
    catalog.put(index, [Dependency(made.key, auto=True), *edges_of(table, index)])
    return made


# -- FOREIGN KEY -----------------------------------------------------------------------------------------------


def add_foreign_key(catalog: Catalog, table: Table, node: Node, statement: Statement) -> Constraint:
    """Add a foreign key.

    Raises 42703 for a column that is not there, 42809 for what is no table, 42704 and 42830 where the referenced
    table has no such key, 42804 where the types have no equality.
    """
    position = node.get("location")
    columns = tuple(strings(node["fk_attrs"]))
    name = node.get("conname") or constraint_name(catalog, table.schema, table.name, joined(columns), "fkey")
    require_free_name(catalog, table, name, position)
    target = relation(catalog, node["pktable"])
    if target.kind != "table":
        raise CatalogError("42809", f'referenced relation "{node["pktable"]["relname"]}" is not a table', position)
    for each in columns:
        _referable(catalog, table, each, position)
    referenced, key, sure = _referenced(catalog, target, node)
    if sure:
        _comparable(catalog, table, columns, target, referenced, name)
    actions = {
        "UPDATE": _ACTIONS[node.get("fk_upd_action", "a")],
        "DELETE": _ACTIONS[node.get("fk_del_action", "a")],
    }
    definition = f"FOREIGN KEY ({_listed(columns)}) REFERENCES {target.identity}({_listed(referenced)})"
    if node.get("fk_matchtype") == "f":
        definition += " MATCH FULL"
    for event, action in actions.items():
        if action != "no action":
            definition += f" ON {event} {action.upper()}"
    if node.get("fk_del_set_cols"):
        definition += f" ({_listed(strings(node['fk_del_set_cols']))})"
    made = Constraint(
        identity=identity_on(name, table.identity),
        table=table.identity,
        name=name,
        type="foreign_key",
        columns=columns,
        definition=definition + timing(node) + (" NOT VALID" if node.get("skip_validation") else ""),
        validated=not node.get("skip_validation"),
        deferrable=bool(node.get("deferrable") or node.get("initdeferred")),
        deferred=bool(node.get("initdeferred")),
        references=target.identity,
        on_delete=actions["DELETE"],
        on_update=actions["UPDATE"],
        referenced_columns=referenced,
        unknown=frozenset() if referenced else frozenset({"definition"}),
    )
    edges = [Dependency(table.key, auto=True)]
    edges += [Dependency(("column", identity_of(table.identity, each)), auto=True) for each in columns]
    if target.key != table.key:
        edges.append(Dependency(target.key))
    edges += [Dependency(("column", identity_of(target.identity, each))) for each in referenced]
    if key is not None:
        edges.append(Dependency(key.key))
    return catalog.put(made, edges)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quote_ident(each) for each in names)


def _referable(catalog: Catalog, table: Object, name: str, position: int | None) -> None:
    if table.knows("columns") and ("column", identity_of(table.identity, name)) not in catalog:
        message = f'column "{name}" referenced in foreign key constraint does not exist'
        raise CatalogError("42703", message, position)


def _referenced(
    catalog: Catalog, target: Object, node: Node
) -> tuple[tuple[str, ...], Constraint | Index | None, bool]:
    """The referenced columns, the key on them, and whether both are known."""
    position = node.get("location")
    written = tuple(strings(node.get("pk_attrs", ())))
    sure = target.knows("columns") and target.knows("constraints") and target.knows("indexes")
    name = getattr(target, "name", "")
    if not written:
        key = primary_key(catalog, target)
        if key is None:
            if sure:
                raise CatalogError("42704", f'there is no primary key for referenced table "{name}"', position)
            return (), None, False
        _same_number(node, key.columns)
        return key.columns, key, sure
    for each in written:
        _referable(catalog, target, each, position)
    _same_number(node, written)
    wanted = sorted(written)
    for constraint in constraints_of(catalog, target):
        if constraint.type in {"primary_key", "unique"} and sorted(constraint.columns) == wanted:
            if constraint.deferrable:
                message = f'cannot use a deferrable unique constraint for referenced table "{name}"'
                raise CatalogError("55000", message, position)
            return written, constraint, sure
    for index in catalog.children(target.identity, Index):
        plain = None not in index.keys and index.predicate is None and index.constraint is None
        if index.unique and plain and sorted(each or "" for each in index.keys) == wanted:
            return written, index, sure
    if sure:
        message = f'there is no unique constraint matching given keys for referenced table "{name}"'
        raise CatalogError("42830", message, position)
    return written, None, False


def _same_number(node: Node, referenced: tuple[str, ...]) -> None:
    if len(node["fk_attrs"]) != len(referenced):
        message = "number of referencing and referenced columns for foreign key disagree"
        raise CatalogError("42830", message, node.get("location"))


# Built-in types of one family have an equality operator between them, those of two families have none.
_FAMILIES = {
    "smallint": "number",
    "integer": "number",
    "bigint": "number",
    "numeric": "number",
    "real": "number",
    "double precision": "number",
    "text": "text",
    "character varying": "text",
    "character": "text",
    "uuid": "uuid",
    "boolean": "boolean",
    "date": "time",
    "timestamp without time zone": "time",
    "timestamp with time zone": "time",
    "jsonb": "jsonb",
}


def _comparable(
    catalog: Catalog, table: Table, columns: tuple[str, ...], target: Object, referenced: tuple[str, ...], name: str
) -> None:
    for left, right in zip(columns, referenced, strict=True):
        one, other = column_named(catalog, table, left), column_named(catalog, target, right)
        if one is None or other is None or not (one.knows("type") and other.knows("type")):
            continue
        families = [_FAMILIES.get(each.type.partition("(")[0]) for each in (one, other)]
        if None not in families and families[0] != families[1]:
            raise CatalogError(
                "42804",
                f'foreign key constraint "{name}" cannot be implemented',
                detail=f'Key columns "{left}" and "{right}" are of incompatible types: {one.type} and {other.type}.',
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
    follow(catalog, old, replace(found, identity=identity_on(name, found.table), name=name))
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
