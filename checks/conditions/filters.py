"""What a policy's expression filters by: columns of its table, against what is known of who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ...schema.names import name_of
from ...schema.objects.column import Column
from ...schema.objects.view import View
from .expressions import Node, function_name, operator, parsed

if TYPE_CHECKING:
    from ...schema.objects.policy import Policy
    from ...schema.objects.table import Table
    from ..schema import Schema

_EQUALS = [{"String": {"sval": "="}}]
_SESSION = "current_setting"


# -- walking -------------------------------------------------------------------------------------------------


def _walk(node: Any, stop: Callable[[Node], bool] = lambda _: False) -> Iterator[Node]:
    """Every node of a tree, in order; what is inside one that ``stop`` says yes to is left out."""
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            yield each
            if not stop(each):
                stack += [value for value in reversed(each.values()) if isinstance(value, dict | list)]
        elif isinstance(each, list):
            stack += reversed(each)


def _is_query(node: Node) -> bool:
    return "SubLink" in node


def _runs_once(node: Node) -> bool:
    """Whether a node is a SELECT that reads nothing: the planner evaluates it once, as an initplan."""
    if "targetList" not in node or "fromClause" in node:
        return False
    return not any(True for _ in _columns(_walk(list(node.values()), _is_query)))


def _calls(nodes: Iterator[Node]) -> Iterator[Node]:
    return (node["FuncCall"] for node in nodes if "FuncCall" in node)


def _columns(nodes: Iterator[Node]) -> Iterator[tuple[str, ...]]:
    """The columns among nodes, each as its dotted parts; ``*`` is one."""
    for node in nodes:
        if "ColumnRef" in node:
            yield tuple(
                part["String"].get("sval", "") if "String" in part else "*" for part in node["ColumnRef"]["fields"]
            )


def reads_columns(node: Any) -> bool:
    """Whether a node names any column."""
    return any(True for _ in _columns(_walk(node)))


@lru_cache(maxsize=256)  # rules are asked about one object after the other
def repeated_calls(text: str) -> tuple[Node, ...]:
    """The calls of an expression that are made for every row of some table: in no SELECT that runs once."""
    return tuple(_calls(_walk(parsed(text), _runs_once)))


@lru_cache(maxsize=256)  # rules are asked about one object after the other
def outer_calls(text: str) -> tuple[Node, ...]:
    """The calls of an expression outside every sub-select."""
    return tuple(_calls(_walk(parsed(text), _is_query)))


class Query(NamedTuple):
    """What a sub-select names: what its sources go by, which relations they are (None: something else), its columns."""

    names: frozenset[str]
    relations: tuple[str | None, ...]
    columns: tuple[tuple[str, ...], ...]


class Membership(NamedTuple):
    """``x IN (SELECT ...)``: whether x is something of whoever asks, and the sub-select."""

    of_caller: bool
    query: Query


@lru_cache(maxsize=256)  # rules are asked about one object after the other
def memberships(text: str) -> tuple[Membership, ...]:
    """The ``x IN (SELECT ...)`` of an expression that stand in no other sub-select."""
    links = (node["SubLink"] for node in _walk(parsed(text), _is_query) if "SubLink" in node)
    return tuple(
        Membership(not own_columns(link["testexpr"]) and _asks_session(link["testexpr"]), _query(link["subselect"]))
        for link in links
        if _is_membership(link)
    )


def _is_membership(link: Node) -> bool:
    return link.get("subLinkType") == "ANY_SUBLINK" and link.get("operName", _EQUALS) == _EQUALS


# -- equalities ----------------------------------------------------------------------------------------------


class Equality(NamedTuple):
    """An equality of something of the row and something of whoever asks, if none of its queries reads the row."""

    row: Node
    column: str | None  # which the row's side is, where nothing is around it
    queries: tuple[Query, ...]


def equalities(policy: Policy, table: Table, schema: Schema) -> Iterator[tuple[Equality, ...]]:
    """The conditions that every row of a policy must meet and an index could serve; several: one of them (OR)."""
    if policy.using is None or not policy.knows("using") or policy.command == "insert":
        return
    for part in _conditions(policy.using):
        found = [_of_caller(readings, table, schema) for readings in part]
        if all(found):
            yield tuple(each for each in found if each)


def necessary(text: str) -> Iterator[Equality]:
    """What may be an equality among the conditions that every row must meet, read in each way that there is."""
    return (each for part in _conditions(text) if len(part) == 1 for each in part[0])


def _of_caller(readings: tuple[Equality, ...], table: Table, schema: Schema) -> Equality | None:
    """The reading of an equality by which one side certainly does not depend on the row."""
    for each in readings:
        if all(is_correlated(query, table, schema) is False for query in each.queries):
            return each
    return None


@lru_cache(maxsize=256)  # rules are asked about one object after the other
def _conditions(text: str) -> tuple[tuple[tuple[Equality, ...], ...], ...]:
    """The ANDed parts of an expression, the ORed parts of each, and what equalities each of these may be."""
    return tuple(
        tuple(tuple(_equalities(each)) for each in _parts(part, "OR_EXPR")) for part in _parts(parsed(text), "AND_EXPR")
    )


def _parts(node: Node | None, joined: str) -> Iterator[Node]:
    if node and node.get("BoolExpr", {}).get("boolop") == joined:
        for each in node["BoolExpr"].get("args", ()):
            yield from _parts(each, joined)
    elif node:
        yield node


def _equalities(node: Node) -> Iterator[Equality]:
    """The ways to read a test as an equality of the row and whoever asks."""
    for row, caller in _sides(node):
        if not own_columns(row) or any(map(_is_query, _walk(row))) or not _asks_session(caller):
            continue
        if "SelectStmt" not in caller and own_columns(caller):
            continue
        inside = [each["SubLink"]["subselect"] for each in _walk(caller, _is_query) if "SubLink" in each]
        queries = [caller] if "SelectStmt" in caller else inside
        column = next(_columns(iter([row])), (None,))[-1]
        yield Equality(row, column, tuple(map(_query, queries)))


def _sides(node: Node) -> Iterator[tuple[Node, Node]]:
    """Both ways to read an equality, and the one of ``x IN (SELECT ...)``."""
    test, link = node.get("A_Expr", {}), node.get("SubLink", {})
    if test.get("kind") in {"AEXPR_OP", "AEXPR_OP_ANY"} and operator(test) == "=" and "lexpr" in test:
        yield test["lexpr"], test["rexpr"]
        if test["kind"] == "AEXPR_OP":
            yield test["rexpr"], test["lexpr"]
    elif _is_membership(link):
        yield link["testexpr"], link["subselect"]


def own_columns(node: Any) -> set[str]:
    """The columns of its own table that a node names outside sub-selects."""
    return {parts[-1] for parts in _columns(_walk(node, _is_query))}


def _asks_session(node: Any) -> bool:
    """Whether a node asks the session, or a function that is not PostgreSQL's own."""
    names = map(function_name, _calls(_walk(node)))
    return any(name == _SESSION or "." in name for name in names)


