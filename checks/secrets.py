"""Secrets in SQL: where they stand, and how everything that is printed is kept from repeating them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from ..schema.pattern import lazy
from .conditions.expressions import function_name, nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..schema.source import Location, Rejected, Source, Statement

_TAIL = 4
_LONG = 16  # of a shorter secret nothing is shown: four characters would be much of it; nor of what somebody thought up
_SHORTEST = 6  # a shorter text is not replaced wherever it occurs


class Secret(msgspec.Struct, frozen=True):
    """A secret: what it is, where it stands, and its text, which is for masking alone."""

    kind: str
    location: Location
    text: str

    @property
    def shown(self) -> str:
        """All that may be said of it."""
        tail = self.text[-_TAIL:]
        tells = len(self.text) >= _LONG and tail.isalnum() and "password" not in self.kind
        return f"{self.kind} (ends in {tail})" if tells else self.kind


class Pattern(msgspec.Struct, frozen=True):
    """A kind of secret: what must stand in a file that has one, and how it looks; group 1 is the secret.

    ``solid``: it has a run of letters and digits that few files have, and which is looked for once for all such kinds.
    """

    kind: str
    marks: tuple[str, ...]
    form: str
    accepts: Callable[[re.Match[str]], bool] | None = None
    solid: bool = False


def _is_service_key(match: re.Match[str]) -> bool:
    """Whether a JSON Web Token gives more than the public key does; Supabase's demo keys are everybody's."""
    from base64 import urlsafe_b64decode
    from binascii import Error

    payload = match[1].split(".")[1]
    try:
        claims = msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (Error, ValueError, msgspec.DecodeError):
        return False
    return (
        isinstance(claims, dict)
        and claims.get("role") in {"service_role", "supabase_admin"}
        and claims.get("iss") != "supabase-demo"
    )


_NO_PASSWORD = lazy(
    r"[\[<{$%*]|^(x+|\.+|(your|my|the)?[-_ ]?(db[-_ ]?)?(password|passwd|pass|pwd|secret))$", re.IGNORECASE
)
_LOCAL = lazy(r"(localhost|127\.0\.0\.1|\[::1\]|db|host\.docker\.internal)([:/?]|$)", re.IGNORECASE)


def _is_password(match: re.Match[str]) -> bool:
    """Whether the password of a connection string is none that stands for one, nor a local default."""
    if _NO_PASSWORD.search(match[1]):
        return False
    return not (match[1] == "postgres" and _LOCAL.match(match.string, match.end(1) + 1))


_STANDS_FOR_ONE = lazy(
    r"your|example|placeholder|change[-_ ]?me|replace|dummy|\bkey[-_ ]?here|secret[-_ ]?here|token[-_ ]?here|x{4}",
    re.IGNORECASE,
)


def _is_header_key(match: re.Match[str]) -> bool:
    """Whether what a header carries is a key: none that has a form of its own, none that stands for one."""
    text = match[1]
    if text.startswith(("eyJ", "sb_publishable_", "sb_secret_")) or _STANDS_FOR_ONE.search(text):
        return False
    return any(letter.isdigit() for letter in text) and any(letter.isalpha() for letter in text)


_PATTERNS = (
    Pattern("a service_role key", ("eyJ",), r"(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})", _is_service_key),
    Pattern("a Supabase secret key", ("sb_secret_",), r"\b(sb_secret_[\w-]{8,})"),
    Pattern("a Supabase access token", ("sbp_",), r"\b(sbp_[0-9a-f]{32,})", solid=True),
    Pattern(
        "a private key",
        ("PRIVATE KEY",),
        r"(-----BEGIN [A-Z ]*PRIVATE KEY-----.{20,16000}?-----END [A-Z ]*PRIVATE KEY-----)",
    ),
    Pattern("a password in a connection string", ("://",), r"://[^\s:/@'\"]*:([^\s/@'\"]{3,})@", _is_password),
    Pattern("a Stripe key", ("_live_",), r"\b([sr]k_live_[0-9A-Za-z]{16,})", solid=True),
    Pattern("a Stripe webhook secret", ("whsec_",), r"\b(whsec_[0-9A-Za-z+/=]{16,})"),
    Pattern("an OpenAI or Anthropic key", ("sk-",), r"\b(sk-(?:proj-|ant-|svcacct-)?[\w-]{32,})"),
    Pattern(
        "a GitHub token",
        ("ghp_", "gho_", "ghs_", "ghu_", "ghr_"),
        r"\b(gh[opsur]_[0-9A-Za-z]{36,})",
        solid=True,
    ),
    Pattern("a GitHub token", ("github_pat_",), r"\b(github_pat_\w{22,})"),
    Pattern("a Slack token", ("xox",), r"\b(xox[abprs]-[\w-]{10,})"),
    Pattern("a Slack webhook", ("hooks.slack.com",), r"hooks\.slack\.com/services/([\w/]{20,})"),
    Pattern("an AWS access key", ("AKIA", "ASIA"), r"\b(A[KS]IA[0-9A-Z]{16})\b", solid=True),
    Pattern("a SendGrid key", ("SG.",), r"\b(SG\.[\w-]{16,}\.[\w-]{16,})"),
    Pattern("a Resend key", ("'re_",), r"(?<=')(re_[0-9A-Za-z]{8}_[0-9A-Za-z]{20,})", solid=True),
    Pattern("a Google API key", ("AIza",), r"\b(AIza[\w-]{35})"),
    Pattern("a Telegram bot token", (":AA",), r"\b(\d{8,10}:AA[\w-]{33})"),
    Pattern("a bearer token", ("earer ",), r"\b[Bb]earer\s+([\w.~+/=-]{20,})", _is_header_key),
    Pattern(
        "a key in a header",
        ("apikey", "api-key", "x-", "X-"),
        r"""["'](?i:x-[a-z-]*(?:key|secret|token)|apikey|api-key)["']\s*[:,]\s*["']([\w.+/=~-]{16,})["']""",
        _is_header_key,
    ),
)
_SOLID = bytes(ord("w") if chr(byte).isascii() and chr(byte).isalnum() else ord(" ") for byte in range(256))
_SOLID_RUN = b"w" * 16
_MARKED = [(mark, pattern) for pattern in _PATTERNS for mark in pattern.marks]
_MARKED_LOOSE = [(mark, pattern) for mark, pattern in _MARKED if not pattern.solid]

