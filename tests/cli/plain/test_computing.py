import fcntl
import json
from pathlib import Path
from typing import Any

import pytest

from cli.plain.computing import (
    AlreadyAtWork,
    FolderInUse,
    FolderNotEmpty,
    StoppedOnWish,
    compute_into,
)
from ml.progress import Progress, Silent, Stopped
from specs.kinds.system.system_check import SystemCheck


def write_slowly(
    spec: SystemCheck, *, out_dir: Path, state_dir: Path, progress: Progress, stop_at: int = 99
) -> dict[str, Any]:
    """Writes a file per repeat, remembers how far it came, and stops when it should."""
    mark = state_dir / "done"
    start = int(mark.read_text()) if mark.exists() else 0
    for number in range(start, spec.repeats):
        if number == stop_at:
            raise Stopped
        mark.write_text(str(number + 1))
    (out_dir / "numbers.json").write_text(json.dumps([start, spec.repeats]))
    return {"start": start}


def run(out: Path, *, repeats: int = 3, **arguments: Any) -> dict[str, Any]:
    spec = SystemCheck(repeats=repeats)
    return compute_into(out, f"{__name__}:write_slowly", spec, Silent(), arguments)


def test_the_folder_appears_whole_and_nothing_else_stays(tmp_path: Path) -> None:
    assert run(tmp_path / "out") == {"start": 0}
    assert json.loads((tmp_path / "out" / "numbers.json").read_text()) == [0, 3]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_that_is_there_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run(tmp_path / "out")
    assert (tmp_path / "out" / "numbers.json").is_file()


def test_a_link_is_followed_to_where_the_folder_shall_be(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("elsewhere/deep")
    run(tmp_path / "link")
    assert (tmp_path / "elsewhere" / "deep" / "numbers.json").is_file()
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").symlink_to("empty")
    run(tmp_path / "other")
    assert (tmp_path / "empty" / "numbers.json").is_file()


def test_the_folder_one_is_in_is_refused_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(FolderInUse, match=r"cannot take the place of '\.': it is the one you are"):
        run(Path())
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_two_processes_do_not_work_on_one_folder(tmp_path: Path) -> None:
    work = tmp_path / ".out.unfinished"
    work.mkdir()
    (work / "kept").write_text("of the other")
    with (work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(AlreadyAtWork, match=r"Another process is at work on '.*/out'"):
            run(tmp_path / "out")
    assert (work / "kept").read_text() == "of the other"


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FolderNotEmpty, match="is there already and holds something"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_was_stopped_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_slowly, "__kwdefaults__", {"stop_at": 2})
    with pytest.raises(StoppedOnWish, match="The same command goes on"):
        run(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(write_slowly, "__kwdefaults__", {"stop_at": 99})
    assert run(tmp_path / "out") == {"start": 2}


def test_another_wish_does_not_take_up_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_slowly, "__kwdefaults__", {"stop_at": 2})
    with pytest.raises(StoppedOnWish):
        run(tmp_path / "out")
    monkeypatch.setattr(write_slowly, "__kwdefaults__", {"stop_at": 99})
    assert run(tmp_path / "out", repeats=4) == {"start": 0}
