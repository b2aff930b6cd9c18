"""What the database must answer after the paste: every object made or changed, and whole lists around it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ..schema.catalog import WHOLE, Catalog, Key, Object
from ..schema.names import quote_ident, quote_literal
from ..schema.objects.bucket import Bucket
from ..schema.objects.column import Column
from ..schema.objects.constraint import Constraint
from ..schema.objects.function import Function
from ..schema.objects.index import Index
from ..schema.objects.policy import Policy
from ..schema.objects.privilege import privileges
from ..schema.objects.publication import Publication, PublicationMember
from ..schema.objects.table import Table
from ..schema.objects.trigger import Trigger
from ..schema.objects.view import View
from .manifest import Check

# What belongs to a relation, and the name under which a relation says that the list of it may be incomplete.
CHILDREN: Mapping[type[Object], str] = {
    Column: "columns",
    Constraint: "constraints",
    Index: "indexes",
    Policy: "policies",
    Trigger: "triggers",
    PublicationMember: "publications",
}


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """One expression for the server to elaborate; ``columns`` asks for a view's columns as well."""

    twin: str  # using | check | constraint | default | generated | index | trigger | view
    key: str
    name: str
    source: str
    column: str | None = None
    type: str | None = None
    columns: str | None = None


class Expectations(msgspec.Struct, frozen=True, kw_only=True):
    """All that a paste checks.

    ``twins`` are grouped by the relation they are elaborated on (None for views); ``lists`` names, for each
    touched relation, the kinds of which it may hold no more than what is listed; ``not_compared`` says in words
    what could not be derived and is therefore no check.
    """

    checks: tuple[Check, ...]
    twins: Mapping[str | None, tuple[Twin, ...]]
    lists: Mapping[str, tuple[str, ...]]
    makes: tuple[Object, ...]
    drops: tuple[Object, ...]
    needs: tuple[Object, ...]
    not_compared: tuple[str, ...]


def cell(value: Any) -> str | None:
    """A value as the grid shows it: text as it is, anything else as ``jsonb`` prints it."""
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    return _jsonb(msgspec.to_builtins(value))


def _jsonb(value: Any) -> str:
    # jsonb orders keys by length, then bytes; its separators are those of json.dumps.
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: (len(pair[0].encode()), pair[0].encode()))
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_jsonb(v)}" for k, v in pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_jsonb(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def expect(before: Catalog, after: Catalog, *, rules: bool = False) -> Expectations:
    """What a database that was ``before`` must hold once it is ``after``.

    ``rules`` says that some migration makes rewrite rules, of which the catalog knows nothing: then no list of them
    is whole.
    """
    return _Collector(before, after, rules=rules).collect()


