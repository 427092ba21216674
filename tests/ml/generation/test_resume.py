"""However a run is interrupted, it ends with the files of one that was not."""

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml.generation.painter import Painter, Picture
from ml.generation.plan import Batch
from ml.progress import Progress, Silent, Stopped

from .conftest import Make

TEXTS = ["a red cup", "two cups", "a house", "a very long road", "rice"]
SWEEP: dict[str, Any] = {
    "betas": (0.0, 0.5), "seeds": (0, 1), "batch_size": 3, "sheet_prompts": 2, "steps": 2,
}  # fmt: skip


class Crash(BaseException):
    """Stands for kill -9: nothing gets the chance to tidy up."""


class StopAfter(Silent):
    """At the n-th question, which is one per step and one per batch."""

    def __init__(self, num_checks: int, error: type[BaseException]) -> None:
        self.left, self.error = num_checks, error

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise self.error


@pytest.fixture
def expected(make: Make, tuned: Path) -> dict[str, bytes]:
    return make(TEXTS, name="whole", other=tuned, **SWEEP).files()


@settings(
    max_examples=4, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(stops=st.lists(st.tuples(st.booleans(), st.integers(0, 23)), min_size=1, max_size=3))
def test_interrupted_run_ends_with_the_same_files(
    make: Make,
    tuned: Path,
    tmp_path: Path,
    expected: dict[str, bytes],
    stops: list[tuple[bool, int]],
) -> None:
    shutil.rmtree(tmp_path / "cut", ignore_errors=True)
    progresses = [StopAfter(after, Crash if hard else Stopped) for hard, after in stops]
    for progress in [*progresses, Silent()]:
        try:
            made = make(TEXTS, name="cut", other=tuned, progress=progress, **SWEEP)
            break
        except (Stopped, Crash):
            assert not (tmp_path / "cut" / "out").exists()
    assert made.files() == expected


def test_killed_run_ends_with_the_same_files(
    make: Make, tuned: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    class Slow(Silent):
        def update(self, done: float, total: float | None = None, **told: Any) -> None:  # type: ignore[override]
            time.sleep(0.05)

    process = multiprocessing.get_context("fork").Process(
        target=make, args=(TEXTS,), kwargs={
            "name": "killed", "other": tuned, "progress": Slow(), **SWEEP,
        },
    )  # fmt: skip
    process.start()
    records = tmp_path / "killed" / "state" / "made" / "batches"
    while process.is_alive() and len(list(records.rglob("*.json"))) < 2:
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not (tmp_path / "killed" / "out").exists()
    made = make(TEXTS, name="killed", other=tuned, **SWEEP)
    assert made.files() == expected


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The batches that are computed."""
    indices: list[int] = []
    paint = Painter.paint

    def note(self: Painter, batch: Batch, progress: Progress) -> list[Picture]:
        indices.append(batch.index)
        return paint(self, batch, progress)

    monkeypatch.setattr(Painter, "paint", note)
    return indices


def test_whole_batches_of_the_plan_are_made_again_and_no_others(
    make: Make, painted: list[int]
) -> None:
    """Five pictures in batches of two; the third batch is interrupted at its second step."""
    with pytest.raises(Stopped):
        make(TEXTS, batch_size=2, progress=StopAfter(8, Stopped))
    assert painted == [0, 1, 2]
    painted.clear()
    make(TEXTS, batch_size=2)
    assert painted == [2]


def test_picture_that_was_spoiled_meanwhile_is_made_again(
    make: Make, tmp_path: Path, painted: list[int]
) -> None:
    whole = make(TEXTS, batch_size=2).files()
    shutil.rmtree(tmp_path / "run" / "out")
    (tmp_path / "run" / "state" / "made" / "images" / "model" / "3-k3-0.png").write_bytes(b"")
    painted.clear()
    assert make(TEXTS, batch_size=2).files() == whole
    assert painted == [1]


def test_other_work_in_the_same_place_begins_anew(
    make: Make, tmp_path: Path, painted: list[int]
) -> None:
    make(TEXTS[:2], batch_size=1)
    shutil.rmtree(tmp_path / "run" / "out")
    painted.clear()
    made = make(["another", TEXTS[1]], batch_size=1)
    assert painted == [0, 1]
    assert {row["prompt"] for row in made.rows} == {"another", TEXTS[1]}


def test_attempt_that_goes_on_uses_the_threads_of_the_first(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Stopped):
        make(TEXTS, batch_size=2, threads=None, progress=StopAfter(4, Stopped))
    monkeypatch.setattr(torch, "get_num_threads", lambda: 64)
    made = make(TEXTS, batch_size=2, threads=None)
    assert {row["threads"] for row in made.rows} == {1}


def test_full_disk_publishes_nothing_and_the_run_goes_on_when_there_is_room(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def fail(path: Path, data: bytes) -> int:
        if path.suffix == ".png" and path.name.startswith("3-"):
            write(path, data[:10])
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        make(TEXTS, batch_size=2)
    monkeypatch.undo()
    assert not (tmp_path / "run" / "out").exists()
    assert len(make(TEXTS, batch_size=2).rows) == 5


def test_progress_counts_pictures_with_their_speed(make: Make) -> None:
    told: list[tuple[float, float | None, str, Mapping[str, float] | None]] = []

    class Listen(Silent):
        def update(
            self,
            done: float,
            total: float | None = None,
            *,
            unit: str = "",
            message: str = "",
            metrics: Mapping[str, float] | None = None,
        ) -> None:
            told.append((done, total, f"{unit} {message}", metrics))

    make(TEXTS, batch_size=2, progress=Listen())
    assert [(done, total) for done, total, _, _ in told] == [(0, 5), (2, 5), (4, 5), (5, 5)]
    assert {words for _, _, words, _ in told} == {"pictures model"}
    assert all((metrics or {})["pictures_per_s"] > 0 for _, _, _, metrics in told[1:])
