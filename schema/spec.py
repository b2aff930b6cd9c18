"""What schema.yaml may say: configuration of the tool, and what is expected of the database.

The sections below are the only list of its keys. They are read by ``spec_yaml``, printed as a JSON Schema by
``json_schema`` and, where they hold SQL, turned into objects by ``expected``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, field

from .stating.section import Problem, Section, by_place

if TYPE_CHECKING:
    from .source import Source

Name = str
Sql = Annotated[str, Meta(description="SQL, read by PostgreSQL's own parser.")]
RelationName = Annotated[
    str,
    Meta(
        pattern=r'^([^".]+|"([^"]|"")+")\.([^".]+|"([^"]|"")+")$',
        description='A name with its schema, as public.todo or public."My Table".',
    ),
]
RoutineName = Annotated[
    str,
    Meta(
        pattern=r'^([^".(]+|"([^"]|"")+")\.([^".(]+|"([^"]|"")+")\(.*\)$',
        description="A function with the types of its arguments, as public.f(integer, text).",
    ),
]
ObjectName = Annotated[
    str,
    Meta(
        pattern=r"^(table|view|materialized view|sequence|index|type|schema|function|extension|column|"
        r"constraint|policy|trigger|publication|role) +\S",
        description="A kind and a name, as  table public.todo  or  policy read on public.todo.",
    ),
]
Pattern = Annotated[
    str,
    Meta(
        pattern=r"^(table|view|materialized view|sequence|type|schema|function|extension|role) +\S",
        description="A kind and a name, as  table public.users  or  function public.is_*.",
    ),
]
TablePrivilege = Annotated[
    str,
    Meta(
        pattern=r"^(all|select|insert|update|delete|truncate|references|trigger"
        r"|(select|insert|update|references) \([^()]+\))$",
        description="One of all, select, insert, update, delete, truncate, references, trigger; "
        'on columns as "select (a, b)".',
    ),
]
SqlState = Annotated[
    str,
    Meta(pattern=r"^[0-9A-Z]{5}$", description='The SQLSTATE it must fail with, five characters, as "42501".'),
]
Grants = Annotated[
    dict[Name, tuple[TablePrivilege, ...]],
    Meta(description="Role to privileges. A role that is named is exact: [] means none."),
]

Access = Literal["none", "own", "some", "all"]
Platform = Literal["supabase", "none"]
DefaultGrants = Literal["exposed", "revoked"]


class ProjectInfo(Section, frozen=True, kw_only=True):
    """Whose database this is."""

    name: Annotated[str, Meta(description="How documents call the project.")] = ""
    ref: Annotated[
        str,
        Meta(pattern=r"^[a-z0-9-]*$", description="The 20 letters in the address of its Dashboard."),
    ] = ""


class Target(Section, frozen=True, kw_only=True):
    """What the migrations run on."""

    platform: Annotated[Platform, Meta(description="supabase, or none: a bare PostgreSQL.")] = "supabase"
    postgres: Annotated[
        tuple[Annotated[int, Meta(ge=14, le=18)], ...],
        Meta(min_length=1, description="The majors it must work on."),
    ] = (15, 17, 18)
    exposed: Annotated[
        tuple[Name, ...] | None,
        Meta(description="The schemas that the API serves; left out: as in config.toml."),
    ] = None
    default_grants: Annotated[
        DefaultGrants | None,
        Meta(description="What a new table in public is granted; left out: as in config.toml."),
    ] = None
    anonymous_sign_ins: Annotated[
        bool | None,
        Meta(description="Whether anybody may sign in without an account; left out: as in config.toml."),
    ] = None

    @property
    def exposed_schemas(self) -> tuple[str, ...]:
        """The schemas that the API serves, the platform's own choice where nothing says otherwise."""
        if self.exposed is not None:
            return self.exposed
        return ("public", "graphql_public") if self.platform == "supabase" else ()


class AppliedUntil(Section, frozen=True, kw_only=True):
    """Where the history ends and what is still to be run begins."""

    version: Annotated[str, Meta(min_length=1, description="The last version, or file name, that has been run.")]
    except_: Annotated[
        tuple[str, ...], Meta(description="Versions or file names before it that have not been run.")
    ] = field(default=(), name="except")


class PolicySpec(Section, frozen=True, kw_only=True):
    """A policy, complete: what is not written has PostgreSQL's default."""

    as_: Literal["permissive", "restrictive"] = field(default="permissive", name="as")
    for_: Literal["all", "select", "insert", "update", "delete"] = field(default="all", name="for")
    to: Annotated[tuple[Name, ...], Meta(min_length=1, description="The roles it is for.")] = ("public",)
    using: Sql | None = None
    check: Sql | None = None


class TableSpec(Section, frozen=True, kw_only=True):
    """A table: a key that is not named is not checked."""

    exact: Annotated[bool, Meta(description="Nothing else may belong to it.")] = False
    row_security: bool | None = None
    force_row_security: bool | None = None
    columns: Annotated[dict[Name, Sql], Meta(description="Name to what CREATE TABLE has behind the name.")] = field(
        default_factory=dict
    )
    constraints: Annotated[dict[Name, Sql], Meta(description="Name to what ADD CONSTRAINT has behind the name.")] = (
        field(default_factory=dict)
    )
    indexes: Annotated[
        dict[Name, Sql],
        Meta(description="Name to what CREATE INDEX has behind the table; before it,  unique  where it is."),
    ] = field(default_factory=dict)
    policies: dict[Name, PolicySpec] = field(default_factory=dict)
    triggers: Annotated[
        dict[Name, Sql],
        Meta(description="Name to what CREATE TRIGGER has behind the name, without ON and the table."),
    ] = field(default_factory=dict)
    grants: Grants | None = None


