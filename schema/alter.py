"""What ALTER does alike to objects of several kinds: a new owner, a new name, another schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from . import rename
from .acl import owned
from .catalog import Catalog, CatalogError, Dependency, Node, Object
from .meaning import lookup

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T", bound=Object)


def change_owner(catalog: Catalog, obj: T, rolespec: Node) -> T:
    """ALTER ... OWNER TO: the owner and, with it, the access list change."""
    fields: Any = obj
    owner = lookup.role(catalog, rolespec)
    if obj.knows("owner") and fields.owner != owner:
        _check_new_owner(catalog, obj, owner)
    if not obj.knows("owner"):
        changed = replace(obj, owner=owner)
    else:
        changed = replace(obj, owner=owner, acl=owned(fields.acl, fields.owner, owner))
    return catalog.put(changed)


def require_superuser(catalog: Catalog, message: str) -> None:
    """Refuse (42501) what only a superuser may do, where the session's role is known to be none."""
    mine: Any = catalog.find(("role", catalog.role))
    if mine is not None and mine.knows("superuser") and not mine.superuser:
        raise CatalogError("42501", message)


def _check_new_owner(catalog: Catalog, obj: Object, owner: str) -> None:
    """Refuse an owner who could not have made the object there: CREATE on the schema is asked for (42501)."""
    from .objects.privilege import holds

    mine: Any = catalog.find(("role", catalog.role))
    if mine is None or not mine.knows("superuser") or mine.superuser:
        return
    schema = catalog.find(("schema", getattr(obj, "schema", "")))
    if schema is not None and holds(catalog, owner, schema, "create") is False:
        raise CatalogError("42501", f"permission denied for schema {schema.identity}")


def depend_on_extension(catalog: Catalog, obj: Object, node: Node) -> None:
    """ALTER ... [NO] DEPENDS ON EXTENSION: the object goes with the extension."""
    name = str(node["extname"]["sval"])
    if ("extension", name) not in catalog:
        raise CatalogError("42704", f'extension "{name}" does not exist')
    edge = Dependency(("extension", name), auto=True)
    kept = [each for each in catalog.depends_on(obj.key) if each != edge]
    catalog.put(obj, kept if node.get("remove") else [*kept, edge])


def change_name(catalog: Catalog, obj: Object, name: str, check: Callable[[str, str], None]) -> None:
    """ALTER ... RENAME TO; ``check`` refuses a name that is taken in the schema."""
    fields: Any = obj
    check(fields.schema, name)
    _move(catalog, obj, fields.schema, name)


def change_schema(catalog: Catalog, obj: Object, schema: str, what: str, sqlstate: str) -> bool:
    """ALTER ... SET SCHEMA; ``what`` the object is to the server's message. False where it is there already."""
    fields: Any = obj
    target = lookup.schema(catalog, schema)
    if target == fields.schema:
        return False
    moved = _at(obj, target, fields.name)
    for kind in ("table", "view", "sequence", "index", "type") if obj.kind != "function" else ("function",):
        if (kind, moved.identity) in catalog:
            shown = fields.name
            if obj.kind == "function":
                shown = f"{fields.name}({', '.join(lookup.input_types(fields))})"
            else:
                shown = f'"{fields.name}"'
            raise CatalogError(sqlstate, f'{what} {shown} already exists in schema "{target}"')
    rename.follow(catalog, obj.key, moved)
    return True


def _at(obj: T, schema: str, name: str) -> T:
    moved = replace(obj, schema=schema, name=name)
    return replace(moved, identity=rename.identity_of(moved))


def _move(catalog: Catalog, obj: Object, schema: str, name: str) -> None:
    moved = _at(obj, schema, name)
    if moved.identity != obj.identity:
        rename.follow(catalog, obj.key, moved)
