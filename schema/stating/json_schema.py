"""The JSON Schema of schema.yaml, for editors: made from the sections that the reader reads by.

``python -m pasteproof.schema.stating.json_schema`` writes it to ``data/schema.schema.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ..spec import Spec

PUBLISHED = Path(__file__).parent.parent / "data" / "schema.schema.json"
_KEPT = {"properties", "$defs"}  # their keys are names, not words of JSON Schema


def json_schema() -> dict[str, Any]:
    """Make the schema (JSON Schema 2020-12)."""
    tree = msgspec.json.schema(Spec)
    definitions = tree["$defs"]
    definitions.pop("Location")
    for definition in definitions.values():
        definition["properties"].pop("places")
        definition["additionalProperties"] = False
        definition.pop("title")
    smoke = definitions["Smoke"]
    smoke["oneOf"] = [{"required": ["gives"]}, {"required": ["raises"]}]
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "schema.yaml of pasteproof",
    }
    return {**head, **_without_null(tree)}


def _without_null(tree: Any) -> Any:
    """Leave out what Python needs and the file has not: null and its own defaults."""
    if isinstance(tree, list):
        return [_without_null(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    plain = {}
    for key, value in tree.items():
        if key == "default" and (value is None or isinstance(value, dict)):
            continue
        if key in _KEPT:
            plain[key] = {name: _without_null(each) for name, each in value.items()}
            continue
        if key == "anyOf":
            members = [_without_null(each) for each in value if each != {"type": "null"}]
            if len(members) == 1:
                plain.update(members[0] | plain)
                continue
            value = members  # noqa: PLW2901 - what is left of it
        plain[key] = _without_null(value)
    return plain


def printed() -> str:
    """Print the schema as it is published."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(printed(), "utf-8")