# The statements that say what a literal of theirs is.
TELLING = frozenset({"CreateRoleStmt", "AlterRoleStmt", "SelectStmt", "DoStmt"})
# In what did not parse, the words before a literal must do.
_UNPARSED = lazy(
    r"(?:\bpassword\s+|\b(?:create|update)_secret\s*\(\s*(?:'[0-9a-f-]{36}'\s*,\s*)?)(?:E?)'((?:[^']|'')+)'",
    re.IGNORECASE,
)
_LITERAL = lazy(rb"(?:[eE]|[uU]&)?'((?:[^'\\]|''|\\.)*)'|\$(\w*)\$(.*?)\$\2\$", re.DOTALL)


def found(source: Source, pieces: Iterable[Statement | Rejected]) -> list[Secret]:
    """Find the secrets of a file, in their order; ``pieces`` are its TELLING statements and what did not parse."""
    secrets = [*_by_form(source), *(each for piece in pieces for each in _by_place(source, piece))]
    secrets.sort(key=lambda secret: secret.location)
    kept: list[Secret] = []
    for secret in secrets:
        if not kept or (secret.location.line, secret.location.column) >= (
            kept[-1].location.end_line,
            kept[-1].location.end_column,
        ):
            kept.append(secret)
    return kept


def _by_form(source: Source) -> Iterator[Secret]:
    text = source.text
    looked_for = _MARKED if _SOLID_RUN in source.data.translate(_SOLID) else _MARKED_LOOSE
    for pattern in dict.fromkeys([pattern for mark, pattern in looked_for if mark in text]):
        for match in re.finditer(pattern.form, text, re.DOTALL):
            if pattern.accepts is None or pattern.accepts(match):
                yield _secret(source, pattern.kind, *match.span(1))


