"""Stand-ins for extensions that the server lacks: what is called and named most is there, and does no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from pasteproof.connect.server import Server

# A stand-in, and a query that is true where it is of use; made and undone before the next.
USES = [
    ("pg_cron with schema extensions", "select cron.schedule('nightly', '0 0 * * *', 'select 1') > 0"),
    ("pg_cron", "select extnamespace = 'pg_catalog'::regnamespace from pg_extension where extname = 'pg_cron'"),
    ("pg_net with schema extensions", "select net.http_post('https://localhost', '{}'::jsonb) > 0"),
    ("http with schema extensions", "select status = 200 from extensions.http_get('https://localhost')"),
    ("pgjwt with schema extensions", "select extensions.sign('{}', 'secret') like '%.%.%'"),
    ("pgsodium", "select count(*) = 0 from pgsodium.key"),
    ("pg_graphql", "select graphql.resolve('{ __typename }') is not null"),
    ("pgmq", "select pgmq.create('Mail') is not null and pgmq.purge_queue('Mail') = 0"),
    ("pgmq", "select pgmq.create('mail') is not null and pgmq.drop_queue('mail')"),
]
INDEXES = [
    ("vector with schema extensions", "extensions.vector(3)", "hnsw (it extensions.vector_cosine_ops)"),
    ("vector with schema extensions", "extensions.halfvec(3)", "ivfflat (it extensions.halfvec_l2_ops)"),
    ("pgroonga with schema extensions", "varchar", "pgroonga (it)"),
]


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[psycopg.Connection]:
    with server.database() as made, made.connect(autocommit=False) as connection:
        yield connection


@pytest.fixture
def database(shared: psycopg.Connection) -> Iterator[psycopg.Connection]:
    yield shared
    shared.rollback()


def _lacks(server: Server, extension: str) -> None:
    if extension.partition(" ")[0] not in server.stubs:
        pytest.skip(f"this server has {extension}")


@pytest.mark.parametrize(("extension", "query"), USES)
def test_it_is_of_use(server: Server, database: psycopg.Connection, extension: str, query: str) -> None:
    _lacks(server, extension)
    database.execute(f"create extension {extension}".encode())
    assert database.execute(query.encode()).fetchone() == (True,)


@pytest.mark.parametrize(("extension", "type_", "index"), INDEXES)
def test_it_has_index_methods(
    server: Server, database: psycopg.Connection, extension: str, type_: str, index: str
) -> None:
    _lacks(server, extension)
    for text in (
        f"create extension {extension}",
        f"create table public.things (it {type_})",
        f"create index on public.things using {index}",
        "insert into public.things values ('[1,2,3]')",
    ):
        database.execute(text.encode())


def test_a_queue_belongs_to_its_extension(server: Server, database: psycopg.Connection) -> None:
    _lacks(server, "pgmq")
    database.execute("create extension pgmq")
    database.execute("select pgmq.create('mail')")
    database.execute("drop extension pgmq")
    assert database.execute("select to_regclass('pgmq.q_mail') is null").fetchone() == (True,)
