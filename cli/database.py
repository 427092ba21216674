"""The terminal's one commit, and how a command reaches the database of a data folder.

A running instance is used when there is one; else the embedded PostgreSQL runs for as long as the
command does.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from cli.embedded import postgres, process
from cli.machine import instance, services, upgrade
from cli.machine.folder import DataFolder
from domain import (
    schema,
    tables,  # noqa: F401 - rows are written in the order of their tables: all must be known
)
from domain.db import connect, make_session_factory
from domain.errors import Conflict, Invalid, Unavailable
from domain.settings import Settings


class OlderVersion(Conflict):
    def __init__(self, folder: DataFolder) -> None:
        super().__init__(
            f"The data folder {folder.path} is of an older version; "
            "'ggez up' saves and upgrades it."
        )


class DatabaseAway(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The database cannot be used: {' '.join(reason.split())}")


class AddressWrong(Invalid):
    def __init__(self) -> None:
        # Not shown, because of the password in it.
        super().__init__(
            "The database's address is not of the form postgresql://user:password@host:port/name."
        )


@contextmanager
def reach(data: Path) -> Iterator[Settings]:
    """Settings with the database's address. The Redis address is empty when nothing runs."""
    folder = DataFolder.at(data)
    running = instance.find_running(folder)
    if running is not None:
        yield Settings(
            data=folder.path, database_url=running.database_url, redis_url=running.redis_url
        )
        return
    with ExitStack() as stack:
        url = services.given_database_url() or stack.enter_context(_own_postgres(folder))
        check_version(folder, url)
        yield Settings(data=folder.path, database_url=url, redis_url=services.given_redis_url())


@contextmanager
def unit_of_work(settings: Settings) -> Iterator[Session]:
    """Commit what the block did, or nothing."""
    with (
        _connected(settings.database_url) as engine,
        make_session_factory(engine).begin() as session,
    ):
        yield session


@contextmanager
def _connected(url: str) -> Iterator[Engine]:
    try:
        engine = connect(url, pool_size=1)
    except ArgumentError as error:
        raise AddressWrong from error
    try:
        yield engine
    except OperationalError as error:
        raise DatabaseAway(str(error.orig)) from error
    finally:
        engine.dispose()


@contextmanager
def _own_postgres(folder: DataFolder) -> Iterator[str]:
    folder.make()
    with folder.held():
        server = services.describe_postgres(folder)
        server.prepare()
        with (folder.logs / "postgres.log").open("ab") as log:
            running = server.start(output=log)
        try:
            server.wait_until_ready(running)
            yield server.url
        finally:
            process.stop(running, postgres.STOP_SIGNAL, grace_s=services.POSTGRES_GRACE_S)


def check_version(folder: DataFolder, url: str) -> None:
    """An empty database is filled; an older one is left to `ggez up`, which saves it first."""
    with _connected(url) as engine, engine.connect() as connection:
        if schema.needs_migration(connection) and schema.find_version(connection):
            raise OlderVersion(folder)
    upgrade.bring_up_to_date(folder, url, say=lambda _sentence: None)
