"""Functions and procedures: what they are, and CREATE FUNCTION."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from msgspec.structs import replace

from .. import alter, rename
from ..catalog import Acl, Catalog, CatalogError, Comparison, Dependency, Key, Missing, Node, Object, executes, strings
from ..expression import Likeness, compare, compare_query
from ..live import ours
from ..meaning import lookup, missing, resolve
from ..meaning.lookup import place_of
from ..names import name_of
from ..text import clauses
from . import function_body
from .default_privilege import initial_acl
from .function_options import attributes, in_order, options, with_settings

if TYPE_CHECKING:
    from ..source import Statement

_MODES = {
    "FUNC_PARAM_DEFAULT": "in",
    "FUNC_PARAM_IN": "in",
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}
_OUTPUTS = {"out", "inout", "table"}
_LANGUAGES = {
    "sql",
    "plpgsql",
    "c",
    "internal",
}  # of every database; others come with an extension of their name


class Argument(msgspec.Struct, frozen=True):
    """One argument: its name, mode (in, out, inout, variadic, table), type and default expression."""

    name: str | None
    mode: str
    type: str
    default: str | None = None


def compare_arguments(left: tuple[Argument, ...], right: tuple[Argument, ...]) -> Likeness:
    """Equality of argument lists, defaults as expressions."""
    if [(a.name, a.mode, a.type) for a in left] != [(a.name, a.mode, a.type) for a in right]:
        return Likeness.DIFFERENT
    if any((a.default is None) != (b.default is None) for a, b in zip(left, right, strict=True)):
        return Likeness.DIFFERENT
    pairs = [(a.default, b.default) for a, b in zip(left, right, strict=True) if a.default and b.default]
    return max((compare(a, b) for a, b in pairs), default=Likeness.EXACT)


def compare_bodies(left: str | None, right: str | None) -> Likeness:
    """Equality of bodies: digests by their letters, SQL-standard bodies as expressions or queries."""
    if left == right:
        return Likeness.EXACT
    if left is None or right is None or _is_digest(left) or _is_digest(right):
        return Likeness.DIFFERENT
    ours, theirs = function_body.parts(left), function_body.parts(right)
    if len(ours) != len(theirs):
        return Likeness.UNKNOWN
    return max(
        (
            compare(a[6:].strip(), b[6:].strip()) if a[:6].lower() == "return" else compare_query(a, b)
            for a, b in zip(ours, theirs, strict=True)
        ),
        default=Likeness.EXACT,
    )


def _is_digest(body: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", body) is not None


class Function(Object, frozen=True, kw_only=True):
    """A row of ``pg_proc``; its identity is schema.name(``oidvectortypes(proargtypes)``)."""

    kind: ClassVar[str] = "function"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl", "source", "proconfig"})
    comparisons: ClassVar[Mapping[str, Comparison]] = {
        "arguments": compare_arguments,
        "body": compare_bodies,
    }

    schema: str
    name: str
    routine_kind: str = "function"  # function | procedure | aggregate | window
    arguments: tuple[Argument, ...] = ()
    returns: str | None = "void"
    returns_set: bool = False
    language: str = "sql"
    volatility: str = "volatile"  # volatile | stable | immutable
    strict: bool = False
    security_definer: bool = False
    leakproof: bool = False
    parallel: str = "unsafe"  # unsafe | restricted | safe
    config: tuple[str, ...] = ()  # search_path="" and the like, sorted: their order has no meaning
    owner: str = "postgres"
    body: str | None = None  # md5 of prosrc, line ends as LF; of BEGIN ATOMIC: the text itself
    acl: Acl | None = None
    source: str = ""  # prosrc
    proconfig: tuple[str, ...] = ()  # config in the order in which it was set, where that is known

    @property
    def search_path(self) -> str | None:
        """The search_path the function sets for itself, None where it takes the caller's."""
        settings = (each.partition("=") for each in self.config)
        return next((value for name, _, value in settings if name == "search_path"), None)

    live: ClassVar[str] = f"""
select 'function' as kind, i.identity, null::pg_catalog.text as parent,
  pg_catalog.jsonb_build_object(
    'schema', n.nspname, 'name', p.proname,
    'routine_kind', case p.prokind when 'f' then 'function' when 'p' then 'procedure' when 'a' then 'aggregate'
      else 'window' end,
    'arguments', coalesce((
      select pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
        'name', nullif(p.proargnames[a.n], ''),
        'mode', case coalesce(p.proargmodes[a.n]::pg_catalog.text,
            case when p.provariadic <> 0 and a.n = p.pronargs then 'v' else 'i' end)
          when 'i' then 'in' when 'o' then 'out' when 'b' then 'inout' when 'v' then 'variadic' else 'table' end,
        'type', pg_catalog.format_type(a.type, null),
        'default', pg_catalog.pg_get_function_arg_default(p.oid, a.n::pg_catalog.int4)) order by a.n)
      from pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::pg_catalog.oid[]))
        with ordinality as a(type, n)), '[]'),
    'returns', pg_catalog.format_type(p.prorettype, null), 'returns_set', p.proretset, 'language', l.lanname,
    'volatility', case p.provolatile when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end,
    'strict', p.proisstrict, 'security_definer', p.prosecdef, 'leakproof', p.proleakproof,
    'parallel', case p.proparallel when 'u' then 'unsafe' when 'r' then 'restricted' else 'safe' end,
    'config', coalesce((select pg_catalog.jsonb_agg(c order by c collate pg_catalog."C")
      from pg_catalog.unnest(p.proconfig) c), '[]'), 'owner', pg_catalog.pg_get_userbyid(p.proowner),
    'body', coalesce(pg_catalog.pg_get_function_sqlbody(p.oid),
      pg_catalog.md5(pg_catalog.replace(p.prosrc, E'\\r\\n', E'\\n')))) as attributes
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
cross join lateral (select pg_catalog.format('%I.%I(%s)', n.nspname, p.proname,
  pg_catalog.oidvectortypes(p.proargtypes)) as identity) i
where {ours("n", "pg_proc", "p.oid")}
  and not exists (select from pg_catalog.pg_depend d where d.deptype = 'i'
    and d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid)
"""


