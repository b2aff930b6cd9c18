"""Storage parameters: WITH (...), SET (...) and RESET (...) of tables and indexes."""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern

from ..catalog import CatalogError, Node, strings

# What a heap takes (src/backend/access/common/reloptions.c, PostgreSQL 15 to 18); autovacuum_* beside
_OF_TABLES = frozenset(
    {
        "fillfactor",
        "log_autovacuum_min_duration",
        "log_autoanalyze_min_duration",
        "parallel_workers",
        "toast_tuple_target",
        "user_catalog_table",
        "vacuum_index_cleanup",
        "vacuum_max_eager_freeze_failure_rate",
        "vacuum_truncate",
    }
)


def parsed(options: Iterable[Node], kind: str) -> dict[str, str]:
    """Read a list of DefElem nodes; those of the TOAST table, which no object shows, are left out.

    ``kind`` is table or index. Raises 22023 for a parameter no table has.
    """
    found: dict[str, str] = {}
    for option in options:
        element = option["DefElem"]
        name = element["defname"]
        if element.get("defnamespace"):
            continue
        if kind == "table":
            if name == "oids" and value(element.get("arg")).lower() in {"false", "off", "no", "0"}:
                continue
            if name not in _OF_TABLES and not name.startswith("autovacuum_"):
                raise CatalogError("22023", f'unrecognized parameter "{name}"', element.get("location"))
        if name in found:
            raise CatalogError("22023", f'parameter "{name}" specified more than once', element.get("location"))
        found[name] = value(element.get("arg"))
    return found


def value(node: Node | None) -> str:
    """The value of an option as ``defGetString`` reads it; without one it is true."""
    if node is None:
        return "true"
    if "TypeName" in node:
        return strings(node["TypeName"]["names"])[-1]
    tag, body = next(iter(node.items()))
    if tag == "Integer":
        return str(body.get("ival", 0))
    if tag == "Float":
        return str(body["fval"])
    if tag == "Boolean":
        return "true" if body.get("boolval") else "false"
    return str(body.get("sval", ""))


def stored(options: dict[str, str], before: Iterable[str] = (), remove: Iterable[str] = ()) -> tuple[str, ...]:
    """The options as ``reloptions`` holds them, sorted: those before, less what is removed, and the new ones."""
    kept = {name: text for name, _, text in (each.partition("=") for each in before)}
    for name in remove:
        kept.pop(name, None)
    return tuple(sorted(intern(f"{name}={text}") for name, text in {**kept, **options}.items()))
