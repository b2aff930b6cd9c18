"""What a policy's expression filters by: columns of its table, against what is known of who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..schema.names import name_of
from ..schema.objects.view import View
from .expressions import Node, function_name, operator, parsed

if TYPE_CHECKING:
    from ..schema.objects.policy import Policy
    from ..schema.objects.table import Table
    from .schema import Relation, Schema

_EQUALS = [{"String": {"sval": "="}}]
_SESSION = "current_setting"


# -- walking -------------------------------------------------------------------------------------------------


def _walk(node: Any, stop: Callable[[Node], bool] = lambda _: False) -> Iterator[Node]:
    """Every node of a tree, in order; what is inside one that ``stop`` says yes to is left out."""
    if isinstance(node, list):
        for each in node:
            yield from _walk(each, stop)
    elif isinstance(node, dict):
        yield node
        if not stop(node):
            for value in node.values():
                yield from _walk(value, stop)


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


@lru_cache(maxsize=4096)
def repeated_calls(text: str) -> tuple[Node, ...]:
    """The calls of an expression that are made for every row of some table: in no SELECT that runs once."""
    return tuple(_calls(_walk(parsed(text), _runs_once)))


@lru_cache(maxsize=4096)
def outer_calls(text: str) -> tuple[Node, ...]:
    """The calls of an expression outside every sub-select."""
    return tuple(_calls(_walk(parsed(text), _is_query)))


@lru_cache(maxsize=4096)
def memberships(text: str) -> tuple[Node, ...]:
    """The ``x IN (SELECT ...)`` of an expression that stand in no other sub-select: SubLink nodes."""
    links = (node["SubLink"] for node in _walk(parsed(text), _is_query) if "SubLink" in node)
    return tuple(link for link in links if _is_membership(link))


def _is_membership(link: Node) -> bool:
    return link.get("subLinkType") == "ANY_SUBLINK" and link.get("operName", _EQUALS) == _EQUALS


# -- equalities ----------------------------------------------------------------------------------------------


class Equality(NamedTuple):
    """An equality between something of the row and something of whoever asks."""

    row: Node
    caller: Node

    @property
    def column(self) -> str | None:
        """The column that the row's side is, where nothing is around it."""
        return next(_columns(iter([self.row])), (None,))[-1]


def equalities(policy: Policy, table: Table, schema: Schema) -> Iterator[tuple[Equality, ...]]:
    """The conditions that every row of a policy must meet and an index could serve; several: one of them (OR)."""
    tree = parsed(policy.using) if policy.using and policy.knows("using") and policy.command != "insert" else None
    for part in _parts(tree, "AND_EXPR"):
        found = [_equality(each, table, schema) for each in _parts(part, "OR_EXPR")]
        if all(found):
            yield tuple(each for each in found if each)


def _parts(node: Node | None, joined: str) -> Iterator[Node]:
    if node and node.get("BoolExpr", {}).get("boolop") == joined:
        for each in node["BoolExpr"].get("args", ()):
            yield from _parts(each, joined)
    elif node:
        yield node


def _equality(node: Node, table: Table, schema: Schema) -> Equality | None:
    for row, caller in _sides(node):
        if own_columns(row) and not any(map(_is_query, _walk(row))) and _is_of_caller(caller, table, schema):
            return Equality(row, caller)
    return None


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


def _is_of_caller(node: Node, table: Table, schema: Schema) -> bool:
    """Whether a node depends on who asks and not on the row."""
    if not depends_on_caller(node):
        return False
    if "SelectStmt" in node:
        return is_correlated(node, table, schema) is False
    queries = [each["SubLink"]["subselect"] for each in _walk(node, _is_query) if "SubLink" in each]
    return not own_columns(node) and all(is_correlated(query, table, schema) is False for query in queries)


def depends_on_caller(node: Any) -> bool:
    """Whether a node asks the session, or a function that is not PostgreSQL's own."""
    names = map(function_name, _calls(_walk(node)))
    return any(name == _SESSION or "." in name for name in names)


# -- sub-selects ---------------------------------------------------------------------------------------------


def is_correlated(query: Node, table: Table, schema: Schema) -> bool | None:
    """Whether a sub-select of a policy reads the row that is asked about; None: it cannot be told."""
    names, relations = _sources(query, schema)
    bare: set[str] = set()
    for parts in _columns(_walk(query)):
        if len(parts) == 1:
            bare.add(parts[0])
        elif parts[-2] == table.name and table.name not in names:
            return True
    columns = [_column_names(each, schema) for each in relations]
    left = bare & {column.name for column in schema.columns(table)}
    left = left.difference(*(each for each in columns if each is not None))
    return (None if None in columns else True) if left else False


def _sources(query: Node, schema: Schema) -> tuple[set[str], list[Relation | None]]:
    """What stands in the FROM clauses of a query, and what it is called there; None: no relation that is known."""
    names: set[str] = set()
    relations: list[Relation | None] = []
    for node in _walk(query):
        if "RangeVar" in node:
            source = node["RangeVar"]
            names.add(source.get("alias", {}).get("aliasname") or source["relname"])
            at = source.get("schemaname")
            relations.append(schema.relation(name_of(at, source["relname"])) if at else None)
        elif {"RangeFunction", "RangeSubselect"} & node.keys():
            relations.append(None)
    return names, relations


def _column_names(relation: Relation | None, schema: Schema) -> set[str] | None:
    if relation is None or not relation.knows("columns"):
        return None
    columns = relation.columns if isinstance(relation, View) else schema.columns(relation)
    return {column.name for column in columns}
