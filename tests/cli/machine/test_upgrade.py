import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import Engine, text

from cli.machine import upgrade
from cli.machine.folder import DataFolder
from domain import schema
from domain.db import connect

NEXT = """
from alembic import op
revision = "0999"
down_revision = "{head}"
def upgrade(): op.execute("CREATE TABLE made_by_the_next_version (id int)")
def downgrade(): ...
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder.at(tmp_path / "var")
    made.make()
    return made


@pytest.fixture
def own_engine(make_database: Callable[[], str]) -> Iterator[Engine]:
    """A migrated database that this test may change."""
    engine = connect(make_database())
    yield engine
    engine.dispose()


def address(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this code came with one more migration."""
    shutil.copytree(Path("migrations"), tmp_path / "migrations")
    script = NEXT.format(head=schema.latest_version())
    (tmp_path / "migrations" / "versions" / "0999_next.py").write_text(script)

    def config() -> Config:
        made = Config()
        made.set_main_option("script_location", str(tmp_path / "migrations"))
        return made

    monkeypatch.setattr(schema, "_config", config)


def test_an_older_database_is_saved_then_upgraded_and_it_says_so(
    own_engine: Engine, folder: DataFolder, next_version: None
) -> None:
    said: list[str] = []
    upgrade.bring_up_to_date(folder, address(own_engine), said.append)
    (saved,) = folder.backups.iterdir()
    assert saved.stat().st_mode & 0o777 == 0o600
    with tarfile.open(saved) as archive:
        assert any(name.endswith("database.dump") for name in archive.getnames())
    with own_engine.connect() as connection:
        assert schema.find_version(connection) == "0999"
    assert len(said) == 2
    assert str(saved) in said[0]
    assert said[1] == "It is now at version 0999."


def test_a_database_of_this_version_is_left_alone(own_engine: Engine, folder: DataFolder) -> None:
    said: list[str] = []
    upgrade.bring_up_to_date(folder, address(own_engine), said.append)
    assert said == []
    assert list(folder.backups.iterdir()) == []


def test_a_newer_database_is_refused(own_engine: Engine, folder: DataFolder) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaTooNew, match=r"newer version of GG-EZ \(schema 9999\)"):
        upgrade.bring_up_to_date(folder, address(own_engine), lambda _: None)
    with own_engine.connect() as connection:
        assert schema.find_version(connection) == "9999"
