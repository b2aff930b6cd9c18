"""Sequences of create, alter, rename and drop, made up by Hypothesis: no fact may be wrong after any of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pasteproof.schema.source import Source

from . import differential
from .differential import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasteproof.connect.server import Database, Server
    from pasteproof.schema.catalog import Key, Object

EXAMPLES = int(os.environ.get("PASTEPROOF_TEST_EXAMPLES", "15"))

TABLES = st.sampled_from(["a", "b", "a_b", '"C d"', "other.a"])
COLUMNS = st.sampled_from(["x", "y", "b_x", '"Q r"'])
NAMES = st.sampled_from(["a", "n", "a_x_key", "a_pkey", "a_x_idx", "a_b_x_check", "b_x_fkey"])
TYPES = st.sampled_from(["int", "bigint", "text", "varchar(5)", "uuid", "serial", "timestamptz", "jsonb", "int[]"])
DEFAULTS = st.sampled_from(["1", "'a'", "'12'", "null", "true"])
ACTIONS = st.sampled_from(["", " on delete cascade", " on update set null", " deferrable initially deferred"])
IF_NOT = st.sampled_from(["", "if not exists "])
IF = st.sampled_from(["", "if exists "])
CASCADE = st.sampled_from(["", " cascade"])


def _formed(template: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda values: template.format(**values))


def _lists(*, most: int = 2) -> st.SearchStrategy[str]:
    return st.lists(COLUMNS, min_size=1, max_size=most, unique=True).map(", ".join)


EXPRESSIONS = st.one_of(
    _formed("{c} is not null", c=COLUMNS),
    _formed("{c}::text <> 'a'", c=COLUMNS),
    _formed("{c}::text > {d}::text", c=COLUMNS, d=COLUMNS),
)
NAMED = st.one_of(st.just(""), _formed("constraint {n} ", n=NAMES))
CONSTRAINTS = st.one_of(
    _formed("{n}unique ({c})", n=NAMED, c=_lists()),
    _formed("{n}primary key ({c})", n=NAMED, c=_lists()),
    _formed("{n}check ({e})", n=NAMED, e=EXPRESSIONS),
    _formed("{n}foreign key ({c}) references {t}{a}", n=NAMED, c=COLUMNS, t=TABLES, a=ACTIONS),
    _formed("{n}foreign key ({c}) references {t} ({d}){a}", n=NAMED, c=COLUMNS, t=TABLES, d=COLUMNS, a=ACTIONS),
    _formed("{n}exclude using btree ({c} with =)", n=NAMED, c=COLUMNS),
)
BESIDE = st.sampled_from(
    ["", " not null", " unique", " primary key", " default 1", " default 'a' not null", " generated always as identity"]
)
DEFINITIONS = st.one_of(
    _formed("{c} {t}{b}", c=COLUMNS, t=TYPES, b=BESIDE),
    _formed("{c} {t} check ({e})", c=COLUMNS, t=TYPES, e=EXPRESSIONS),
    _formed("{c} {d}", c=COLUMNS, d=st.sampled_from(["int default nextval('s')", "uuid default gen_random_uuid()"])),
    _formed("{c} {t} references {r}{a}", c=COLUMNS, t=TYPES, r=TABLES, a=ACTIONS),
)
COMMANDS = st.one_of(
    _formed("add {i}{d}", i=IF_NOT, d=DEFINITIONS).map(lambda text: text.replace("add if", "add column if")),
    _formed("drop column {i}{c}{s}", i=IF, c=COLUMNS, s=CASCADE),
    _formed("add {c}", c=CONSTRAINTS),
    _formed("drop constraint {i}{n}{s}", i=IF, n=NAMES, s=CASCADE),
    _formed("alter {c} set default {d}", c=COLUMNS, d=DEFAULTS),
    _formed("alter {c} drop default", c=COLUMNS),
    _formed("alter {c} set not null", c=COLUMNS),
    _formed("alter {c} drop not null", c=COLUMNS),
    _formed("alter {c} type {t} using null", c=COLUMNS, t=st.sampled_from(["int", "text", "uuid", "varchar(5)"])),
    st.sampled_from(["enable row level security", "set (fillfactor = 50)", "set unlogged", "replica identity full"]),
)
STATEMENTS = st.one_of(
    _formed(
        "create table {i}{t} ({d})",
        i=IF_NOT,
        t=TABLES,
        d=st.lists(DEFINITIONS, min_size=1, max_size=3).map(", ".join),
    ),
    _formed(
        "create table {t} ({d}, {c})",
        t=TABLES,
        d=st.lists(DEFINITIONS, min_size=1, max_size=3).map(", ".join),
        c=CONSTRAINTS,
    ),
    _formed("create table {t} (like {s} including all)", t=TABLES, s=TABLES),
    _formed("create table {t} (new int) inherits ({s})", t=TABLES, s=TABLES),
    _formed("alter table {i}{t} {c}", i=IF, t=TABLES, c=st.lists(COMMANDS, min_size=1, max_size=3).map(", ".join)),
    _formed("alter table {t} rename to {n}", t=TABLES, n=NAMES),
    _formed("alter table {t} rename {c} to {d}", t=TABLES, c=COLUMNS, d=COLUMNS),
    _formed("alter table {t} rename constraint {n} to {m}", t=TABLES, n=NAMES, m=NAMES),
    _formed("alter table {t} set schema {s}", t=TABLES, s=st.sampled_from(["other", "public"])),
    _formed("drop table {i}{t}{s}", i=IF, t=TABLES, s=CASCADE),
    _formed("create index on {t} ({c})", t=TABLES, c=_lists()),
    _formed("create unique index {i}{n} on {t} ({c}) where {e}", i=IF_NOT, n=NAMES, t=TABLES, c=COLUMNS, e=EXPRESSIONS),
    _formed("create index on {t} (lower({c}::text) desc, {d}) include ({d})", t=TABLES, c=COLUMNS, d=COLUMNS),
    _formed("drop index {i}{n}{s}", i=IF, n=NAMES, s=CASCADE),
    _formed("alter index {i}{n} rename to {m}", i=IF, n=NAMES, m=NAMES),
    st.sampled_from(["create sequence s", "drop sequence s", "drop sequence s cascade", "alter sequence s as int"]),
    _formed("create view v as select {c} from {t}", c=COLUMNS, t=TABLES),
    _formed("create policy p on {t} using ({e})", t=TABLES, e=EXPRESSIONS),
)
START = (
    "create schema other",
    "create sequence s",
    "create table a (x int primary key, y text, b_x int)",
    "create table b (x serial, b_x int references a, y text unique)",
)
GAPS = frozenset({"42P01", "3F000"})


class Project(tuple["Database", "dict[Key, Object]"]):
    """A database and what it holds, of which a failing example prints no more than this."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "project"


@pytest.fixture(scope="module")
def project(server: Server) -> Iterator[Project]:
    """A database, and what it holds before any sequence."""
    with server.database() as made:
        with made.connect() as connection:
            before = differential.read(connection)
        yield Project((made, before))


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # the text says enough, and each step of shrinking is slow
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STATEMENTS, min_size=1, max_size=12))
def test_sequence(project: Project, steps: list[str]) -> None:
    database, before = project
    with database.connect(autocommit=False) as connection:
        everything = Source.from_text("a sequence", ";\n".join([*START, *steps]))
        answers = differential.run(connection, Case("a sequence", everything, 0), savepoints=True)
        after = differential.read(connection)
        connection.rollback()
    # What is missing is assumed by the simulation and refused by the server: such a statement tells nothing
    kept = [(step, answer) for step, answer in zip([*START, *steps], answers, strict=True) if answer not in GAPS]
    case = Case("a sequence", Source.from_text("a sequence", ";\n".join(step for step, _ in kept)), 0)
    found = differential.compare(case, before, after, [answer for _, answer in kept], announced=False)
    if found.wrong:
        pytest.fail("\n".join([case.source.text, *found.wrong[:20]]), pytrace=False)
