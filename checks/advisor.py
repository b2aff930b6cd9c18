"""What several of splinter's lints ask, exactly as its SQL asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..schema.names import quote_ident
from ..schema.objects.column import Column
from ..schema.objects.extension import Extension
from ..schema.objects.table import Table
from .members import members
from .rule import Fault
from .schema import RESERVED_SCHEMAS
from .words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..schema.objects.function import Function
    from .schema import Relation, Schema

_MODES = {"in": "", "out": "OUT ", "inout": "INOUT ", "variadic": "VARIADIC "}


def identity_arguments(function: Function) -> str:
    """A function's arguments as ``pg_get_function_identity_arguments`` prints them under an empty search_path."""
    modes = _MODES | {"in": "IN "} if function.routine_kind == "procedure" else _MODES
    return ", ".join(
        modes[argument.mode] + (quote_ident(argument.name) + " " if argument.name else "") + argument.type
        for argument in function.arguments
        if argument.mode != "table"
    )


def runs_as_owner(function: Function, schema: Schema, role: str) -> Iterator[Fault]:
    """Splinter 0028 and 0029: a role runs a security-definer function through the API."""
    if not function.security_definer or function.schema in RESERVED_SCHEMAS or not schema.exposed(function.schema):
        return
    if not function.knows("security_definer") or not schema.holders(function, "execute", (role,)):
        return
    kind = "procedure" if function.routine_kind == "procedure" else "function"
    past = ", who bypasses row level security" if schema.bypasses_rls(function.owner) else ""
    name = f"{function.schema}_{function.name}_{identity_arguments(function)}"
    yield Fault(
        function,
        f"{role} can run {function.identity} with the rights of its owner {function.owner}",
        why=(
            *schema.way(function, {role: ["execute"]}),
            f"it runs with the rights of its owner {function.owner}{past}",
        ),
        remedy="Where it is not meant, take the privilege away (service_role keeps its own):",
        sql=f"revoke execute on {kind} {function.identity} from public, {role};",
        cache_keys=(f"{role}_security_definer_function_executable_{name}",),
    )


def members_run_as_owner(extension: Extension, schema: Schema, role: str) -> Iterator[Fault]:
    """Splinter 0028 and 0029 for functions of an extension, which it does not leave out."""
    if extension.schema in RESERVED_SCHEMAS or not schema.exposed(extension.schema):
        return
    if found := members(extension, schema, ("function",), role):
        names = sorted({each.name.rpartition("_")[0] for each in found})
        yield Fault(
            extension,
            f"{role} can run {listed(names)} of the extension {extension.name} with the rights of its owner",
            why=(f"the API serves schema {extension.schema}", f"{role} holds EXECUTE on {listed(names)}"),
            remedy="Make the extension in a schema that the API does not serve (extensions)",
            cache_keys=tuple(
                f"{role}_security_definer_function_executable_{extension.schema}_{each.name}" for each in found
            ),
        )


def members_in_graphql(extension: Extension, schema: Schema, role: str) -> Iterator[Fault]:
    """Splinter 0026 and 0027 for tables and views of an extension, which it does not leave out."""
    if schema.catalog.get(Extension, "pg_graphql") is None or extension.schema in RESERVED_SCHEMAS:
        return
    if found := members(extension, schema, ("table", "view"), role):
        names = listed(each.name for each in found)
        yield Fault(
            extension,
            f"{names} of the extension {extension.name} {'is' if len(found) == 1 else 'are'} in the GraphQL schema "
            f"that {role} can read",
            why=("the extension pg_graphql is installed", f"{role} may SELECT {names}"),
            remedy="Make the extension in a schema that is the platform's (extensions)",
            cache_keys=tuple(f"pg_graphql_{role}_table_exposed_{extension.schema}_{each.name}" for each in found),
        )


def shown_in_graphql(relation: Relation, schema: Schema, role: str) -> Iterator[Fault]:
    """Splinter 0026 and 0027: pg_graphql shows a relation to a role, in any schema, RLS or none."""
    if schema.catalog.get(Extension, "pg_graphql") is None or not _is_shown(relation, schema):
        return
    if _selectable(relation, schema, role) is not None:
        yield Fault(
            relation,
            f"{relation.identity} is in the GraphQL schema that {role} can read",
            why=("the extension pg_graphql is installed", *schema.held(relation, {role: ["select"]})),
            remedy="Drop pg_graphql if nothing uses it, or take the privilege away:",
            sql=f"revoke select on {relation.identity} from {role};",
            cache_keys=(f"pg_graphql_{role}_table_exposed_{relation.schema}_{relation.name}",),
        )


def _selectable(relation: Relation, schema: Schema, role: str) -> list[str] | None:
    """The columns that a role may SELECT, none named where it is all of them; None: it may not, or is not known to."""
    if not relation.knows("privileges") or not relation.knows("acl"):
        return None
    if schema.holds(role, relation, "select"):
        return []
    columns = schema.catalog.children(relation.identity, Column)
    return [each.name for each in columns if each.acl and schema.holds(role, each, "select")] or None


def _is_shown(relation: Relation, schema: Schema) -> bool:
    """Whether pg_graphql looks at a relation: it has a column, and is no partitioned or temporary table."""
    if relation.schema in RESERVED_SCHEMAS or relation.relation_kind == "partitioned" or not relation.knows("columns"):
        return False
    if isinstance(relation, Table):
        lasts = relation.persistence != "temporary" and not relation.schema.startswith("pg_temp")
        return lasts and bool(schema.catalog.children(relation.identity, Column))
    return bool(relation.columns)
