"""The JSON Schema of a snapshot, made from the kinds of objects.

``python -m pasteproof.schema.snapshots.json_schema`` writes it to ``data/snapshot.schema.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ..catalog import Object
from ..objects import kinds
from .snapshot import Snapshot, attribute

_OPTIONAL = {"database", "origin", "rests_on"}
PUBLISHED = Path(__file__).parent.parent / "data" / "snapshot.schema.json"


def json_schema() -> dict[str, Any]:
    """Make the schema (JSON Schema 2020-12): an object's attributes are those of its kind, any of them unknown."""
    tree = msgspec.json.schema(Snapshot)
    definitions = tree["$defs"]
    entry = definitions["Entry"]
    for name, cls in kinds().items():
        definitions |= (attributes := _attributes(cls))[1]
        definitions[f"attributes_of_{name}"] = attributes[0]
    entry["properties"]["kind"] = {"enum": list(kinds())}
    entry["allOf"] = [
        {
            "if": {"properties": {"kind": {"const": name}}},
            "then": {"properties": {"attributes": {"$ref": f"#/$defs/attributes_of_{name}"}}},
        }
        for name in kinds()
    ]
    for definition in definitions.values():
        definition["additionalProperties"] = False
        definition.pop("title", None)
        if "description" in definition:
            definition["description"] = " ".join(definition["description"].replace("``", "").split())
    for shown in (entry, definitions["Snapshot"]):  # what is always printed
        shown["required"] = [name for name in shown["properties"] if name not in _OPTIONAL]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A snapshot of pasteproof"}
    return {**head, **_without_defaults(tree)}


def _attributes(cls: type[Object]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a kind's attributes, and what that refers to."""
    definitions = msgspec.json.schema(cls)["$defs"]
    properties = definitions.pop(cls.__name__)["properties"]
    definitions.pop("Dependency", None)
    return (
        {"type": "object", "properties": {attribute(name): properties[name] for name in cls.attribute_names()}},
        definitions,
    )


def _without_defaults(tree: Any) -> Any:
    """Leave out Python's defaults: what is not printed is not known."""
    if isinstance(tree, list):
        return [_without_defaults(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: {name: _without_defaults(each) for name, each in value.items()}
        if key in {"properties", "$defs"}
        else _without_defaults(value)
        for key, value in tree.items()
        if key != "default"
    }


def printed() -> str:
    """Print the schema as it is published."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(printed(), "utf-8")