def _secret(source: Source, kind: str, start: int, end: int) -> Secret:
    """Take a secret by the characters it occupies."""
    text = source.text
    before = len(text[:start].encode())
    return Secret(kind, source.locate(before, before + len(text[start:end].encode())), text[start:end])


def _by_place(source: Source, piece: Statement | Rejected) -> Iterator[Secret]:
    """Find literals that are secrets because of where they stand."""
    kind = getattr(piece, "kind", None)
    if kind is None:
        first = len(source.data[: piece.start].decode(errors="replace"))
        for match in _UNPARSED.finditer(piece.text):
            yield _secret(source, "a password or secret", first + match.start(1), first + match.end(1))
    elif kind in {"CreateRoleStmt", "AlterRoleStmt"}:
        for name, node in nodes(piece.node):  # type: ignore[union-attr]  # a Statement: it has a kind
            if name == "DefElem" and node.get("defname") == "password" and "String" in node.get("arg", {}):
                yield from _literal(source, piece, node.get("location", 0), "a role's password")
    elif kind in {"SelectStmt", "DoStmt"} and b"_secret" in source.data[piece.start : piece.end]:
        for name, node in nodes(piece.node):  # type: ignore[union-attr]
            if name == "FuncCall" and (at := _VAULT.get(function_name(node))) is not None:
                arguments: list[Any] = node.get("args", [])[at : at + 1]
                for _, constant in nodes(arguments):
                    if "sval" in constant:
                        yield from _literal(source, piece, constant.get("location", 0), "a secret for the vault")


_VAULT = {"vault.create_secret": 0, "vault.update_secret": 1}


def _literal(source: Source, piece: Any, location: int, kind: str) -> Iterator[Secret]:
    match = _LITERAL.search(source.data, piece.base + location, piece.end)
    if match:
        start, end = match.span(1) if match[1] is not None else match.span(3)
        text = source.slice(start, end)
        if text and not _NO_PASSWORD.search(text):
            yield Secret(kind, source.locate(start, end), text)


def is_address(text: str) -> bool:
    """Whether a word of the command line is a database's address, as libpq takes it, and no file's name."""
    return re.match(r"\s*([\w+]+:/|(host|hostaddr|port|dbname|user|password|service|sslmode)\s*=)", text) is not None


def hidden(text: str) -> str:
    """The text of somebody else, such as a pasted error, without the secrets that their form gives away."""
    for pattern in _PATTERNS:
        if any(mark in text for mark in pattern.marks):
            text = re.sub(pattern.form, partial(_without, pattern), text, flags=re.DOTALL)
    return text


def _without(pattern: Pattern, match: re.Match[str]) -> str:
    if pattern.accepts is not None and not pattern.accepts(match):
        return match[0]
    start, end = (at - match.start() for at in match.span(1))
    return match[0][:start] + "*" * 8 + match[0][end:]


class Masks:
    """Hides secrets in whatever is printed."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._places: dict[str, list[Location]] = {}
        texts: set[str] = set()
        for secret in secrets:
            self._places.setdefault(secret.location.file, []).append(secret.location)
            texts.update({secret.text, secret.text.replace("''", "'")}, secret.text.splitlines())
        self._texts = sorted((text for text in texts if len(text) >= _SHORTEST), key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._places)

    def line(self, file: str, number: int, text: str) -> str:
        """Hide the secrets of one line of a file, keeping its columns."""
        for place in self._places.get(file, ()):
            if place.line <= number <= place.end_line:
                start = place.column - 1 if number == place.line else 0
                end = place.end_column - 1 if number == place.end_line else len(text)
                text = text[:start] + "*" * (min(end, len(text)) - start) + text[end:]
        return text

    def words(self, text: str) -> str:
        """Hide the secrets that a text repeats."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, "*" * 8)
        return text
