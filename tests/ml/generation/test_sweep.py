"""Weights between two models, in the place where they compute."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionXLPipeline
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import nn

from ml import devices
from ml.generation import lora
from ml.loading import pipelines, tensors, weights
from ml.loading.mixtures import mixing
from ml.loading.mixtures.sweep import LoraSweep, Sweep
from ml.loading.problems import UnfitModel
from ml.merging.run import merge
from ml.progress import Silent
from specs.kinds.model.model_merge import ModelMerge

Tensors = dict[str, torch.Tensor]


class Small(nn.Module):
    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3, 4, dtype=dtype))
        self.bias = nn.Parameter(torch.zeros(5, dtype=dtype))
        self.register_buffer("steps", torch.tensor([1, 2]))


def draw(seed: int, dtype: torch.dtype) -> Tensors:
    generator = torch.Generator().manual_seed(seed)
    return {
        "weight": torch.randn(3, 4, generator=generator).to(dtype),
        "bias": torch.randn(5, generator=generator).to(dtype),
        "steps": torch.tensor([1, 2]),
    }


class Large(nn.Module):
    """A tensor of several pieces, one that ends in the middle of what a processor takes at once,
    and one of another order in memory.
    """

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.large = nn.Parameter(torch.zeros(3, 419_431, dtype=dtype))
        self.odd = nn.Parameter(torch.zeros(131, dtype=dtype))
        turned = torch.zeros(5, 3, 2, 7, dtype=dtype).to(memory_format=torch.channels_last)
        self.turned = nn.Parameter(turned)


def draw_large(seed: int, dtype: torch.dtype) -> Tensors:
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(tensor.shape, generator=generator).to(dtype)
        for name, tensor in Large(dtype).state_dict().items()
    }


WRITTEN = (0.1, 0.25, 0.3, 0.5)


@pytest.mark.parametrize("stored", [torch.float32, torch.float16, torch.bfloat16])
def test_weights_in_memory_are_those_of_the_file_that_is_written_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: torch.dtype
) -> None:
    """Whatever the number of threads: how torch cuts the work up shows in last bits."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ends = [draw_large(seed, stored) for seed in (0, 1)]
    for number, tensors_ in enumerate(ends):
        (tmp_path / f"end-{number}").mkdir()
        save_file(tensors_, tmp_path / f"end-{number}" / "model.safetensors")
    merge(
        ModelMerge(betas=WRITTEN),
        base=tmp_path / "end-0",
        tuned=tmp_path / "end-1",
        out_dir=tmp_path / "merged",
        state_dir=tmp_path / "state",
        progress=Silent(),
    )
    for live in {stored, torch.float32}:
        model = Large(live)
        sweep = Sweep(model, *ends)
        for beta in WRITTEN:
            written = load_file(tmp_path / "merged" / f"beta-{beta:g}" / "model.safetensors")
            for threads in (1, 3):
                with devices.limited_threads(threads):
                    sweep.set(beta)
                for name, tensor in model.state_dict().items():
                    assert torch.equal(tensor, written[name].to(live))
                    assert not torch.equal(tensor, ends[0][name].to(live))


FORMATS = [torch.float16, torch.bfloat16, torch.float32]


@pytest.mark.parametrize("stored", FORMATS)
@pytest.mark.parametrize("live", FORMATS)
@settings(max_examples=10, deadline=None)
@given(betas=st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_live_weights_are_the_written_merge_after_any_other_beta(
    stored: torch.dtype, live: torch.dtype, betas: list[float]
) -> None:
    model, base, tuned = Small(live), draw(0, stored), draw(1, stored)
    place = model.weight.data_ptr()
    sweep = Sweep(model, base, tuned)
    for beta in betas:
        sweep.set(beta)
        for name in ("weight", "bias"):
            written = base[name].clone() if beta < 1 else tuned[name].clone()
            if beta not in (0, 1):
                ends = base[name].view(-1), tuned[name].view(-1)
                mixing.mix(*ends, beta, written.view(-1), mixing.make_scratch())
            assert torch.equal(getattr(model, name), written.to(live))
    assert model.weight.data_ptr() == place
    for beta, end in ((0.0, base), (1.0, tuned)):
        sweep.set(beta)
        assert torch.equal(model.weight, end["weight"].to(live))


def spoil(name: str, value: torch.Tensor | None) -> Callable[[Tensors], Tensors]:
    def change(tensors: Tensors) -> Tensors:
        left = {key: tensor for key, tensor in tensors.items() if key != name}
        return left if value is None else left | {name: value}

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (spoil("bias", None), "'bias' is in the base and not in the regional model"),
        (spoil("gate", torch.ones(1)), "'gate' is in the regional model and not in the base"),
        (spoil("bias", torch.ones(6)), r"'bias' has the shape \[5\] in the base and \[6\] in the"),
        (spoil("bias", torch.ones(5).half()), r"'bias' has the type torch\.float32 in .*float16"),
        (spoil("bias", torch.full((5,), torch.nan)), "'bias' of the regional model holds NaN"),
    ],
)
def test_models_that_do_not_belong_together_are_refused_by_the_first_difference(
    change: Callable[[Tensors], Tensors], sentence: str
) -> None:
    with pytest.raises(UnfitModel, match=sentence):
        Sweep(Small(torch.float32), draw(0, torch.float32), change(draw(1, torch.float32)))


