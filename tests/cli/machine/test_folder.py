import os
from pathlib import Path

import psutil
import pytest

from cli.machine import instance
from cli.machine.folder import DataFolder, FolderInUse, FolderUnusable
from cli.machine.instance import Instance


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    made = DataFolder.at(tmp_path / "var")
    made.make()
    return made


def make_instance(*, pid: int | None = None, started_at: float | None = None) -> Instance:
    return Instance(
        pid=pid or os.getpid(),
        started_at=started_at or psutil.Process().create_time(),
        port=8000,
        base_url="http://127.0.0.1:8000",
        database_url="postgresql://ggez:made-up@127.0.0.1:5432/ggez",
        redis_url="unix:///tmp/redis.sock",
    )


def test_everything_in_it_is_closed_to_others(folder: DataFolder) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.path.iterdir()}
    assert modes
    assert set(modes.values()) == {0o700}
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_making_it_twice_changes_nothing(folder: DataFolder) -> None:
    (folder.path / "inbox" / "photo.jpg").write_bytes(b"x")
    folder.make()
    assert (folder.path / "inbox" / "photo.jpg").exists()


def test_a_secret_is_made_up_once_and_closed(folder: DataFolder) -> None:
    secret = folder.secret("password")
    assert len(secret) >= 32
    assert folder.secret("password") == secret
    assert folder.secret("other") != secret
    assert (folder.secrets / "password").stat().st_mode & 0o777 == 0o600


def test_a_file_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(FolderUnusable, match=r"The data folder .*var cannot be used: File exists"):
        DataFolder.at(tmp_path / "var").make()


def test_only_one_at_a_time_holds_it(folder: DataFolder) -> None:
    assert not folder.is_held()
    with folder.held():
        assert folder.is_held()
        with pytest.raises(FolderInUse), folder.held():
            pass
    assert not folder.is_held()


def test_a_running_instance_is_found(folder: DataFolder) -> None:
    with folder.held():
        instance.write(folder, make_instance())
        assert instance.find_running(folder) == make_instance()
        assert (folder.run / "instance.json").stat().st_mode & 0o777 == 0o600


def test_the_file_of_a_dead_instance_says_nothing(folder: DataFolder) -> None:
    instance.write(folder, make_instance())
    assert instance.find_running(folder) is None


def test_a_number_that_another_process_has_now_is_not_taken_for_the_instance(
    folder: DataFolder,
) -> None:
    with folder.held():
        instance.write(folder, make_instance(started_at=1.0))
        assert instance.find_running(folder) is None


def test_a_file_that_cannot_be_read_is_no_instance(folder: DataFolder) -> None:
    with folder.held():
        for content in ("", "{", "[]", '{"pid": 1}'):
            (folder.run / "instance.json").write_text(content)
            assert instance.find_running(folder) is None


def test_a_folder_that_never_was_has_no_instance(tmp_path: Path) -> None:
    assert instance.find_running(DataFolder.at(tmp_path / "nowhere")) is None
