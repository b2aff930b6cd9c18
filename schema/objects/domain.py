"""CREATE and ALTER DOMAIN: a domain is a Type of that kind, its checks are Constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from .. import rename
from ..catalog import Catalog, CatalogError, Dependency, Key, Node, Object, executes, strings
from ..meaning import resolve
from ..meaning.lookup import place_of
from ..names import quote_ident
from ..text import clauses
from .constraint import Constraint
from .type import Type, find, new_type

if TYPE_CHECKING:
    from ..source import Statement

# What ends the DEFAULT of a domain: the next constraint
_CLAUSES = ("not", "null", "constraint", "check", "default", "collate")


@executes("CreateDomainStmt")
def create_domain(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE DOMAIN."""
    base, key = resolve.type_of(catalog, node["typeName"])
    needs: dict[Key, None] = {key: None} if key else {}
    not_null: bool | None = None
    default, checks = None, []
    for each in node.get("constraints", ()):
        clause = each["Constraint"]
        kind = clause["contype"]
        if kind == "CONSTR_CHECK":
            checks.append(clause)
        elif kind in {"CONSTR_NOTNULL", "CONSTR_NULL"}:
            wanted = kind == "CONSTR_NOTNULL"
            if not_null is not None and not_null != wanted:
                raise CatalogError("42601", "conflicting NULL/NOT NULL constraints", place_of(clause))
            not_null = wanted
        elif kind == "CONSTR_DEFAULT":
            if default is not None:
                raise CatalogError("42601", "multiple default expressions", place_of(clause))
            start = (place_of(clause) or 0) + statement.base + len("default")
            default, refs = _default(catalog, statement, clause["raw_expr"], start)
            needs.update(dict.fromkeys(refs))
        elif kind in _NO_DOMAIN:
            raise CatalogError("42601", f"{_NO_DOMAIN[kind]} constraints not possible for domains", place_of(clause))
    if key and default is None:  # a domain over a domain starts with the default of that
        under = catalog.find(key)
        default = under.default if isinstance(under, Type) and under.knows("default") else None
    domain = new_type(
        catalog, strings(node["domainname"]), "domain", base=base, not_null=bool(not_null), default=default
    )
    domain = catalog.put(domain, depends=[Dependency(each) for each in needs])
    for clause in checks:
        _add_check(catalog, domain, clause, statement)


_NO_DOMAIN = {
    "CONSTR_PRIMARY": "primary key",
    "CONSTR_UNIQUE": "unique",
    "CONSTR_EXCLUSION": "exclusion",
    "CONSTR_FOREIGN": "foreign key",
}


def _default(
    catalog: Catalog, statement: Statement, expression: Node, start: int
) -> tuple[str | None, tuple[Key, ...]]:
    if expression.get("A_Const", {}).get("isnull"):
        return "NULL", ()
    bound = resolve.bind(catalog, statement, expression, clauses.until(statement, start, _CLAUSES))
    return bound.text, bound.refs


def _add_check(catalog: Catalog, domain: Type, clause: Node, statement: Statement) -> None:
    taken = {each.name for each in catalog.children(domain.identity, Constraint)}
    name = clause.get("conname")
    if name is None:
        name, n = f"{domain.name}_check", 0
        while name in taken:
            n += 1
            name = f"{domain.name}_check{n}"
    elif name in taken:
        message = f'constraint "{name}" for domain "{domain.name}" already exists'
        raise CatalogError("42710", message, place_of(clause))
    start = clauses.after(statement, (place_of(clause) or 0) + statement.base, "check")
    span = clauses.parenthesised(statement, start)
    bound = resolve.bind(catalog, statement, clause["raw_expr"], span, values={"value": domain.base})
    validated = not clause.get("skip_validation")
    constraint = Constraint(
        identity=f"{quote_ident(name)} on {domain.identity}",
        table=domain.identity,
        type="check",
        definition=f"CHECK ({bound.text})" + ("" if validated else " NOT VALID"),
        validated=validated,
        expression=bound.text,
    )
    needs = [Dependency(domain.key, auto=True), *map(Dependency, bound.refs)]
    catalog.put(constraint, depends=needs)


@executes("AlterDomainStmt")
def alter_domain(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER DOMAIN: default, NOT NULL, constraints."""
    found = find(catalog, strings(node["typeName"]))
    if found.knows("type_kind") and getattr(found, "type_kind", "") != "domain":
        raise CatalogError("42809", f"{found.identity} is not a domain")
    if not isinstance(found, Type):
        return
    domain, change = found, node["subtype"]
    if change == "T":
        _set_default(catalog, domain, node, statement)
    elif change in {"N", "O"}:
        catalog.put(replace(domain, not_null=change == "O"))
    elif change == "C":
        clause = node["def"]["Constraint"]
        if clause["contype"] == "CONSTR_NOTNULL":
            catalog.put(replace(domain, not_null=True))
        elif clause["contype"] == "CONSTR_CHECK":
            _add_check(catalog, domain, clause, statement)
        elif clause["contype"] in _NO_DOMAIN:
            words = f"{_NO_DOMAIN[clause['contype']]} constraints not possible for domains"
            raise CatalogError("42601", words, place_of(clause))
    else:
        _change_constraint(catalog, domain, node)


def _set_default(catalog: Catalog, domain: Type, node: Node, statement: Statement) -> None:
    needs = [each for each in catalog.depends_on(domain.key) if each.on[0] == "type"]
    default = None
    if "def" in node and not node["def"].get("A_Const", {}).get("isnull"):
        start = clauses.after(statement, statement.start, "default")
        default, refs = _default(catalog, statement, node["def"], start)
        needs += map(Dependency, refs)
    catalog.put(replace(domain, default=default), depends=needs)


def _change_constraint(catalog: Catalog, domain: Type, node: Node) -> None:
    """DROP and VALIDATE CONSTRAINT."""
    constraint = _constraint(catalog, domain, node["name"])
    if constraint is None:
        if not node.get("missing_ok") and domain.origin != "assumed":
            message = f'constraint "{node["name"]}" of domain "{domain.name}" does not exist'
            raise CatalogError("42704", message)
    elif node["subtype"] == "X":
        catalog.drop([constraint.key], cascade=node.get("behavior") == "DROP_CASCADE")
    else:
        definition = constraint.definition.removesuffix(" NOT VALID")
        catalog.put(replace(constraint, validated=True, definition=definition))


def _constraint(catalog: Catalog, domain: Object, name: str) -> Constraint | None:
    return catalog.get(Constraint, f"{quote_ident(name)} on {domain.identity}")


@executes("RenameStmt", "OBJECT_DOMCONSTRAINT")
def rename_constraint(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER DOMAIN ... RENAME CONSTRAINT."""
    domain = find(catalog, strings(node["object"]["List"]["items"]))
    old = _constraint(catalog, domain, node["subname"])
    if old is None:
        if domain.origin == "assumed":
            return
        message = f'constraint "{node["subname"]}" for domain {domain.identity} does not exist'
        raise CatalogError("42704", message)
    new = node["newname"]
    if _constraint(catalog, domain, new) is not None:
        message = f'constraint "{new}" for domain {domain.identity} already exists'
        raise CatalogError("42710", message)
    renamed = replace(old, identity=f"{quote_ident(new)} on {domain.identity}")
    rename.follow(catalog, old.key, renamed)
