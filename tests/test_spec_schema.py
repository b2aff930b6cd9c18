"""The published JSON Schema says what the reader says, as far as it can: it reads no SQL."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pasteproof.schema.source import Source
from pasteproof.schema.spec import read_spec
from pasteproof.schema.stating.json_schema import PUBLISHED, printed

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*/schema.yaml"))

ACCEPTED = [
    "version: 1",
    "version: 1\nexpect_sql: a.sql",
    "version: 1\nexpect_sql: [a.sql, 'b/*.sql']",
    "version: 1\nmigrations: [a.sql, b/*.sql]",
    "version: 1\napplied_until: {version: '003', except: ['001']}",
    "version: 1\nexpect: {tables: {public.a: {exact: true, grants: {anon: [], b: ['select (a, b)', all]}}}}",
    "version: 1\nexpect: {views: {'public.\"A b\"': {security_invoker: false, columns: []}}}",
    "version: 1\nexpect: {functions: {'public.f(integer, text)': {search_path: '', execute: []}}}",
    "version: 1\nsmoke: [{as: anon, sql: select 1, claims: {a: {b: [1]}}, raises: '42501'}]",
    "version: 1\nwaivers: [{rule: a, reason: b, until: '2027-01-31'}]",
    "version: 1\nlint: {profile: pedantic, ignore: [a], severity: {a: INFO}, per_file_ignore: {'*.sql': [a]}}",
    "version: 1\nexternal: [table public.a, schema legacy, 'function public.is_*']",
]
ACCEPTED += ["version: 1\naccess: {public.a: {anon: none, authenticated: {select: own, insert: some}, crew: all}}"]
REJECTED = [
    "register: auto",
    "version: 2",
    "version: '1'",
    "version: 1\nversions: 1",
    "version: 1\naccess: {public.a: {anon: nobody}}",
    "version: 1\naccess: {public.a: {anon: {truncate: all}}}",
    "version: 1\naccess: {a: {anon: all}}",
    "version: 1\nexpect_sql: {a: b}",
    "version: 1\nlint: {profile: strict}",
    "version: 1\nlint: {severity: {a: warn}}",
    "version: 1\nlint:",
    "version: 1\nproject: {ref: A B}",
    "version: 1\ntarget: {postgres: []}",
    "version: 1\ntarget: {postgres: [13]}",
    "version: 1\ntarget: {default_grants: yes}",
    "version: 1\napplied_until: {version: 003}",
    "version: 1\napplied_until: {except: []}",
    "version: 1\nmigrations: {a: b}",
    "version: 1\nabsent: [public.a]",
    "version: 1\nexternal: [policy a]",
    "version: 1\nexpect: {tables: {a: {}}}",
    "version: 1\nexpect: {tables: {public.a: {columns: {b: 1}}}}",
    "version: 1\nexpect: {tables: {public.a: {exact: 1}}}",
    "version: 1\nexpect: {tables: {public.a: {policies: {b: {for: selct}}}}}",
    "version: 1\nexpect: {tables: {public.a: {policies: {b: {to: []}}}}}",
    "version: 1\nexpect: {tables: {public.a: {grants: {anon: select}}}}",
    "version: 1\nexpect: {tables: {public.a: {grants: {anon: [selct]}}}}",
    "version: 1\nexpect: {functions: {public.f: {}}}",
    "version: 1\nassertions: [{id: a b, sql: select 1}]",
    "version: 1\nassertions: [{sql: select 1}]",
    "version: 1\nsmoke: [{as: anon, sql: select 1}]",
    "version: 1\nsmoke: [{as: anon, sql: select 1, gives: '1', raises: '42501'}]",
    "version: 1\nsmoke: [{as: anon, sql: select 1, gives: 1}]",
    "version: 1\nwaivers: [{rule: a, reason: ''}]",
]


class Plain(yaml.SafeLoader):
    """YAML 1.2, as editors read it: a date is a text, yes and no are words."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith(("timestamp", "bool"))]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false"), list("tf"))


@pytest.fixture(scope="module")
def validator() -> Any:
    published = json.loads(PUBLISHED.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(published)
    return jsonschema.Draft202012Validator(published, format_checker=jsonschema.FormatChecker())


def test_the_published_schema_is_that_of_the_reader() -> None:
    assert PUBLISHED.read_text("utf-8") == printed(), "run: python -m pasteproof.schema.stating.json_schema"


@pytest.mark.parametrize("text", [*ACCEPTED, *(path.read_text("utf-8") for path in EXAMPLES)])
def test_both_accept(validator: Any, text: str) -> None:
    assert read_spec(Source.from_text("schema.yaml", text))[1] == []
    assert [error.message for error in validator.iter_errors(yaml.load(text, Plain))] == []  # noqa: S506 - a safe one


@pytest.mark.parametrize("text", REJECTED)
def test_both_reject(validator: Any, text: str) -> None:
    assert read_spec(Source.from_text("schema.yaml", text))[1]
    assert list(validator.iter_errors(yaml.load(text, Plain)))  # noqa: S506 - a safe one
