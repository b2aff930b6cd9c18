"""A statement refers to something that nothing made.

The message is the server's own, with its SQLSTATE (42P01, 42703, 42704, 42883, 3F000). What is missing is
reported at its first use, and then assumed to exist. Where it was made in the Dashboard, say so under
``external:`` in schema.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.catalog import Missing, Rejection
from ...schema.names import quote_ident
from ...schema.objects.extension import home, maker
from ..events import MISSING, WHOLE_FILE
from ..finding import Level, Related
from ..rule import Fault, Rule
from ..schema import Schema

rule = Rule(__name__, level=Level.ERROR, about=Missing)


@rule
def check(missing: Missing, schema: Schema) -> Iterator[Fault]:
    """Tell the first use of what nothing made."""
    name = f"{missing.kind.replace('_', ' ')} {missing.identity}"
    related: tuple[Related, ...] = ()
    extension, sql = _extension(missing, schema)
    if missing.made_later_at:
        why = (f"{name} is made only later: the order is wrong",)
        related = (Related(missing.made_later_at, "it is made here"),)
        remedy = "Move the statement that makes it before this one, or to a file that runs earlier"
    else:
        why = ("no migration, and not the platform, makes it",)
        elsewhere = f'if it was made elsewhere, add to schema.yaml: external: ["{name}"]'
        remedy = f"Make it in an earlier migration; {elsewhere}"
        if extension:
            remedy = f"Extension {extension} makes it: have it in an earlier migration (or, {elsewhere}):"
    yield Fault(
        missing,
        f"{missing.sqlstate}: {missing.message}",
        why=why,
        remedy=remedy,
        sql=None if related else sql,
        related=related,
        object=(missing.kind, missing.identity),
    )


def _extension(missing: Missing, schema: Schema) -> tuple[str | None, str | None]:
    """The extension that makes what is missing, and how it is made where the statement looks for it."""
    schema_name, dot, name = missing.identity.partition("(")[0].rpartition(".")
    extension = maker(missing.kind, name)
    if extension is None or ("extension", extension) in schema.catalog:  # then it is elsewhere, or of other arguments
        return None, None
    where = ""
    if dot and home(extension) is None:
        written = f"{schema_name}.{name}" in missing.message  # else it is looked for along the search_path
        if not written and schema.target.platform == "supabase":
            schema_name = "extensions"
        where = f" with schema {schema_name}"
    return extension, f"create extension if not exists {quote_ident(extension)}{where};"


@rule.also(Rejection)
def check_rejection(rejection: Rejection, schema: Schema) -> Iterator[Fault]:
    """Tell what a statement was refused for."""
    if rejection.sqlstate in MISSING and not rejection.psql:
        yield Fault(rejection, f"{rejection.sqlstate}: {rejection.message}", why=(WHOLE_FILE,), remedy=rejection.hint)
