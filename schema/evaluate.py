"""The value of an expression in a procedure, where it depends on constants and on the catalog alone.

Three-valued beyond SQL's NULL: what depends on rows, settings or the time is UNKNOWN. A text of which a part is
unknown is a text with HOLE in that part, so that a statement made of it can still be read: HOLE is a letter to
the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from . import system_views
from .catalog import Catalog, Node, strings
from .lookup import argument_types, find_relation, find_routine, find_type, path
from .names import quote_ident, quote_literal
from .session import split_name
from .source import parse


class _Unknown:
    """The value of what cannot be known here."""

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
HOLE = "\ufffc"
Value = Any  # str, int, bool, None (NULL), a list, a dict (a row), or UNKNOWN
_REGISTERED = {  # types that stand for objects -> the kinds they mean
    "regclass": ("table", "view"),
    "regnamespace": ("schema",),
    "regproc": ("function",),
    "regprocedure": ("function",),
    "regrole": ("role",),
    "regtype": ("type",),
}
_LIMIT = 100_000  # rows of a join that are looked at


class Rows:
    """What a query gives: the rows that are sure, and whether there may be others."""

    def __init__(self, rows: list[dict[str, Value]], *, complete: bool) -> None:
        self.rows, self.complete = rows, complete

    def exists(self) -> Value:
        """Whether there is a row."""
        return True if self.rows else (False if self.complete else UNKNOWN)


class Evaluator:
    """Evaluates pglast's trees against a catalog and the variables of a procedure."""

    def __init__(
        self, catalog: Catalog, variables: Mapping[str, Value] | None = None, concerns: str | None = None
    ) -> None:
        self.catalog = catalog
        self.concerns = concerns
        self.variables = variables if variables is not None else {}
        self.scopes: list[list[dict[str, Value]]] = []  # rows under their aliases, the innermost query last

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
        for rows in reversed(self.scopes):
            for row in rows:
                if len(names) > 1 and row.get("") != names[-2]:
                    continue
                if names[-1] in row:
                    return row[names[-1]]
                if len(names) > 1 or len(rows) == 1:
                    if len(names) == 1 and names[0] in self.variables:
                        break
                    return UNKNOWN
        if len(names) == 1:
            return self.variables.get(names[0], UNKNOWN)
        record = self.variables.get(names[-2], UNKNOWN)
        return record.get(names[-1], UNKNOWN) if isinstance(record, dict) else UNKNOWN

    def _ParamRef(self, body: Node) -> Value:  # noqa: N802 - as above
        return self.variables.get(f"${body.get('number', 0)}", UNKNOWN)

    def _TypeCast(self, body: Node) -> Value:  # noqa: N802 - as above
        value = self.value(body["arg"])
        if value is UNKNOWN or value is None:
            return value
        name = strings(body["typeName"]["names"])[-1]
        if body["typeName"].get("arrayBounds") or name.startswith("_"):
            return value if isinstance(value, list) else UNKNOWN
        if name in {"text", "name", "varchar", "bpchar", "oid"}:
            return value
        if name in _REGISTERED and isinstance(value, str) and HOLE not in value:
            return self._registered(name, value)
        if name in {"bool", "int4", "int8"} and not isinstance(value, str):
            return value
        return UNKNOWN

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
            found = find_routine(self.catalog, strings(node["ObjectWithArgs"]["objname"]), args)
        except Exception:  # noqa: BLE001 - what cannot be read names nothing that is known
            return UNKNOWN
        finally:
            self.catalog.rollback(mark)
            self.catalog.events = events
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
            passes = _compared("=", subject, value) if "arg" in body else value
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
            if not isinstance(right, list) or kind != ("AEXPR_OP_ANY" if operator == "=" else "AEXPR_OP_ALL"):
                return UNKNOWN
            return self._among(left, right, operator)
        if operator == "||":
            return _joined(left, right)
        if "lexpr" not in body:
            return UNKNOWN
        if kind in {"AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"} and None in {_hashable(left), _hashable(right)}:
            return UNKNOWN if UNKNOWN in (left, right) else (left is right) == (kind == "AEXPR_NOT_DISTINCT")
        return _compared(operator, left, right)

    def _among(self, left: Value, values: list[Value], operator: str) -> Value:
        found = [_compared("=", left, value) for value in values]
        if any(each is True for each in found):
            result: Value = True
        elif any(each is UNKNOWN for each in found):
            return UNKNOWN
        else:
            result = None if None in found else False
        return result if operator == "=" or result is None else not result

    def _FuncCall(self, body: Node) -> Value:  # noqa: N802 - as above
        name = strings(body["funcname"])[-1]
        args = [self.value(each) for each in body.get("args", ())]
        if name == "format" and args:
            return formatted(args)
        if name in {"concat", "concat_ws"}:
            return _concatenated(args[1:], args[0]) if name == "concat_ws" else _concatenated(args, "")
        if name in {"current_schema", "current_database"} and not args:
            return next(path(self.catalog), None) if name == "current_schema" else UNKNOWN
        if name == "like_escape" and len(args) == 2 and args[1] == "\\":
            return args[0]
        if len(args) != 1:
            return UNKNOWN
        value = args[0]
        if value is UNKNOWN or value is None:
            return HOLE if name == "quote_ident" and value is UNKNOWN else value
        if name.removeprefix("to_") in _REGISTERED and isinstance(value, str):
            return self._known_absent(name.removeprefix("to_"), value)
        if name == "pg_get_function_identity_arguments" and isinstance(value, str):
            return system_views.arguments_of(value)
        if name == "oidvectortypes":
            return value
        if not isinstance(value, str):
            return UNKNOWN
        functions = {"quote_ident": _ident, "quote_literal": quote_literal, "lower": str.lower, "upper": str.upper}
        function = functions.get(name)
        return UNKNOWN if function is None else function(value)

    def _known_absent(self, name: str, written: str) -> Value:
        """to_regclass() and the like: NULL only where nothing of this name can exist."""
        from .taint import possibly

        found = self._registered(name, written)
        if found is not UNKNOWN:
            return found
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
        found = self.query(body["subselect"]["SelectStmt"])
        kind = body["subLinkType"]
        if found is None:
            return UNKNOWN
        if kind == "EXISTS_SUBLINK":
            return found.exists()
        if not found.complete:
            return UNKNOWN
        values = [next(iter(row.values()), UNKNOWN) for row in found.rows]
        if kind == "EXPR_SUBLINK":
            return (values[0] if values else None) if len(values) < 2 else UNKNOWN
        if kind == "ARRAY_SUBLINK":
            return values
        if kind == "ANY_SUBLINK" and "operName" not in body:
            return self._among(self.value(body["testexpr"]), values, "=")
        return UNKNOWN

    # -- queries ---------------------------------------------------------------------------------------

    def query(self, select: Node) -> Rows | None:
        """The rows of a query over system catalogs and constants; None where it cannot be evaluated."""
        if any(clause in select for clause in ("larg", "groupClause", "havingClause", "withClause", "valuesLists")):
            return None
        items = select.get("fromClause", ())
        joined = self._joined_rows(items)
        if joined is None:
            return None
        if len(items) == 1 and "RangeVar" in items[0] and "whereClause" in select:
            equal = list(self._equalities(select["whereClause"]))
            joined = [rows for rows in joined if all(rows[0].get(name, value) == value for name, value in equal)]
        rows: list[list[dict[str, Value]]] = []
        complete = True
        for each in joined:
            self.scopes.append(each)
            passes = self.value(select["whereClause"]) if "whereClause" in select else True
            self.scopes.pop()
            if passes is True:
                rows.append(each)
            elif passes is UNKNOWN:
                complete = False
        if self._is_count(select):
            return Rows([{"count": len(rows) if complete else UNKNOWN}], complete=True)
        limited = "limitCount" in select and len(rows) > 1
        found = [self._output(select, each) for each in rows]
        return Rows(found[:1] if limited else found, complete=complete and not limited)

    def _equalities(self, condition: Node) -> Iterator[tuple[str, Value]]:
        """What a condition demands of single columns: most rows need no closer look."""
        boolean = condition.get("BoolExpr")
        if boolean and boolean.get("boolop", "AND_EXPR") == "AND_EXPR":
            for each in boolean["args"]:
                yield from self._equalities(each)
        operation = condition.get("A_Expr")
        if operation and operation["kind"] == "AEXPR_OP" and strings(operation["name"]) == ["="]:
            column = operation["lexpr"].get("ColumnRef")
            value = self._constant(operation["rexpr"])
            if column and "String" in column["fields"][-1] and isinstance(value, str):
                yield strings(column["fields"])[-1], value

    def _constant(self, node: Node) -> Value:
        """The value of a constant, or of a field of a record variable: what is the same for every row."""
        if "A_Const" in node:
            return self._A_Const(node["A_Const"])
        fields = node.get("ColumnRef", {}).get("fields", ())
        if len(fields) == 2 and all("String" in field for field in fields):
            record = self.variables.get(strings(fields)[0])
            return record.get(strings(fields)[1], UNKNOWN) if isinstance(record, dict) else UNKNOWN
        return UNKNOWN

    @staticmethod
    def _is_count(select: Node) -> bool:
        targets = select.get("targetList", ())
        call = targets[0]["ResTarget"].get("val", {}).get("FuncCall") if len(targets) == 1 else None
        return bool(call) and strings(call["funcname"])[-1] == "count"

    def _output(self, select: Node, rows: list[dict[str, Value]]) -> dict[str, Value]:
        output: dict[str, Value] = {}
        self.scopes.append(rows)
        for position, each in enumerate(select.get("targetList", ())):
            target = each["ResTarget"]
            reference = target.get("val", {}).get("ColumnRef")
            if reference and "A_Star" in reference["fields"][-1]:
                for row in rows:
                    output |= {name: value for name, value in row.items() if name}
                continue
            name = target.get("name") or (strings(reference["fields"])[-1] if reference else f"?{position}")
            output[name] = self.value(target["val"])
        self.scopes.pop()
        return output

    def _joined_rows(self, items: Any) -> list[list[dict[str, Value]]] | None:
        """Every combination of the rows of a FROM clause."""
        joined: list[list[dict[str, Value]]] = [[]]
        for item in items:
            rows = self._item(item)
            if rows is None or len(joined) * len(rows) > _LIMIT:
                return None
            joined = [[*left, *right] for left in joined for right in rows]
        return joined

    def _item(self, item: Node) -> list[list[dict[str, Value]]] | None:
        ((kind, body),) = item.items()
        if kind == "RangeVar":
            found = system_views.rows(self.catalog, body.get("schemaname"), body["relname"], self.concerns)
            if found is None:
                return None
            alias = body.get("alias", {}).get("aliasname", body["relname"])
            return [[{"": alias, **row}] for row in found]
        if kind == "RangeFunction":
            return self._unnested(body)
        if kind != "JoinExpr" or body.get("jointype", "JOIN_INNER") != "JOIN_INNER" or "quals" not in body:
            return None
        joined = self._joined_rows([body["larg"], body["rarg"]])
        if joined is None:
            return None
        kept = []
        for rows in joined:
            self.scopes.append(rows)
            passes = self.value(body["quals"])
            self.scopes.pop()
            if passes is True:
                kept.append(rows)
            elif passes is UNKNOWN:
                kept.append([{"": row[""]} if "" in row else {} for row in rows])
        return kept

    def _unnested(self, body: Node) -> list[list[dict[str, Value]]] | None:
        """FROM unnest(array[...]) as t(name)."""
        functions = body.get("functions", ())
        call = functions[0]["List"]["items"][0].get("FuncCall") if len(functions) == 1 else None
        if not call or strings(call["funcname"])[-1] != "unnest" or len(call.get("args", ())) != 1:
            return None
        values = self.value(call["args"][0])
        if not isinstance(values, list):
            return None
        alias = body.get("alias", {})
        name = alias.get("aliasname", "unnest")
        column = strings(alias["colnames"])[0] if alias.get("colnames") else name
        return [[{"": name, column: value}] for value in values]


