"""A statement cannot run inside a transaction block, and it is not alone in its file.

Several statements in one paste are one transaction, so the server answers 25001 and keeps nothing. A bundle
gives such a statement a paste of its own; the CLI runs some of them outside of the file's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.source import Source, Statement, lowered
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.INFO, about=Source, topic=Topic.PASTE)

_ALWAYS = {
    "AlterSystemStmt": "ALTER SYSTEM",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "CreatedbStmt": "CREATE DATABASE",
    "DropTableSpaceStmt": "DROP TABLESPACE",
    "DropdbStmt": "DROP DATABASE",
}
_IF_CONCURRENT = {"AlterTableStmt", "DropStmt", "IndexStmt"}
_SOME = {"ClusterStmt", "ReindexStmt", "VacuumStmt", *_IF_CONCURRENT}


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Look for statements that must be alone."""
    statements = schema.statements_of[source.path]
    if len(statements) < 2:
        return
    suspect = {*_ALWAYS, *_SOME} - (set() if b"concurrently" in lowered(source) else _IF_CONCURRENT)
    for statement in statements:
        if statement.kind in suspect and (what := _alone(statement)):
            yield Fault(
                statement,
                f"{what} cannot run inside a transaction block: it needs a paste of its own (25001)",
                why=("the statements of one paste, or of one file, are one transaction",),
                remedy="Move it to a file of its own; a bundle gives it a paste of its own",
            )


def _alone(statement: Statement) -> str | None:
    """What the server calls the statement, where it refuses it in a transaction block."""
    kind = statement.kind
    if kind in _ALWAYS:
        return _ALWAYS[kind]
    if kind in _IF_CONCURRENT and not statement.says(b"concurrently"):
        return None
    node = statement.node
    if kind == "IndexStmt" and node.get("concurrent"):
        return "CREATE INDEX CONCURRENTLY"
    if kind == "DropStmt" and node.get("concurrent"):
        return "DROP INDEX CONCURRENTLY"
    if kind == "VacuumStmt" and node.get("is_vacuumcmd"):
        return "VACUUM"
    if kind == "ClusterStmt" and "relation" not in node:
        return "CLUSTER"
    if kind == "ReindexStmt":
        return _reindex(node)
    if kind == "AlterTableStmt":
        commands = [each.get("AlterTableCmd", {}) for each in node.get("cmds", ())]
        if any(
            each.get("subtype") == "AT_DetachPartition"
            and each.get("def", {}).get("PartitionCmd", {}).get("concurrent")
            for each in commands
        ):
            return "ALTER TABLE ... DETACH CONCURRENTLY"
    return None


def _reindex(node: dict[str, object]) -> str | None:
    whole = {
        "REINDEX_OBJECT_SCHEMA": "SCHEMA",
        "REINDEX_OBJECT_SYSTEM": "SYSTEM",
        "REINDEX_OBJECT_DATABASE": "DATABASE",
    }
    if str(node.get("kind")) in whole:
        return f"REINDEX {whole[str(node['kind'])]}"
    parameters = node.get("params")
    names = [p.get("DefElem", {}).get("defname") for p in parameters] if isinstance(parameters, list) else []
    return "REINDEX CONCURRENTLY" if "concurrently" in names else None
