"""However a run is interrupted, it ends with the files of one that was not."""

import json
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from ml.answering import run
from ml.progress import Silent, Stopped
from specs.families import registry as families
from specs.kinds.answers.answers_generate import AnswersGenerate

from .conftest import QUICK, Make, make_items, write_quiz

SWEEP: dict[str, Any] = {
    "betas": (0.0, 0.5), "seeds": (0, 1), "temperature": 1.0, "likelihood": True,
}  # fmt: skip


class Crash(BaseException):
    """Stands for kill -9: nothing gets the chance to tidy up."""


class StopAfter(Silent):
    """At the n-th question, which is one per token and one per batch."""

    def __init__(self, num_checks: int, error: type[BaseException]) -> None:
        self.left, self.error = num_checks, error

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise self.error


class Slow(Silent):
    def check(self) -> None:
        time.sleep(0.05)


@pytest.mark.parametrize("error", [Stopped, Crash])
@pytest.mark.parametrize("num_checks", [0, 5, 11, 17, 30])
def test_stopped_run_goes_on_and_ends_with_the_same_bytes(
    make: Make, tuned: Path, error: type[BaseException], num_checks: int
) -> None:
    expected = make(name="whole", other=tuned, **SWEEP).files()
    with pytest.raises(error):
        make(other=tuned, progress=StopAfter(num_checks, error), **SWEEP)
    assert make(other=tuned, **SWEEP).files() == expected


def test_batches_that_were_answered_are_not_answered_again(
    make: Make, tuned: Path, tmp_path: Path
) -> None:
    first = make(other=tuned, **SWEEP)
    records = sorted((tmp_path / "run" / "state").rglob("0*.json"))
    rows = json.loads(records[0].read_text("utf-8"))
    rows[0]["text"] = "as it was kept"
    records[0].write_text(json.dumps(rows), "utf-8")
    shutil.rmtree(first.out)
    again = make(other=tuned, **SWEEP)
    assert "as it was kept" in {row["text"] for row in again.rows}


def test_other_settings_begin_anew(make: Make, tmp_path: Path) -> None:
    first = make()
    record = next((tmp_path / "run" / "state").rglob("0*.json"))
    record.write_text("[]", "utf-8")
    shutil.rmtree(first.out)
    assert len(make(max_new_tokens=5).rows) == 4


def test_another_wording_begins_anew(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make()
    before = {row["parameters"]["wording"] for row in first.rows}
    shutil.rmtree(first.out)
    usual = families.find_family("llava")
    other = usual.model_copy(update={"question": "Please: {question}"})
    monkeypatch.setattr(families, "find_family", lambda _: other)
    after = {row["parameters"]["wording"] for row in make().rows}
    assert (before, after) == ({usual.digest_wording()}, {other.digest_wording()})


def work(base: Path, tuned: Path, folder: Path) -> None:
    run.answer(
        AnswersGenerate(**(QUICK | SWEEP)),
        base=base, tuned=tuned, quiz=folder / "quiz", out_dir=folder / "out",
        state_dir=folder / "state", progress=Slow(),
    )  # fmt: skip


def test_killed_process_loses_no_batch_that_was_answered(
    make: Make, llava: Path, tuned: Path, tmp_path: Path
) -> None:
    expected = make(name="whole", other=tuned, **SWEEP).files()
    write_quiz(tmp_path / "run" / "quiz", make_items())
    process = multiprocessing.get_context("spawn").Process(
        target=work, args=(llava, tuned, tmp_path / "run")
    )
    process.start()
    for _ in range(600):
        if len(list((tmp_path / "run" / "state").rglob("0*.json"))) >= 2:
            break
        time.sleep(0.05)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert 2 <= len(list((tmp_path / "run" / "state").rglob("0*.json"))) < 6
    assert make(other=tuned, **SWEEP).files() == expected
