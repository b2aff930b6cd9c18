"""The session that runs the statements: its role, its search_path, its transaction.

``SET LOCAL`` lasts until the end of an explicit transaction, or of the file (which runs as one).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .catalog import Catalog, CatalogError, Node, executes
from .meaning.lookup import TEMPORARY, place_of
from .names import quote_ident

if TYPE_CHECKING:
    from .source import Statement

_DEFAULT_PATH = '"$user", public'
# The settings whose value is a list of names (GUC_LIST_QUOTE)
_NAME_LISTS = frozenset({"search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"})


def begin(catalog: Catalog, role: str = "postgres") -> None:
    """Start a session afresh, as a connection of this role does: with what ALTER ROLE ... SET says."""
    _drop_temporary(catalog)
    catalog.forget_journal()
    catalog.role = catalog.session_role = role
    catalog.settings, catalog.local, catalog.transaction = {}, {}, ()
    catalog.aborted, catalog.leaning = False, None
    catalog.search_path = names_in(_default(catalog, "search_path"))


def _drop_temporary(catalog: Catalog) -> None:
    """What is in ``pg_temp`` ends with its session."""
    if catalog.temporary and (keys := catalog.changed(f"{TEMPORARY}.")):
        catalog.drop(keys, cascade=True)
    catalog.temporary = False


def _default(catalog: Catalog, name: str) -> str:
    """The value that RESET restores."""
    role = catalog.find(("role", catalog.session_role))
    for each in getattr(role, "config", ()):
        setting, _, value = each.partition("=")
        if setting == name:
            return str(value)
    return _DEFAULT_PATH if name == "search_path" else ""


@lru_cache(64)
def names_in(text: str) -> tuple[str, ...]:
    """The names in a list such as ``search_path`` holds (``SplitIdentifierString``); the empty name left out."""
    return tuple(_names_in(text))


def _names_in(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        if text[at] in " \t\r\n,":
            at += 1
        elif text[at] == '"':
            name, at = _quoted(text, at + 1)
            if name:
                yield name
        else:
            end = at
            while end < len(text) and text[end] not in " \t\r\n,":
                end += 1
            yield text[at:end].lower()
            at = end


def _quoted(text: str, at: int) -> tuple[str, int]:
    name = ""
    while True:
        end = text.find('"', at)
        if end < 0:
            return name + text[at:], len(text)
        name += text[at:end]
        if text[end + 1 : end + 2] != '"':
            return name, end + 1
        name, at = name + '"', end + 2


@lru_cache(8192)
def split_name(text: str) -> tuple[str | None, str]:
    """The schema (None without one) and the name in a written, perhaps quoted, name."""
    parts, at = [""], 0
    while at < len(text):
        if text[at] == '"':
            name, at = _quoted(text, at + 1)
            parts[-1] += name
        elif text[at] == ".":
            parts, at = [*parts, ""], at + 1
        else:
            parts[-1], at = parts[-1] + text[at].lower(), at + 1
    return (parts[-2] if len(parts) > 1 else None), parts[-1]


# -- SET ---------------------------------------------------------------------------------------------------


def setting(catalog: Catalog, node: Node) -> tuple[str, str | None]:
    """The name and the value a VariableSetStmt gives; None is the default.

    A list of names is quoted as the server stores it: ``'a, b'`` is one name, ``a, b`` are two.
    """
    name = str(node.get("name", "")).lower()
    if node["kind"] == "VAR_SET_CURRENT":
        return name, catalog.settings.get(name)
    if node["kind"] != "VAR_SET_VALUE":
        return name, None
    values = [_value(each) for each in node["args"]]
    if name in _NAME_LISTS:
        return name, ", ".join(quote_ident(each) for each in values)
    return name, ", ".join(values)


def _value(node: Node) -> str:
    if cast := node.get("TypeCast"):  # SET TIME ZONE INTERVAL '...'
        return _value(cast["arg"])
    constant = node.get("A_Const", {})
    for field, inner in (("sval", "sval"), ("fval", "fval")):
        if field in constant:
            return str(constant[field].get(inner, ""))
    if "boolval" in constant:
        return "true" if constant["boolval"].get("boolval") else "false"
    return str(constant.get("ival", {}).get("ival", 0))


@executes("VariableSetStmt")
def set_variable(catalog: Catalog, node: Node, statement: Statement) -> None:
    """SET, SET LOCAL and RESET."""
    if node["kind"] == "VAR_RESET_ALL":
        for name in ("search_path", *catalog.settings):
            if name not in {"role", "session_authorization"}:
                assign(catalog, name, None, local=False)
        return
    if node["kind"] == "VAR_SET_MULTI":
        return  # SET TRANSACTION
    name, value = setting(catalog, node)
    assign(catalog, name, value, local=bool(node.get("is_local")), position=place_of(node))


def assign(catalog: Catalog, name: str, value: str | None, *, local: bool, position: int | None = None) -> None:
    """Give a setting a value (None: its default); ``local`` until the end of an explicit transaction."""
    if catalog.transaction:
        hidden = dict(catalog.local)
        if local:
            hidden.setdefault(name, catalog.settings.get(name))
        else:
            hidden.pop(name, None)
        if hidden != catalog.local:
            catalog.set_session(local=hidden)
    _assign(catalog, name, value, position)


def _assign(catalog: Catalog, name: str, value: str | None, position: int | None) -> None:
    if name == "search_path":
        path = value if value is not None else _default(catalog, name)
        catalog.set_session(search_path=names_in(path))
    elif name in {"role", "session_authorization"}:
        value = _become(catalog, name, value, position)
    settings = {setting: held for setting, held in catalog.settings.items() if setting != name}
    if value is not None:
        settings[name] = value
    catalog.set_session(settings=settings)


def _become(catalog: Catalog, name: str, value: str | None, position: int | None) -> str | None:
    if value is None or (name == "role" and value == "none"):
        role = catalog.session_role if name == "role" else "postgres"
    elif ("role", value) not in catalog:
        raise CatalogError("22023", f'role "{value}" does not exist', position)
    else:
        role = value
    if name == "session_authorization":
        catalog.set_session(session_role=role)
    catalog.set_session(role=role)
    return value


@executes("DiscardStmt")
def discard(catalog: Catalog, node: Node, statement: Statement) -> None:
    """DISCARD ALL puts the session back to its beginning, DISCARD TEMP drops what is temporary."""
    if node.get("target") in {"DISCARD_ALL", "DISCARD_TEMP"}:
        _drop_temporary(catalog)
    if node.get("target") == "DISCARD_ALL":
        catalog.set_session(session_role="postgres", role="postgres", settings={}, local={})
        _assign(catalog, "search_path", None, None)


# -- transactions ------------------------------------------------------------------------------------------


@executes("TransactionStmt")
def transaction(catalog: Catalog, node: Node, statement: Statement) -> None:
    """BEGIN, COMMIT, ROLLBACK and savepoints, as written; a second BEGIN and a COMMIT without one do nothing.

    After a refusal the server takes nothing more, and COMMIT undoes it all. What follows is looked at all the
    same, for its own messages, and undone with the rest.
    """
    kind, name = node["kind"], node.get("savepoint_name", "")
    open_ = catalog.transaction
    if kind in {"TRANS_STMT_BEGIN", "TRANS_STMT_START"}:
        if not open_:
            catalog.transaction = (("", catalog.savepoint()),)
    elif kind == "TRANS_STMT_COMMIT":
        if open_ and catalog.aborted:
            _undo(catalog, open_[0][1])
        elif open_ and catalog.leaning is not None:  # one of its statements did, so all of it rests on an assumption
            doubt(catalog)
        _end(catalog, chain=bool(node.get("chain")))
    elif kind == "TRANS_STMT_PREPARE" and open_:
        _undo(catalog, open_[0][1])
        _end(catalog, chain=False)
        hint = "Set max_prepared_transactions to a nonzero value."  # it is 0 unless set, as on the platform
        raise CatalogError("55000", "prepared transactions are disabled", hint=hint)
    elif kind in {"TRANS_STMT_COMMIT_PREPARED", "TRANS_STMT_ROLLBACK_PREPARED"}:
        raise CatalogError("42704", f'prepared transaction with identifier "{node.get("gid", "")}" does not exist')
    elif kind == "TRANS_STMT_ROLLBACK":
        if open_:
            _undo(catalog, open_[0][1])
        _end(catalog, chain=bool(node.get("chain")))
    elif catalog.aborted and kind in {"TRANS_STMT_SAVEPOINT", "TRANS_STMT_RELEASE"}:
        return  # not taken either
    elif kind == "TRANS_STMT_SAVEPOINT":
        _require_transaction(open_, "SAVEPOINT")
        catalog.transaction = (*open_, (name, catalog.savepoint()))
    elif kind in {"TRANS_STMT_RELEASE", "TRANS_STMT_ROLLBACK_TO"}:
        release = kind == "TRANS_STMT_RELEASE"
        _require_transaction(open_, "RELEASE SAVEPOINT" if release else "ROLLBACK TO SAVEPOINT")
        depth = next((at for at in range(len(open_) - 1, 0, -1) if open_[at][0] == name), 0)
        if not depth:
            raise CatalogError("3B001", f'savepoint "{name}" does not exist', place_of(node))
        if release:
            catalog.transaction = open_[:depth]
        else:
            mark = open_[depth][1]
            _undo(catalog, mark)
            catalog.transaction = open_[: depth + 1]
            catalog.aborted = False
            if catalog.leaning is not None and catalog.leaning >= mark:
                catalog.leaning = None


def _require_transaction(open_: Iterable[Any], what: str) -> None:
    if not open_:
        raise CatalogError("25P01", f"{what} can only be used in transaction blocks")


def _undo(catalog: Catalog, mark: int) -> None:
    """Roll back to a mark; what was found wrong on the way stays said, and what nothing made stays assumed."""
    events = catalog.events
    assumed = [obj for key in catalog.resting if (obj := catalog.find(key)) and obj.origin == "assumed"]
    catalog.rollback(mark)
    catalog.events = events
    for obj in assumed:
        if obj.key not in catalog:
            catalog.put(obj)
            catalog.set_session(resting=catalog.resting | {obj.key})


def doubt(catalog: Catalog) -> None:
    """Note of all that the open transaction did that the server may undo it."""
    catalog.set_session(resting=catalog.resting.union(catalog.changed_since(catalog.transaction[0][1])))


def _end(catalog: Catalog, *, chain: bool) -> None:
    if not catalog.transaction:
        return
    hidden, catalog.local = catalog.local, {}
    catalog.transaction, catalog.aborted, catalog.leaning = (), False, None
    for name, value in hidden.items():
        _assign(catalog, name, value, None)
    if chain:
        catalog.transaction = (("", catalog.savepoint()),)