def test_whole_numbers_that_differ_have_nothing_between_them() -> None:
    base, tuned = draw(0, torch.float32), draw(1, torch.float32) | {"steps": torch.tensor([3, 4])}
    model = Small(torch.float32)
    sweep = Sweep(model, base, tuned)
    sweep.set(1.0)
    assert model.steps.tolist() == [3, 4]
    with pytest.raises(UnfitModel, match="'steps' holds whole numbers that differ"):
        sweep.set(0.5)


FORMS = ["pipeline", "component", "peft"]


@pytest.fixture(scope="module")
def adapter(sdxl: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A LoRA of the base's UNet, stored in every way that exists."""
    layout = weights.check(sdxl)
    unet: Any = pipelines.load_component(layout, "unet", torch.float32)
    unet.add_adapter(LoraConfig(r=2, lora_alpha=3, target_modules=["to_k", "conv1"]))
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, weight in unet.named_parameters():
            if "lora_" in name:
                weight.copy_(torch.randn(weight.shape, generator=generator))
    folders = {name: tmp_path_factory.mktemp(name) for name in FORMS}
    unet.save_lora_adapter(folders["component"], safe_serialization=True)
    StableDiffusionXLPipeline.save_lora_weights(
        folders["pipeline"],
        unet_lora_layers=get_peft_model_state_dict(unet),
        unet_lora_adapter_metadata=unet.peft_config["default"].to_dict(),
    )
    unet.peft_config["default"].save_pretrained(folders["peft"])
    found = {
        f"base_model.model.{name.replace('.default', '')}": weight.contiguous()
        for name, weight in unet.state_dict().items() if "lora_" in name
    }  # fmt: skip
    save_file(found, folders["peft"] / "adapter_model.safetensors")
    return folders


@pytest.mark.parametrize("form", FORMS)
def test_lora_adds_its_share_of_b_a_to_the_layers_it_names(
    sdxl: Path, adapter: dict[str, Path], form: str
) -> None:
    layout = weights.check(sdxl)
    unet: Any = pipelines.load_component(layout, "unet", torch.float32)
    stored = tensors.read(layout.find("unet"))
    changes = lora.read_changes(layout, "unet", weights.check(adapter[form]), 0.5)
    file = weights.check(adapter[form]).files[0]
    parts = tensors.read(weights.Component("", file.parent, "", "", None, (file,)))
    downs = [name for name in parts if name.endswith("lora_A.weight")]
    assert len(changes) == len(downs) > 4
    sweep = LoraSweep(unet, stored, changes)
    sweep.set(0.25)
    live = unet.state_dict()
    for name in downs:
        a, b = parts[name], parts[name.replace("lora_A", "lora_B")]
        layer = name.removesuffix(".lora_A.weight").removeprefix("base_model.model.")
        target = f"{layer.removeprefix('unet.')}.weight"
        delta = (b.flatten(1).double() @ a.flatten(1).double()).view(stored[target].shape)
        expected = stored[target].double() + 0.25 * 0.5 * 3 / 2 * delta
        torch.testing.assert_close(live[target], expected.float(), rtol=2e-7, atol=1e-9)
        assert not torch.equal(live[target], stored[target])
    assert all(torch.equal(live[name], stored[name]) for name in live if name not in changes)
    sweep.set(0.0)
    assert all(torch.equal(live[name], stored[name]) for name in live)


def test_lora_of_another_model_is_refused(adapter: dict[str, Path], sd15: Path) -> None:
    with pytest.raises(UnfitModel, match="does not fit the base"):
        lora.read_changes(weights.check(sd15), "unet", weights.check(adapter["pipeline"]), 1.0)


def test_lora_that_changes_nothing_of_the_component_is_refused(
    adapter: dict[str, Path], sdxl: Path
) -> None:
    with pytest.raises(UnfitModel, match="changes nothing of the component 'vae'"):
        lora.read_changes(weights.check(sdxl), "vae", weights.check(adapter["pipeline"]), 1.0)
