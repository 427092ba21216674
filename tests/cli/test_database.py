import os
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from cli import database
from cli.embedded import postgres
from cli.machine import instance
from cli.machine.folder import DataFolder, FolderInUse
from cli.machine.instance import Instance
from domain import schema
from domain.db import connect
from domain.settings import Settings
from domain.users.models import User
from tests.conftest import Services


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GGEZ_DATABASE_URL", raising=False)
    monkeypatch.delenv("GGEZ_REDIS_URL", raising=False)


def add_user(settings: Settings, email: str) -> None:
    with database.unit_of_work(settings) as session:
        session.add(User(email=email, role="admin"))


def count_users(settings: Settings) -> int:
    with database.unit_of_work(settings) as session:
        return session.scalars(select(func.count()).select_from(User)).one()


def test_without_an_instance_postgres_runs_for_as_long_as_the_command(tmp_path: Path) -> None:
    with database.reach(tmp_path / "var") as settings:
        assert settings.redis_url == ""
        add_user(settings, "one@example.org")
    engine = connect(settings.database_url)
    with pytest.raises(OperationalError):
        engine.connect()
    engine.dispose()
    with database.reach(tmp_path / "var") as settings:
        assert count_users(settings) == 1


def test_a_running_instance_is_used(services: Services, tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    folder.make()
    running = Instance(
        pid=os.getpid(),
        started_at=psutil.Process().create_time(),
        port=8000,
        base_url="http://127.0.0.1:8000",
        database_url=services.database_url,
        redis_url=services.redis_url,
    )
    with folder.held():
        with pytest.raises(FolderInUse), database.reach(tmp_path):
            pass
        instance.write(folder, running)
        with database.reach(tmp_path) as settings:
            assert settings.database_url == services.database_url
            assert settings.redis_url == services.redis_url
    assert not folder.postgres.exists()


def test_a_given_address_is_used(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", services.database_url)
    with database.reach(tmp_path / "var") as settings:
        assert settings.database_url == services.database_url
    assert not (tmp_path / "var" / "postgres").exists()


def test_an_older_database_is_left_to_up(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", services.database_url)
    monkeypatch.setattr(schema, "needs_migration", lambda _: True)
    with (
        pytest.raises(database.OlderVersion, match="'ggez up' saves and upgrades it"),
        database.reach(tmp_path),
    ):
        pass


def fail_halfway(settings: Settings) -> None:
    with database.unit_of_work(settings) as session:
        session.add(User(email="half@example.org", role="admin"))
        session.flush()
        raise RuntimeError


def test_what_fails_halfway_leaves_nothing(settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        fail_halfway(settings)
    with database.unit_of_work(settings) as session:
        assert session.scalar(select(User).where(User.email == "half@example.org")) is None


def test_a_database_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = postgres.find_free_port()
    monkeypatch.setenv("GGEZ_DATABASE_URL", f"postgresql://ggez:hidden@127.0.0.1:{port}/ggez")
    with (
        pytest.raises(database.DatabaseAway, match="Connection refused") as away,
        database.reach(tmp_path),
    ):
        pass
    assert "hidden" not in str(away.value)


def test_an_address_that_is_none_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", "somewhere")
    with pytest.raises(database.AddressWrong), database.reach(tmp_path):
        pass
