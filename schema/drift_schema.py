"""The JSON Schema of a difference, as ``schema diff --format json`` prints it.

``python -m pasteproof.schema.drift_schema`` writes it to ``data/diff.schema.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from .drift import Document
from .objects import kinds

PUBLISHED = Path(__file__).parent / "data" / "diff.schema.json"


def json_schema() -> dict[str, Any]:
    """Make the schema (JSON Schema 2020-12): every key is always printed."""
    tree = msgspec.json.schema(Document)
    definitions = tree["$defs"]
    definitions["Change"]["properties"]["kind"] = {"enum": list(kinds())}
    for definition in definitions.values():
        definition["additionalProperties"] = False
        definition["required"] = list(definition["properties"])
        definition.pop("title", None)
        definition["description"] = " ".join(definition["description"].replace("``", "").split())
        for shown in definition["properties"].values():
            shown.pop("default", None)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A difference of pasteproof"}
    return {**head, **tree}


def printed() -> str:
    """Print the schema as it is published."""
    return msgspec.json.format(msgspec.json.encode(json_schema()), indent=2).decode() + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(printed(), "utf-8")
