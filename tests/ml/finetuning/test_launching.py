"""Several processes: the command, what they are told, and that they compute the same."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from ml.finetuning.launching import Work
from ml.loading.problems import UnfitModel
from ml.progress import Stopped
from ml.training import processes
from ml.training.problems import LossNotFinite, UnfitForTraining, WorkerFailed
from ml.training.processes import Relay
from specs.kinds.model.model_finetune import ModelFinetune

from .conftest import Run


def make_work(folder: Path, **fields: Any) -> Work:
    spec = ModelFinetune(batch_size=8, **{"num_processes": 2, "learning_rate": 2e-4} | fields)
    return Work(
        spec=spec, base=folder / "base", encoded=folder / "encoded", num_views=2,
        state_dir=folder, identity="abc", device="cuda",
    )  # fmt: skip


def test_gpus_are_shared_out_by_accelerate(tmp_path: Path) -> None:
    command = processes.make_command(make_work(tmp_path, num_processes=4).crew)
    assert command[:4] == [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"]
    assert command[command.index("--num_processes") + 1] == "4"
    assert command[command.index("--mixed_precision") + 1] == "no"
    assert command[-3:] == ["-m", "ml.finetuning.process", str(tmp_path)]


def test_accelerate_understands_the_command(tmp_path: Path) -> None:
    from accelerate.commands.launch import launch_command_parser  # noqa: PLC0415 - costs a second

    command = processes.make_command(make_work(tmp_path).crew)
    parsed = launch_command_parser().parse_args(command[3:])
    assert (parsed.num_processes, parsed.multi_gpu, parsed.module) == (2, True, True)
    assert parsed.training_script == "ml.finetuning.process"
    assert parsed.training_script_args == [str(tmp_path)]


def test_processes_are_told_everything(tmp_path: Path) -> None:
    work = make_work(tmp_path, sample_prompts=("one", "two"), min_snr_gamma=5.0)
    work.write()
    assert Work.read(tmp_path) == work


def test_more_processes_than_gpus_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(UnfitForTraining, match="2 processes need a GPU each; this machine has 1"):
        processes.check_devices(2, "cuda")
    processes.check_devices(2, "cpu")


def test_a_process_hears_that_it_should_stop(tmp_path: Path) -> None:
    relay = Relay(tmp_path, rank=1)
    relay.check()
    (tmp_path / "stop").touch()
    with pytest.raises(Stopped):
        relay.check()


def test_a_process_stops_when_who_started_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = Relay(tmp_path, rank=0)
    monkeypatch.setattr(os, "getppid", lambda: -1)
    with pytest.raises(Stopped):
        relay.check()


def test_an_error_of_a_process_is_raised_as_it_was(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("the last words")
    failed = processes.read_error(tmp_path, 3, log)
    assert isinstance(failed, WorkerFailed)
    assert str(failed).endswith("ended with code 3. The last it said: the last words")
    Relay(tmp_path, rank=1).tell_error(LossNotFinite(7, 0.5))
    found = processes.read_error(tmp_path, 1, log)
    assert isinstance(found, LossNotFinite)
    assert (found.step, found.learning_rate) == (7, 0.5)
    Relay(tmp_path, rank=1).tell_error(UnfitModel("The base is broken."))
    found = processes.read_error(tmp_path, 1, log)
    assert (type(found), str(found)) == (UnfitModel, "The base is broken.")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_processes_compute_what_one_does_in_two_parts(run: Run, sdxl: Path) -> None:
    """Bit for bit where two parts make a step, which are added up in the same order."""
    fields: dict[str, Any] = {
        "max_steps": 4, "ema_decay": 0.9, "checkpoint_every": 2, "sample_every": 4,
        "sample_steps": 1, "sample_prompts": ("a",), "max_aspect": 1.0,
    }  # fmt: skip
    two = run(sdxl, num_processes=2, **fields)
    one = run(sdxl, accumulation=2, **fields)
    assert two.result["conditions"]["processes"] == 2
    theirs = load_file(two.unet)
    assert all(torch.equal(theirs[name], tensor) for name, tensor in load_file(one.unet).items())
    assert two.result["loss_curve"] == one.result["loss_curve"]
    assert two.result["samples"] == ["samples/step-000004-0.png"]
