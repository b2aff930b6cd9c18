"""Projects made in memory, for tests."""

from collections.abc import Collection, Mapping
from pathlib import Path

from pasteproof.schema.project import Migration, Project
from pasteproof.schema.source import Source
from pasteproof.schema.spec import Spec, read_spec


def spec_of(yaml: str) -> Spec:
    spec, problems = read_spec(Source.from_text("schema.yaml", yaml))
    assert spec is not None
    assert not problems, problems
    return spec


def project(
    files: Mapping[str, str],
    yaml: str = "version: 1\ntarget: {default_grants: exposed}\n",
    applied: Collection[str] = (),
) -> Project:
    """A project of these files, by name; those in ``applied`` are history."""
    return Project(
        root=Path(),
        spec=spec_of(yaml),
        spec_path=Path("schema.yaml"),
        spec_source=Source.from_text("schema.yaml", yaml),
        config_path=None,
        migrations=tuple(
            Migration(
                path=Path(name),
                shown=name,
                relative=name,
                version=name.partition("_")[0],
                name=name.partition("_")[2].removesuffix(".sql"),
                source=Source.from_text(name, text),
                applied=name in applied,
            )
            for name, text in files.items()
        ),
        problems=(),
    )
