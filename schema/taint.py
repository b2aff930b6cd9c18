"""What cannot be followed: it is reported, and what it may have touched is unknown from then on.

Nothing false may be said about what was touched, and nothing is said to be missing that an unfollowed statement
may have made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .catalog import WHOLE, Catalog, Key, Node, Object, Unmodelled, executes, handler_of
from .names import quote_ident

if TYPE_CHECKING:
    from .source import Statement

EVERYTHING: tuple[Key, ...] = (("*", "*"),)

# How an event says that it was not the statement's doing; tests on real SQL demand that no event does.
FAULT = "a fault of pasteproof, please report it"

# Statements that no handler takes because the catalog holds nothing that they change, and why
HARMLESS = {
    name: why
    for why, names in {
        "it changes rows alone": "CopyStmt RefreshMatViewStmt",
        "it changes the session or its transaction alone": """CheckPointStmt ClosePortalStmt ConstraintsSetStmt
            DeallocateStmt DeclareCursorStmt FetchStmt ListenStmt LoadStmt LockStmt NotifyStmt UnlistenStmt
            VariableShowStmt""",
        "it rebuilds or measures what is there": "ClusterStmt ReindexStmt VacuumStmt",
        "its object is known to exist only, and goes on to": """AlterCollationStmt AlterForeignServerStmt
            AlterOpFamilyStmt AlterOperatorStmt AlterStatsStmt AlterTSDictionaryStmt AlterUserMappingStmt""",
        "it is about the server or a whole database": """AlterDatabaseRefreshCollStmt AlterDatabaseSetStmt
            AlterDatabaseStmt AlterSystemStmt AlterTableSpaceOptionsStmt CreateTableSpaceStmt CreatedbStmt
            DropTableSpaceStmt DropdbStmt""",
        "nothing in a database depends on a subscription": """AlterSubscriptionStmt CreateSubscriptionStmt
            DropSubscriptionStmt""",
        "no attribute of ours says where the rows are kept": "AlterTableMoveAllStmt",
        "no attribute of ours is a security label": "SecLabelStmt",
        "comments and privileges are not kept of such an object": "CommentStmt GrantStmt",
    }.items()
    for name in names.split()
}

# Statements on an object of a kind: harmless where the catalog holds none of it.
ABOUT = {
    "AlterOwnerStmt": "objectType",
    "DropStmt": "removeType",
    "RenameStmt": "renameType",
}
FOREIGN_KINDS = frozenset({
    "OBJECT_DATABASE", "OBJECT_LARGEOBJECT", "OBJECT_PARAMETER_ACL", "OBJECT_SUBSCRIPTION", "OBJECT_TABLESPACE",
})  # fmt: skip


# Statements that cannot be followed, and what becomes unknown
UNFOLLOWED = {
    "AlterExtensionContentsStmt": "which objects are the extension's",
    "ImportForeignSchemaStmt": "which tables it makes",
}


def without_handler(catalog: Catalog, statement: Statement) -> None:
    """Say of a statement that no handler takes what it may have touched, where it can have touched anything."""
    about = statement.node.get(ABOUT.get(statement.kind, ""))
    if statement.kind in HARMLESS or about in FOREIGN_KINDS:
        return
    touches, reason = EVERYTHING, f"{_named(statement)} is not followed"
    if statement.kind == "ImportForeignSchemaStmt":
        touches = (("table", f"{quote_ident(statement.node['local_schema'])}.*"),)
        reason = "which tables IMPORT FOREIGN SCHEMA makes is not known"
    elif about in {"OBJECT_FOREIGN_SERVER", "OBJECT_FDW"}:
        touches = (("table", "*"),)
        for table in list(catalog):
            if getattr(table, "relation_kind", "") == "foreign":
                mark(catalog, table, (WHOLE,))
    else:
        forget(catalog, EVERYTHING)
    unmodelled(catalog, reason, touches)


def _named(statement: Statement) -> str:
    """The name of a statement's form, from its node's: CREATE CAST for CreateCastStmt."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", statement.kind.removesuffix("Stmt")).upper()


def unmodelled(catalog: Catalog, reason: str, touches: Iterable[Key]) -> None:
    """Record that the statement being run could not be followed, and what it may have touched."""
    if catalog.statement is None:
        return
    event = Unmodelled(at=catalog.statement.location, reason=reason, touches=tuple(sorted(set(touches))))
    catalog.set_session(events=[*catalog.events, event])


def fault(catalog: Catalog, statement: Statement, error: Exception) -> None:
    """Record that a statement could not be followed through a fault of ours: anything may be otherwise than known."""
    outer, catalog.statement = catalog.statement, statement
    what = "it is nested too deeply" if isinstance(error, RecursionError) else f"{FAULT} ({type(error).__name__})"
    try:
        unmodelled(catalog, f"{_named(statement)} could not be followed: {what}", EVERYTHING)
        forget(catalog, EVERYTHING)
    finally:
        catalog.statement = outer


def forget(catalog: Catalog, touches: Collection[Key], attributes: Iterable[str] = (WHOLE,)) -> None:
    """Make attributes of everything that is touched unknown; the platform's own objects stay known."""
    unknown = frozenset(attributes)
    for obj in list(catalog):
        if obj.origin == "made" and any(_matches(pattern, obj.key) for pattern in touches):
            mark(catalog, obj, unknown)


