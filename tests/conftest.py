"""The services every test may ask for: real PostgreSQL and real Redis, the embedded ones.

One PostgreSQL serves the whole run. It holds a migrated template, from which each xdist worker
copies its own database in an instant. Each worker has its own Redis, because Celery's queues and
pub/sub channels would meet in a shared one. GGEZ_DATABASE_URL and GGEZ_REDIS_URL are used when
given: then run without xdist, or give each worker its own Redis.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis as redis_library
from psycopg import sql
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from cli.embedded import temporary
from domain import schema
from domain.db import connect
from domain.settings import Settings

_TEMPLATE = "ggez_test_template"
_run = ExitStack()
"""What the process that starts first has started: the xdist controller, or the only process."""


@dataclass(frozen=True)
class Services:
    database_url: str
    redis_url: str


def _other_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def _start_database_server() -> str:
    """Start PostgreSQL unless one is given; migrate the template; return the server's address."""
    url = os.environ.get("GGEZ_DATABASE_URL") or _run.enter_context(temporary.running_postgres())
    name = sql.Identifier(_TEMPLATE)
    _execute(url, sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
    _execute(url, sql.SQL("CREATE DATABASE {}").format(name))
    engine = connect(_other_database(url, _TEMPLATE))
    with engine.begin() as connection:
        schema.migrate(connection)
    engine.dispose()
    return url


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's controller, before it starts a worker: one database server for all of them."""
    config = node.config
    if not hasattr(config, "ggez_database_server"):
        config.ggez_database_server = _start_database_server()
    node.workerinput["ggez_database_server"] = config.ggez_database_server


def pytest_unconfigure() -> None:
    _run.close()


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Makes migrated, empty databases; all of them are dropped at the end."""
    handed_in = getattr(request.config, "workerinput", {}).get("ggez_database_server")
    server = handed_in or _start_database_server()
    with ExitStack() as stack:

        def make() -> str:
            name = f"ggez_test_{secrets.token_hex(4)}"
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            _execute(server, copy.format(sql.Identifier(name), sql.Identifier(_TEMPLATE)))
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            stack.callback(_execute, server, drop)
            return _other_database(server, name)

        yield make


@pytest.fixture(scope="session")
def services(make_database: Callable[[], str]) -> Iterator[Services]:
    """Addresses of this process's own migrated database and of its Redis."""
    with ExitStack() as stack:
        given = os.environ.get("GGEZ_REDIS_URL")
        redis_url = given or stack.enter_context(temporary.running_redis())
        yield Services(make_database(), redis_url)


@pytest.fixture(scope="session")
def engine(services: Services) -> Iterator[Engine]:
    engine = connect(services.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose commits are savepoints of one outer transaction, rolled back at the end."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        outer.rollback()


@pytest.fixture(scope="session")
def pgvector_version(engine: Engine) -> str:
    """Of the pgvector that the server has to give. The embedded one must have it; PostgreSQL 15 of
    Debian, with which some tests run once more, has none: then it is empty.
    """
    query = "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
    with engine.connect() as connection:
        version = connection.scalar(text(query))
    is_embedded = not os.environ.get("GGEZ_DATABASE_URL")
    assert version or not is_embedded, "The embedded PostgreSQL came without pgvector."
    return version or ""


@pytest.fixture
def pgvector(pgvector_version: str) -> None:
    """For tests of what only pgvector does."""
    if not pgvector_version:
        pytest.skip("The PostgreSQL of GGEZ_DATABASE_URL has no pgvector to give.")


@pytest.fixture
def redis(services: Services) -> Iterator[redis_library.Redis]:
    with redis_library.Redis.from_url(services.redis_url, decode_responses=True) as client:
        client.flushdb()
        yield client


@pytest.fixture
def settings(services: Services, tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path / "var", database_url=services.database_url, redis_url=services.redis_url
    )
