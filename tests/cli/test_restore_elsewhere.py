"""Restoring into a database and a storage that were given, not embedded."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from cli import main
from cli.archive import dumps, writing
from domain import schema
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.db import connect
from domain.settings import Settings
from tests.conftest import Services


@pytest.fixture
def make_empty_database(services: Services) -> Iterator[Callable[[], str]]:
    """Empty databases on the test server."""
    made: list[str] = []

    def make() -> str:
        made.append(f"ggez_restore_{secrets.token_hex(4)}")
        execute(services.database_url, "CREATE DATABASE {}", made[-1])
        address = make_url(services.database_url).set(database=made[-1])
        return address.render_as_string(hide_password=False)

    yield make
    for name in made:
        execute(services.database_url, "DROP DATABASE {} WITH (FORCE)", name)


def execute(url: str, statement: LiteralString, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


@pytest.fixture
def archive(make_empty_database: Callable[[], str], tmp_path: Path) -> Path:
    """A backup of an instance with one published folder."""
    settings = Settings(data=tmp_path / "old", database_url=make_empty_database())
    settings.data.mkdir()
    folder = storage.find_local(f"{settings.artifacts_root}/jobs/1/out")
    assert folder is not None
    folder.mkdir(parents=True)
    (folder / "a.bin").write_bytes(b"a")
    engine = connect(settings.database_url)
    with engine.begin() as connection:
        schema.migrate(connection)
    with Session(engine) as session, session.begin():
        session.add(
            Artifact(
                kind="dataset",
                uri=f"{settings.artifacts_root}/jobs/1/out",
                sha256="0" * 64,
                size_bytes=1,
            )
        )
    engine.dispose()
    writing.write(tmp_path / "ggez.tar.gz", settings)
    return tmp_path / "ggez.tar.gz"


def list_uris(database_url: str) -> list[str]:
    engine = connect(database_url)
    with Session(engine) as session:
        found = list(session.scalars(select(Artifact.uri)))
    engine.dispose()
    return found


def test_rows_go_to_the_given_database_and_files_to_the_given_storage(
    archive: Path,
    make_empty_database: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database_url = make_empty_database()
    root = (tmp_path / "elsewhere").as_uri()
    monkeypatch.setenv("GGEZ_DATABASE_URL", database_url)
    monkeypatch.setenv("GGEZ_ARTIFACTS_URI", root)
    done = CliRunner().invoke(main.ggez, ["restore", str(archive), "--data", str(tmp_path / "new")])
    assert done.exit_code == 0, done.output
    assert list_uris(database_url) == [f"{root}/jobs/1/out"]
    assert (tmp_path / "elsewhere" / "jobs" / "1" / "out" / "a.bin").read_bytes() == b"a"
    assert not (tmp_path / "new" / "postgres").exists()


def test_a_database_that_holds_tables_is_refused(
    archive: Path, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", services.database_url)
    done = CliRunner().invoke(main.ggez, ["restore", str(archive), "--data", str(tmp_path / "new")])
    assert done.exit_code == 1
    assert "holds tables already" in done.stderr
    assert not (tmp_path / "new").exists()


def test_the_tools_of_the_servers_own_version_are_used_where_they_are_installed(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "_DEBIAN", tmp_path)
    monkeypatch.setattr(dumps, "_read_version", lambda _: 15)
    assert dumps._find_tool("pg_dump", services.database_url).parent != tmp_path / "15" / "bin"
    (tmp_path / "15" / "bin").mkdir(parents=True)
    (tmp_path / "15" / "bin" / "pg_dump").touch()
    assert dumps._find_tool("pg_dump", services.database_url).parent == tmp_path / "15" / "bin"


def test_a_dump_that_fails_says_why_and_leaves_nothing(services: Services, tmp_path: Path) -> None:
    missing = make_url(services.database_url).render_as_string(hide_password=False)
    with pytest.raises(dumps.DumpFailed, match="snapshot"):
        dumps.dump(missing, tmp_path / "x.dump", snapshot="00000000-00000000-9")
    assert list(tmp_path.iterdir()) == []
