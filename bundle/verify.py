"""The SQL of a paste: expectations and words put into the templates, sealed by a digest of the text itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from ..schema import live
from ..schema.catalog import Catalog, Object
from ..schema.names import quote_literal
from ..schema.objects.default_privilege import DefaultPrivilege
from ..schema.snapshots import grid_sql
from ..schema.source import split
from .expectation import Expectations, Twin
from .manifest import Check

TEMPLATES = Path(__file__).parent / "templates"

# The pastes of a bundle, as their trailers name them.
FILES = ("bundle", "verify", "dry_run")

# One lock for all bundles of a database: two bundles of one version would otherwise wait for each other.
ADVISORY_LOCK = 7_236_284_810_021_127_431

_OBJECT_TYPE_CODES = {"tables": "r", "sequences": "S", "functions": "f", "types": "T"}
_CLIENTS = ("public", "anon", "authenticated", "service_role")


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """A migration as it is pasted: its text with line ends as LF, and the entry it registers under."""

    file: str
    text: str
    version: str | None = None
    name: str | None = None

    @property
    def md5(self) -> str:
        """The digest that the guard recomputes."""
        return hashlib.md5(self.text.encode(), usedforsecurity=False).hexdigest()

    @property
    def sha256(self) -> str:
        """The digest that people compare."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Smoke(msgspec.Struct, frozen=True, kw_only=True):
    """A query run under a role and undone, with what it must give or raise."""

    id: str
    role: str
    sql: str
    claims: str = ""
    setup: str | None = None
    gives: str | None = None
    raises: str | None = None

    @property
    def check(self) -> Check:
        """Its row of the grid."""
        expected = f"raises {self.raises}" if self.raises else f"gives {self.gives}"
        return Check(kind="smoke", object=self.id, attribute="raises" if self.raises else "gives", expected=expected)


