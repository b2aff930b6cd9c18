"""A schema that the API is to serve is not there, or no client role may use it.

``target.exposed`` (or ``[api] schemas`` of config.toml) names it. A name that no schema has keeps PostgREST from
starting its schema cache, and every request fails; a schema without USAGE answers each with 42501.

Found is what the migrations make: a schema that is made elsewhere belongs under ``external:``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.schema import Schema as SchemaObject
from ...schema.spec import Target
from ...schema.taint import excused
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import CLIENT_ROLES, Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Target, topic=Topic.EXPOSURE)


@rule
def check(target: Target, schema: Schema) -> Iterator[Fault]:
    """Look up each schema that is said to be exposed."""
    for name in target.exposed or ():
        found = schema.catalog.get(SchemaObject, name)
        if found is None:
            if not excused(schema.catalog, ("schema", name)):
                yield _missing(name, target, schema)
        elif all(schema.holds(role, found, "usage") is False for role in (*CLIENT_ROLES, "service_role")):
            yield Fault(
                target.place("exposed") if "exposed" in target.places else None,
                f"the API is to serve schema {name}, but neither anon nor authenticated nor service_role may use it",
                why=("every request for it ends in 42501: permission denied for schema " + name,),
                remedy="Grant USAGE, and privileges on what is in it:",
                sql=f"grant usage on schema {quote_ident(name)} to anon, authenticated, service_role;",
                object=found.key,
            )


def _missing(name: str, target: Target, schema: Schema) -> Fault:
    from difflib import get_close_matches  # for messages alone

    close = get_close_matches(name, [each.name for each in schema.catalog.of(SchemaObject)], n=1)
    return Fault(
        target.place("exposed") if "exposed" in target.places else None,
        f"the API is to serve schema {name}, which nothing makes" + (f"; is {close[0]} meant?" if close else ""),
        why=("PostgREST loads no schema cache with the name of a schema that is not there: every request fails",),
        remedy=f"Write {close[0]} in its place"
        if close
        else "Make the schema, leave it out, or name it under external: where it is made elsewhere",
        object=("schema", name),
    )
