"""An older data folder is saved and brought up to date; a newer one is refused."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect

from cli import database, main
from cli.machine import upgrade
from cli.machine.folder import DataFolder
from domain import schema
from domain.db import connect
from domain.users.models import User

ROOT = Path(schema.__file__).parents[1]
NEXT_VERSION = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{latest}"

def upgrade() -> None:
    op.add_column("users", sa.Column("shoe_size", sa.Integer()))
"""


@pytest.fixture(autouse=True)
def _only_embedded_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GGEZ_DATABASE_URL", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of this version, with somebody in it."""
    with (
        database.reach(tmp_path / "var") as settings,
        database.unit_of_work(settings) as session,
    ):
        session.add(User(email="ana@example.org", role="admin"))
    return tmp_path / "var"


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The code of a later version, for which today's data folder is an older one."""
    later = tmp_path / "later"
    shutil.copytree(ROOT / "migrations", later / "migrations")
    (later / "migrations" / "versions" / "9000_shoes.py").write_text(
        NEXT_VERSION.format(latest=schema.latest_version())
    )
    return later


def bring_up_to_date(data: Path) -> tuple[list[str], list[str]]:
    """What was said, and the columns of the table of people afterwards."""
    folder = DataFolder.at(data)
    said: list[str] = []
    with database._own_postgres(folder) as url:
        upgrade.bring_up_to_date(folder, url, said.append)
        engine = connect(url)
        columns = [column["name"] for column in inspect(engine).get_columns("users")]
        engine.dispose()
    return said, columns


def test_a_folder_of_this_version_is_left_alone(data: Path) -> None:
    said, _ = bring_up_to_date(data)
    assert said == []
    assert list((data / "backups").iterdir()) == []


def test_an_older_folder_is_saved_then_migrated_and_says_so(
    data: Path, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema.latest_version()
    monkeypatch.setattr(schema, "_ROOT", next_version)
    said, columns = bring_up_to_date(data)
    (saved,) = (data / "backups").iterdir()
    assert "shoe_size" in columns
    assert str(saved) in said[0]
    assert f"older version ({before})" in said[0]
    assert "now at version 9000" in said[1]


def test_what_was_saved_before_the_upgrade_can_be_restored(
    data: Path, next_version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_ROOT", next_version)
    bring_up_to_date(data)
    monkeypatch.undo()
    monkeypatch.delenv("GGEZ_DATABASE_URL", raising=False)
    (saved,) = (data / "backups").iterdir()
    done = CliRunner().invoke(main.ggez, ["restore", str(saved), "--data", str(tmp_path / "old")])
    assert done.exit_code == 0, done.output
    with database.reach(tmp_path / "old") as settings, database.unit_of_work(settings) as session:
        assert session.query(User.email).all() == [("ana@example.org",)]


def test_a_folder_of_a_newer_version_is_refused_and_not_touched(
    data: Path, next_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr(schema, "_ROOT", next_version)
        bring_up_to_date(data)
    num_backups = len(list((data / "backups").iterdir()))
    with pytest.raises(schema.SchemaTooNew, match="newer version of GG-EZ"):
        bring_up_to_date(data)
    done = CliRunner().invoke(main.ggez, ["backup", "--data", str(data)])
    assert done.exit_code == 1
    assert "newer version of GG-EZ" in done.stderr
    assert len(list((data / "backups").iterdir())) == num_backups