def _hashable(value: Value) -> Value:
    return value if isinstance(value, (str, int, bool)) or value is None else UNKNOWN


def _ident(text: str) -> str:
    return text if HOLE in text else quote_ident(text)


def _joined(left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if isinstance(left, list) or isinstance(right, list):
        return UNKNOWN
    return _text(left) + _text(right)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return HOLE if value is UNKNOWN or isinstance(value, (list, dict)) else str(value)


def _concatenated(args: list[Value], between: Value) -> Value:
    return UNKNOWN if between is UNKNOWN else _text(between).join(_text(each) for each in args if each is not None)


def _like(text: str, pattern: str, *, ignore_case: bool) -> bool:
    parts, at = [], 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\" and at + 1 < len(pattern):
            at += 1
            parts.append(re.escape(pattern[at]))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter, re.escape(letter)))
        at += 1
    return re.fullmatch("".join(parts), text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _compared(operator: str, left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    if left is UNKNOWN or right is UNKNOWN or isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
        return UNKNOWN
    if any(isinstance(each, str) and HOLE in each for each in (left, right)):
        return UNKNOWN
    if operator in {"~~", "~~*", "!~~", "!~~*"} and isinstance(left, str) and isinstance(right, str):
        return _like(left, right, ignore_case=operator.endswith("*")) != operator.startswith("!")
    if isinstance(left, str) != isinstance(right, str):
        return UNKNOWN
    if operator == "=":
        return left == right
    if operator in {"<>", "!="}:
        return left != right
    if isinstance(left, str):
        return UNKNOWN  # an order that depends on the collation
    orders = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}
    return orders.get(operator, UNKNOWN)


_FORMAT = re.compile(r"%(?:(\d+)\$)?(-?\d*)([sIL%])")


def formatted(args: list[Value]) -> Value:
    """The result of ``format()``; what is unknown among its arguments becomes a hole."""
    pattern, values = args[0], args[1:]
    if not isinstance(pattern, str):
        return UNKNOWN
    position = 0

    def one(match: re.Match[str]) -> str:
        nonlocal position
        number, _, letter = match.groups()
        if letter == "%":
            return "%"
        position = int(number) if number else position + 1
        value = values[position - 1] if 0 < position <= len(values) else UNKNOWN
        if value is None:
            return "NULL" if letter == "L" else ""
        text = _text(value)
        if letter == "I":
            return _ident(text)
        if letter == "L":
            return quote_literal(text)
        return text

    return _FORMAT.sub(one, pattern)