# -- sub-selects ---------------------------------------------------------------------------------------------


def _query(node: Node) -> Query:
    names: set[str] = set()
    relations: list[str | None] = []
    for each in _walk(node):
        if "RangeVar" in each:
            source = each["RangeVar"]
            names.add(source.get("alias", {}).get("aliasname") or source["relname"])
            at = source.get("schemaname")
            relations.append(name_of(at, source["relname"]) if at else None)
        elif {"RangeFunction", "RangeSubselect"} & each.keys():
            relations.append(None)
    return Query(frozenset(names), tuple(relations), tuple(_columns(_walk(node))))


def is_correlated(query: Query, table: Table, schema: Schema) -> bool | None:
    """Whether a sub-select of a policy reads the row that is asked about; None: it cannot be told."""
    bare = {parts[0] for parts in query.columns if len(parts) == 1}
    qualified = any(len(parts) > 1 and parts[-2] == table.name for parts in query.columns)
    if qualified and table.name not in query.names:
        return True
    left = bare & {column.name for column in schema.catalog.children(table.identity, Column)} if bare else bare
    if not left:
        return False
    columns = [_column_names(each, schema) for each in query.relations]
    left = left.difference(*(each for each in columns if each is not None))
    return (None if None in columns else True) if left else False


def _column_names(identity: str | None, schema: Schema) -> set[str] | None:
    relation = schema.relation(identity) if identity else None
    if relation is None or not relation.knows("columns"):
        return None
    columns = relation.columns if isinstance(relation, View) else schema.columns(relation)
    return {column.name for column in columns}