class _Collector:
    def __init__(self, before: Catalog, after: Catalog, *, rules: bool) -> None:
        self.before, self.after = before, after
        self.rules = rules
        self.checks: dict[tuple[str, str, str], Check] = {}
        self.twins: dict[str | None, list[Twin]] = {}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.not_compared: list[str] = []

    def collect(self) -> Expectations:
        made = [obj for obj in self.after if obj.key not in self.before and _ours(obj)]
        changed = [obj for obj in self.after if _ours(obj) and self._changed(obj)]
        dropped = [obj for obj in self.before if obj.key not in self.after and obj.origin != "assumed"]
        whole = {obj.key for obj in (*made, *changed)}
        touched: dict[str, None] = {}
        for obj in (*made, *changed, *dropped):
            parent = getattr(obj, "table", None) or obj.identity
            if self._relation(parent):
                touched[parent] = None
            elif obj.kind in {"table", "view"}:
                continue
        for obj in dropped:
            if obj.kind != "privilege":
                self._add(Check(kind=obj.kind, object=obj.identity, attribute="exists", expected="no"))
        for identity in touched:
            self._relation_checks(identity, whole)
        for obj in (*made, *changed):
            if (getattr(obj, "table", None) or obj.identity) not in touched:
                self._object(obj, attributes=True)
        return Expectations(
            checks=tuple(self.checks.values()),
            twins={relation: tuple(items) for relation, items in self.twins.items()},
            lists=self.lists,
            makes=tuple(made),
            drops=tuple(dropped),
            needs=tuple(self._needs(made, changed)),
            not_compared=tuple(dict.fromkeys(self.not_compared)),
        )

    def _changed(self, obj: Object) -> bool:
        earlier = self.before.find(obj.key)
        if earlier is None or earlier is obj:
            return False
        return earlier.attributes() != obj.attributes() or getattr(earlier, "acl", None) != getattr(obj, "acl", None)

    def _relation(self, identity: str) -> Table | View | None:
        return self.after.get(Table, identity) or self.after.get(View, identity)

    def _relation_checks(self, identity: str, whole: set[Key]) -> None:
        relation = self._relation(identity)
        if relation is None:
            return
        self._object(relation, attributes=relation.key in whole)
        kinds = []
        for kind, name in CHILDREN.items():
            for child in self.after.children(identity, kind):
                self._object(child, attributes=child.key in whole)
            if relation.origin in {"made", "platform"} and relation.knows(name):
                kinds.append(kind.kind)
        kinds += self._around(relation)
        if relation.knows("privileges") and relation.origin == "made":
            kinds.append("privilege")
            for column in self.after.children(identity, Column):
                self.lists[column.identity] = ("privilege",)
        self.lists[identity] = tuple(kinds)

    def _around(self, relation: Table | View) -> Iterator[str]:
        """What can belong to a relation and is no child of it: rules, views that read it, heirs, wide publications."""
        if relation.origin != "made" or not relation.knows(WHOLE):
            return
        if self.rules:
            self.not_compared.append(f"{relation.kind} {relation.identity}: rules")
        else:
            yield "rule"
        for view in self.after.dependents(relation.key):
            if isinstance(view, View):
                self._add(_there("reader", f"{view.identity} reads {relation.identity}"))
        yield "reader"
        if not isinstance(relation, Table):
            return
        if relation.relation_kind != "partitioned":  # partitions come and go
            for heir in self.after.of(Table):
                if relation.identity in heir.inherits:
                    self._add(_there("child", f"{heir.identity} of {relation.identity}"))
            yield "child"
        for publication in self.after.of(Publication):
            whole = any(
                member.publication == publication.name and member.schema == relation.schema
                for member in self.after.of(PublicationMember)
            )
            if publication.all_tables or whole:
                name = quote_ident(publication.name)
                self._add(_there(PublicationMember.kind, f"{relation.identity} in publication {name}"))

    def _object(self, obj: Object, *, attributes: bool) -> None:
        self._add(_there(obj.kind, obj.identity))
        if attributes:
            for check in self._attribute_checks(obj):
                self._add(check)
        if getattr(obj, "acl", None) is not None or hasattr(obj, "acl"):
            self._privileges(obj)

    def _privileges(self, obj: Object) -> None:
        if not obj.knows("privileges") or obj.origin != "made":
            return
        held: dict[tuple[str, str], list[str]] = {}
        for each in privileges(self.after, obj):
            words = each.privilege + ("*" if each.grantable else "")
            held.setdefault((each.object, each.grantee), []).append(words)
        for (what, grantee), all_words in held.items():
            words = ", ".join(sorted(all_words))
            self._add(Check(kind="privilege", object=what, attribute=grantee, expected=words))
        if not isinstance(obj, Column):
            self.lists.setdefault(obj.identity, ("privilege",))

    def _attribute_checks(self, obj: Object) -> Iterator[Check]:
        # A twin is made like a relation: a domain's constraints have none.
        elaborates = isinstance(obj, View) or self._relation(getattr(obj, "table", ""))
        sources = dict(_sources(obj)) if elaborates else {}
        for name in obj.attribute_names():
            if isinstance(obj, Index) and name in {"columns", "predicate", "include"}:
                continue  # its definition, as the server prints it, says all three
            if isinstance(obj, View) and name == "columns" and "definition" in sources:
                self._add(self._server_check(obj, name, None))
                continue
            if not obj.knows(name):
                self.not_compared.append(f"{obj.kind} {obj.identity}: {name}")
                continue
            value = getattr(obj, name)
            if name in sources:
                yield self._server_check(obj, name, sources[name])
            elif name in obj.comparisons and value not in (None, "", ()) and _holds_expression(obj, name):
                yield Check(kind=obj.kind, object=obj.identity, attribute=name, expected=cell(value), judged="offline")
            else:
                yield Check(kind=obj.kind, object=obj.identity, attribute=name, expected=cell(value))
        if isinstance(obj, Index):
            yield self._server_check(obj, "definition", _index_source(obj))

    def _server_check(self, obj: Object, attribute: str, source: str | None) -> Check:
        key = f"{obj.kind} {obj.identity} {attribute}"
        if source is not None:
            relation = None if isinstance(obj, View) else str(obj.table)  # type: ignore[attr-defined]
            items = self.twins.setdefault(relation, [])
            is_view = isinstance(obj, View)
            items.append(
                Twin(
                    twin=_twin_kind(obj, attribute),
                    key=key,
                    name=f"pasteproof_{sum(map(len, self.twins.values())) + 1}",
                    source=str(source),
                    column=obj.name if isinstance(obj, Column) and attribute == "default" else None,
                    type=obj.type if isinstance(obj, Column) else None,
                    columns=f"view {obj.identity} columns" if is_view else None,
                )
            )
        text = None if source is None else str(source)
        return Check(kind=obj.kind, object=obj.identity, attribute=attribute, judged="server", source=text)

    def _add(self, check: Check) -> None:
        self.checks[check.key] = check

    def _needs(self, made: Iterable[Object], changed: Iterable[Object]) -> Iterator[Object]:
        own = {obj.key for obj in made}
        seen: set[Key] = set()
        for obj in (*made, *changed):
            schema = getattr(obj, "schema", None)
            keys: list[Key] = [("schema", schema)] if schema else []
            for key in (*keys, *(edge.on for edge in self.after.depends_on(obj.key))):
                earlier = self.before.find(key)
                if key not in own and key not in seen and earlier is not None:
                    seen.add(key)
                    yield earlier
        for obj in changed:
            if obj.key not in seen and obj.key in self.before:
                seen.add(obj.key)
                yield obj


