"""What goes wrong is said in a sentence, and leaves nothing half done."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from ml.datasets.problems import UnreadableSource
from ml.devices import NoDevice
from ml.finetuning import launching, trainable
from ml.finetuning.training import Training
from ml.loading.problems import UnfitModel
from ml.progress import OutOfMemory
from ml.training import checkpoints
from ml.training.problems import LossNotFinite, UnfitForTraining
from specs.kinds.model.model_finetune import ModelFinetune
from tests import tiny_models

from .conftest import Run


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tiny_models.build_sdxl(tmp_path / "base")


def change(path: Path, **fields: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_a_loss_that_is_no_number_stops_at_the_last_good_checkpoint(
    run: Run, sdxl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Training.compute_loss

    def spoil(self: Training, batch: Any) -> torch.Tensor:
        return whole(self, batch) * (float("nan") if self.step == 3 else 1.0)

    monkeypatch.setattr(Training, "compute_loss", spoil)
    with pytest.raises(LossNotFinite, match=r"step 4 is not a finite number.*\(it is 0\.001"):
        run(sdxl, state=tmp_path, max_steps=6, checkpoint_every=2, schedule="constant")
    found = checkpoints.list_checkpoints(tmp_path / "checkpoints")
    assert [path.name for path in found] == ["step-00000002"]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize(
    ("component", "tensor"),
    [("unet", "mid_block.resnets.0.conv1.weight"), ("vae", "encoder.conv_in.weight")],
)
def test_a_base_whose_weights_are_no_numbers_is_named_instead_of_the_learning_rate(
    run: Run, base: Path, tmp_path: Path, component: str, tensor: str, value: float
) -> None:
    file = base / component / "diffusion_pytorch_model.safetensors"
    tensors = load_file(file)
    tensors[tensor].view(-1)[7] = value
    save_file(tensors, file, {"format": "pt"})
    state = tmp_path / "state"
    with pytest.raises(UnfitModel) as caught:
        run(base, state=state)
    assert str(caught.value) == (
        f"The tensor '{tensor}' of the component '{component}' of 'base' holds weights that are "
        "NaN or infinite, as float32: the model is broken, or its weights are too large for that "
        "number format."
    )
    assert not (state / "training.jsonl").exists()  # nothing was learnt


def test_out_of_memory_names_the_batch_and_what_helps(
    run: Run, sdxl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(self: Training, batch: Any) -> torch.Tensor:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(Training, "compute_loss", burst)
    with pytest.raises(OutOfMemory) as caught:
        run(sdxl, batch_size=6, accumulation=2)
    assert str(caught.value) == (
        "The device ran out of memory while training, 3 pictures at once. What helps: cut the "
        "batch of 6 into more than 2 parts, turn gradient checkpointing on, train a LoRA, or "
        "lower the resolution."
    )


def test_other_errors_are_not_taken_for_a_lack_of_memory(
    run: Run, sdxl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Training, batch: Any) -> torch.Tensor:
        raise RuntimeError("Sizes differ")

    monkeypatch.setattr(Training, "compute_loss", fail)
    with pytest.raises(RuntimeError, match="Sizes differ"):
        run(sdxl)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU computes in fp16")
def test_fp16_is_refused_on_a_processor(run: Run, sdxl: Path) -> None:
    with pytest.raises(NoDevice, match="A processor does not compute in fp16"):
        run(sdxl, precision="fp16")


def test_an_empty_data_set_is_refused(run: Run, sdxl: Path, dataset: Path, tmp_path: Path) -> None:
    facts = json.loads((dataset / "dataset.json").read_text())
    (tmp_path / "dataset.json").write_text(json.dumps(facts | {"num_items": 0}))
    table = pq.read_table(next(dataset.glob("items-*.parquet")))
    pq.write_table(table.slice(0, 0), tmp_path / "items-00000.parquet")
    with pytest.raises(UnfitForTraining, match="holds no pictures"):
        run(sdxl, dataset=tmp_path)


def test_a_folder_that_is_no_data_set_is_refused(run: Run, sdxl: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="is no data set of this program"):
        run(sdxl, dataset=tmp_path)


def test_a_pipeline_of_another_family_is_refused(run: Run, base: Path) -> None:
    change(base / "model_index.json", _class_name="FluxPipeline")
    with pytest.raises(UnfitForTraining, match=r"'base' is FluxPipeline; what can be tuned"):
        run(base)


def test_a_folder_that_is_no_pipeline_is_refused(run: Run, base: Path) -> None:
    with pytest.raises(UnfitForTraining, match="'vae' is AutoencoderKL"):
        run(base / "vae")


@pytest.mark.parametrize(
    ("file", "fields", "said"),
    [
        ("vae", {"latent_channels": 16}, "latents have 16 channels, the UNet takes 4"),
        ("unet", {"cross_attention_dim": 99}, "have 40 numbers per token, the UNet takes 99"),
        ("unet", {"projection_class_embeddings_input_dim": 7}, "are 72 numbers, its UNet takes 7"),
    ],
)
def test_parts_that_do_not_fit_are_named(
    file: str, fields: dict[str, int], said: str, run: Run, base: Path
) -> None:
    change(base / file / "config.json", **fields)
    with pytest.raises(UnfitForTraining, match=said):
        run(base)


def test_a_pickle_is_refused(run: Run, base: Path) -> None:
    unet = base / "unet"
    (unet / "diffusion_pytorch_model.safetensors").rename(unet / "diffusion_pytorch_model.bin")
    with pytest.raises(UnfitModel, match="pickle"):
        run(base)


def test_layers_that_do_not_exist_get_no_adapter(run: Run, sdxl: Path) -> None:
    with pytest.raises(UnfitForTraining, match="has a name that ends in to_z"):
        run(sdxl, method="lora", lora_targets=("to_z",))


def test_values_that_the_number_format_of_the_base_cannot_hold_are_refused(
    run: Run, sdxl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = trainable.load

    def spoil(*arguments: Any) -> Any:
        found = load(*arguments)
        with torch.no_grad():
            found.parameters[0].view(-1)[0] = float("inf")
        return found

    monkeypatch.setattr(launching.trainable, "load", spoil)
    monkeypatch.setattr(
        Training, "compute_loss", lambda self, _: sum(p.sum() * 0 for p in self.parameters[1:])
    )
    with pytest.raises(UnfitForTraining, match=r"'conv_in\.weight' does not fit .* format F32"):
        run(sdxl, max_steps=1)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"batch_size": 6, "accumulation": 4}, "cannot be cut into 4 parts"),
        ({"num_crops": 2}, "need the crop 'random'"),
        ({"lora_targets": (" ",)}, "Name at least one layer"),
        ({"learning_rate": 0}, "greater than 0"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ModelFinetune(**fields)
