"""The value of an expression in a procedure, where it depends on constants and on the catalog alone.

What depends on rows, settings or the time is UNKNOWN (``values``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from ..catalog import Catalog, CatalogError, Missing, Node, strings
from ..meaning.builtin import pg_catalog
from ..meaning.lookup import argument_types, find_relation, find_routine, find_type, path, place_of
from ..names import quote_ident
from ..parser import parse
from ..session import split_name
from . import functions, system_views
from .aggregates import AGGREGATES, aggregate
from .catalog_query import query
from .system_reader import COLUMNS, NULLS, OPEN
from .values import HOLE, UNKNOWN, Value, compared, joined, plain

if TYPE_CHECKING:
    from types import TracebackType

    from .from_clause import Match, Row, Rows

_REGISTERED = {  # types that stand for objects -> the kinds they mean
    "regclass": ("table", "view"),
    "regnamespace": ("schema",),
    "regproc": ("function",),
    "regprocedure": ("function",),
    "regrole": ("role",),
    "regtype": ("type",),
}


_SYSTEM_COLUMNS = frozenset({"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"})


class DependsError(Exception):
    """Whether any of a block happens depends on what is not known; the message says on what."""


class _Within:
    """Rows whose columns names are looked up in, for as long as a block lasts."""

    __slots__ = ("rows", "scopes")

    def __init__(self, scopes: list[list[Row]], rows: list[Row]) -> None:
        self.scopes, self.rows = scopes, rows

    def __enter__(self) -> None:
        self.scopes.append(self.rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.scopes.pop()


class _Over:
    """The group of rows that aggregates are about, for as long as a block lasts."""

    __slots__ = ("evaluator", "group", "outer")

    def __init__(self, evaluator: Evaluator, group: Sequence[Match] | None) -> None:
        self.evaluator, self.group, self.outer = evaluator, group, evaluator.group

    def __enter__(self) -> None:
        self.evaluator.group = self.group

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.evaluator.group = self.outer


class Evaluator:
    """Evaluates pglast's trees against a catalog and the variables of a procedure."""

    def __init__(
        self,
        catalog: Catalog,
        variables: Mapping[str, Value] | None = None,
        concerns: str | None = None,
        result: Callable[[list[str], list[Value]], Value] | None = None,
        declared: Collection[str] = (),
    ) -> None:
        self.catalog = catalog
        self.result = result  # what a function of ours returns
        self.by_doubt = False  # whether to tell by DependsError what decides on all of a block
        self.declared = declared  # the variables that must not be called as a column is
        self.concerns = concerns
        self.variables = variables if variables is not None else {}
        self.scopes: list[list[Row]] = []  # rows under their aliases, the innermost query last
        self.tables: list[dict[str, Rows]] = []  # common table expressions by name, the innermost last
        self.group: Sequence[Match] | None = None  # what aggregates are about
        self.looked_at = 0  # rows of system catalogs, those of sub-selects each time they are asked

    def looks_at(self, rows: int, limit: int) -> bool:
        """Count rows that are looked at; False where they are more than it is worth: the outcome is unknown then."""
        self.looked_at += rows
        return self.looked_at <= limit

    def within(self, rows: list[Row]) -> _Within:
        """Look names up in these rows first."""
        return _Within(self.scopes, rows)

    def over(self, group: Sequence[Match] | None) -> _Over:
        """Let aggregates be about these rows."""
        return _Over(self, group)

    # -- expressions -----------------------------------------------------------------------------------

    def value(self, node: Node) -> Value:
        """The value of an expression."""
        ((kind, body),) = node.items()
        method = getattr(self, "_" + kind, None)
        return UNKNOWN if method is None else method(body)

    def _A_Const(self, body: Node) -> Value:  # noqa: N802 - named as the node
        if body.get("isnull"):
            return None
        if "sval" in body:
            return body["sval"].get("sval", "")
        if "ival" in body:
            return body["ival"].get("ival", 0)
        if "boolval" in body:
            return body["boolval"].get("boolval", False)
        return UNKNOWN

    def _ColumnRef(self, body: Node) -> Value:  # noqa: N802 - as above
        if any("String" not in field for field in body["fields"]):
            return UNKNOWN
        names = strings(body["fields"])
        if len(names) > 1:
            return self._field(names, place_of(body))
        (name,) = names
        sure = bool(self.scopes)
        for rows in reversed(self.scopes):
            for row in rows:
                if name in row or name in row.get(COLUMNS, ()):
                    if name in self.declared and name in self.variables:
                        raise CatalogError("42702", f'column reference "{name}" is ambiguous', place_of(body))
                    return row.get(name, UNKNOWN)
                if COLUMNS not in row:
                    sure = False
                    if len(rows) == 1 and name not in self.variables:
                        return None if NULLS in row else UNKNOWN
        if name in self.variables or not sure or name in _SYSTEM_COLUMNS or self._is_alias(name):
            return self.variables.get(name, UNKNOWN)
        raise CatalogError("42703", f'column "{name}" does not exist', place_of(body))

    def _is_alias(self, name: str) -> bool:
        return any(row.get("") == name for rows in self.scopes for row in rows)

    def _field(self, names: list[str], position: int | None) -> Value:
        """The value of ``alias.column``, or of a field of a record."""
        alias, name = names[-2:]
        for rows in reversed(self.scopes):
            for row in rows:
                if row.get("") != alias:
                    continue
                if COLUMNS in row and name not in row[COLUMNS] and name not in _SYSTEM_COLUMNS:
                    raise CatalogError("42703", f"column {alias}.{name} does not exist", position)
                return None if NULLS in row else row.get(name, UNKNOWN)
        record = self.variables.get(alias, UNKNOWN)
        if not isinstance(record, dict):
            return UNKNOWN
        return None if NULLS in record else record.get(name, UNKNOWN)

    def _ParamRef(self, body: Node) -> Value:  # noqa: N802 - as above
        return self.variables.get(f"${body.get('number', 0)}", UNKNOWN)

    def _TypeCast(self, body: Node) -> Value:  # noqa: N802 - as above
        value = self.value(body["arg"])
        if value is UNKNOWN or value is None:
            return value
        array = bool(body["typeName"].get("arrayBounds"))
        return self.cast(value, ("_" if array else "") + strings(body["typeName"]["names"])[-1])

    def cast(self, value: Value, name: str) -> Value:
        """A value as a type, by its ``typname``; UNKNOWN where the outcome is not worked out here."""
        if name in _REGISTERED:
            if value is None:
                return None
            written = isinstance(value, str) and HOLE not in value
            return self._registered(name, value) if written else UNKNOWN
        return functions.cast(value, name.removeprefix("_"), array=name.startswith("_"))

    def _registered(self, name: str, written: str) -> Value:
        """The identity of a relation or type that a text names; UNKNOWN where there is none."""
        if name in {"regprocedure", "regproc"}:
            return self._routine(name, written)
        schema, bare = split_name(written)
        names = [schema, bare] if schema else [bare]
        if name in {"regrole", "regnamespace"}:
            return bare if (name.removeprefix("reg").replace("namespace", "schema"), bare) in self.catalog else UNKNOWN
        if name == "regclass":
            found = find_relation(self.catalog, names)
            return found.identity if found else UNKNOWN
        type_ = find_type(self.catalog, names)
        return type_[2][1] if type_ and type_[2] else UNKNOWN

    def _routine(self, name: str, written: str) -> Value:
        """The identity of the function that a text names, with its arguments or (regproc) without."""
        mark, events = self.catalog.savepoint(), self.catalog.events
        try:
            (raw,) = parse(f"drop function {written}")
            (node,) = raw.stmt["DropStmt"]["objects"]
            args = argument_types(self.catalog, node["ObjectWithArgs"]) if name == "regprocedure" else None
            gap = any(isinstance(each, Missing) for each in self.catalog.events[len(events) :])
            found = find_routine(self.catalog, strings(node["ObjectWithArgs"]["objname"]), args)
        except Exception:  # noqa: BLE001 - what cannot be read names nothing that is known
            return UNKNOWN
        finally:
            self.catalog.rollback(mark)
            self.catalog.events = events
        if gap and self.by_doubt:
            raise DependsError("for a type that is not there, to_regprocedure() fails before PostgreSQL 16")
        return found.identity if found else UNKNOWN

    def _A_ArrayExpr(self, body: Node) -> Value:  # noqa: N802 - as above
        return [self.value(each) for each in body.get("elements", ())]

    def _CoalesceExpr(self, body: Node) -> Value:  # noqa: N802 - as above
        for each in body["args"]:
            value = self.value(each)
            if value is not None:
                return value
        return None

    def _CaseExpr(self, body: Node) -> Value:  # noqa: N802 - as above
        subject = self.value(body["arg"]) if "arg" in body else None
        for each in body["args"]:
            when = each["CaseWhen"]
            value = self.value(when["expr"])
            passes = compared("=", subject, value) if "arg" in body else value
            if passes is UNKNOWN:
                return UNKNOWN
            if passes is True:
                return self.value(when["result"])
        return self.value(body["defresult"]) if "defresult" in body else None

    def _NullTest(self, body: Node) -> Value:  # noqa: N802 - as above
        value = self.value(body["arg"])
        if value is UNKNOWN:
            return UNKNOWN
        return (value is None) == (body.get("nulltesttype", "IS_NULL") == "IS_NULL")

    def _BooleanTest(self, body: Node) -> Value:  # noqa: N802 - as above
        value = self.value(body["arg"])
        test = body.get("booltesttype", "IS_TRUE")
        if value is UNKNOWN or "UNKNOWN" in test:
            return UNKNOWN
        wanted = test.endswith("TRUE")
        return (value is wanted) != ("NOT" in test)

    def _BoolExpr(self, body: Node) -> Value:  # noqa: N802 - as above
        values = [self.value(each) for each in body["args"]]
        operator = body.get("boolop", "AND_EXPR")
        if operator == "NOT_EXPR":
            value = values[0]
            return value if value is UNKNOWN or value is None else not value
        decides = operator == "OR_EXPR"
        if any(value is decides for value in values):
            return decides
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        return None if None in values else not decides

    def _A_Expr(self, body: Node) -> Value:  # noqa: N802 - as above
        kind, operator = body["kind"], strings(body["name"])[-1]
        left = self.value(body["lexpr"]) if "lexpr" in body else None
        if kind == "AEXPR_IN":
            return self._among(left, [self.value(each) for each in body["rexpr"]["List"]["items"]], operator)
        right = self.value(body["rexpr"])
        if kind in {"AEXPR_OP_ANY", "AEXPR_OP_ALL"}:
            return self._each(kind == "AEXPR_OP_ANY", operator, left, right)
        if kind == "AEXPR_NULLIF":
            same = compared("=", left, right)
            return UNKNOWN if same is UNKNOWN else None if same else left
        if operator == "||":
            return joined(left, right)
        if "lexpr" not in body:
            return -right if operator == "-" and type(right) is int else UNKNOWN
        if operator in functions.ARITHMETIC:
            return functions.computed(operator, left, right)
        if kind in {"AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"} and None in {plain(left), plain(right)}:
            return UNKNOWN if UNKNOWN in (left, right) else (left is right) == (kind == "AEXPR_NOT_DISTINCT")
        return compared(operator, left, right)

    def _each(self, decides: bool, operator: str, left: Value, right: Value) -> Value:
        """``left op ANY (array)``, which one True decides, and ``ALL``, which one False does."""
        if not isinstance(right, list):
            return None if right is None else UNKNOWN
        found = [compared(operator, left, value) for value in right]
        if any(each is decides for each in found):
            return decides
        if any(each is UNKNOWN for each in found):
            return UNKNOWN
        return None if None in found else not decides

    def _among(self, left: Value, values: list[Value], operator: str) -> Value:
        found = [compared("=", left, value) for value in values]
        if any(each is True for each in found):
            result: Value = True
        elif any(each is UNKNOWN for each in found):
            return UNKNOWN
        else:
            result = None if None in found else False
        return result if operator == "=" or result is None else not result

    def _MinMaxExpr(self, body: Node) -> Value:  # noqa: N802 - as above
        name = "greatest" if body.get("op", "IS_GREATEST") == "IS_GREATEST" else "least"
        return functions.called(name, [self.value(each) for each in body["args"]])

    def _FuncCall(self, body: Node) -> Value:  # noqa: N802 - as above
        names = strings(body["funcname"])
        name = names[-1]
        if self.group is not None and name in AGGREGATES:
            return aggregate(self, body, self.group)
        args = [self.value(each) for each in body.get("args", ())]
        if any("NamedArgExpr" in each for each in body.get("args", ())):
            return UNKNOWN
        if functions.knows(name):
            return functions.called(name, args)
        if self.result is not None and (name not in pg_catalog().functions or names[:-1] not in ([], ["pg_catalog"])):
            return self.result(names, args)
        if name in {"current_schema", "current_database"} and not args:
            return next(path(self.catalog), None) if name == "current_schema" else UNKNOWN
        if name == "current_setting" and args and isinstance(args[0], str):
            return self.catalog.settings.get(args[0].lower(), UNKNOWN)
        if len(args) != 1:
            return UNKNOWN
        value = args[0]
        if value is UNKNOWN or value is None:
            return value
        if not isinstance(value, str):
            return UNKNOWN
        if name.removeprefix("to_") in _REGISTERED:
            return self._known_absent(name.removeprefix("to_"), value)
        if name == "pg_get_function_identity_arguments":
            return system_views.arguments_of(value)
        return value if name == "oidvectortypes" else UNKNOWN

    def _known_absent(self, name: str, written: str) -> Value:
        """to_regclass() and the like: NULL only where nothing of this name can exist."""
        from ..taint import possibly

        found = self._registered(name, written)
        if found is not UNKNOWN:
            return found
        if self.concerns == OPEN:
            return UNKNOWN
        schema, bare = split_name(written)
        where = schema or next(path(self.catalog), "public")
        kinds = _REGISTERED[name]
        identity = f"{quote_ident(where)}.{quote_ident(bare)}"
        if kinds == ("function",):
            identity = f"{quote_ident(where)}.{written.partition('.')[2]}"
        elif kinds in {("role",), ("schema",)}:
            identity = bare
        return UNKNOWN if any(possibly(self.catalog, (kind, identity)) for kind in kinds) else None

    def _SQLValueFunction(self, body: Node) -> Value:  # noqa: N802 - as above
        operation = body.get("op", "")
        if operation in {"SVFOP_CURRENT_USER", "SVFOP_CURRENT_ROLE", "SVFOP_USER"}:
            return self.catalog.role
        if operation == "SVFOP_CURRENT_SCHEMA":
            return next(path(self.catalog), None)
        return self.catalog.session_role if operation == "SVFOP_SESSION_USER" else UNKNOWN

    def _SubLink(self, body: Node) -> Value:  # noqa: N802 - as above
        found = query(self, body["subselect"]["SelectStmt"])
        kind = body["subLinkType"]
        if found is None:
            return UNKNOWN
        if kind == "EXISTS_SUBLINK":
            return found.exists()
        values = [next(iter(row.values()), UNKNOWN) for row in found.rows]
        if kind == "ANY_SUBLINK" and "operName" not in body:
            others = [] if found.complete else [UNKNOWN]
            return self._among(self.value(body["testexpr"]), [*values, *others], "=")
        if not found.complete:
            return UNKNOWN
        if kind == "EXPR_SUBLINK":
            return (values[0] if values else None) if len(values) < 2 else UNKNOWN
        if kind == "ARRAY_SUBLINK":
            return values
        return UNKNOWN
