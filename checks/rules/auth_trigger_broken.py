"""A trigger on ``auth.users`` fails each time it runs, so nobody can sign up: "Database error saving new user".

A new user is written by ``supabase_auth_admin``, with its rights and its search_path (``auth``). What the trigger's
function does then fails where

- it is not SECURITY DEFINER, and that role may not write or read the table;
- it names a table, type or function without its schema, and its own search_path is empty or not set;
- it inserts a row without a column that is NOT NULL and has no default, or with a column that is not there.

The trigger is part of the user's own transaction: with it the user is lost.

Not found is what EXECUTE makes of a text, what a function that it calls does, what stands inside a block with an
EXCEPTION clause, tables that nothing made, and values that turn out to be null. Nothing is said about columns where the
migrations are not the whole history (they use what none of them makes): one may have been added elsewhere, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...schema.meaning import builtin
from ...schema.names import name_of, qualified
from ...schema.objects.column import Column
from ...schema.objects.function import Function
from ...schema.objects.policy import Policy
from ...schema.objects.privilege import acts_as
from ...schema.objects.role import Role
from ...schema.objects.schema import Schema as SchemaObject
from ...schema.objects.table import Table
from ...schema.objects.trigger import Trigger
from ...schema.objects.view import View
from ..bodies import certain_statements, mentions, path_of, resolved
from ..conditions.expressions import nodes
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.ERROR, about=Trigger, topic=Topic.AUTH)

_AUTH = "supabase_auth_admin"
_LOST = {
    "insert": "nobody can sign up",
    "update": "no user can sign in or be changed",
    "delete": "no user can be deleted",
}
_NEVER = "it never runs"
_UNNAMED = {"new", "old"}
_CLOSED = {"auth", "pg_catalog", "pg_temp"}  # what a project makes is in none of them


@rule
def check(trigger: Trigger, schema: Schema) -> Iterator[Fault]:
    """Read what the function of each trigger on auth.users does, as whom, and whether it can."""
    if trigger.table != "auth.users" or not trigger.knows("function") or trigger.enabled in {"disabled", "replica"}:
        return
    function = schema.catalog.get(Function, trigger.function)
    if function is None or function.origin == "platform" or schema.target.platform != "supabase":
        return
    if not all(map(function.knows, ("body", "security_definer", "config", "owner", "language"))):
        return
    body = _Body(function, certain_statements(function), schema)
    rights, rest = list(dict.fromkeys(body.forbidden())), list(dict.fromkeys((*body.lost(), *body.incomplete())))
    if rights or rest:
        place = schema.place(function)
        event = trigger.events[0].partition(" ")[0] if trigger.events else "insert"
        only_rights = bool(rights) and not rest and not function.security_definer
        yield Fault(
            trigger,
            f'trigger "{trigger.name}" on auth.users fails: {(rights + rest)[0]}, so {_LOST.get(event, _NEVER)}',
            why=(f"{trigger.name} calls {function.identity}, {body.runs}", *rights, *rest),
            remedy="Let the function run with the rights of its owner:"
            if only_rights
            else "Mend the function: SECURITY DEFINER, an empty search_path, the schema before each name in its body, "
            "and a value for each column that demands one",
            sql=f"alter function {function.identity} security definer;" if only_rights else None,
            related=(Related(place, f"{function.identity} is made here"),) if place else (),
        )


class _Body:
    """The SQL of a trigger's function, and as whom and along which path it runs."""

    def __init__(self, function: Function, trees: list[dict[str, Any]], schema: Schema) -> None:
        self.function, self.trees, self.schema, self.catalog = function, trees, schema, schema.catalog
        self.role = function.owner if function.security_definer else _AUTH
        own = function.search_path is not None
        self.path = path_of(function) if own else _search_path(schema)
        along = f"search_path {', '.join(self.path) or 'empty'}"
        self.runs = f"which runs as {self.role}, {along}" + ("" if own else f" (that of {_AUTH})")
        self.names = mentions(trees)
        self.makes = any(name in {"CreateStmt", "CreateTableAsStmt"} for name, _ in nodes(trees))

    def lost(self) -> Iterator[str]:
        """Names without a schema that mean nothing along the path: it leads to nothing of the project's."""
        if self.makes or not set(self.path) <= _CLOSED:
            return
        known = builtin.pg_catalog()
        along = f"its search_path is {', '.join(self.path) or 'empty'}"
        for each in self.names:
            kind, builtins = ("function", known.functions) if each.what == "execute" else ("table", known.relations)
            if each.schema is not None or each.name in builtins or each.name.lower() in _UNNAMED:
                continue
            if not resolved(self.catalog, each, self.path):
                yield f"{kind} {each.name} is not found ({along})"
        for name, node in nodes(self.trees):
            if name == "TypeCast" and len(node["typeName"].get("names", ())) == 1:
                type_ = str(node["typeName"]["names"][0]["String"].get("sval", ""))
                kinds = ("type", "table", "view")
                found = any(self.catalog.find((k, name_of(s, type_))) for s in self.path for k in kinds)
                if type_ not in known.types and not found:
                    yield f"type {type_} is not found ({along})"

    def forbidden(self) -> Iterator[str]:
        """What the role may not do with the relations that are named."""
        if self.schema.catalog.get(Role, self.role) is None:
            return
        for each in self.names:
            if each.what == "execute":
                continue
            for relation in resolved(self.catalog, each, self.path):
                if isinstance(relation, Table | View) and relation.origin != "platform":
                    yield from self._refused(relation, each.what)

    def _refused(self, relation: Table | View, what: str) -> Iterator[str]:
        home = self.catalog.get(SchemaObject, relation.schema)
        if home is not None and self.schema.holds(self.role, home, "usage") is False:
            yield f"{self.role} may not use schema {relation.schema} (42501)"
        elif self.schema.holds(self.role, relation, what) is False and not self._holds_column(relation, what):
            yield f"{self.role} may not {what} {'into ' if what == 'insert' else ''}{relation.identity} (42501)"
        elif what == "insert" and isinstance(relation, Table) and self._is_shut(relation):
            yield f"no policy of {relation.identity} lets {self.role} insert (42501)"

    def _holds_column(self, relation: Table | View, what: str) -> bool:
        if not isinstance(relation, Table) or what == "delete":
            return False
        return any(self.schema.holds(self.role, each, what) is not False for each in self.schema.columns(relation))

    def _is_shut(self, table: Table) -> bool:
        """Whether row level security lets the role insert nothing."""
        if not table.row_security or not all(map(table.knows, ("row_security", "policies", "owner"))):
            return False
        if self.schema.bypasses_rls(self.role) or (table.owner == self.role and not table.force_row_security):
            return False
        roles = {"public", *acts_as(self.catalog, self.role)}
        policies = self.catalog.children(table.identity, Policy)
        if not all(policy.knows("roles") and policy.knows("command") for policy in policies):
            return False
        return not any(p.permissive and p.command in {"insert", "all"} and roles & set(p.roles) for p in policies)

    def incomplete(self) -> Iterator[str]:
        """Rows that are inserted without a column that must have a value, or with one that is not there."""
        if not self.schema.is_whole_history:
            return
        for name, node in nodes(self.trees):
            if name != "InsertStmt":
                continue
            written = node["relation"]
            schemas = (written["schemaname"],) if "schemaname" in written else self.path
            found = (self.catalog.get(Table, qualified(each, written["relname"])) for each in schemas)
            table = next((each for each in found if each is not None), None)
            if table is not None and table.knows("columns") and table.origin == "made":
                yield from self._lacking(table, node)

    def _lacking(self, table: Table, node: Mapping[str, Any]) -> Iterator[str]:
        columns = self.schema.columns(table)
        named = [str(each["ResTarget"].get("name", "")) for each in node.get("cols", ())]
        if named:
            present = {each.name for each in columns}
            yield from (
                f"column {each} of {table.identity} is not there (42703)" for each in named if each not in present
            )
        else:
            lists = node.get("selectStmt", {}).get("SelectStmt", {}).get("valuesLists", ())
            if not lists and "selectStmt" in node:
                return  # a query: how many columns it gives is not counted
            count = len(lists[0]["List"]["items"]) if lists else 0
            named = [each.name for each in columns[:count]]
        if any(_fills(each) for each in self.catalog.children(table.identity, Trigger)):
            return
        for column in columns:
            if column.name not in named and _demands(column):
                yield f"{table.identity}.{column.name} is NOT NULL, has no default, and is given no value (23502)"


def _demands(column: Column) -> bool:
    known = all(map(column.knows, ("not_null", "default", "generated", "generated_identity")))
    given = column.default or column.generated or column.generated_identity
    return known and column.not_null and not given


def _fills(trigger: Trigger) -> bool:
    """Whether a trigger may give a column its value before the row is checked."""
    return trigger.timing == "before" and "insert" in trigger.events and trigger.enabled != "disabled"


def _search_path(schema: Schema) -> tuple[str, ...]:
    """The search_path of the role that writes users."""
    role = schema.catalog.get(Role, _AUTH)
    settings = (each.partition("=") for each in role.config) if role else iter(())
    value = next((value for name, _, value in settings if name == "search_path"), "auth")
    return tuple(part.strip().strip('"') for part in value.split(",") if part.strip())
