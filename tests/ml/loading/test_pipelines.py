"""Pipelines and their parts as torch sees them, and what computes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file

from ml.devices import Computing
from ml.loading import pipelines, tensors, weights
from ml.loading.problems import UnfitModel

CPU = Computing("cpu", "fp32", 1)


def test_pipeline_holds_the_weights_of_its_folder(sdxl: Path) -> None:
    pipeline = pipelines.load_pipeline(sdxl, CPU)
    assert type(pipeline).__name__ == "StableDiffusionXLPipeline"
    stored = tensors.read(weights.check(sdxl).find("unet"))
    loaded = pipeline.unet.state_dict()
    assert stored.keys() == loaded.keys()
    assert all(torch.equal(stored[name], loaded[name]) for name in stored)


def test_number_format_is_the_one_that_was_asked_for(sd15: Path) -> None:
    pipeline = pipelines.load_pipeline(sd15, Computing("cpu", "bf16", 1))
    assert {pipeline.unet.dtype, pipeline.vae.dtype, pipeline.text_encoder.dtype} == {
        torch.bfloat16
    }


def test_component_is_loaded_alone(sdxl: Path) -> None:
    layout = weights.check(sdxl)
    unet = pipelines.load_component(layout, "unet", torch.float32)
    assert isinstance(unet, UNet2DConditionModel)
    scheduler = pipelines.load_component(layout, "scheduler", torch.float32)
    assert isinstance(scheduler, DDIMScheduler)
    alone = pipelines.load_component(weights.check(sdxl / "unet"), "", torch.float32)
    assert torch.equal(alone.conv_in.weight, unet.conv_in.weight)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("unet", "diffusion_pytorch_model.safetensors"),
        ("text_encoder", "model.safetensors"),
    ],
)
def test_lacking_weights_are_never_made_up(copy: Callable[[], Path], name: str, file: str) -> None:
    folder = copy()
    path = folder / name / file
    stored = load_file(path)
    lost = min(stored)
    save_file({key: value for key, value in stored.items() if key != lost}, path, {"format": "pt"})
    sentence = (
        rf"component '{name}' of 'model' is no whole \w+: it lacks 1 of its tensors, the first"
    )
    with pytest.raises(UnfitModel, match=sentence):
        pipelines.load_pipeline(folder, CPU)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("tokenizer/tokenizer.json", "{"),
        ("scheduler/scheduler_config.json", "{"),
        ("scheduler/scheduler_config.json", '{"num_train_timesteps": -5}'),
        ("unet/config.json", "{"),
        ("unet/config.json", "{}"),
    ],
)
def test_component_that_cannot_be_loaded_is_named(
    copy: Callable[[], Path], file: str, text: str
) -> None:
    folder = copy()
    for path in (folder / file).parent.glob("*.json" if "tokenizer" in file else Path(file).name):
        path.write_text(text)
    name = Path(file).parent.name
    with pytest.raises(UnfitModel, match=rf"component '{name}' of 'model' cannot be loaded: .+\.$"):
        pipelines.load_pipeline(folder, CPU)


def test_class_that_is_not_installed_is_named(copy: Callable[[], Path]) -> None:
    folder = copy()
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"_class_name": "FluxFutureX"}))
    with pytest.raises(UnfitModel, match="has no class 'FluxFutureX', which 'model' names"):
        pipelines.load_pipeline(folder, CPU)


def test_folder_of_one_model_is_no_pipeline(sdxl: Path) -> None:
    with pytest.raises(UnfitModel, match="'unet' is no pipeline of diffusers"):
        pipelines.load_pipeline(sdxl / "unet", CPU)


def test_tensor_that_stands_in_two_files_is_refused(sdxl: Path) -> None:
    part = weights.check(sdxl).find("unet")
    twice = type(part)(**(vars(part) | {"files": part.files * 2}))
    with pytest.raises(UnfitModel, match="stands in two files of 'unet'"):
        tensors.read(twice)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_large_numbers_are_finite_though_their_sum_is_not(dtype: torch.dtype) -> None:
    large = torch.full((8,), torch.finfo(dtype).max, dtype=dtype)
    assert tensors.is_finite(large)
    assert tensors.is_finite(torch.tensor([2**62, 2**62]))
    for value in (torch.inf, -torch.inf, torch.nan):
        for others in (large, torch.zeros(8, dtype=dtype)):
            assert not tensors.is_finite(torch.cat([others, torch.tensor([value], dtype=dtype)]))
    both = torch.tensor([torch.inf, -torch.inf], dtype=dtype)
    assert not tensors.is_finite(both)