# -- CREATE ----------------------------------------------------------------------------------------------


@executes("CreateFunctionStmt")
def create_function(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE [OR REPLACE] FUNCTION or PROCEDURE."""
    names = strings(node["funcname"])
    schema, name = resolve.creation(catalog, names)
    needs: dict[Key, None] = {}
    found = options(node.get("options", ()))
    arguments = _arguments(catalog, node, statement, needs)
    returns, returns_set = _result(catalog, node, arguments, needs)
    function = Function(
        identity="",
        schema=schema,
        name=name,
        arguments=arguments,
        returns=returns,
        returns_set=returns_set,
        owner=catalog.role,
        acl=initial_acl(catalog, "functions", catalog.role, schema),
        **attributes(found),
    )
    if node.get("is_procedure"):
        function = replace(function, routine_kind="procedure")
    elif found.get("window"):
        function = replace(function, routine_kind="window")
    config = with_settings((), found.get("config", ()))
    function = replace(function, unknown=frozenset({"config"} if config is None else ()), **in_order(config or ()))
    function = replace(function, identity=rename.identity_of(function))
    before = existing(catalog, function)
    if before is not None:
        if not node.get("replace"):
            raise CatalogError("42723", f'function "{name}" already exists with same argument types')
        function = replaced(before, function)
        if before.key in catalog.resting and before.acl is not None:  # where it was not there, it has others
            function = replace(function, unknown=function.unknown | {"privileges"})
    if function.leakproof:
        alter.require_superuser(catalog, "only superuser can define a leakproof function")
    if "sql_body" in node:
        function, refs = _with_standard_body(catalog, node["sql_body"], statement, function, found)
        needs.update(dict.fromkeys(refs))
    else:
        function = _with_source(catalog, statement, function, found)
    _check_language(catalog, function.language)
    catalog.put(function, depends=[Dependency(key) for key in needs if key != function.key])


def _arguments(catalog: Catalog, node: Node, statement: Statement, needs: dict[Key, None]) -> tuple[Argument, ...]:
    arguments: list[Argument] = []
    defaults = False
    for each in node.get("parameters", ()):
        parameter = each["FunctionParameter"]
        name, mode = parameter.get("name"), _MODES[parameter["mode"]]
        if parameter["argType"].get("setof"):
            raise CatalogError("42P13", "functions cannot accept set arguments", place_of(parameter))
        printed, key = resolve.type_of(catalog, parameter["argType"], modifiers=False)
        if key:
            needs[key] = None
        default = None
        if "defexpr" in parameter:
            default = _default(catalog, parameter, statement, needs)
            defaults = True
        elif defaults and mode not in {"out", "table", "variadic"}:
            raise CatalogError(
                "42P13",
                "input parameters after one with a default value must also have defaults",
                place_of(parameter),
            )
        if name and any(_clash(name, mode, other) for other in arguments):
            raise CatalogError("42P13", f'parameter name "{name}" used more than once', place_of(parameter))
        arguments.append(Argument(name or None, mode, printed, default))
    return tuple(arguments)


def _clash(name: str, mode: str, other: Argument) -> bool:
    """Whether two parameters may not share a name: a pure input and a pure output may."""
    if other.name != name:
        return False
    pure_inputs, pure_outputs = {"in", "variadic"}, {"out", "table"}
    return not (
        (mode in pure_inputs and other.mode in pure_outputs) or (mode in pure_outputs and other.mode in pure_inputs)
    )


def _default(catalog: Catalog, parameter: Node, statement: Statement, needs: dict[Key, None]) -> str:
    """The text of a parameter's default."""
    start = (place_of(parameter["argType"]) or 0) + statement.base
    data, depth = statement.source.data, 0
    for kind, first, last in clauses.tokens(data, start, statement.end):
        token = data[first:last]
        if kind == "mark":
            depth += (token in {b"(", b"["}) - (token in {b")", b"]"})
        elif not depth and (token == b"=" or token.lower() == b"default"):
            start = last
            break
    span = clauses.until(statement, start, (",",))
    bound = resolve.bind(catalog, statement, parameter["defexpr"], span)
    needs.update(dict.fromkeys(bound.refs))
    return bound.text


def _result(catalog: Catalog, node: Node, arguments: Sequence[Argument], needs: dict[Key, None]) -> tuple[str, bool]:
    """The result type, and whether it is a set."""
    outs = [each for each in arguments if each.mode in _OUTPUTS]
    implied = None if not outs else outs[0].type if len(outs) == 1 else "record"
    written = node.get("returnType")
    if node.get("is_procedure"):
        return ("record" if outs else "void"), False
    if written is None:
        if implied is None:
            raise CatalogError("42P13", "function result type must be specified")
        return implied, False
    printed, key = resolve.type_of(catalog, written, modifiers=False)
    if key:
        needs[key] = None
    if implied is not None and printed != implied:
        raise CatalogError("42P13", f"function result type must be {implied} because of OUT parameters")
    return printed, bool(written.get("setof"))


def existing(catalog: Catalog, function: Function) -> Function | None:
    """The function with this identity; one that was only assumed gives way."""
    wildcard = catalog.get(Function, name_of(function.schema, function.name))
    if wildcard is not None:  # assumed, whatever its arguments: those who use it now use this one
        events = [
            replace(each, made_later_at=catalog.statement.location)
            if isinstance(each, Missing) and (each.kind, each.identity) == wildcard.key and catalog.statement
            else each
            for each in catalog.events
        ]
        catalog.set_session(events=events)
        if function.key not in catalog:
            rename.follow(catalog, wildcard.key, replace(wildcard, identity=function.identity))
            assumed = catalog.get(Function, function.identity)
            if assumed is not None:
                catalog.remove(assumed.key)
            return None
    before = catalog.get(Function, function.identity)
    if before is not None and resolve.vacate(catalog, before):
        return None
    if before is not None and before.origin == "made" and before.key in catalog.resting:
        return replace(
            before, unknown=before.unknown & {"owner", "privileges"}
        )  # where it may be as it was made, what that forbids is in doubt
    return before


def replaced(before: Function, function: Function) -> Function:
    """The function that CREATE OR REPLACE leaves: owner and privileges stay. Raises 42809 and 42P13."""
    if before.routine_kind != function.routine_kind:
        detail = f'"{function.name}" is {_a(before.routine_kind)}.'
        raise CatalogError("42809", "cannot change routine kind", detail=detail)
    inputs = lookup.input_types(function)
    hint = f"Use DROP {function.routine_kind.upper()} {function.name}({', '.join(inputs)}) first."
    same_type = before.returns == function.returns and before.returns_set == function.returns_set
    if before.knows("returns") and not same_type:
        what = "result type of existing procedure" if _is_procedure(function) else "return type of existing function"
        if _is_procedure(function):
            what = "whether a procedure has output parameters"
        raise CatalogError("42P13", f"cannot change {what}", hint=hint)
    if not (before.knows("arguments") and before.knows("returns")):
        return _held(before, function)
    ours, theirs = _row(before), _row(function)
    if function.returns == "record" and ours != theirs:
        detail = "Row type defined by OUT parameters is different."
        raise CatalogError("42P13", "cannot change return type of existing function", detail=detail, hint=hint)
    for old, new in zip(_inputs(before), _inputs(function), strict=True):
        if old.name and old.name != new.name:
            raise CatalogError("42P13", f'cannot change name of input parameter "{old.name}"', hint=hint)
        if old.default is not None and new.default is None:
            message = "cannot remove parameter defaults from existing function"
            raise CatalogError("42P13", message, hint=hint)
    return _held(before, function)


def _held(before: Function, function: Function) -> Function:
    """A function as CREATE OR REPLACE leaves it, by the owner and with the privileges of what it replaces."""
    stays = {name for name in ("owner", "privileges") if not before.knows(name)}
    return replace(function, owner=before.owner, acl=before.acl, unknown=function.unknown | stays)


def _a(kind: str) -> str:
    return {"aggregate": "an aggregate function", "window": "a window function"}.get(kind, f"a {kind}")


def _is_procedure(function: Function) -> bool:
    return function.routine_kind == "procedure"


def _inputs(function: Function) -> list[Argument]:
    return [each for each in function.arguments if each.mode not in {"out", "table"}]


def _row(function: Function) -> list[tuple[str | None, str]]:
    return [(each.name, each.type) for each in function.arguments if each.mode in _OUTPUTS]


def _with_standard_body(
    catalog: Catalog, body: Node, statement: Statement, function: Function, found: Mapping[str, Any]
) -> tuple[Function, tuple[Key, ...]]:
    """The function with a SQL-standard body, kept as its text, and what that needs."""
    if "language" in found and function.language != "sql":
        raise CatalogError("42P13", "inline SQL function body only valid for language SQL")
    if "as" in found:
        raise CatalogError("42P13", "duplicate function body specified")
    text, refs = function_body.standard(catalog, body, statement, function)
    return replace(function, body=text), refs


def _with_source(catalog: Catalog, statement: Statement, function: Function, found: Mapping[str, Any]) -> Function:
    """The function with a body that is a string, kept as its digest."""
    if "language" not in found:
        raise CatalogError("42P13", "no language specified")
    if "as" not in found:
        raise CatalogError("42P13", "no function body specified")
    written = strings(found["as"]["List"]["items"])
    if function.language == "c":
        source = written[1] if len(written) > 1 else function.name
    elif len(written) > 1:
        raise CatalogError("42P13", f'only one AS item needed for language "{function.language}"')
    else:
        source = written[0]
    if function.language == "sql":
        options_ = (each["DefElem"] for each in statement.node["options"])
        element = next(each for each in options_ if each["defname"] == "as")
        function_body.check(catalog, source, function, function_body.place_of_body(statement, element))
    elif function.language == "plpgsql":
        function_body.check_plpgsql(catalog, source, function)
    return replace(function, source=source, body=function_body.digest(source))


def _check_language(catalog: Catalog, language: str) -> None:
    if language in _LANGUAGES or ("extension", language) in catalog or ("language", language) in catalog:
        return
    key = ("language", language)
    if any(isinstance(each, Missing) and (each.kind, each.identity) == key for each in catalog.events):
        return
    missing.record(catalog, key, "42704", f'language "{language}" does not exist')
