"""The second end of a sweep: a whole model, or a LoRA that peft has made."""

from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model

from ml.answering import models
from ml.answering.problems import CannotAnswer
from ml.loading.families import registry
from ml.loading.problems import UnfitModel

from .conftest import CPU, Make


def make_lora(base: Path, target: Path, **changes: object) -> Path:
    torch.manual_seed(3)
    model = registry.load(base, CPU).model
    settings = {"r": 2, "lora_alpha": 4, "target_modules": r".*language_model.*\.(q|v)_proj"}
    adapted = get_peft_model(model, LoraConfig(**(settings | changes)))  # type: ignore[arg-type]
    for name, weight in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.5)
    adapted.save_pretrained(str(target))
    return target


def test_sweep_of_a_lora_equals_the_merge_that_peft_makes(
    make: Make, llava: Path, tmp_path: Path
) -> None:
    lora = make_lora(llava, tmp_path / "lora")
    inputs = models.look_at(llava, lora)
    speaker = registry.load(llava, CPU)
    before = {name: tensor.clone() for name, tensor in speaker.model.state_dict().items()}
    sweep = models.make_sweep(speaker, inputs, 0.5)
    sweep.set(0.25)
    live = speaker.model.state_dict()
    changed = [name for name, tensor in live.items() if not torch.equal(tensor, before[name])]
    assert len(changed) == 4
    merged = PeftModel.from_pretrained(registry.load(llava, CPU).model, str(lora))
    whole = merged.merge_and_unload().state_dict()
    for name in changed:
        expected = before[name] + 0.25 * 0.5 * (whole[name] - before[name])
        torch.testing.assert_close(live[name], expected, rtol=1e-5, atol=1e-6)
    sweep.set(0.0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in live.items())
    made = make(other=lora, betas=(0.0, 1.0))
    assert made.read("beta-0") == make(name="plain").read()
    assert made.read("beta-0") != made.read("beta-1")


def test_lora_that_changes_more_than_products_is_refused(llava: Path, tmp_path: Path) -> None:
    lora = make_lora(llava, tmp_path / "lora", modules_to_save=["lm_head"])
    inputs = models.look_at(llava, lora)
    with pytest.raises(UnfitModel, match="uses 'modules_to_save', which is more than B @ A"):
        models.make_sweep(registry.load(llava, CPU), inputs, 1.0)


def test_lora_of_another_model_is_refused(llava: Path, tmp_path: Path, folders: object) -> None:
    seeing = r".*vision_tower.*\.(q|v)_proj"
    lora = make_lora(folders("internvl"), tmp_path / "lora", target_modules=seeing)  # type: ignore[operator]
    with pytest.raises(
        UnfitModel, match=r"it changes 'model\.vision_tower.*, and 'llava' has no such layer"
    ):
        models.make_sweep(registry.load(llava, CPU), models.look_at(llava, lora), 1.0)


def test_model_that_cannot_be_asked_is_refused_as_a_second_end(llava: Path, tmp_path: Path) -> None:
    with pytest.raises((UnfitModel, CannotAnswer), match="There is no model at"):
        models.look_at(llava, tmp_path / "nothing")
