"""A secret stands in a migration or schema.yaml: whoever reads the repository, the paste or a log has it.

Found are keys by their form (service_role keys, Supabase secret keys and access tokens, private keys,
connection strings with a password, keys of known providers), passwords of roles, and literals given to
``vault.create_secret()``. The anon key and the demo keys of a local Supabase are public, and left alone.

Nothing that is printed repeats the secret. Replace it where it was issued: taking it out of the file does
not take it out of the history.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.source import Source
from ...schema.spec import Target
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.ERROR, about=Source, topic=Topic.SECRETS)


@rule
def check(source: Source, schema: Schema) -> Iterator[Fault]:
    """Tell each secret of a file, by its kind and no more than its last four characters."""
    yield from _told(source, schema)


@rule.also(Target)
def check_spec(target: Target, schema: Schema) -> Iterator[Fault]:
    """Tell those of schema.yaml: its smoke tests and assertions are part of the paste."""
    if schema.project.spec_source is not None:
        yield from _told(schema.project.spec_source, schema)


def _told(source: Source, schema: Schema) -> Iterator[Fault]:
    for secret in schema.secrets:
        if secret.location.file == source.path:
            yield Fault(
                secret.location,
                f"this file holds {secret.shown}",
                why=("it is in the repository's history, in the paste, and in the database's log",),
                remedy="Replace it where it was issued, and set it outside of migrations: in the Dashboard under "
                "Integrations > Vault, or by hand in the SQL Editor",
            )
