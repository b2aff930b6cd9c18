"""Whether a condition of a policy can be true for a request, and whether only for the user's own rows.

The condition is worked out as far as a request's role and token decide it; whatever rests on rows or on functions
that are not known here may be true, false or null. Nothing is guessed: what is not recognised may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import msgspec

from ...schema.normal import literals
from .expressions import function_name, operator, parsed, selected

Node = Mapping[str, Any]
Outcome = bool | None  # None is SQL's null

ANY: frozenset[Outcome] = frozenset({True, False, None})


class Truth(msgspec.Struct, frozen=True):
    """What a condition may come out as, over all rows.

    ``own`` names columns one of which holds the id of the request's user in every row for which it is true; None
    where that is not so, or not known.
    """

    may: frozenset[Outcome] = ANY
    own: frozenset[str] | None = None

    @property
    def never(self) -> bool:
        """Whether it is true for no row."""
        return True not in self.may

    @property
    def always(self) -> bool:
        """Whether it is true for every row."""
        return self.may == {True}


ALWAYS, NEVER = Truth(frozenset({True})), Truth(frozenset({False}))


class Request(msgspec.Struct, frozen=True):
    """Who asks: the role, and what its token is known to hold.

    ``signed_in`` says whether there is a user (``sub``): True, False, or None where that is not known. ``claimed``
    says that the token names the role, as PostgREST takes the role from there.
    """

    role: str
    signed_in: bool | None
    claimed: bool


def request_of(role: str, platform: str) -> Request:
    """The request that comes under a role: the platform's three have tokens of a known kind."""
    known = {"anon": False, "authenticated": True, "service_role": False}
    if platform != "supabase" or role not in known:
        return Request(role, None, claimed=False)
    return Request(role, known[role], claimed=True)


# -- values -------------------------------------------------------------------------------------------------


class Value(msgspec.Struct, frozen=True):
    """What an operand is: ``kind`` is constant, null, user, claims, column, filled (not null) or unknown.

    The text of a constant begins with what it is: ``s:`` text, ``i:`` a whole number, ``b:`` true or false. A user
    may be null (``certain`` is False); a column is one of the row's own.
    """

    kind: str
    text: str = ""
    certain: bool = True


NULL, UNKNOWN, FILLED, CLAIMS = Value("null"), Value("unknown"), Value("filled"), Value("claims")
TRUE, FALSE = Value("constant", "b:true"), Value("constant", "b:false")
USER, PERHAPS = Value("user"), Value("user", certain=False)

