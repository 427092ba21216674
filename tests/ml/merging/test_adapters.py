"""The scale of a LoRA, held against what peft itself makes of the same adapter."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

from tests import tiny_models

from .conftest import Merge, Write, read


def make_unet(folder: Path) -> Any:
    torch.manual_seed(0)
    unet = tiny_models.make_unet(cross_attention_dim=16)
    unet.save_pretrained(folder)
    return unet


def make_adapter(folder: Path, unet: Any, **settings: Any) -> Path:
    config = LoraConfig(
        r=4, lora_alpha=6, target_modules=["to_q", "to_v", "conv1"], init_lora_weights=False,
        **settings,
    )  # fmt: skip
    torch.manual_seed(1)
    get_peft_model(unet, config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    "settings",
    [{}, {"use_rslora": True}, {"rank_pattern": {"to_v": 2}, "alpha_pattern": {"to_v": 1}}],
    ids=["plain", "rslora", "patterns"],
)
def test_the_whole_scale_is_what_peft_merges(
    run: Merge, out: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    base = tmp_path / "base"
    unet = make_unet(base)
    before = {name: values.clone() for name, values in unet.state_dict().items()}
    adapter = make_adapter(tmp_path / "adapter", unet, **settings)
    run(base, adapter, method="lora-scale", betas=[0, 0.5, 1])
    fresh = type(unet).from_pretrained(base)
    theirs = PeftModel.from_pretrained(fresh, adapter).merge_and_unload().state_dict()
    name = "diffusion_pytorch_model.safetensors"
    whole, half = (read(out / f"beta-{beta}", name) for beta in ("1", "0.5"))
    assert (out / "beta-0" / name).read_bytes() == (base / name).read_bytes()
    changed = 0
    for key, values in theirs.items():
        torch.testing.assert_close(whole[key], values, rtol=1e-6, atol=1e-7)
        middle = (before[key].double() + values.double()) / 2
        torch.testing.assert_close(half[key], middle.float(), rtol=1e-6, atol=1e-7)
        changed += not torch.equal(values, before[key])
    assert changed >= 6


def write_low_rank(write: Write, tmp_path: Path) -> tuple[Path, Path]:
    """rank 1, alpha 2: W + beta * 2 * b a, small enough to work out by hand."""
    base = write("base", {"unet_layer.weight": torch.zeros(2, 3), "bias": torch.ones(2)})
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    tensors = {
        "unet.unet_layer.lora_A.weight": torch.tensor([[1.0, 2, 3]]),
        "unet.unet_layer.lora_B.weight": torch.tensor([[1.0], [10]]),
        "unet.unet_layer.alpha": torch.tensor(2.0),
    }
    save_file(tensors, adapter / "pytorch_lora_weights.safetensors")
    return base, adapter


def test_an_adapter_of_diffusers_is_read_with_its_alpha(
    run: Merge, write: Write, out: Path, tmp_path: Path
) -> None:
    result = run(*write_low_rank(write, tmp_path), method="lora-scale", betas=[0.5, 2])
    assert read(out / "beta-0.5")["unet_layer.weight"].tolist() == [[1, 2, 3], [10, 20, 30]]
    assert read(out / "beta-2")["unet_layer.weight"].tolist() == [[4, 8, 12], [40, 80, 120]]
    assert read(out / "beta-2")["bias"].tolist() == [1, 1]
    half = result["variants"][0]["difference"]
    assert half["norm"] == pytest.approx((14 * 101) ** 0.5)


def test_an_adapter_and_its_method_belong_together(
    run: Merge, write: Write, tmp_path: Path
) -> None:
    base, adapter = write_low_rank(write, tmp_path)
    with pytest.raises(ValueError, match="Use the method 'lora-scale'"):
        run(base, adapter, betas=[0.5])
    with pytest.raises(ValueError, match="Use the method 'linear'"):
        run(base, base, method="lora-scale", betas=[0.5])
    with pytest.raises(ValueError, match="base model 'adapter' is a LoRA adapter"):
        run(adapter, base, betas=[0.5])


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("unet.unet_layer", "unet.other", "changes 'unet.other', and 'base' has no such layer"),
        ("lora_B", "lora_C", "not a plain LoRA"),
    ],
)
def test_what_an_adapter_cannot_be_applied_to_is_named(
    run: Merge, write: Write, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    base, adapter = write_low_rank(write, tmp_path)
    file = adapter / "pytorch_lora_weights.safetensors"
    save_file({key.replace(old, new): each for key, each in load_file(file).items()}, file)
    with pytest.raises(ValueError, match=sentence):
        run(base, adapter, method="lora-scale", betas=[0.5])


@pytest.mark.parametrize(
    ("tensor", "values", "sentence"),
    [
        ("lora_A", torch.ones(1, 4), "made for a weight of 2 x 4"),
        ("lora_B", torch.ones(2, 3), "two halves .* do not fit"),
        ("lora_A", torch.tensor([[1.0, torch.nan, 0]]), "not finite"),
    ],
)
def test_halves_that_do_not_fit_are_named(
    run: Merge, write: Write, tmp_path: Path, tensor: str, values: torch.Tensor, sentence: str
) -> None:
    base, adapter = write_low_rank(write, tmp_path)
    file = adapter / "pytorch_lora_weights.safetensors"
    save_file(load_file(file) | {f"unet.unet_layer.{tensor}.weight": values}, file)
    with pytest.raises(ValueError, match=sentence):
        run(base, adapter, method="lora-scale", betas=[0.5])


@pytest.mark.parametrize("setting", [{"use_dora": True}, {"bias": "all"}])
def test_an_adapter_that_does_more_than_a_low_rank_change_is_refused(
    run: Merge, write: Write, tmp_path: Path, setting: dict[str, Any]
) -> None:
    base, adapter = write_low_rank(write, tmp_path)
    (adapter / "adapter_config.json").write_text(json.dumps({"r": 1, "lora_alpha": 2} | setting))
    with pytest.raises(ValueError, match=r"more than B @ A|also tuned biases"):
        run(base, adapter, method="lora-scale", betas=[0.5])