class ViewSpec(Section, frozen=True, kw_only=True):
    """A view: a key that is not named is not checked."""

    security_invoker: bool | None = None
    columns: Annotated[tuple[Name, ...] | None, Meta(description="The names of all its columns, in their order.")] = (
        None
    )
    grants: Grants | None = None


class FunctionSpec(Section, frozen=True, kw_only=True):
    """A function or procedure: a key that is not named is not checked."""

    returns: Annotated[Sql | None, Meta(description="As behind RETURNS.")] = None
    language: str | None = None
    volatility: Literal["volatile", "stable", "immutable"] | None = None
    strict: bool | None = None
    security_definer: bool | None = None
    search_path: Annotated[
        str | None, Meta(description='The search_path it sets for itself; "" for the empty one.')
    ] = None
    execute: Annotated[tuple[Name, ...] | None, Meta(description="All roles that may execute it, the owner aside.")] = (
        None
    )


class Expect(Section, frozen=True, kw_only=True):
    """What the migrations are meant to make."""

    tables: dict[RelationName, TableSpec] = field(default_factory=dict)
    views: dict[RelationName, ViewSpec] = field(default_factory=dict)
    functions: dict[RoutineName, FunctionSpec] = field(default_factory=dict)


class CommandAccess(Section, frozen=True, kw_only=True):
    """Which rows a role may see or change: a command that is not named is not checked."""

    select: Access | None = None
    insert: Access | None = None
    update: Access | None = None
    delete: Access | None = None


class Assertion(Section, frozen=True, kw_only=True):
    """One SELECT whose answer must be true."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+$", description="A name of letters, digits, _ . and -")]
    sql: Sql


class Smoke(Section, frozen=True, kw_only=True):
    """A statement that is run as somebody, judged by its answer, and rolled back."""

    as_: Annotated[Name, Meta(description="The role it runs as.")] = field(name="as")
    sql: Sql
    setup: Annotated[Sql | None, Meta(description="Statements that run before it, as postgres.")] = None
    claims: Annotated[
        dict[str, Any] | None, Meta(description="The claims of the JWT: what auth.uid() and auth.jwt() read.")
    ] = None
    gives: Annotated[str | None, Meta(description="The one value it must give, as text.")] = None
    raises: SqlState | None = None


class Lint(Section, frozen=True, kw_only=True):
    """Which rules are asked, and how loud they are."""

    profile: Annotated[Literal["default", "pedantic"], Meta(description="pedantic: the rules of opinion, too.")] = (
        "default"
    )
    ignore: Annotated[tuple[str, ...], Meta(description="Rules that are not asked.")] = ()
    per_file_ignore: Annotated[
        dict[str, tuple[str, ...]], Meta(description="A path, with * where needed, to rules not asked there.")
    ] = field(default_factory=dict)
    severity: Annotated[
        dict[str, Literal["ERROR", "WARN", "INFO"]],
        Meta(description="Rule to the level it is told at; a rule that the profile lacks is asked, too."),
    ] = field(default_factory=dict)


class Waiver(Section, frozen=True, kw_only=True):
    """A finding that somebody answers for."""

    rule: str
    object: Annotated[str | None, Meta(description="Identity of the object, as findings print it.")] = None
    reason: Annotated[str, Meta(min_length=1)]
    until: Annotated[date | None, Meta(description="The last day on which it holds.")] = None


class Spec(Section, frozen=True, kw_only=True):
    """schema.yaml of pasteproof: configuration and expectation in one file."""

    version: Literal[1]
    project: ProjectInfo = ProjectInfo()
    target: Target = Target()
    migrations: Annotated[
        str | tuple[str, ...], Meta(description="Files, with * where needed, relative to this one.")
    ] = "supabase/migrations/*.sql"
    applied_until: AppliedUntil | None = None
    external: Annotated[tuple[Pattern, ...], Meta(description="What is made elsewhere and known to exist.")] = ()
    register: Annotated[
        Literal["auto", "never"],
        Meta(description="auto: a bundle enters its migrations into supabase_migrations.schema_migrations."),
    ] = "auto"
    expect: Expect = Expect()
    expect_sql: Annotated[
        str | tuple[str, ...] | None,
        Meta(description="What the migrations are meant to make, as plain DDL: files, with * where needed."),
    ] = None
    absent: Annotated[tuple[ObjectName, ...], Meta(description="What must not exist.")] = ()
    access: Annotated[
        dict[RelationName, dict[Name, Access | CommandAccess]],
        Meta(
            description="Table to role to the rows it may get at: none, own (provably the row's own user), some, all; "
            "one word for all four commands, or one by command."
        ),
    ] = field(default_factory=dict)
    assertions: tuple[Assertion, ...] = ()
    smoke: tuple[Smoke, ...] = ()
    lint: Lint = Lint()
    waivers: tuple[Waiver, ...] = ()

    @property
    def globs(self) -> tuple[str, ...]:
        """The patterns of migration files."""
        return (self.migrations,) if isinstance(self.migrations, str) else self.migrations

    @property
    def declared(self) -> tuple[str, ...]:
        """The patterns of the files that say in DDL what is expected."""
        return (self.expect_sql,) if isinstance(self.expect_sql, str) else self.expect_sql or ()


def read_spec(source: Source) -> tuple[Spec | None, list[Problem]]:
    """Read a schema.yaml.

    Returns the specification, or None where nothing of it can be used, and every fault of the file: of its
    YAML, its keys and values, and the SQL in it as far as it can be judged without the migrations.
    """
    from .stating.fragments import faults
    from .stating.yaml import read

    spec, problems = read(source.text, source.path, Spec)
    if spec is None:
        return None, problems
    problems += faults(spec)
    return spec, sorted(problems, key=by_place)
