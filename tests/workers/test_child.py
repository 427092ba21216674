"""How endings are named, and what reaches the parent."""

import math
import multiprocessing
import os
import pickle
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import torch

from ml.progress import OutOfMemory, Stopped
from specs.kinds.system.system_check import SystemCheck
from workers import child
from workers.child import Order, Relay


@pytest.fixture
def wire() -> tuple[Relay, Connection]:
    here, there = multiprocessing.Pipe()
    return Relay(there), here


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (Stopped(), "stopped"),
        (child.StateHeld(), "killed"),
        (OutOfMemory("too big"), "out_of_memory"),
        (MemoryError(), "out_of_memory"),
        (torch.OutOfMemoryError("CUDA out of memory"), "out_of_memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "out_of_memory"),
        (ValueError("Row 3 has no picture."), "invalid"),
        (RuntimeError("shape mismatch"), "crashed"),
        (OSError(28, "No space left on device"), "crashed"),
        (SystemExit(3), "crashed"),
    ],
)
def test_every_error_has_an_ending(error: BaseException, ending: str) -> None:
    assert child.classify(error)[0] == ending


def test_bad_input_is_told_word_for_word_and_surprises_with_their_kind() -> None:
    assert child.classify(ValueError("Row 3 has no picture."))[1] == "Row 3 has no picture."
    assert child.classify(KeyError("x"))[1] == "KeyError: 'x'"
    assert child.classify(AssertionError())[1] == "AssertionError"


def test_progress_is_thinned_out_and_the_last_is_never_lost(
    wire: tuple[Relay, Connection],
) -> None:
    relay, parent = wire
    for done in range(1000):
        relay.update(done, 1000, unit="items")
    relay.flush()
    heard = []
    while parent.poll():
        heard.append(parent.recv())
    assert 2 <= len(heard) < 20
    assert heard[0] == (
        "progress",
        {"done": 0, "total": 1000, "unit": "items", "message": "", "metrics": {}},
    )
    assert heard[-1][1]["done"] == 999


def test_what_json_cannot_hold_is_replaced(wire: tuple[Relay, Connection]) -> None:
    relay, parent = wire
    relay.update(1, math.inf, message="a\0b", metrics={"loss": math.nan, "rate": 2.0})
    values = parent.recv()[1]
    assert values["total"] is None
    assert values["metrics"] == {"loss": None, "rate": 2.0}
    assert values["message"] == "a\N{REPLACEMENT CHARACTER}b"


def test_checking_raises_once_somebody_asked_to_stop(wire: tuple[Relay, Connection]) -> None:
    relay, _ = wire
    relay.check()
    relay.stop(15, None)
    with pytest.raises(Stopped):
        relay.check()


def test_telling_a_parent_that_is_gone_is_no_error(wire: tuple[Relay, Connection]) -> None:
    relay, parent = wire
    parent.close()
    relay.send("progress", {})


def test_an_order_can_be_sent_to_another_process(tmp_path: Path) -> None:
    order = Order(
        kind="system.check",
        spec=SystemCheck().to_json(),
        compute="ml.checking.machine:check_machine",
        out_dir=tmp_path,
        state_dir=tmp_path,
        silence_s=3,
    )
    assert pickle.loads(pickle.dumps(order)) == order


def test_versions_are_told_of_what_was_loaded() -> None:
    found = child.describe_environment()
    assert found["packages"]["torch"] == torch.__version__
    assert found["device"]["cores"] == len(os.sched_getaffinity(0))
