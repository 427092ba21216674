"""A training from end to end: what is written, and what changed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ml import digests
from ml.devices import Computing
from ml.loading.families import registry
from ml.training import checkpoints, steps
from tests import tiny_speakers

from .conftest import Run, Taught


def test_the_result_says_what_was_done(full: Taught) -> None:
    result = full.result
    assert (result["family"], result["kind"], result["method"]) == ("llava", "transformers", "full")
    assert (result["steps"], result["caption_steps"]) == (9, 3)
    assert (result["num_questions"], result["num_held_out"]) == (10, 2)
    assert (result["num_captions"], result["notes"]) == (6, [])
    assert result["digest"] == digests.of_folder(full.model)
    assert result["quiz"]["name"] == "Colours"
    assert result["is_bit_exact"]


def test_the_log_holds_every_step_and_every_look_at_what_is_held_out(full: Taught) -> None:
    rows = [json.loads(line) for line in (full.out / "training.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if "loss" in row] == list(range(1, 10))
    looks = [row for row in rows if "held_out_loss" in row]
    assert [row["step"] for row in looks] == [3, 6, 9]
    assert all(0 <= row["held_out_accuracy"] <= 1 for row in looks)
    assert full.result["held_out_curve"][-1] == [
        9, looks[-1]["held_out_loss"], looks[-1]["held_out_accuracy"],
    ]  # fmt: skip
    assert full.result["held_out_accuracy"] == looks[-1]["held_out_accuracy"]


def test_the_rate_falls_in_a_line_in_each_stage(full: Taught) -> None:
    rows = [json.loads(line) for line in (full.out / "training.jsonl").read_text().splitlines()]
    rates = [row["lr"] for row in rows if "loss" in row]
    assert rates[:3] == pytest.approx([1e-3, 2e-3 / 3, 1e-3 / 3])
    assert rates[3:] == pytest.approx([1e-3 * (6 - step) / 6 for step in range(6)])


def test_the_average_is_written_under_the_names_of_the_base(full: Taught, llava: Path) -> None:
    before, after = load_file(llava / "model.safetensors"), load_file(full.weights)
    assert list(before) == list(after)
    latest = checkpoints.list_checkpoints(full.state / "checkpoints")[-1]
    average = checkpoints.read_tensors(latest, steps.AVERAGE)
    stored = "language_model.model.layers.0.self_attn.q_proj.weight"
    assert torch.equal(
        after[stored], average["model.language_model.layers.0.self_attn.q_proj.weight"]
    )
    # The last layer of the part that sees is not looked at by LLaVA.
    same = [name for name in before if torch.equal(before[name], after[name])]
    assert all("vision_tower" in name for name in same)
    assert len(same) < len(before) / 3


@pytest.mark.parametrize("family", tiny_speakers.BUILDERS)
@pytest.mark.parametrize("method", ["full", "lora"])
def test_every_family_learns_and_can_be_loaded_again(
    family: str, method: str, bases: Callable[[str], Path], run: Run
) -> None:
    base = bases(family)
    taught = run(base, method=method, lora_rank=2, learning_rate=1e-2)
    speaker = registry.load(taught.model, Computing("cpu", "fp32", 1))
    before = registry.load(base, Computing("cpu", "fp32", 1)).model.state_dict()
    changed = {
        name for name, tensor in speaker.model.state_dict().items()
        if not torch.equal(tensor, before[name])
    }  # fmt: skip
    assert changed
    assert not any("vision_tower" in name or "blocks" in name for name in changed)
    assert taught.result["final_loss"] > 0
