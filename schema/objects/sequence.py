"""Sequences: free, and owned by serial and identity columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from ..catalog import Acl, Catalog, CatalogError, Dependency, Node, Object, executes, strings
from ..live import named, ours
from ..meaning.lookup import find_relation, relation, require_free, schema_for_creation, type_of
from ..names import qualified, quote_ident
from .default_privilege import initial_acl
from .names_given import relation_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source import Statement
    from .column import Column
    from .table import Table

_LIMITS = {
    "smallint": (-32768, 32767),
    "integer": (-2147483648, 2147483647),
    "bigint": (-9223372036854775808, 9223372036854775807),
}


class Sequence(Object, frozen=True, kw_only=True):
    """A row of ``pg_sequence``."""

    kind: ClassVar[str] = "sequence"
    internal: ClassVar[frozenset[str]] = frozenset({"schema", "name", "acl", "identity_column"})
    live: ClassVar[str] = f"""
        select 'sequence' as kind, {named("n", "c.relname")} as identity, null::text as parent,
          pg_catalog.jsonb_build_object(
            'schema', n.nspname, 'name', c.relname, 'type', pg_catalog.format_type(s.seqtypid, null),
            'start', s.seqstart, 'increment', s.seqincrement, 'minimum', s.seqmin, 'maximum', s.seqmax,
            'cache', s.seqcache, 'cycle', s.seqcycle, 'owned_by', owned.identity,
            'owner', pg_catalog.pg_get_userbyid(c.relowner),
            'identity_column', coalesce(owned.deptype = 'i', false)) as attributes
        from pg_catalog.pg_sequence s
        join pg_catalog.pg_class c on c.oid = s.seqrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        left join lateral (
          select d.deptype, {named("tn", "t.relname")} || '.' || pg_catalog.quote_ident(a.attname) as identity
          from pg_catalog.pg_depend d
          join pg_catalog.pg_class t on t.oid = d.refobjid
          join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
          join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
          where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.deptype in ('a', 'i')
        ) owned on true
        where c.relpersistence <> 't' and {ours("n", "pg_class", "c.oid")}"""

    schema: str
    name: str
    type: str = "bigint"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 9223372036854775807
    cache: int = 1
    cycle: bool = False
    owned_by: str | None = None  # identity of a column
    owner: str = "postgres"
    acl: Acl | None = None
    identity_column: bool = False  # of GENERATED ... AS IDENTITY: an internal dependency


@executes("CreateSeqStmt")
def create_sequence(catalog: Catalog, node: Node, statement: Statement) -> None:
    """CREATE SEQUENCE."""
    schema = schema_for_creation(catalog, node["sequence"])
    name = node["sequence"]["relname"]
    if node.get("if_not_exists") and _taken(catalog, schema, name):
        return
    require_free(catalog, schema, name, node["sequence"].get("location"))
    options = node.get("options", ())
    made = with_options(catalog, None, options, Sequence(identity=qualified(schema, name), schema=schema, name=name))
    owner = catalog.role
    made = replace(made, owner=owner, acl=initial_acl(catalog, "sequences", owner, schema))
    catalog.put(made, ())
    _own(catalog, made, options)


@executes("AlterSeqStmt")
def alter_sequence(catalog: Catalog, node: Node, statement: Statement) -> None:
    """ALTER SEQUENCE, its owner, name and schema aside."""
    if node.get("missing_ok") and find_relation(catalog, names_of(node["sequence"])) is None:
        return
    found = relation(catalog, node["sequence"])
    if not isinstance(found, Sequence):
        if found.origin in {"assumed", "external"}:
            return
        raise CatalogError("42809", f'"{node["sequence"]["relname"]}" is not a sequence')
    options = node.get("options", ())
    changed = with_options(catalog, found, options, found)
    if changed != found:
        catalog.put(changed)
    _own(catalog, changed, options)


def names_of(rangevar: Node) -> list[str]:
    """The written name of a RangeVar."""
    schema = rangevar.get("schemaname")
    return [schema, rangevar["relname"]] if schema else [rangevar["relname"]]


def _taken(catalog: Catalog, schema: str, name: str) -> bool:
    found = find_relation(catalog, [schema, name])
    return found is not None and found.origin != "assumed"


def for_column(
    catalog: Catalog, table: Table, column: str, type_: str, options: Iterable[Node] = (), *, identity: bool
) -> Sequence:
    """Make the sequence of a serial or identity column; the column must be there already, or come next."""
    options = list(options)
    schema, name = table.schema, None
    for option in options:
        if option["DefElem"]["defname"] == "sequence_name":
            *qualifier, name = strings(option["DefElem"]["arg"]["List"]["items"])
            schema = qualifier[-1] if qualifier else schema
    if name is None:
        name = relation_name(catalog, schema, table.name, column, "seq")
    require_free(catalog, schema, name)
    made = Sequence(identity=qualified(schema, name), schema=schema, name=name, type=type_, maximum=_LIMITS[type_][1])
    made = with_options(catalog, None, options, made)
    owned_by = f"{table.identity}.{quote_ident(column)}"
    made = replace(
        made,
        owned_by=owned_by,
        identity_column=identity,
        owner=table.owner,
        acl=initial_acl(catalog, "sequences", table.owner, schema),
    )
    return catalog.put(made, [Dependency(("column", owned_by), auto=True), Dependency(table.key, auto=True)])


def with_options(catalog: Catalog, before: Sequence | None, options: Iterable[Node], sequence: Sequence) -> Sequence:
    """Apply the options of a sequence as ``init_params`` does (src/backend/commands/sequence.c).

    ``before`` is the sequence that exists already (None for a new one). Raises 22023 for what does not fit
    together, 42601 for an option said twice.
    """
    said: dict[str, Any] = {}
    for option in options:
        element = option["DefElem"]
        name = element["defname"]
        if name in said:
            raise CatalogError("42601", "conflicting or redundant options", element.get("location"))
        said[name] = element.get("arg")
    type_ = sequence.type
    if said.get("as"):
        type_ = type_of(catalog, said["as"]["TypeName"])[0]
        if type_ not in _LIMITS:
            what = "identity column type" if sequence.identity_column else "sequence type"
            raise CatalogError("22023", f"{what} must be smallint, integer, or bigint")
    increment = _number(said["increment"]) if said.get("increment") else sequence.increment
    if not increment:
        raise CatalogError("22023", "INCREMENT must not be zero")
    low, high = _LIMITS[type_]
    old_low, old_high = _LIMITS[sequence.type]
    new, retyped, ascending = before is None, before is not None and type_ != sequence.type, increment > 0

    maximum, reset = sequence.maximum, retyped and sequence.maximum == old_high
    if said.get("maxvalue"):
        maximum = _number(said["maxvalue"])
    elif new or reset or "maxvalue" in said:
        maximum = high if ascending or reset else -1
    minimum, reset = sequence.minimum, retyped and sequence.minimum == old_low
    if said.get("minvalue"):
        minimum = _number(said["minvalue"])
    elif new or reset or "minvalue" in said:
        minimum = low if not ascending or reset else 1
    for word, value in (("MAXVALUE", maximum), ("MINVALUE", minimum)):
        if not low <= value <= high:
            raise CatalogError("22023", f"{word} ({value}) is out of range for sequence data type {type_}")
    if minimum >= maximum:
        raise CatalogError("22023", f"MINVALUE ({minimum}) must be less than MAXVALUE ({maximum})")

    start = sequence.start
    if said.get("start"):
        start = _number(said["start"])
    elif new:
        start = minimum if ascending else maximum
    values = [("START", start)]
    if said.get("restart"):
        values.append(("RESTART", _number(said["restart"])))
    for word, value in values:
        if value < minimum:
            raise CatalogError("22023", f"{word} value ({value}) cannot be less than MINVALUE ({minimum})")
        if value > maximum:
            raise CatalogError("22023", f"{word} value ({value}) cannot be greater than MAXVALUE ({maximum})")
    cache = _number(said["cache"]) if said.get("cache") else sequence.cache
    if cache <= 0:
        raise CatalogError("22023", f"CACHE ({cache}) must be greater than zero")
    cycle = bool(said["cycle"]["Boolean"].get("boolval")) if said.get("cycle") else sequence.cycle
    return replace(
        sequence,
        type=type_,
        start=start,
        increment=increment,
        minimum=minimum,
        maximum=maximum,
        cache=cache,
        cycle=cycle,
    )


def _number(node: Node) -> int:
    if "Integer" in node:
        return int(node["Integer"].get("ival", 0))
    return int(node["Float"]["fval"])


def _own(catalog: Catalog, sequence: Sequence, options: Iterable[Node]) -> None:
    """OWNED BY, where the options say so."""
    for option in options:
        element = option["DefElem"]
        if element["defname"] != "owned_by":
            continue
        names = strings(element["arg"]["List"]["items"])
        if len(names) == 1:
            if names[0] != "none":
                raise CatalogError(
                    "42601",
                    "invalid OWNED BY option",
                    element.get("location"),
                    hint="Specify OWNED BY table.column or OWNED BY NONE.",
                )
            _refuse_for_identity(sequence)
            if sequence.owned_by is not None:
                catalog.put(replace(sequence, owned_by=None), ())
            return
        _own_by(catalog, sequence, names, element.get("location"))


def _own_by(catalog: Catalog, sequence: Sequence, names: list[str], position: int | None) -> None:
    _refuse_for_identity(sequence)
    rangevar = {"relname": names[-2], "location": position or 0}
    if len(names) > 2:
        rangevar["schemaname"] = names[-3]
    table = relation(catalog, rangevar)
    if table.kind not in {"table", "view"}:
        raise CatalogError("42809", f'sequence cannot be owned by relation "{names[-2]}"', position)
    if table.schema != sequence.schema and table.origin != "assumed":  # type: ignore[attr-defined]
        raise CatalogError("55000", "sequence must be in same schema as table it is linked to", position)
    column = f"{table.identity}.{quote_ident(names[-1])}"
    if table.kind == "table":
        if table.knows("owner") and table.owner != sequence.owner:  # type: ignore[attr-defined]
            raise CatalogError("55000", "sequence must have same owner as table it is linked to", position)
        if ("column", column) not in catalog and table.knows("columns"):
            message = f'column "{names[-1]}" of relation "{names[-2]}" does not exist'
            raise CatalogError("42703", message, position)
    edges = [Dependency(("column", column), auto=True), Dependency(table.key, auto=True)]
    catalog.put(replace(sequence, owned_by=column), edges)


def _refuse_for_identity(sequence: Sequence) -> None:
    if sequence.identity_column:
        raise CatalogError(
            "0A000",
            "cannot change ownership of identity sequence",
            detail=f'Sequence "{sequence.name}" is linked to table "{_table_of(sequence)}".',
        )


def _table_of(sequence: Sequence) -> str:
    return (sequence.owned_by or "").rpartition(".")[0]


def copied(catalog: Catalog, table: Table, column: Column, source: Sequence | None, name: str) -> Sequence:
    """The sequence of an identity column that is a copy of another; ``source`` is that one's, where it is known."""
    made = source or Sequence(identity="", schema="", name="", type=column.type, maximum=_LIMITS[column.type][1])
    made = replace(  # its limits are copied, its type is not
        made,
        type="bigint",
        identity=qualified(table.schema, name),
        schema=table.schema,
        name=name,
        owned_by=column.identity,
        identity_column=True,
        owner=table.owner,
        acl=initial_acl(catalog, "sequences", table.owner, table.schema),
        origin="made",
        made=None,
        changed=None,
    )
    return catalog.put(made, [Dependency(column.key, auto=True), Dependency(table.key, auto=True)])
