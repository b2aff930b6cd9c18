"""CREATE TABLE (LIKE ...): what is copied from another table, as ``expandTableLikeClause`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..catalog import Catalog, CatalogError, Dependency, Node, Object
from ..dependency import to_key, to_relation
from ..meaning.resolve import relation
from ..names import quote_ident
from .column import Column, columns_of, identity_of
from .column_definition import Draft
from .comment import Comment
from .constraint import Constraint, constraints_of, identity_on, primary_key, require_free_name
from .index import Index, edges_of, titled
from .names_given import NAME_BYTES, clipped, joined, relation_name
from .sequence import Sequence, copied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .table import Table

# TableLikeOption of src/include/nodes/parsenodes.h
COMMENTS, CONSTRAINTS, DEFAULTS, GENERATED, IDENTITY, INDEXES = 1, 4, 8, 16, 32, 64


def source_of(catalog: Catalog, clause: Node) -> Object:
    """The relation that LIKE names. Raises 42809 for what has no columns."""
    found = relation(catalog, clause["relation"])
    if found.kind not in {"table", "view", "type"}:
        message = f'relation "{clause["relation"]["relname"]}" is invalid in LIKE clause'
        raise CatalogError("42809", message, clause["relation"].get("location"))
    return found


def columns(catalog: Catalog, table: Table, source: Object, options: int, before: int) -> list[Draft]:
    """The columns that LIKE gives to a new table, behind the ``before`` columns it has."""
    drafts: list[Draft] = []
    if source.kind != "table":
        for each in getattr(source, "columns", ()):
            made = Column(
                identity=identity_of(table.identity, each.name),
                table=table.identity,
                name=each.name,
                position=before + len(drafts) + 1,
                type=each.type or "?",
                unknown=frozenset() if each.type else frozenset({"type"}),
            )
            drafts.append(Draft(made, to_relation("table"), (), None))
        return drafts
    for column in columns_of(catalog, source):
        drafts.append(_column(catalog, table, column, options, before + len(drafts) + 1))
    return drafts


def _column(catalog: Catalog, table: Table, column: Column, options: int, position: int) -> Draft:
    own = ("column", identity_of(table.identity, column.name))
    edges = [*to_relation("table")]
    for edge in catalog.depends_on(column.key):
        if edge.on == ("table", column.table) or (edge.attribute and not options & DEFAULTS):
            continue
        if column.generated is not None and not options & GENERATED and edge.on[0] != "type":
            continue
        on = edge.on
        if on[0] == "column" and on[1].startswith(column.table + "."):
            on = ("column", table.identity + on[1][len(column.table) :])
        edges.append(replace(edge, on=on))
    identity = column.generated_identity if options & IDENTITY else None
    made = replace(
        column,
        identity=own[1],
        table=table.identity,
        position=position,
        default=column.default if options & DEFAULTS else None,
        generated=column.generated if options & GENERATED else None,
        generated_identity=identity,
        acl=None,
        inherited=False,
        local=True,
        origin="made",
        made=None,
        changed=None,
        unknown=column.unknown - {"position"},
    )
    if identity:
        before = next((each for each in catalog.of(Sequence) if each.owned_by == column.identity), None)
        name = relation_name(catalog, table.schema, table.name, column.name, "seq")
        copied(catalog, table, made, before, name)
    return Draft(made, tuple(edges), (), None)


def checks(catalog: Catalog, table: Table, source: Table, options: int) -> None:
    """INCLUDING CONSTRAINTS: the CHECK constraints, under their own names."""
    if not options & CONSTRAINTS:
        return
    for each in constraints_of(catalog, source):
        if each.type == "check":
            require_free_name(catalog, table, each.name)
            moved_check(catalog, table, each)


def moved_check(catalog: Catalog, table: Table, source: Constraint, *, inherited: bool = False) -> Constraint:
    """The same CHECK constraint on another table that has the same columns."""
    made = replace(
        source,
        identity=identity_on(source.name, table.identity),
        table=table.identity,
        validated=True,
        definition=source.definition.removesuffix(" NOT VALID"),
        inherited=inherited,
        local=not inherited,
        origin="made",
        made=None,
        changed=None,
    )
    return catalog.put(made, moved_edges(catalog, source, source.table, table))


def moved_edges(catalog: Catalog, obj: Object, source: str, table: Table) -> list[Dependency]:
    """The edges of what sits on one table, for its copy on another with the same columns."""
    edges: list[Dependency] = []
    for edge in catalog.depends_on(obj.key):
        on = edge.on
        if on == ("table", source):
            on = table.key
        elif on[0] == "column" and on[1].startswith(source + "."):
            on = ("column", table.identity + on[1][len(source) :])
        elif on[0] in {"constraint", "index"} and edge.auto:
            continue  # its own key, or the partitioned one it is a part of
        edges.append(replace(edge, on=on))
    return edges


def indexes(catalog: Catalog, table: Table, source: Table, options: int) -> None:
    """INCLUDING INDEXES: the indexes, and the keys they are behind, under new names. Raises 42P16."""
    if not options & INDEXES:
        return
    for each in catalog.children(source.identity, Index):
        if each.primary and primary_key(catalog, table):
            raise CatalogError("42P16", f'multiple primary keys for table "{table.name}" are not allowed')
        moved_index(catalog, table, each)


def moved_index(catalog: Catalog, table: Table, source: Index, *, parent: Index | None = None) -> Index:
    """The same index on another table that has the same columns, and the constraint it is behind."""
    behind = catalog.get(Constraint, identity_on(source.constraint, source.table)) if source.constraint else None
    name = _name(catalog, table, source, behind)
    index = replace(
        titled(source, table.schema, name),
        table=table.identity,
        constraint=name if behind else None,
        parent=parent.identity if parent else None,
        valid=True,
        origin="made",
        made=None,
        changed=None,
    )
    if behind is None:
        edges = [*edges_of(table, index), *moved_edges(catalog, source, source.table, table)]
        if parent is not None:
            edges.append(Dependency(parent.key, auto=True))
        return catalog.put(index, edges)
    made = replace(
        behind,
        identity=identity_on(name, table.identity),
        table=table.identity,
        index=index.identity,
        inherited=parent is not None,
        local=parent is None,
        origin="made",
        made=None,
        changed=None,
    )
    edges = moved_edges(catalog, behind, source.table, table)
    if parent is not None:
        edges.append(Dependency(behind.key, auto=True))
    catalog.put(made, edges)
    if index.primary:
        for column in index.keys:
            found = catalog.get(Column, identity_of(table.identity, column or ""))
            if found is not None and not found.not_null:
                catalog.put(replace(found, not_null=True))
    return catalog.put(index, to_key(tuple(sorted(index.reads))))


def _name(catalog: Catalog, table: Table, source: Index, behind: Constraint | None) -> str:
    if source.primary:
        return relation_name(catalog, table.schema, table.name, None, "pkey", constraint=True)
    label = "idx" if behind is None else "excl" if behind.type == "exclusion" else "key"
    columns_ = joined(_distinct([*(each or _called(text) for each, text in _keys(source)), *source.include]))
    return relation_name(catalog, table.schema, table.name, columns_, label, constraint=behind is not None)


def _keys(index: Index) -> Iterable[tuple[str | None, str]]:
    return zip(index.keys, index.columns, strict=True)


def _called(text: str) -> str:
    """What the name of an index calls a key, from its printed form: its function, else ``expr``."""
    head, parenthesis, _ = text.partition("(")
    name = head.rpartition(".")[2].strip()
    return name.strip('"').lower() if parenthesis and name else "expr"


def _distinct(names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for origin in names:
        name, number = origin, 0
        while name in found:
            number += 1
            name = clipped(origin, NAME_BYTES - len(str(number))) + str(number)
        found.append(name)
    return found


def comments(catalog: Catalog, table: Table, source: Table, options: int) -> None:
    """INCLUDING COMMENTS: those of columns, constraints and indexes."""
    if not options & COMMENTS:
        return

    def copy(old: str, new: str, needs: Object) -> None:
        found = catalog.get(Comment, f"on {old}")
        if found is not None:
            made = Comment(identity=f"on {new}", object=new, text=found.text)
            catalog.put(made, [Dependency(needs.key, auto=True)])

    for column in columns_of(catalog, source):
        mine = catalog.get(Column, identity_of(table.identity, column.name))
        if mine is not None:
            copy(f"column {column.identity}", f"column {mine.identity}", mine)
    if options & CONSTRAINTS:
        for each in constraints_of(catalog, source):
            check = catalog.get(Constraint, identity_on(each.name, table.identity))
            if each.type == "check" and check is not None:
                copy(f"constraint {each.identity}", f"constraint {check.identity}", check)
    if options & INDEXES:
        _index_comments(catalog, table, source, copy)


def _index_comments(catalog: Catalog, table: Table, source: Table, copy: Callable[[str, str, Object], None]) -> None:
    mine = list(catalog.children(table.identity, Index))
    for index in catalog.children(source.identity, Index):
        twin = next((each for each in mine if each.columns == index.columns and each.method == index.method), None)
        if twin is None:
            continue
        copy(f"index {index.identity}", f"index {twin.identity}", twin)
        if index.constraint and twin.constraint:
            constraint = catalog.get(Constraint, identity_on(twin.constraint, table.identity))
            if constraint is not None:
                old = f"constraint {quote_ident(index.constraint)} on {source.identity}"
                copy(old, f"constraint {constraint.identity}", constraint)
