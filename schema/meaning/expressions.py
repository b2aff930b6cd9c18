"""What an expression reads and comes to: functions, types and relations by their names, columns by ``references``.

The rules are those of PostgreSQL's parse analysis (parse_expr.c, parse_func.c in src/backend/parser).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..catalog import CatalogError, strings
from ..names import name_of, quote_literal
from ..text.clauses import tokens
from . import lookup, missing, overloads
from .builtin import pg_catalog
from .lookup import place_of
from .references import References
from .result_names import VALUE_FUNCTIONS
from .result_types import UNKNOWN, Types, argument_form, array_of, column_form, element_of, literal_type
from .scope import Entry, Form, Mention, Output, Outputs, Scope, attribute_parts

if TYPE_CHECKING:
    from ..catalog import Node
    from ..objects.function import Function

_TAKES_REGCLASS = {"nextval", "currval", "setval"}  # functions whose literal names a sequence
_OF_AGGREGATES = frozenset({"agg_filter", "agg_order", "over"})
_NO_MATCH = "No function matches the given name and argument types. You might need to add explicit type casts."
_TYPES = {"NullTest": "boolean", "BooleanTest": "boolean", "BoolExpr": "boolean", "GroupingFunc": "integer"}


class Expressions(References, ABC):
    """One walk over an expression or query: what it reads, and where its text needs a schema."""

    # -- expressions -------------------------------------------------------------------------------------

    def expression(self, node: Node, scope: Scope) -> str | None:
        """Resolve one node; its type where it is known."""
        for tag, body in node.items():
            method = self._methods.get(tag)
            if method is not None:
                return method(self, body, scope)
            if isinstance(body, dict):
                self.rest(body, scope)
            return _TYPES.get(tag)
        return None

    def rest(self, body: Node, scope: Scope) -> None:
        """Resolve whatever a node without a method of its own holds."""
        for name, value in body.items():
            if isinstance(value, dict):
                if name == "typeName":
                    self.type(value)
                elif len(value) == 1 and next(iter(value))[0].isupper():
                    self.expression(value, scope)
                else:
                    self.rest(value, scope)
            elif isinstance(value, list):
                for each in value:
                    self.expression(each, scope)

    def each(self, nodes: Iterable[Node], scope: Scope) -> list[str | None]:
        """Resolve several nodes."""
        return [self.expression(node, scope) for node in nodes]

    def _constant(self, body: Node, _: Scope) -> str | None:
        return literal_type(body)

    def type(self, node: Node) -> str:
        """Resolve a type's name."""
        printed, key = lookup.type_of(self.catalog, node)
        names = node["names"]
        if key is not None:
            self.refs[key] = None
            self.mention(key, node, 0, Form.IDENTITY)
        if len(names) == 1 and not node.get("pct_type") and "." in printed:
            found = lookup.find_type(self.catalog, strings(names))
            if found is not None:
                self.qualify(node, found[0])
        return printed

    def _cast(self, body: Node, scope: Scope) -> str | None:
        arg = body["arg"]
        printed = self.type(body["typeName"])
        if printed == "regclass" and "sval" in arg.get("A_Const", ()):
            self.relation_literal(arg["A_Const"])
        else:
            self.expression(arg, scope)
        return printed

    def relation_literal(self, body: Node) -> None:
        """Resolve the relation that a regclass literal names, and qualify it."""
        at = place_of(body)
        written = _identifiers(str(body["sval"].get("sval", "")))
        if at is None or not written:
            return
        found = lookup.find_relation(self.catalog, written) or lookup.missing_relation(self.catalog, written, at)
        self.refs[found.key] = None
        _, first, last = next(iter(tokens(self.data, at + self.base, len(self.data))))
        if self.mentions is not None:
            self.mentions.append(Mention(found.key, first, last, Form.LITERAL))
        elif len(written) == 1 and getattr(found, "schema", "pg_catalog") not in lookup.SYSTEM:
            self.edits.append((first, last, quote_literal(found.identity)))

    def _call(self, body: Node, scope: Scope) -> str | None:
        names = strings(body["funcname"])
        args = body.get("args", ())
        if names[-1] in _TAKES_REGCLASS and args and "sval" in args[0].get("A_Const", ()):
            self.relation_literal(args[0]["A_Const"])
            types: list[str | None] = ["regclass", *self.each(args[1:], scope)]
        else:
            types = self.each(args, scope)
        order: list[str | None] = []
        if not _OF_AGGREGATES.isdisjoint(body):
            order = self.each([each["SortBy"]["node"] for each in body.get("agg_order", ())], scope)
            self.expression(body.get("agg_filter", {}), scope)
            self.rest(body.get("over", {}), scope)
        named = tuple([each["NamedArgExpr"]["name"] for each in args if "NamedArgExpr" in each])
        self.constructed = None
        function = self.function(names, types, named, body)
        if function is not None:
            self.refs[function.key] = None
            self.mention(function.key, body, 0, Form.IDENTITY)
            return overloads.result(Types(self.catalog), function, types)
        if self.constructed is not None:
            return self.constructed
        given = types + (order if body.get("agg_within_group") else [])
        built_in = len(names) == 1 or names[0] == "pg_catalog"
        odd = bool(named) or body.get("func_variadic") or body.get("agg_within_group")
        if built_in and not odd and overloads.refused(self.catalog, self.types, names, given):
            message = f"function {'.'.join(names)}({overloads.shown(given)}) does not exist"
            raise CatalogError("42883", message, place_of(body), hint=_NO_MATCH)
        kind = self.types.call(names[-1], given) if built_in else None
        self.row_columns = self.types.rows(names[-1], given) if built_in and kind is None else ()
        return kind

    def function(
        self, names: list[str], types: list[str | None], named: tuple[str, ...], body: Node
    ) -> Function | None:
        """Find the function that a call means; None for a built-in one, or where it cannot be told.

        Raises 42883 where functions of that name are all known, and none takes so many arguments.
        """
        if len(names) > 1 and names[-2] in lookup.SYSTEM:
            return None
        found = lookup.candidates(self.catalog, names)
        built_in = len(names) == 1 and names[0] in pg_catalog().functions
        if not found:
            if not built_in and not self._type(names, body) and not self._extension_function(names):
                message = f"function {'.'.join(names)}({overloads.shown(types)}) does not exist"
                self._missing(names, types, message, body)
            return None
        fitting = [each for each in found if overloads.fits(each, len(types), named)]
        if not fitting and not built_in and not self._extension_function(names) and not body.get("func_variadic"):
            raise CatalogError(
                "42883",
                f"function {'.'.join(names)}({overloads.shown(types)}) does not exist",
                place_of(body),
                hint=_NO_MATCH,
            )
        chosen = overloads.choose(Types(self.catalog), fitting, types)
        if chosen is None or (built_in and not overloads.exact(chosen, types)):
            return None
        if len(names) == 1:
            self.qualify(body, chosen.schema)
        return chosen

    def _type(self, names: list[str], body: Node) -> bool:
        """Whether a call names a type: that of the range or multirange it makes, or that which it casts to."""
        found = lookup.find_type(self.catalog, names)
        kind: Any = self.catalog.find(found[2]) if found and found[2] else None
        if found is None or kind is None or kind.kind != "type":
            return False
        if kind.type_kind != "range" and len(body.get("args", ())) != 1:
            return False
        self.refs[kind.key] = None
        if names[-1] == kind.name:
            self.mention(kind.key, body, 0, Form.IDENTITY)
        if len(names) == 1:
            self.qualify(body, found[0])
        self.constructed = name_of(*found[:2])
        return True

    def _missing(self, names: list[str], types: list[str | None], message: str, body: Node) -> None:
        known = [each for each in types if each and each != UNKNOWN]
        args = [argument_form(each) for each in known] if len(known) == len(types) else None
        assumed = lookup.missing_function(self.catalog, names, args, message, place_of(body))
        self.refs[assumed.key] = None
        if len(names) == 1 and not any(missing.may_exist(self.catalog, each) for each in lookup.path(self.catalog)):
            self.qualify(body, assumed.schema)  # else nobody knows which schema it is in

    def _extension_function(self, names: list[str]) -> bool:
        """Whether an extension makes this function; a bare name is then qualified with the extension's schema."""
        schemas = [names[-2]] if len(names) > 1 else lookup.path(self.catalog)
        return any(missing.in_extension(self.catalog, each, names[-1], "functions") for each in schemas)

    def _operation(self, body: Node, scope: Scope) -> str | None:
        left = self.expression(body["lexpr"], scope) if "lexpr" in body else None
        right = self.expression(body["rexpr"], scope) if "rexpr" in body else None
        return self.types.operator(body, left, right)

    def _collate(self, body: Node, scope: Scope) -> str | None:
        return self.expression(body.get("arg", {}), scope)

    def _case(self, body: Node, scope: Scope) -> str | None:
        self.expression(body.get("arg", {}), scope)
        results = []
        for each in body.get("args", ()):
            when = each["CaseWhen"]
            self.expression(when["expr"], scope)
            results.append(self.expression(when["result"], scope))
        results.append(self.expression(body["defresult"], scope) if "defresult" in body else UNKNOWN)
        return self.types.common(results)

    def _coalesce(self, body: Node, scope: Scope) -> str | None:
        return self.types.common(self.each(body.get("args", ()), scope))

    def _array(self, body: Node, scope: Scope) -> str | None:
        element = self.types.common(self.each(body.get("elements", ()), scope))
        return array_of(None if element is None else column_form(argument_form(element)))

    def _indirection(self, body: Node, scope: Scope) -> str | None:
        kind = self.expression(body["arg"], scope)
        for each in body["indirection"]:
            ((tag, inner),) = each.items()
            if tag == "A_Indices":
                self.rest(inner, scope)
                kind = kind if inner.get("is_slice") else element_of(kind)
            elif tag == "String":
                kind = self.field(kind, str(inner.get("sval", "")))
            else:
                kind = None
        return kind

    def fields_of(self, kind: str | None) -> Outputs:
        """The fields of a composite value of this type, where they are known."""
        for each in ("table", "view"):
            row = self.catalog.find((each, kind or ""))
            if row is not None:
                return Entry("", None, row).outputs(self.catalog)
        composite: Any = self.catalog.find(("type", kind or ""))
        if composite is None or not composite.knows("attributes_") or composite.type_kind != "composite":
            return None
        return [Output(*attribute_parts(each), (composite.key,)) for each in composite.attributes_]

    def field(self, kind: str | None, name: str) -> str | None:
        """The type of a field of a composite value."""
        return next((each.type for each in self.fields_of(kind) or () if each.name == name), None)

    def _row(self, body: Node, scope: Scope) -> str | None:
        self.each(body.get("args", ()), scope)
        return "record"

    def _value_function(self, body: Node, _: Scope) -> str | None:
        return VALUE_FUNCTIONS.get(body["op"], (None, None))[1]

    def _sub_select(self, body: Node, scope: Scope) -> str | None:
        self.select(body, scope)
        return None

    @abstractmethod
    def select(self, body: Node, parent: Scope | None, *, named: bool = True, aliases: Sequence[str] = ()) -> Outputs:
        """Resolve a SELECT: what walks queries as well does so."""

    def _sublink(self, body: Node, scope: Scope) -> str | None:
        if "testexpr" in body:
            self.expression(body["testexpr"], scope)
        select = body["subselect"]["SelectStmt"]
        outputs = self.select(select, scope, named=False)
        first = outputs[0].type if outputs else None
        kind = body["subLinkType"]
        if kind == "EXPR_SUBLINK":
            return first
        if kind == "ARRAY_SUBLINK":
            return array_of(None if first is None else column_form(argument_form(first)))
        return "boolean"

    _methods: ClassVar[Mapping[str, Callable[[Any, Any, Scope], str | None]]] = {
        "ColumnRef": References.column_ref,
        "A_Const": _constant,
        "TypeCast": _cast,
        "FuncCall": _call,
        "A_Expr": _operation,
        "CollateClause": _collate,
        "CaseExpr": _case,
        "CoalesceExpr": _coalesce,
        "MinMaxExpr": _coalesce,
        "A_ArrayExpr": _array,
        "A_Indirection": _indirection,
        "RowExpr": _row,
        "SQLValueFunction": _value_function,
        "SubLink": _sublink,
        "SelectStmt": _sub_select,
    }


def _identifiers(text: str) -> list[str]:
    """The parts of a written name: stringToQualifiedNameList; empty where it is none."""
    names: list[str] = []
    wants_name = True
    data = text.encode()
    for kind, first, last in tokens(data, 0, len(data)):
        written = data[first:last].decode()
        if wants_name and kind == "word":
            names.append(written.lower())
        elif wants_name and kind == "name":
            names.append(written[1:-1].replace('""', '"'))
        elif wants_name or written != ".":
            return []
        wants_name = not wants_name
    return [] if wants_name else names