class Paste(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides the text of one paste."""

    bundle: str
    language: str
    migrations: tuple[Migration, ...]
    expectations: Expectations
    before: Catalog
    headers: Mapping[str, tuple[str, ...]]  # by file: bundle, verify, dry_run
    postgres: tuple[int, ...]
    platform: str = "supabase"
    default_grants: str = "exposed"
    on_failure: str = "abort"
    registers: bool = True
    smokes: tuple[Smoke, ...] = ()
    assertions: Mapping[str, str] = {}
    part: str = " 1/1"


# From this many checks on, those of one object that pass by their value share a row.
MOST_ROWS = 400


def folds(checks: Sequence[Check]) -> bool:
    """Whether the grid of these checks shows one row for all that passes of an object."""
    return len(checks) > MOST_ROWS


def folded(checks: Iterable[Check]) -> str:
    """The digest by which a folded row stands for checks that are judged by their value."""
    lines = [
        f"{check.attribute} is null" if check.expected is None else f"{check.attribute}={check.expected}"
        for check in sorted(checks, key=lambda check: check.attribute.encode())
    ]
    return hashlib.md5("\n".join(lines).encode(), usedforsecurity=False).hexdigest()


def words(language: str) -> Mapping[str, str]:
    """What the SQL says when it refuses, in the bundle's language."""
    return _words(language)


@cache
def _words(language: str) -> Mapping[str, str]:
    found: dict[str, str] = msgspec.json.decode((TEMPLATES / language / "words.json").read_bytes())
    return found


@cache
def environment() -> jinja2.Environment:
    """The template engine: unknown names are errors, and the output is what is written."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the output is SQL and Markdown, never HTML
    )


def bundle_sql(paste: Paste) -> str:
    """The paste that changes the database, proves it, and registers itself."""
    return _sealed("sql/bundle.sql.j2", paste, "bundle")


def dry_run_sql(paste: Paste) -> str:
    """The same paste, rolled back at its end; its grid is no evidence."""
    return _sealed("sql/bundle.sql.j2", paste, "dry_run")


def verify_sql(paste: Paste) -> str:
    """The checks alone, for any time after the paste."""
    return _sealed("sql/verify.sql.j2", paste, "verify")


def _sealed(template: str, paste: Paste, file: str) -> str:
    """Render twice: the seal is the md5 of our own text with the seal left out."""
    context = _context(paste, file)
    unsealed = environment().get_template(template).render(context, seal="")
    ours = unsealed[unsealed.index(f"-- pasteproof {paste.bundle} begin\n") :]
    ours = ours[: ours.index(f"-- pasteproof {paste.bundle} end")]
    seal = hashlib.md5(ours.encode(), usedforsecurity=False).hexdigest()
    return environment().get_template(template).render(context, seal=seal)


def _context(paste: Paste, file: str) -> dict[str, Any]:
    said = words(paste.language)
    checks = [check for check in paste.expectations.checks if file != "verify" or check.kind != "smoke"]
    return {
        "bundle": paste.bundle,
        "file": file,
        "part": paste.part if file == "bundle" else "",
        "header": paste.headers[file],
        "migrations": paste.migrations,
        "registers": paste.registers and any(m.version for m in paste.migrations),
        "on_failure": paste.on_failure,
        "folded": folds(paste.expectations.checks),
        "lock": ADVISORY_LOCK,
        "facts": _json(_facts(paste)),
        "registered": _json([m for m in _entries(paste) if m["version"]]),
        "smokes": [_json(_smoke(smoke)) for smoke in paste.smokes],
        "smoke_expected": _json(
            [{"object": smoke.check.object, "expected": smoke.check.expected} for smoke in paste.smokes]
        ),
        "meant": _json(_meant(checks)),
        "twins": _json(_twins(paste.expectations.twins)),
        "lists": _json([{"parent": p, "kinds": kinds} for p, kinds in paste.expectations.lists.items()]),
        "assertions": _json([{"id": name, "sql": sql} for name, sql in paste.assertions.items()]),
        # Schemas are asked for so that there is a query even where nothing is to be compared.
        "live": live.query({"schema"}.union((check.kind for check in checks), *paste.expectations.lists.values())),
        "say": lambda key: quote_literal(said[key]),
        "sql": grid_sql,
    }


def _facts(paste: Paste) -> dict[str, Any]:
    new = {obj.identity for obj in paste.expectations.makes}
    return {
        "migrations": _entries(paste),
        "postgres": paste.postgres,
        "needs": [
            _existence(obj) for obj in paste.expectations.needs if obj.origin != "platform" and obj.kind in _GUARDED
        ],
        "makes": [_existence(obj) for obj in paste.expectations.makes if _is_guarded(obj, new)],
        "default_grants_named": paste.default_grants,
        "default_grants": _default_grants(paste) if paste.platform == "supabase" else [],
    }


# Kinds that the guard looks for: what must be there, and what must not, since nothing else would have made it.
_GUARDED = frozenset(
    {
        "schema", "role", "extension", "publication", "event_trigger", "function", "type", "column",
        "constraint", "policy", "trigger", "table", "view", "sequence", "index",
    }
)  # fmt: skip


def _is_guarded(obj: Object, new: Collection[str]) -> bool:
    """Whether the guard must not find an object; what stands on a new table is there only if the table is."""
    return obj.kind in _GUARDED and (obj.kind == "index" or getattr(obj, "table", None) not in new)


def _existence(obj: Object) -> dict[str, Any]:
    facts = {"kind": obj.kind, "identity": obj.identity}
    if obj.kind in {"column", "constraint", "policy", "trigger"}:
        facts |= {"table": obj.table, "name": obj.name}  # type: ignore[attr-defined]  # these four have both
    return facts


def _entries(paste: Paste) -> list[dict[str, Any]]:
    entries = []
    for number, migration in enumerate(paste.migrations, 1):
        mark = f"-- pasteproof {paste.bundle} migration {number}"
        entries.append(
            {
                "file": migration.file,
                "version": migration.version if paste.registers else None,
                "name": migration.name,
                "md5": migration.md5,
                "after": f"{mark}: {migration.file}\n",
                "until": f"\n{mark} end",
                "statements": [[start + 1, end - start] for start, end in split(migration.text)],
            }
        )
    return entries


def _default_grants(paste: Paste) -> list[dict[str, str]]:
    """What the guard must find in ``pg_default_acl``, for the kinds of objects this paste makes in public."""
    made = {obj.kind for obj in paste.expectations.makes if getattr(obj, "schema", None) == "public"}
    needed = {"tables": {"table", "view"}, "sequences": {"sequence"}, "functions": {"function"}}
    found = []
    for object_type, kinds in needed.items():
        if not made & kinds:
            continue
        held: dict[str, list[str]] = {}
        for entry in paste.before.of(DefaultPrivilege):
            if (
                entry.for_role == "postgres"
                and entry.schema == "public"
                and entry.object_type == object_type
                and entry.grantee in _CLIENTS
                and not entry.revoked
            ):
                held.setdefault(entry.grantee, []).append(entry.privilege)
        grants = "; ".join(f"{grantee} {', '.join(sorted(each))}" for grantee, each in sorted(held.items()))
        found.append({"kind": object_type, "code": _OBJECT_TYPE_CODES[object_type], "grants": grants})
    return found


def _smoke(smoke: Smoke) -> dict[str, Any]:
    return {
        "id": smoke.id,
        "as": smoke.role,
        "claims": smoke.claims,
        "setup": smoke.setup,
        "sql": smoke.sql,
        "raises": smoke.raises,
    }


def _meant(checks: Sequence[Check]) -> list[dict[str, Any]]:
    objects: dict[tuple[str, str], dict[str, Any]] = {}
    for check in checks:
        if check.kind in {"smoke", "assertion"}:
            continue
        found = objects.setdefault((check.kind, check.object), {"k": check.kind, "i": check.object})
        if check.attribute == "exists":
            if check.expected == "no":
                found["x"] = False
            continue
        value: Any = [check.expected]
        if check.judged == "server":
            value = {"s": f"{check.kind} {check.object} {check.attribute}"}
        elif check.judged == "offline":
            value = True
        found.setdefault("a", {})[check.attribute] = value
    return list(objects.values())


def _twins(twins: Mapping[str | None, Sequence[Twin]]) -> list[dict[str, Any]]:
    path = '"$user", public, extensions'
    found: list[dict[str, Any]] = []
    for relation, items in twins.items():
        listed = [{k: v for k, v in msgspec.structs.asdict(item).items() if v is not None} for item in items]
        if relation is None:
            found += [{"relation": None, "path": path, "items": [each]} for each in listed]
        else:
            name = relation.rpartition(".")[2].strip('"').replace('""', '"')
            found.append({"relation": relation, "name": name, "path": path, "items": listed})
    return found


def _json(value: Any) -> str:
    """A jsonb literal that no quoting rule, line end or dollar tag can touch."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=True, separators=(",", ":")).replace("$", "\\u0024")
    return f"$json${text}$json$::pg_catalog.jsonb"
