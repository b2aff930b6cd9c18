"""The query that reads a real catalog, and the reader of what it answers.

Each kind of object brings its part (``live``): one select of kind, identity, parent and attributes, made for
``search_path = ''``, so that every name is printed with its schema.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from .catalog import Object


def ours(namespace: str, catalog: str, oid: str) -> str:
    """A condition for ``live``: the object is neither the server's own, nor temporary, nor an extension's.

    ``namespace`` is the alias of its ``pg_namespace`` row, ``catalog`` the system catalog that ``oid`` is of.
    """
    return (
        f"{namespace}.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') "
        f"and {namespace}.nspname !~ '^pg_(toast_)?temp_' and not exists ("
        f"select from pg_catalog.pg_depend member where member.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass "
        f"and member.objid = {oid} and member.objsubid = 0 and member.deptype = 'e')"
    )


def named(namespace: str, name: str) -> str:
    """An expression for ``live``: a name with its schema, each quoted where it must be."""
    return f"pg_catalog.quote_ident({namespace}.nspname) || '.' || pg_catalog.quote_ident({name})"


def query(kinds: Collection[str] | None = None) -> str:
    """One SELECT that answers with the objects of these kinds (None: of all): kind, identity, parent, attributes.

    It is to be run under ``search_path = ''``, on PostgreSQL 15 or newer.
    """
    from .objects import kinds as known

    parts = [
        f"select kind, identity, parent, attributes from (\n{cls.live.strip()}\n) {cls.kind}_"
        for name, cls in known().items()
        if cls.live and (kinds is None or name in kinds)
    ]
    return "\nunion all\n".join(parts) + "\norder by kind, identity"


def objects(rows: Iterable[Mapping[str, Any]]) -> list[Object]:
    """Make objects of the query's rows; ``attributes`` may be decoded already, or JSON text.

    Raises msgspec.ValidationError for a row that the query did not write.
    """
    from .objects import kinds as known

    classes = known()
    found: list[Object] = []
    for row in rows:
        attributes = row["attributes"]
        if isinstance(attributes, (str, bytes)):
            attributes = msgspec.json.decode(attributes)
        found.append(msgspec.convert({**attributes, "identity": row["identity"]}, classes[row["kind"]]))
    return found
