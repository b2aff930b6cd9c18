"""Comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..catalog import Catalog, CatalogError, Dependency, Key, Node, Object, executes, string, strings
from ..live import named, ours
from ..meaning import resolve
from ..names import quote_ident

if TYPE_CHECKING:
    from ..source import Statement


class Comment(Object, frozen=True, kw_only=True):
    """A row of ``pg_description``; its identity is that of the object, with its kind before it.

    Comments on extensions (each brings its own), on databases and on kinds of objects that the catalog does not
    hold are left out.
    """

    kind: ClassVar[str] = "comment"
    live: ClassVar[str] = f"""
        select 'comment' as kind, 'on ' || label || ' ' || name as identity, name as parent,
               pg_catalog.jsonb_build_object('object', label || ' ' || name, 'text', d.description) as attributes
          from (
          select 'pg_catalog.pg_class'::pg_catalog.regclass as class, c.oid as member, 0 as part,
                 case when c.relkind in ('v', 'm') then 'view' when c.relkind = 'S' then 'sequence'
                      when c.relkind in ('i', 'I') then 'index' when c.relkind = 'c' then 'type'
                      else 'table' end as label,
                 {named("n", "c.relname")} as name
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
           where c.relkind <> 'c' and {ours("n", "pg_class", "c.oid")}
          union all
          select 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, a.attnum, 'column',
                 {named("n", "c.relname")} || '.' || pg_catalog.quote_ident(a.attname)
            from pg_catalog.pg_attribute a
            join pg_catalog.pg_class c on c.oid = a.attrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
           where a.attnum > 0 and {ours("n", "pg_class", "c.oid")}
          union all
          select 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0, 'function',
                 {named("n", "p.proname")} || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')'
            from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
           where {ours("n", "pg_proc", "p.oid")}
          union all
          select 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0, 'type', {named("n", "t.typname")}
            from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
           where {ours("n", "pg_type", "t.oid")}
          union all
          select 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0, 'constraint',
                 pg_catalog.quote_ident(k.conname) || ' on '
                   || coalesce({named("n", "c.relname")}, {named("n", "t.typname")})
            from pg_catalog.pg_constraint k
            left join pg_catalog.pg_class c on c.oid = k.conrelid
            left join pg_catalog.pg_type t on t.oid = k.contypid
            join pg_catalog.pg_namespace n on n.oid = k.connamespace
           where {ours("n", "pg_constraint", "k.oid")}
          union all
          select 'pg_catalog.pg_policy'::pg_catalog.regclass, p.oid, 0, 'policy',
                 pg_catalog.quote_ident(p.polname) || ' on ' || {named("n", "c.relname")}
            from pg_catalog.pg_policy p
            join pg_catalog.pg_class c on c.oid = p.polrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          union all
          select 'pg_catalog.pg_trigger'::pg_catalog.regclass, g.oid, 0, 'trigger',
                 pg_catalog.quote_ident(g.tgname) || ' on ' || {named("n", "c.relname")}
            from pg_catalog.pg_trigger g
            join pg_catalog.pg_class c on c.oid = g.tgrelid
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
           where {ours("n", "pg_trigger", "g.oid")}
          union all
          select 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid, 0, 'schema', n.nspname::text
            from pg_catalog.pg_namespace n
           where {ours("n", "pg_namespace", "n.oid")}
          union all
          select 'pg_catalog.pg_publication'::pg_catalog.regclass, p.oid, 0, 'publication', p.pubname::text
            from pg_catalog.pg_publication p
          union all
          select 'pg_catalog.pg_event_trigger'::pg_catalog.regclass, e.oid, 0, 'event trigger', e.evtname::text
            from pg_catalog.pg_event_trigger e
          ) object
          join pg_catalog.pg_description d
            on d.classoid = object.class and d.objoid = object.member and d.objsubid = object.part
        union all
        select 'comment', 'on role ' || r.rolname, r.rolname::text,
               pg_catalog.jsonb_build_object('object', 'role ' || r.rolname, 'text', d.description)
          from pg_catalog.pg_roles r
          join pg_catalog.pg_shdescription d
            on d.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass and d.objoid = r.oid
         where r.rolname !~ '^pg_'
    """

    object: str  # "table public.todo"
    text: str


def put_comment(catalog: Catalog, about: Key, text: str, *needs: Key) -> None:
    """Set or (with an empty text) remove the comment on an object; ``needs`` what it goes with, else that."""
    label = f"{about[0].replace('_', ' ')} {about[1]}"
    if text:
        comment = Comment(identity=f"on {label}", object=label, text=text)
        catalog.put(comment, [Dependency(key, auto=True) for key in needs or (about,)])
    elif ("comment", f"on {label}") in catalog:
        catalog.remove(("comment", f"on {label}"))


_RELATIONS = {  # object type of the statement -> kind of object, relation_kind, the server's word
    "OBJECT_TABLE": ("table", None, "a table"),
    "OBJECT_FOREIGN_TABLE": ("table", "foreign", "a foreign table"),
    "OBJECT_VIEW": ("view", "view", "a view"),
    "OBJECT_MATVIEW": ("view", "materialized", "a materialized view"),
    "OBJECT_SEQUENCE": ("sequence", None, "a sequence"),
    "OBJECT_INDEX": ("index", None, "an index"),
}
_COMMENTED = (
    *("OBJECT_AGGREGATE", "OBJECT_COLUMN", "OBJECT_DOMAIN", "OBJECT_DOMCONSTRAINT", "OBJECT_EVENT_TRIGGER"),
    *("OBJECT_FUNCTION", "OBJECT_POLICY", "OBJECT_PROCEDURE", "OBJECT_PUBLICATION", "OBJECT_ROLE", "OBJECT_ROUTINE"),
    *("OBJECT_SCHEMA", "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_TYPE"),
)


@executes("CommentStmt", *_RELATIONS, *_COMMENTED)
def comment_on(catalog: Catalog, node: Node, statement: Statement) -> None:
    """COMMENT ON."""
    objtype, named_ = node["objtype"], node["object"]
    text = node.get("comment", "")
    if objtype == "OBJECT_COLUMN":
        _on_column(catalog, strings(named_["List"]["items"]), text)
    elif objtype in _RELATIONS:
        _on_relation(catalog, objtype, strings(named_["List"]["items"]), text)
    elif objtype in {"OBJECT_POLICY", "OBJECT_TRIGGER", "OBJECT_TABCONSTRAINT"}:
        _on_part(catalog, objtype, strings(named_["List"]["items"]), text)
    elif objtype in {"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE", "OBJECT_AGGREGATE"}:
        put_comment(catalog, resolve.routine(catalog, named_["ObjectWithArgs"], objtype).key, text)
    elif objtype in {"OBJECT_TYPE", "OBJECT_DOMAIN"}:
        _, key = resolve.type_of(catalog, named_["TypeName"])
        if key is not None and key[0] == "type":
            put_comment(catalog, key, text)
    elif objtype == "OBJECT_DOMCONSTRAINT":
        type_name, name = named_["List"]["items"]
        _, key = resolve.type_of(catalog, type_name["TypeName"])
        if key is not None:
            _on_named(catalog, ("constraint", f"{quote_ident(string(name))} on {key[1]}"), text, key)
    elif objtype == "OBJECT_SCHEMA":
        put_comment(catalog, ("schema", resolve.schema(catalog, string(named_))), text)
    elif objtype == "OBJECT_ROLE":
        name = string(named_)
        written = {"roletype": "ROLESPEC_CSTRING", "rolename": name, "location": -1}
        put_comment(catalog, ("role", resolve.role(catalog, written)), text)
    elif objtype in {"OBJECT_PUBLICATION", "OBJECT_EVENT_TRIGGER"}:
        kind = objtype.removeprefix("OBJECT_").lower()
        name = string(named_)
        if (kind, name) not in catalog:
            raise CatalogError("42704", f'{kind.replace("_", " ")} "{name}" does not exist')
        put_comment(catalog, (kind, name), text)


def _relation(catalog: Catalog, names: list[str]) -> Any:
    written = dict(zip(("relname", "schemaname"), reversed(names), strict=False))
    return resolve.relation(catalog, {**written, "location": -1})


def _on_relation(catalog: Catalog, objtype: str, names: list[str], text: str) -> None:
    kind, relation_kind, word = _RELATIONS[objtype]
    found = _relation(catalog, names)
    wrong = found.kind != kind or (
        relation_kind is not None and found.knows("relation_kind") and found.relation_kind != relation_kind
    )
    if wrong and found.origin not in {"assumed", "external"}:
        raise CatalogError("42809", f'"{names[-1]}" is not {word}')
    if found.origin == "platform" and found.key not in catalog:
        return  # of the system catalogs
    put_comment(catalog, found.key, text)


def _on_column(catalog: Catalog, names: list[str], text: str) -> None:
    *relation, name = names
    if not relation:
        raise CatalogError("42601", "column name must be qualified")
    found = _relation(catalog, relation)
    if found.kind == "view":
        known = not found.knows("columns") or any(column.name == name for column in found.columns)
    elif found.kind == "type":
        known = True
    else:
        known = not found.knows("columns") or ("column", f"{found.identity}.{quote_ident(name)}") in catalog
    if not known:
        raise CatalogError("42703", f'column "{name}" of relation "{found.name}" does not exist')
    key = ("column", f"{found.identity}.{quote_ident(name)}")
    put_comment(catalog, key, text, key if key in catalog else found.key)


def _on_part(catalog: Catalog, objtype: str, names: list[str], text: str) -> None:
    *relation, name = names
    found = _relation(catalog, relation)
    kind, words = {
        "OBJECT_POLICY": ("policy", f'policy "{name}" for table "{found.name}"'),
        "OBJECT_TRIGGER": ("trigger", f'trigger "{name}" for table "{found.name}"'),
        "OBJECT_TABCONSTRAINT": ("constraint", f'constraint "{name}" for table "{found.name}"'),
    }[objtype]
    key = (kind, f"{quote_ident(name)} on {found.identity}")
    children = {"policy": "policies", "trigger": "triggers", "constraint": "constraints"}[kind]
    if key not in catalog and found.knows(children):
        raise CatalogError("42704", f"{words} does not exist")
    _on_named(catalog, key, text, found.key)


def _on_named(catalog: Catalog, key: Key, text: str, parent: Key) -> None:
    put_comment(catalog, key, text, key if key in catalog else parent)
