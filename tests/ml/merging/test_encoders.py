"""Encoders of pictures and texts: a sweep of a LoRA is the merge of it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file

from ml.benchmarks.embeddings import models
from ml.loading import encoders, weights
from ml.loading.pretrained import without_progress_bars
from tests import tiny_encoders

from .conftest import Merge

Build = Callable[..., Path]


def write_lora(base: Path, folder: Path) -> Path:
    torch.manual_seed(0)
    config = LoraConfig(r=2, lora_alpha=8, target_modules=["q_proj"], init_lora_weights=False)
    adapted: Any = get_peft_model(encoders.read_model(base), config)
    adapted.save_pretrained(str(folder))
    return folder


@pytest.mark.parametrize("build", [tiny_encoders.build_clip, tiny_encoders.build_siglip])
def test_a_sweep_in_place_is_the_merge_that_is_written_bit_for_bit(
    build: Build, run: Merge, tmp_path: Path, out: Path
) -> None:
    base = build(tmp_path / "base")
    halves = shutil.copytree(base, tmp_path / "halves")
    with without_progress_bars():
        encoders.read_model(base).bfloat16().save_pretrained(halves)
    tuned = write_lora(halves, tmp_path / "lora")
    run(halves, tuned, betas=(0.3,), method="lora-scale")
    written = load_file(out / "beta-0.3" / "model.safetensors")
    encoder = encoders.open_encoder(halves)
    models.make_sweep(encoder, weights.check(tuned), 1.0).set(0.3)
    live = encoder.model.state_dict()
    before = load_file(halves / "model.safetensors")
    assert sum(not torch.equal(written[name], before[name]) for name in before) > 2
    for name, tensor in written.items():
        assert tensor.dtype == torch.bfloat16
        assert torch.equal(live[name], tensor.float()), name
