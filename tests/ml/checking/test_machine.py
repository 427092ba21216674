import json
from pathlib import Path
from typing import Any

import pytest

from ml import devices
from ml.checking import machine
from ml.progress import Silent, Stopped
from specs.kinds.system.system_check import SystemCheck

SMALL = SystemCheck(disk_mb=2, multiply_size=64, repeats=2)


def check(tmp_path: Path, progress: Any = None) -> dict[str, Any]:
    for name in ("out", "state"):
        (tmp_path / name).mkdir()
    return machine.check_machine(
        SMALL,
        out_dir=tmp_path / "out",
        state_dir=tmp_path / "state",
        progress=progress or Silent(),
    )


class Listening(Silent):
    def __init__(self) -> None:
        self.heard: list[tuple[float, float | None, str]] = []

    def update(self, done: float, total: float | None = None, **words: Any) -> None:
        self.heard.append((done, total, words["message"]))


class Stopping(Silent):
    def check(self) -> None:
        raise Stopped


def test_the_report_has_every_measure(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert result["device"]["torch_threads"] >= 1
    assert result["memory"]["total_bytes"] >= result["memory"]["available_bytes"] > 0
    assert result["disk"]["free_bytes"] > 0
    assert result["disk"]["write_mb_per_s"] > 0
    assert result["disk"]["read_mb_per_s"] > 0
    assert result["multiply_gflops"] > 0
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == result
    assert list((tmp_path / "state").iterdir()) == []


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    listening = Listening()
    check(tmp_path, listening)
    assert [done for done, _, _ in listening.heard] == [0, 1, 2, 3, 4, 5, 6]
    assert {total for _, total, _ in listening.heard} == {6}
    assert listening.heard[0][2] == "Writing"


def test_it_works_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "has_torch", lambda: False)
    result = check(tmp_path)
    assert result["device"]["torch"] is None
    assert result["multiply_gflops"] > 0


def test_it_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        check(tmp_path, Stopping())
