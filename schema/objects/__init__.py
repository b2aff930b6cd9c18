"""The kinds of objects: one module each, with its dataclass, its DDL handlers and its row in the live query."""

from __future__ import annotations

import builtins
import pkgutil
from functools import cache
from importlib import import_module

from ..catalog import Object


@cache
def kinds() -> dict[str, type[Object]]:
    """Every kind of object by its name; walking the modules also registers their handlers."""
    found: dict[str, type[Object]] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            # builtins: the package's own module `type` stands under that name here
            if isinstance(value, builtins.type) and issubclass(value, Object) and hasattr(value, "kind"):
                found[value.kind] = value
    import_module("..rows", __name__)  # the statements that make no object of any kind
    return dict(sorted(found.items()))
