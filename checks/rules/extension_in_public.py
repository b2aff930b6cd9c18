"""An extension is installed in the schema ``public``.

Its functions then stand among yours, are served by the API as yours are, and can stand in the way of a
later name.

Found is what the Advisor finds (splinter 0014): every extension in ``public`` but plpgsql.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_ident
from ...schema.objects.extension import Extension
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..topic import Topic

rule = Rule(__name__, level=Level.WARN, about=Extension, splinter="0014_extension_in_public", topic=Topic.EXTENSIONS)


@rule
def check(extension: Extension, schema: Schema) -> Iterator[Fault]:
    """Look where each extension is."""
    if extension.schema == "public" and extension.name != "plpgsql" and extension.knows("schema"):
        name = quote_ident(extension.name)
        yield Fault(
            extension,
            f"extension {extension.name} is installed in schema public",
            remedy="Move it (one that cannot be moved has to be dropped and made again with SCHEMA extensions):",
            sql=f"alter extension {name} set schema extensions;",
            cache_keys=(f"extension_in_public_{extension.name}",),
        )