def mark(catalog: Catalog, obj: Object, attributes: Iterable[str]) -> None:
    """Make attributes of one object unknown, those that are not yet."""
    if not frozenset(attributes) <= obj.unknown:
        catalog.taint(obj, attributes)


# -- what may exist all the same -----------------------------------------------------------------------------


def declare_external(catalog: Catalog, patterns: Collection[str]) -> None:
    """Put what schema.yaml says is made elsewhere into the catalog, its shape unknown.

    A pattern is a kind and an identity ("table public.users"); one with ``*`` names nothing that could be put
    there, but excuses whatever it matches.
    """
    catalog.external = tuple(patterns)
    for pattern in patterns:
        kind, _, identity = pattern.partition(" ")
        obj = None if "*" in identity else _stand_in(kind, identity)
        if obj is not None and obj.key not in catalog:
            catalog.put(obj)


def _stand_in(kind: str, identity: str) -> Object | None:
    """An object of which nothing but its name is known."""
    from .objects import kinds
    from .session import split_name

    cls = kinds().get(kind)
    if cls is None:
        return None
    values: dict[str, Any] = {"identity": identity, "origin": "external", "unknown": frozenset({WHOLE})}
    bare, parenthesis, _ = identity.partition("(")
    schema, name = split_name(bare)
    if "schema" in cls.__struct_fields__ and cls.__struct_fields__[-1] != "schema" and schema is not None:
        values["schema"] = schema
    if "name" in cls.__struct_fields__:
        values["name"] = name
    if kind == "type":
        values["type_kind"] = "base"
    if kind == "function" and parenthesis:
        values["identity"] = identity
    return cls(**values)


_RELATIONS = frozenset({"table", "view", "sequence"})
# Schemas that the platform makes when webhooks are switched on or a migration is registered, and that of an extension
# that older projects have
_SWITCHED_ON = frozenset({"pgsodium", "supabase_functions", "supabase_migrations"})


def excused(catalog: Catalog, key: Key) -> str | None:
    """Why an object that nothing made need not be reported: "external", "assumed" or None (report it).

    The origin that the assumed object is to have.
    """
    kind, identity = key
    for pattern in catalog.external:
        said, _, name = pattern.partition(" ")
        if (said == kind or {said, kind} <= _RELATIONS) and _like(name, identity):
            return "external"
        if said == "schema" and identity.partition(".")[0] == name:
            return "external"
        if kind == "function" == said and _like(name, identity.partition("(")[0]):
            return "external"
    if kind == "schema" and identity in _SWITCHED_ON and ("role", "supabase_admin") in catalog:
        return "assumed"
    return "assumed" if possibly(catalog, key) else None


def possibly(catalog: Catalog, key: Key) -> bool:
    """Whether a statement that could not be followed may have made an object, or one that is refused dropped it."""
    return (key in catalog.resting and key not in catalog) or any(
        _matches(pattern, key) for event in catalog.events if isinstance(event, Unmodelled) for pattern in event.touches
    )


def _matches(pattern: Key, key: Key) -> bool:
    return pattern[0] in {"*", key[0]} and _like(pattern[1], key[1])


@lru_cache(4096)
def _like(pattern: str, identity: str) -> bool:
    if pattern in {"*", identity}:
        return True
    return "*" in pattern and fnmatchcase(identity, pattern.replace("[", "[[]"))


# -- procedures ----------------------------------------------------------------------------------------------


@executes("DoStmt")
def do(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DO: what can be followed of its body is done."""
    from .procedures import procedure

    procedure.run_block(catalog, node, statement)


@executes("CallStmt")
def call(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CALL: the body of the procedure is run, as far as it can be followed."""
    from .procedures import procedure

    procedure.run_calls(catalog, node, statement)


@executes("SelectStmt")
def select(catalog: Catalog, node: Node, statement: Statement) -> None:
    """SELECT changes what the functions in it do; with INTO it makes a table."""
    from .procedures import procedure

    if "intoClause" in node:
        from .objects.table import select_into

        select_into(catalog, node, statement)
    else:
        if "fromClause" in node or not statement.source.inside:  # there it names variables, as a rule
            from .rows import reads

            reads(catalog, node, statement)
        procedure.run_calls(catalog, node, statement)


@executes("ExplainStmt")
def explain(catalog: Catalog, node: Node, statement: Statement) -> None:
    """EXPLAIN ANALYZE does what it explains; EXPLAIN alone changes nothing."""
    options = (each["DefElem"] for each in node.get("options", ()))
    last = next((each.get("arg", {}) for each in reversed([*options]) if each["defname"] == "analyze"), None)
    value: dict[str, Any] = next(iter((last or {}).values()), {})
    if last is not None and value.get("sval", "on") not in {"off", "false"} and value.get("ival", 1) != 0:
        for kind, query in node["query"].items():
            handler = handler_of(kind, query)
            if handler is not None:
                handler(catalog, query, statement)


@executes("PrepareStmt")
def prepare(catalog: Catalog, node: Node, statement: Statement) -> None:
    """PREPARE changes nothing; it takes plain queries alone."""


@executes("ExecuteStmt")
def execute_prepared(catalog: Catalog, node: Node, statement: Statement) -> None:
    """EXECUTE of a prepared statement, which is a query or changes rows: nothing changes."""