def _there(kind: str, identity: str) -> Check:
    return Check(kind=kind, object=identity, attribute="exists", expected="yes")


def _ours(obj: Object) -> bool:
    return obj.origin in {"made", "platform"}


def _holds_expression(obj: Object, attribute: str) -> bool:
    if isinstance(obj, Function):
        return any(each.default for each in obj.arguments) if attribute == "arguments" else not obj.source
    if isinstance(obj, Constraint):
        return obj.type in {"check", "exclusion"}
    return not isinstance(obj, Bucket)  # which are what the text itself writes, order and all


def _sources(obj: Object) -> Iterator[tuple[str, str]]:
    """The attributes that the server can elaborate on a twin, with what it is given."""
    if isinstance(obj, Policy):
        if obj.using is not None:
            yield "using", obj.using
        if obj.check is not None:
            yield "check", obj.check
    elif isinstance(obj, Column):
        if obj.default is not None:
            yield "default", obj.default
        if obj.generated is not None:
            yield "generated", obj.generated
    elif isinstance(obj, Constraint | View):
        if obj.knows("definition") and (isinstance(obj, View) or obj.type == "check"):
            yield "definition", obj.definition
    elif isinstance(obj, Trigger) and obj.condition is not None:
        events = " or ".join(obj.events)
        table = obj.table.rpartition(".")[2]
        fires = f"{obj.timing} {events} on pg_temp.{table} for each {obj.level}"
        yield "condition", f"{fires} when ({obj.condition}) execute function {obj.function}"


def _twin_kind(obj: Object, attribute: str) -> str:
    if isinstance(obj, (Policy, Column)):
        return attribute
    return {"constraint": "constraint", "view": "view", "trigger": "trigger", "index": "index"}[obj.kind]


def _index_source(index: Index) -> str:
    include = f" include ({', '.join(map(quote_ident, index.include))})" if index.include else ""
    nulls = " nulls not distinct" if index.nulls_not_distinct else ""
    pairs = (option.partition("=") for option in index.options)
    options = ", ".join(f"{name} = {quote_literal(value)}" for name, _, value in pairs)
    storage = f" with ({options})" if options else ""
    where = f" where {index.predicate}" if index.predicate else ""
    return f"using {index.method} ({', '.join(index.columns)}){include}{nulls}{storage}{where}"
