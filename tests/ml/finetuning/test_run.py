"""A fine-tuning from end to end: what is written, and what changed."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from ml import digests
from ml.training import checkpoints, steps
from specs.kinds.model.model_finetune import ModelFinetune
from tests import tiny_models

from .conftest import Run, Tuned

UNET = "unet/diffusion_pytorch_model.safetensors"


def test_the_result_says_what_was_done(full: Tuned) -> None:
    result = full.result
    assert (result["family"], result["component"], result["method"]) == ("sdxl", "unet", "full")
    assert (result["steps"], result["num_items"], result["num_captions"]) == (6, 10, 5)
    assert result["epochs"] == 2.4
    assert result["is_bit_exact"]
    assert result["digest"] == digests.of_folder(full.out / "model")
    assert result["notes"] == [
        "1 of 10 captions have more than 77 tokens; the model did not see their ends."
    ]
    json.dumps(result, allow_nan=False)


def test_each_step_is_written_down(full: Tuned) -> None:
    rows = [json.loads(line) for line in (full.out / "training.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert all(before["lr"] > after["lr"] for before, after in pairwise(rows))
    assert full.result["final_loss"] == pytest.approx(sum(row["loss"] for row in rows) / 6)
    assert all(row["grad_norm"] > 0 for row in rows)


def test_the_tuned_model_is_a_whole_pipeline_that_draws(full: Tuned) -> None:
    pipeline = StableDiffusionXLPipeline.from_pretrained(full.out / "model")
    pipeline.set_progress_bar_config(disable=True)
    drawn = pipeline("a cat", num_inference_steps=2, height=32, width=32, output_type="np")
    assert drawn.images.shape == (1, 32, 32, 3)


def test_only_the_unet_differs_and_the_rest_takes_no_room(full: Tuned, sdxl: Path) -> None:
    written = {path.relative_to(full.out / "model") for path in _files(full.out / "model")}
    assert written == {path.relative_to(sdxl) for path in _files(sdxl)}
    for path in written:
        ours, theirs = full.out / "model" / path, sdxl / path
        if path.as_posix() == UNET:
            assert ours.read_bytes() != theirs.read_bytes()
        else:
            assert ours.samefile(theirs)


def test_the_unet_keeps_the_layout_of_the_base(full: Tuned, sdxl: Path) -> None:
    assert _header(full.unet) == _header(sdxl / UNET)


def test_the_average_is_what_is_published(full: Tuned) -> None:
    latest = checkpoints.list_checkpoints(full.state / "checkpoints")[-1]
    average = checkpoints.read_tensors(latest, steps.AVERAGE)
    weights = checkpoints.read_tensors(latest, steps.WEIGHTS)
    published = load_file(full.unet)
    assert all(torch.equal(published[name], average[name]) for name in published)
    assert not all(torch.equal(weights[name], average[name]) for name in published)


def test_every_weight_was_trained(full: Tuned, sdxl: Path) -> None:
    before, after = load_file(sdxl / UNET), load_file(full.unet)
    assert [name for name in before if torch.equal(before[name], after[name])] == []


def test_samples_are_drawn_every_so_many_steps(full: Tuned) -> None:
    assert full.result["samples"] == ["samples/step-000003-0.png", "samples/step-000006-0.png"]
    first, last = (Image.open(full.out / name) for name in full.result["samples"])
    assert first.size == last.size == (32, 32)
    assert first.tobytes() != last.tobytes()  # the same prompt and seed, another model


def test_the_last_two_checkpoints_are_kept(full: Tuned) -> None:
    found = checkpoints.list_checkpoints(full.state / "checkpoints")
    assert [path.name for path in found] == ["step-00000004", "step-00000006"]
    assert {path.suffix for path in found[0].iterdir()} == {".safetensors", ".json"}


def test_the_card_names_settings_and_no_paths(full: Tuned, sdxl: Path) -> None:
    card = (full.out / "card.md").read_text()
    assert '"ema_decay": 0.9' in card
    assert "(full, 6 steps, 10 pictures)" in card
    assert str(sdxl) not in card


def test_a_training_lowers_the_loss_of_what_it_sees(run: Run, sdxl: Path) -> None:
    tuned = run(sdxl, max_steps=40, batch_size=10, learning_rate=1e-2, max_aspect=1.0)
    losses = [loss for _, loss in tuned.result["loss_curve"]]
    assert sum(losses[-10:]) < 0.7 * sum(losses[:10])


def test_a_half_precision_base_in_shards_keeps_its_files(run: Run, tmp_path: Path) -> None:
    base = tiny_models.build_sdxl(tmp_path / "base")
    shard(base / "unet")
    tuned = run(base, max_steps=1, precision="bf16")
    for path in (base / "unet").iterdir():
        ours = tuned.out / "model" / "unet" / path.name
        if path.suffix == ".safetensors":
            assert _header(ours) == _header(path)
            assert ours.read_bytes() != path.read_bytes()
        else:
            assert ours.samefile(path)
    UNet2DConditionModel.from_pretrained(tuned.out / "model" / "unet")


def test_stale_weights_of_the_base_are_left_behind(run: Run, tmp_path: Path) -> None:
    """What others may load instead would be the base."""
    base = tiny_models.build_sdxl(tmp_path / "base")
    unet = base / "unet"
    (unet / "diffusion_pytorch_model.fp16.safetensors").write_bytes((base / UNET).read_bytes())
    (unet / "model.onnx").write_bytes(b"onnx")
    (base / "whole.safetensors").write_bytes((base / UNET).read_bytes())
    tuned = run(base, max_steps=1)
    names = {path.name for path in (tuned.out / "model" / "unet").iterdir()}
    assert names == {"config.json", "diffusion_pytorch_model.safetensors"}
    assert not (tuned.out / "model" / "whole.safetensors").exists()


LORA = {"method": "lora", "lora_rank": 2, "lora_alpha": 6.0, "learning_rate": 0.05}


@pytest.fixture(scope="module")
def lora(run: Run, sdxl: Path) -> Tuned:
    return run(sdxl, **LORA, max_steps=3, lora_dropout=0.1)


def test_an_adapter_changes_its_layers_and_no_others(lora: Tuned, sdxl: Path) -> None:
    before, after = load_file(sdxl / UNET), load_file(lora.unet)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {
        name for name in before
        if name.endswith(("to_q.weight", "to_k.weight", "to_v.weight", "to_out.0.weight"))
    }  # fmt: skip


def test_the_fused_model_is_the_base_with_the_adapter(lora: Tuned, sdxl: Path) -> None:
    """As diffusers loads and scales it."""
    pipeline = StableDiffusionXLPipeline.from_pretrained(sdxl)
    pipeline.load_lora_weights(lora.out / "adapter")
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    theirs, ours = pipeline.unet.state_dict(), load_file(lora.unet)
    for name, tensor in ours.items():
        torch.testing.assert_close(tensor, theirs[name], rtol=0, atol=1e-6)


def test_an_adapter_alone_is_the_model_when_nothing_is_fused(
    run: Run, sdxl: Path, lora: Tuned
) -> None:
    alone = run(sdxl, **LORA, max_steps=3, lora_dropout=0.1, fuse_lora=False)
    assert alone.result["kind"] == "lora"
    assert [path.name for path in (alone.out / "model").iterdir()] == [
        "pytorch_lora_weights.safetensors"
    ]
    file = "pytorch_lora_weights.safetensors"
    assert (
        load_file(alone.out / "model" / file).keys()
        == load_file(lora.out / "adapter" / file).keys()
    )


def test_convolutions_can_have_an_adapter(run: Run, sd15: Path) -> None:
    tuned = run(sd15, **LORA, max_steps=1, lora_targets=("conv1", "proj_in"))
    pipeline = StableDiffusionPipeline.from_pretrained(sd15, safety_checker=None)
    pipeline.load_lora_weights(tuned.out / "adapter")
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    for name, tensor in load_file(tuned.unet).items():
        torch.testing.assert_close(tensor, pipeline.unet.state_dict()[name], rtol=0, atol=1e-6)


def test_what_is_not_given_follows_from_the_paper() -> None:
    spec = ModelFinetune()
    assert (spec.method, spec.batch_size, spec.micro_batch, spec.epochs) == ("full", 32, 32, 4)


def shard(folder: Path) -> None:
    """Half precision, in two files with an index, as published checkpoints are."""
    path = folder / "diffusion_pytorch_model.safetensors"
    tensors = {name: tensor.half() for name, tensor in load_file(path).items()}
    path.unlink()
    names = sorted(tensors)
    weight_map = {}
    for number, part in enumerate((names[::2], names[1::2]), 1):
        file = f"diffusion_pytorch_model-{number:05d}-of-00002.safetensors"
        save_file({name: tensors[name] for name in part}, folder / file, {"format": "pt"})
        weight_map |= dict.fromkeys(part, file)
    index = {"metadata": {"total_size": 1}, "weight_map": weight_map}
    (folder / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _header(path: Path) -> bytes:
    data = path.read_bytes()
    with safe_open(path, "pt") as file:
        assert file.keys()
    return data[: 8 + int.from_bytes(data[:8], "little")]
