"""A bucket takes files of any size or any type.

Whoever may upload may then store what was never meant: a film in place of a picture, or a page of HTML that the
bucket serves under the project's address. The project's own limit for the size of a file still holds.

Found are buckets without ``file_size_limit`` or ``allowed_mime_types``. The pedantic profile asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...schema.names import quote_literal
from ...schema.objects.bucket import Bucket
from ..finding import Level
from ..rule import Fault, Rule
from ..schema import Schema
from ..words import listed

rule = Rule(__name__, level=Level.WARN, about=Bucket, profile="pedantic")

_EXAMPLES = {"file_size_limit": "5242880", "allowed_mime_types": "array['image/*']"}


@rule
def check(bucket: Bucket, schema: Schema) -> Iterator[Fault]:
    """Look for buckets that are not limited."""
    del schema
    unset = [each for each in _EXAMPLES if bucket.knows(each) and getattr(bucket, each) is None]
    if unset:
        settings = ", ".join(f"{each} = {_EXAMPLES[each]}" for each in unset)
        yield Fault(
            bucket,
            f"bucket {bucket.identity} has no {listed(unset)}",
            remedy="Say what belongs in it, for pictures of up to 5 MB:",
            sql=f"update storage.buckets set {settings} where id = {quote_literal(bucket.identity)};",
            example=True,
        )
