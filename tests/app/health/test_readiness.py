from collections import namedtuple
from pathlib import Path

import pytest
import redis as redis_library
from sqlalchemy import Engine, text

from app.health import readiness
from domain import schema
from domain.db import connect


def look(engine: Engine, redis: redis_library.Redis, data: Path) -> dict[str, str | None]:
    found = readiness.look(engine=engine, redis=redis, data=data)
    return {finding.name: finding.problem for finding in found}


def test_all_is_well(engine: Engine, redis: redis_library.Redis, tmp_path: Path) -> None:
    assert look(engine, redis, tmp_path) == {
        "database": None,
        "migrations": None,
        "redis": None,
        "disk": None,
    }


def test_a_database_that_is_away_is_named_without_its_address(
    redis: redis_library.Redis, tmp_path: Path
) -> None:
    away = connect("postgresql://ggez:hunter2@127.0.0.1:1/ggez")
    found = look(away, redis, tmp_path)
    assert found["database"] == "The database does not answer."
    assert found["migrations"] == "The database does not answer."
    assert found["redis"] is None


def test_a_redis_that_is_away_is_named(engine: Engine, tmp_path: Path) -> None:
    away = redis_library.Redis(unix_socket_path=str(tmp_path / "nothing.sock"))
    assert look(engine, away, tmp_path)["redis"] == "Redis does not answer."


def test_a_database_that_waits_for_a_migration_is_not_ready(
    engine: Engine,
    redis: redis_library.Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schema, "latest_version", lambda: "9999")
    assert look(engine, redis, tmp_path)["migrations"] == "The database waits for a migration."


def test_a_database_from_a_newer_version_is_not_ready(
    engine: Engine, redis: redis_library.Redis, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        before = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        found = look(engine, redis, tmp_path)
    finally:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :before"), {"before": before}
            )
    assert found["migrations"] == "The database was written by a newer version."


def test_a_full_disk_is_named_with_what_is_left(
    engine: Engine,
    redis: redis_library.Redis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - stands in for shutil's own
    full = usage(total=100, used=97, free=3 * 1024**2)
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _: full)
    assert look(engine, redis, tmp_path)["disk"] == "The data folder has 3 MiB left."


def test_a_data_folder_that_is_not_there_is_named(
    engine: Engine, redis: redis_library.Redis, tmp_path: Path
) -> None:
    assert look(engine, redis, tmp_path / "gone")["disk"] == "The data folder is not there."
