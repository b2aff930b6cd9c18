"""The roles of a server: they belong to no database, and what one project does to them the next must not find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

Execute = Callable[[str], list[tuple[Any, ...]]]
Roles = Mapping[str, "Role"]

_ROUNDS = 5  # with a membership go those that rest on it, which the next round puts back


class Role(msgspec.Struct, frozen=True):
    """A role in the words of the SQL that makes it; ``oid`` tells it when it is renamed."""

    oid: int
    attributes: str
    settings: tuple[str, ...]  # in their order
    memberships: tuple[tuple[str, str, str], ...]  # the role, the options, by whom
    comment: str


def read(execute: Execute) -> Roles:
    """All roles of a server by name, but for its own (``pg_...``)."""
    return {
        name: Role(oid, attributes, tuple(settings), tuple(map(tuple, memberships)), comment)
        for name, oid, attributes, settings, memberships, comment in execute(_ROLES)
    }


def restore(execute: Execute, then: Roles) -> None:
    """Make the roles what they were when they were read; raises RuntimeError where they cannot be made that."""
    for _ in range(_ROUNDS):
        steps = list(_steps(read(execute), then))
        if not steps:
            return
        for sql in steps:
            execute(sql)
    if any(_steps(read(execute), then)):
        raise RuntimeError("they do not become what they were")


def _steps(now: Roles, then: Roles) -> Iterator[str]:
    """The statements that lead from the one to the other, as far as they can be told at once."""
    oids = {role.oid for role in now.values()}
    names = {role.oid: name for name, role in then.items()}
    strangers = [
        name for name, role in now.items() if role.oid not in names and (name not in then or then[name].oid in oids)
    ]
    renamed = [(role.oid, name) for name, role in now.items() if names.get(role.oid, name) != name]
    gone = [name for name, role in then.items() if name not in now and role.oid not in oids]
    if strangers or renamed or gone:  # and then see again
        yield from (f"drop owned by {_quote(name)}; drop role {_quote(name)}" for name in strangers)
        yield from (f"alter role {_quote(name)} rename to pasteproof_{oid}" for oid, name in renamed)
        yield from (f"alter role pasteproof_{oid} rename to {_quote(names[oid])}" for oid, _ in renamed)
        yield from (f"create role {_quote(name)}" for name in gone)
        return
    for name, role in then.items():
        if msgspec.structs.replace(now[name], oid=role.oid) != role:
            yield from _again(_quote(name), now[name], role)


def _again(name: str, now: Role, then: Role) -> Iterator[str]:
    """The statements that make one role what it was."""
    yield f"alter role {name} {then.attributes}; alter role {name} reset all; comment on role {name} is {then.comment}"
    for setting in then.settings:
        yield f"alter role {name} set {setting}"
    for each in now.memberships:
        if each not in then.memberships:
            role, _, by = each
            yield f"revoke {role} from {name} {by} cascade"
    for each in then.memberships:
        if each not in now.memberships:
            role, options, by = each
            yield f"grant {role} to {name} {options} {by}"


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# From PostgreSQL 16 on a membership has two more options, and there is one by each grantor; before, who granted it
# may be gone
_ROLES = """
select r.rolname::text, r.oid::bigint,
  concat_ws(' ', case when r.rolsuper then 'superuser' else 'nosuperuser' end,
    case when r.rolinherit then 'inherit' else 'noinherit' end,
    case when r.rolcreaterole then 'createrole' else 'nocreaterole' end,
    case when r.rolcreatedb then 'createdb' else 'nocreatedb' end,
    case when r.rolcanlogin then 'login' else 'nologin' end,
    case when r.rolreplication then 'replication' else 'noreplication' end,
    case when r.rolbypassrls then 'bypassrls' else 'nobypassrls' end,
    'connection limit ' || r.rolconnlimit),
  (select coalesce(array_agg(split_part(c, '=', 1) || ' = '
      || case when split_part(c, '=', 1) = 'search_path' then substr(c, strpos(c, '=') + 1)
         else quote_literal(substr(c, strpos(c, '=') + 1)) end order by n), '{}')
    from pg_db_role_setting s, unnest(s.setconfig) with ordinality as u(c, n)
    where s.setrole = r.oid and s.setdatabase = 0),
  (select coalesce(jsonb_agg(jsonb_build_array(quote_ident(g.rolname),
      case when to_jsonb(m) ? 'set_option'
        then format('with admin %s, inherit %s, set %s',
          to_jsonb(m) ->> 'admin_option', to_jsonb(m) ->> 'inherit_option', to_jsonb(m) ->> 'set_option')
        when m.admin_option then 'with admin option' else '' end,
      coalesce('granted by ' || quote_ident(by.rolname), '')) order by g.rolname, by.rolname), '[]')
    from pg_auth_members m join pg_roles g on g.oid = m.roleid left join pg_roles by on by.oid = m.grantor
    where m.member = r.oid),
  coalesce(quote_literal(shobj_description(r.oid, 'pg_authid')), 'null')
from pg_roles r where r.rolname not like 'pg\\_%'
"""