_TRANSPARENT = frozenset({"text", "uuid", "varchar"})  # casts after which equal stays equal, without length
_JSON = frozenset({"json", "jsonb"})
_STRICT = frozenset({"=", "<>", "!=", "<", ">", "<=", ">=", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*"})
# Claims of a user: a token that names none has none of them
USER_CLAIMS = frozenset(
    {"sub", "email", "phone", "session_id", "app_metadata", "user_metadata", "aal", "amr", "is_anonymous"}
)
# Functions that are null for a null, and functions whose value the arguments decide
_NULL_FOR_NULL = frozenset({"lower", "upper", "btrim", "length", "date_trunc", "split_part", "left", "right"})
PER_ROW = _NULL_FOR_NULL | {"now", "concat"}


def string(text: str) -> Value:
    """A text constant."""
    return Value("constant", f"s:{text}")


class Judge:
    """Works conditions out for one request.

    ``columns`` are the row's own, by name, with whether they are NOT NULL; ``alias`` is the name by which a query
    calls the row's table (None: any). ``trusted`` says of a function of schema auth whether it is the platform's.
    """

    def __init__(
        self,
        request: Request,
        columns: Mapping[str, bool],
        trusted: Callable[[str], bool],
        alias: str | None = None,
    ) -> None:
        self.request, self.columns, self.trusted, self.alias = request, columns, trusted, alias
        self.inner = 0  # how many queries with rows of their own are around

    def text(self, condition: str | None) -> Truth:
        """Work out the text of a condition."""
        tree = parsed(condition) if condition is not None else None
        try:
            return Truth() if tree is None else self.truth(tree)
        except RecursionError:
            return Truth()

    # -- conditions ------------------------------------------------------------------------------------------

    def truth(self, node: Node) -> Truth:
        """Work out a condition's tree."""
        ((kind, body),) = node.items()
        handler = _CONDITIONS.get(kind)
        return handler(self, body) if handler else self._boolean(self.value(node))

    def _boolean(self, value: Value) -> Truth:
        if value.kind == "null":
            return Truth(frozenset({None}))
        if value in {TRUE, FALSE}:
            return ALWAYS if value == TRUE else NEVER
        if value.kind == "filled" or (value.kind == "column" and value.certain):
            return Truth(frozenset({True, False}))
        return Truth()

    def _combined(self, node: Node) -> Truth:
        parts = [self.truth(each) for each in node["args"]]
        if node["boolop"] == "NOT_EXPR":
            return inverted(parts[0])
        return every(parts) if node["boolop"] == "AND_EXPR" else some(parts)

    def _null_test(self, node: Node) -> Truth:
        value = self.value(node.get("arg", {}))
        null = node.get("nulltesttype") == "IS_NULL"
        if value.kind == "null":
            return ALWAYS if null else NEVER
        if value.kind in {"constant", "filled", "claims"} or (value.kind in {"user", "column"} and value.certain):
            return NEVER if null else ALWAYS
        if node.get("arg", {}).keys() & _CONDITIONS.keys():
            return Truth(frozenset((each is None) is null for each in self.truth(node["arg"]).may))
        return Truth(frozenset({True, False}))

    def _boolean_test(self, node: Node) -> Truth:
        found = self.truth(node["arg"])
        test = node["booltesttype"]
        wanted: Outcome = {"TRUE": True, "FALSE": False}.get(test.rpartition("_")[2])
        outcomes = frozenset((each is wanted) is not ("NOT" in test) for each in found.may)
        return Truth(outcomes, found.own if test == "IS_TRUE" else None)

    def _comparison(self, node: Node) -> Truth:
        kind = node.get("kind")
        schema = len(node.get("name", ())) > 1 and node["name"][0]["String"].get("sval") != "pg_catalog"
        if "lexpr" not in node or schema:
            return Truth()
        symbol = operator(node)
        if kind in {"AEXPR_IN", "AEXPR_OP_ANY", "AEXPR_OP_ALL"}:
            return self._among(node, symbol)
        left, right = self.value(node["lexpr"]), self.value(node["rexpr"])
        if kind == "AEXPR_OP":
            return self._compared(symbol, left, right)
        if kind == "AEXPR_NOT_DISTINCT" and "null" not in {left.kind, right.kind}:
            found = equal(left, right)
            return Truth(frozenset({each is True for each in found.may}), found.own)
        if kind in {"AEXPR_LIKE", "AEXPR_ILIKE"} and "null" in {left.kind, right.kind}:
            return Truth(frozenset({None}))
        if kind == "AEXPR_NULLIF":
            return self._boolean(self.value({"A_Expr": node}))
        return Truth()

    @staticmethod
    def _compared(symbol: str, left: Value, right: Value) -> Truth:
        if symbol in _STRICT and "null" in {left.kind, right.kind}:
            return Truth(frozenset({None}))
        if symbol == "=":
            return equal(left, right)
        return inverted(equal(left, right)) if symbol in {"<>", "!="} else Truth()

    def _among(self, node: Node, symbol: str) -> Truth:
        items = _items(node["rexpr"])
        left = self.value(node["lexpr"])
        if items is None:  # a column or a function that is an array: never true of null
            lost = left.kind == "null" and node["kind"] == "AEXPR_OP_ANY" and symbol in _STRICT
            return Truth(frozenset({False, None})) if lost else Truth()
        tests = [self._compared(symbol, left, self.value(each)) for each in items]
        any_of = node["kind"] == "AEXPR_OP_ANY" or (node["kind"] == "AEXPR_IN" and symbol == "=")
        return some(tests) if any_of else every(tests)

    def _sublink(self, node: Node) -> Truth:
        kind, query = node.get("subLinkType"), node.get("subselect", {}).get("SelectStmt", {})
        if kind == "EXPR_SUBLINK":
            if "fromClause" not in query and (inner := selected(node)) is not None and "whereClause" not in query:
                return self.truth(inner)
            return self._boolean(self.value({"SubLink": node}))
        if kind == "EXISTS_SUBLINK":
            return NEVER if self.empty(query) else Truth(frozenset({True, False}))
        if kind == "ANY_SUBLINK":
            if self.empty(query):
                return NEVER
            left = self.value(node.get("testexpr", {}))
            symbol = node["operName"][-1]["String"]["sval"] if node.get("operName") else "="
            targets = query.get("targetList", ())
            if set(query) <= {"targetList", "limitOption", "op"} and len(targets) == 1:
                return self._compared(symbol, left, self.value(targets[0]["ResTarget"]["val"]))
            if left.kind == "null":
                return Truth(frozenset({False, None}))
        return Truth()

    def empty(self, query: Node) -> bool:
        """Whether a query gives no row, because its WHERE is never true."""
        plain = query.get("op", "SETOP_NONE") == "SETOP_NONE" and "fromClause" in query
        shaped = {"groupClause", "havingClause", "withClause"} & query.keys()
        targets = [each.get("ResTarget", {}).get("val", {}) for each in query.get("targetList", ())]
        simple = all(each.keys() <= {"ColumnRef", "A_Const"} for each in targets)
        if not plain or shaped or not simple:
            return False
        conditions = [query["whereClause"]] if "whereClause" in query else []
        conditions += [each for item in query["fromClause"] for each in _joined(item)]
        self.inner += 1
        try:
            return any(self.truth(each).never for each in conditions)
        finally:
            self.inner -= 1

    def _coalesced(self, node: Node) -> Truth:
        parts = [self.truth(each) for each in node["args"]]
        may: set[Outcome] = set()
        possible = []
        for part in parts:
            possible.append(part)
            may |= part.may - {None}
            if None not in part.may:
                break
        else:
            may.add(None)
        return Truth(frozenset(may), _pinned(possible))

    def _case(self, node: Node) -> Truth:
        parts = [self.truth(each["CaseWhen"]["result"]) for each in node.get("args", ())]
        parts.append(self.truth(node["defresult"]) if "defresult" in node else Truth(frozenset({None})))
        return Truth(frozenset().union(*(each.may for each in parts)), _pinned(parts))

    def _cast(self, node: Node) -> Truth:
        name = node["typeName"]["names"][-1]["String"]["sval"]
        inner = self._boolean(self.value({"TypeCast": node}))
        return self.truth(node["arg"]) if name == "bool" and inner.may == ANY else inner

    # -- operands --------------------------------------------------------------------------------------------

    def value(self, node: Node) -> Value:
        """Say what an operand is."""
        if len(node) != 1:
            return UNKNOWN
        ((kind, body),) = node.items()
        handler = _OPERANDS.get(kind)
        return handler(self, body) if handler else UNKNOWN

    def _constant(self, node: Node) -> Value:
        if node.get("isnull"):
            return NULL
        if "boolval" in node:
            return TRUE if node["boolval"].get("boolval") else FALSE
        if "sval" in node:
            return string(node["sval"].get("sval", ""))
        return Value("constant", f"i:{node['ival'].get('ival', 0)}") if "ival" in node else FILLED

    def _column(self, node: Node) -> Value:
        names = [each["String"].get("sval", "") for each in node.get("fields", ()) if "String" in each]
        if len(names) != len(node.get("fields", ())) or not names:
            return UNKNOWN
        if len(names) == 1:
            mine = not self.inner and names[0] in self.columns and self.alias is None
        else:
            mine = not self.inner and (self.alias is None or names[-2] == self.alias)
        return Value("column", names[-1], certain=self.columns.get(names[-1], False)) if mine else UNKNOWN

    def _type_cast(self, node: Node) -> Value:
        value = self.value(node["arg"])
        spec = node["typeName"]
        name = spec["names"][-1]["String"]["sval"]
        if value.kind == "null":
            return NULL
        if value.kind == "claims":
            return CLAIMS if name in _JSON or name in _TRANSPARENT else UNKNOWN
        if "typmods" in spec or "arrayBounds" in spec:
            return UNKNOWN
        if name == "bool" and value.kind == "constant":
            said = value.text == TRUE.text if value.text[:2] == "b:" else literals.boolean(value.text[2:])
            return UNKNOWN if said is None else TRUE if said else FALSE
        if name in _TRANSPARENT or (value.kind == "constant" and name == "name"):
            return value
        return FILLED if value.kind in {"constant", "filled"} else UNKNOWN

    def _call(self, node: Node) -> Value:
        name = function_name(node)
        arguments = node.get("args", ())
        if name == "current_setting" and arguments:
            return self._setting(self.value(arguments[0]).text.removeprefix("s:"))
        if name in _NULL_FOR_NULL and any(self.value(each).kind == "null" for each in arguments):
            return NULL
        if not name.startswith("auth.") or not self.trusted(name):
            return UNKNOWN
        request = self.request
        if name == "auth.uid":
            return self._user()
        if name == "auth.jwt":
            return CLAIMS
        if name == "auth.role":
            return string(request.role) if request.claimed else UNKNOWN
        return NULL if name == "auth.email" and request.signed_in is False else UNKNOWN

    def _user(self) -> Value:
        return {True: USER, False: NULL, None: PERHAPS}[self.request.signed_in]

    def _setting(self, name: str) -> Value:
        if name == "request.jwt.claims":
            return CLAIMS
        if name == "request.jwt.claim.sub":  # only an older PostgREST sets it
            return NULL if self.request.signed_in is False else PERHAPS
        return UNKNOWN

    def _member(self, node: Node) -> Value:
        """Take an operator that gives a value: ``->>`` of the claims, ``nullif``."""
        if node.get("kind") == "AEXPR_NULLIF":
            value = self.value(node["lexpr"])
            other = self.value(node["rexpr"])
            return value if value.kind in {"null", "user", "claims"} and other == string("") else UNKNOWN
        if node.get("kind") != "AEXPR_OP" or "lexpr" not in node or operator(node) not in {"->", "->>"}:
            return UNKNOWN
        left, key = self.value(node["lexpr"]), self.value(node["rexpr"])
        if left.kind == "null":
            return NULL
        if left.kind != "claims" or key.kind != "constant":
            return UNKNOWN
        claim = key.text.removeprefix("s:")
        if operator(node) == "->>" and claim == "sub":
            return self._user()
        if operator(node) == "->>" and claim == "role" and self.request.claimed:
            return string(self.request.role)
        absent = self.request.signed_in is False and claim in USER_CLAIMS
        return NULL if absent and self.request.claimed else UNKNOWN

    def _first(self, node: Node) -> Value:
        """COALESCE of operands."""
        values = [each for each in map(self.value, node["args"]) if each.kind != "null"]
        if not values:
            return NULL
        if values[0].kind in {"constant", "filled"} or (values[0].kind == "column" and values[0].certain):
            return values[0]
        if all(each.kind == "user" for each in values):
            return USER if any(each.certain for each in values) else PERHAPS
        return UNKNOWN

    def _subquery(self, node: Node) -> Value:
        query = node.get("subselect", {}).get("SelectStmt", {})
        if node.get("subLinkType") != "EXPR_SUBLINK":
            return UNKNOWN
        inner = selected(node)
        if "fromClause" not in query:
            return self.value(inner) if inner is not None and "whereClause" not in query else UNKNOWN
        return NULL if self.empty(query) else UNKNOWN

    def _session(self, node: Node) -> Value:
        user = node.get("op") in {"SVFOP_CURRENT_USER", "SVFOP_CURRENT_ROLE", "SVFOP_USER"}
        return string(self.request.role) if user else FILLED


_CONDITIONS: dict[str, Callable[[Judge, Node], Truth]] = {
    "BoolExpr": Judge._combined,  # noqa: SLF001 - a table of its own methods
    "NullTest": Judge._null_test,  # noqa: SLF001
    "BooleanTest": Judge._boolean_test,  # noqa: SLF001
    "A_Expr": Judge._comparison,  # noqa: SLF001
    "SubLink": Judge._sublink,  # noqa: SLF001
    "CoalesceExpr": Judge._coalesced,  # noqa: SLF001
    "CaseExpr": Judge._case,  # noqa: SLF001
    "TypeCast": Judge._cast,  # noqa: SLF001
}
_OPERANDS: dict[str, Callable[[Judge, Node], Value]] = {
    "A_Const": Judge._constant,  # noqa: SLF001
    "ColumnRef": Judge._column,  # noqa: SLF001
    "TypeCast": Judge._type_cast,  # noqa: SLF001
    "FuncCall": Judge._call,  # noqa: SLF001
    "A_Expr": Judge._member,  # noqa: SLF001
    "CoalesceExpr": Judge._first,  # noqa: SLF001
    "SubLink": Judge._subquery,  # noqa: SLF001
    "SQLValueFunction": Judge._session,  # noqa: SLF001
}


def _joined(item: Node) -> Iterator[Node]:
    """The conditions of the inner joins in an item of FROM."""
    join = item.get("JoinExpr", {})
    if join.get("jointype") == "JOIN_INNER":
        if "quals" in join:
            yield join["quals"]
        for side in ("larg", "rarg"):
            yield from _joined(join.get(side, {}))


def _items(node: Node) -> list[Node] | None:
    """The elements of a list or an array that is written out."""
    while "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    if "List" in node:
        return list(node["List"].get("items", ()))
    return list(node["A_ArrayExpr"].get("elements", ())) if "A_ArrayExpr" in node else None


# -- logic ------------------------------------------------------------------------------------------------


def equal(left: Value, right: Value) -> Truth:
    """Whether two operands that are not null for certain are equal."""
    kinds = {left.kind, right.kind}
    if "null" in kinds:
        return Truth(frozenset({None}))
    if kinds == {"constant"} and left.text[:2] == right.text[:2]:
        return ALWAYS if left.text == right.text else NEVER
    if kinds == {"user"}:
        return Truth(frozenset({True} if left.certain and right.certain else {True, None}))
    sure = all(each.certain and each.kind in {"constant", "filled", "user", "column"} for each in (left, right))
    may: frozenset[Outcome] = frozenset({True, False}) if sure else ANY
    if kinds == {"column", "user"}:
        return Truth(may, frozenset({left.text if left.kind == "column" else right.text}))
    return Truth(may)


def _pinned(parts: Iterable[Truth]) -> frozenset[str] | None:
    """The columns of which one is the user's wherever one of the conditions is true."""
    possible = [each for each in parts if not each.never]
    if any(each.own is None for each in possible):
        return None
    return frozenset().union(*(each.own or () for each in possible)) if possible else None


def every(parts: Iterable[Truth]) -> Truth:
    """AND."""
    found = list(parts)
    may = {_least(outcomes) for outcomes in product(*(each.may for each in _distinct(found)))}
    pins = [each.own for each in found if each.own is not None]
    return Truth(frozenset(may), min(pins, key=len) if pins else None)


def some(parts: Iterable[Truth]) -> Truth:
    """OR."""
    found = list(parts)
    may = {_greatest(outcomes) for outcomes in product(*(each.may for each in _distinct(found)))}
    return Truth(frozenset(may), _pinned(found))


def _distinct(parts: Iterable[Truth]) -> list[Truth]:
    """Conditions with different outcomes: of alike ones the first decides as well as all of them."""
    return list({each.may: each for each in parts}.values())


def inverted(part: Truth) -> Truth:
    """NOT."""
    return Truth(frozenset(None if each is None else not each for each in part.may))


def _least(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    return False if False in found else None if None in found else True


def _greatest(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    return True if True in found else None if None in found else False
