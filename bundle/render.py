"""From a project to a bundle: what is pasted, what is read, and the manifest by which the answer is judged."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..schema.catalog import Unmodelled
from .documents import Facts, counts, documents, header
from .expectation import expect
from .manifest import Check, Manifest, ManifestFinding, ManifestMigration
from .plan import LARGEST_PASTE, Obstacle, PlannedMigration, bundle_id, plan
from .prompts import editor_prompts
from .verify import FILES, Paste, Smoke, bundle_sql, dry_run_sql, verify_sql

if TYPE_CHECKING:
    from ..checks.finding import Finding
    from ..schema import spec
    from ..schema.project import Migration, Project
    from ..schema.simulate import Simulation


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a bundle, by name, and its manifest (one of them)."""

    files: Mapping[str, str]
    manifest: Manifest


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a bundle is rendered."""

    language: str = "en"
    on_failure: str = "abort"  # abort | report


def render(
    project: Project,
    simulation: Simulation,
    migrations: Sequence[Migration],
    findings: Sequence[tuple[Finding, str | None]],
    *,
    options: Options,
    tool: str,
) -> Bundle | list[Obstacle]:
    """The bundle of these migrations, or why there can be none.

    ``findings`` are those it is rendered in spite of, with the reason of a waiver. Same input, same bytes: no clock
    and no path of the machine goes into it.
    """
    planned = [plan(migration.source, migration.version, migration.name) for migration in migrations]
    obstacles = [obstacle for each in planned if isinstance(each, list) for obstacle in each]
    if obstacles:
        return obstacles
    ready = [each for each in planned if isinstance(each, PlannedMigration)]
    wanted = project.spec
    smokes = tuple(_smoke(number, smoke) for number, smoke in enumerate(wanted.smoke, 1))
    target = wanted.target
    registers = wanted.register == "auto" and target.platform == "supabase"
    assertions = {str(each.id): str(each.sql) for each in wanted.assertions}
    rules = any(statement.kind == "RuleStmt" for statement in simulation.statements)
    expectations = expect(simulation.before, simulation.after, rules=rules)
    checks = (
        *expectations.checks,
        *(Check(kind="assertion", object=name, attribute="gives", expected="true") for name in assertions),
        *(smoke.check for smoke in smokes),
        *(
            Check(kind="migration", object=each.migration.version, attribute="registered", expected="yes")
            for each in ready
            if registers and each.migration.version is not None
        ),
    )
    default_grants = str(target.default_grants or "exposed")
    identifier = bundle_id(
        (
            tool,
            json.dumps(msgspec.to_builtins(options), sort_keys=True),
            *(part for each in ready for part in (each.migration.file, each.migration.text)),
            msgspec.json.encode(checks).decode(),
            f"{target.platform} {target.postgres} {default_grants} {registers}",
            f"{wanted.project.name} {wanted.project.ref}",
        )
    )
    manifest = Manifest(
        bundle=identifier,
        tool=tool,
        language=options.language,
        project=_plain(wanted.project.name),
        ref=_plain(wanted.project.ref),
        platform=str(target.platform),
        postgres=target.postgres,
        default_grants=default_grants,
        on_failure=options.on_failure,
        migrations=tuple(
            ManifestMigration(
                file=each.migration.file,
                version=each.migration.version,
                name=each.migration.name,
                sha256=each.migration.sha256,
                md5=each.migration.md5,
                registered=registers and each.migration.version is not None,
            )
            for each in ready
        ),
        files={},
        counts=counts(expectations),
        findings=tuple(
            ManifestFinding(rule=f.rule, level=f.level.name, message=f.message, waived=_plain(reason))
            for f, reason in findings
        ),
        not_compared=(*expectations.not_compared, *_unfollowed(simulation)),
        checks=checks,
    )
    left_out = tuple(f"{each.migration.file}: {what}" for each in ready for what in each.left_out)
    prompts = editor_prompts("\n".join(each.migration.text for each in ready))
    facts = Facts(
        manifest=manifest,
        before=simulation.before,
        after=simulation.after,
        expectations=expectations,
        prompts=prompts,
        left_out=left_out,
        smokes=smokes,
        assertions=assertions,
        statements=simulation.pending,
    )
    paste = Paste(
        bundle=identifier,
        language=options.language,
        migrations=tuple(each.migration for each in ready),
        expectations=expectations,
        before=simulation.before,
        headers={file: tuple(header(facts, options.language, file)) for file in FILES},
        postgres=target.postgres,
        platform=str(target.platform),
        default_grants=default_grants,
        on_failure=options.on_failure,
        registers=registers,
        smokes=smokes,
        assertions=assertions,
    )
    files = {"bundle.sql": bundle_sql(paste), "verify.sql": verify_sql(paste), "dry-run.sql": dry_run_sql(paste)}
    size = max(len(text.encode()) for text in files.values())
    if size > LARGEST_PASTE:
        return [
            Obstacle(
                file=ready[0].migration.file,
                line=1,
                column=1,
                reason=f"the paste would have {size:,} bytes; {LARGEST_PASTE:,} are the most that the SQL Editor takes",
                remedy="name fewer migrations, or split the migration in two",
            )
        ]
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    manifest = msgspec.structs.replace(manifest, files=digests)
    files |= documents(msgspec.structs.replace(facts, manifest=manifest), options.language)
    files["manifest.json"] = msgspec.json.format(msgspec.json.encode(manifest), indent=1).decode() + "\n"
    return Bundle(files=dict(sorted(files.items())), manifest=manifest)


def write(bundle: Bundle, directory: Path) -> list[str]:
    """Write a bundle's files, each whole or not at all, the manifest last; returns the names of those replaced.

    Raises OSError where the disk does not take them; then no file is half written and no manifest stands for them.
    """
    made = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True)
    staged: list[tuple[Path, Path]] = []
    try:
        for name, text in bundle.files.items():
            final = directory / name
            if final.is_dir():
                raise IsADirectoryError(errno.EISDIR, f"{name} in it is a directory")
            staged.append((_stage(directory, name, text), final))
    except OSError:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
        if made:
            directory.rmdir()
        raise
    replaced = [final.name for new, final in staged if final.exists() and final.read_bytes() != new.read_bytes()]
    for temporary, final in sorted(staged, key=lambda pair: pair[1].name == "manifest.json"):
        temporary.replace(final)
    return replaced


def write_whole(path: Path, text: str) -> None:
    """Write one file whole or not at all; a device or a pipe has nothing to replace and is written to."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8", newline="")
    else:
        _stage(path.parent, path.name, text).replace(path)


def _stage(directory: Path, name: str, text: str) -> Path:
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
    path = Path(temporary)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o644)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _unfollowed(simulation: Simulation) -> Iterator[str]:
    """The places of the pending statements that were not followed: what they make is no check."""
    for event in simulation.after.events[len(simulation.before.events) :]:
        if isinstance(event, Unmodelled) and event.touches:
            yield f"SQL {event.at.file}:{event.at.line}:{event.at.column}"


def _smoke(number: int, smoke: spec.Smoke) -> Smoke:
    return Smoke(
        id=f"smoke {number}",
        role=str(smoke.as_),
        sql=str(smoke.sql),
        claims=json.dumps(smoke.claims, sort_keys=True) if smoke.claims else "",
        setup=_plain(smoke.setup),
        gives=_plain(smoke.gives),
        raises=_plain(smoke.raises),
    )


def _plain(text: str | None) -> str | None:
    """The words of schema.yaml without the place they stand at; None for an empty text."""
    return str(text) if text else None
