"""What the names, expressions and queries of a statement mean: the door for the handlers in ``objects/``."""

from .binding import Bound, BoundQuery, bind, query
from .lookup import (
    argument_types,
    creation,
    find_relation,
    find_routine,
    find_type,
    function,
    has_schema,
    path,
    relation,
    report_missing,
    require_free,
    role,
    routine,
    schema,
    schema_for_creation,
    type_of,
)
from .missing import vacate

__all__ = [
    "Bound",
    "BoundQuery",
    "argument_types",
    "bind",
    "creation",
    "find_relation",
    "find_routine",
    "find_type",
    "function",
    "has_schema",
    "path",
    "query",
    "relation",
    "report_missing",
    "require_free",
    "role",
    "routine",
    "schema",
    "schema_for_creation",
    "type_of",
    "vacate",
]
