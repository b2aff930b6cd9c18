"""The manifest: what a bundle is made of, and what the database must answer."""

from __future__ import annotations

from typing import Literal

import msgspec

Judged = Literal["value", "server", "offline"]


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question to the database and the answer that was meant.

    ``judged`` says who can tell: ``value`` compares the text, ``server`` lets the database elaborate ``source``
    on a temporary twin and compares what it prints, ``offline`` leaves it to ``schema report``.
    """

    kind: str
    object: str
    attribute: str
    expected: str | None = None
    judged: Judged = "value"
    source: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What the row of the grid is found by."""
        return (self.kind, self.object, self.attribute)


# The attribute of a row that stands for all checks of an object that passed by their value.
FOLDED = "*"


class ManifestMigration(msgspec.Struct, frozen=True, kw_only=True):
    """One migration of the bundle; digests are over the text with line ends as LF."""

    file: str
    version: str | None
    name: str | None
    sha256: str
    md5: str
    registered: bool


class ManifestFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding the bundle was rendered in spite of."""

    rule: str
    level: str
    message: str
    waived: str | None = None


VERSION = 1
LANGUAGES = ("en", "ru")


class ManifestError(Exception):
    """The text is no manifest that can be judged by; the message completes "<file> ..."."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Everything ``schema report`` needs to judge a pasted result."""

    version: int = VERSION
    bundle: str
    tool: str
    language: str
    project: str | None
    ref: str | None
    platform: str
    postgres: tuple[int, ...]
    default_grants: str
    on_failure: str
    migrations: tuple[ManifestMigration, ...]
    files: dict[str, str]  # name -> sha256 of the text
    counts: dict[str, int]
    findings: tuple[ManifestFinding, ...] = ()
    not_compared: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


class _Head(msgspec.Struct):
    version: int


def read(data: bytes) -> Manifest:
    """Read manifest.json; raises ManifestError."""
    try:
        version = msgspec.json.decode(data, type=_Head).version
        if version != VERSION:
            raise ManifestError(f"has version {version}, this pasteproof reads {VERSION}: use the one that rendered it")
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ManifestError(f"is no manifest of a bundle ({error}); render the bundle again") from None
    if manifest.language not in LANGUAGES:
        raise ManifestError(f"names no language of pasteproof: {manifest.language!r}; render the bundle again")
    return manifest
