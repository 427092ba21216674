"""What others make of an aligned encoder: measuring, sweeping, merging and distilling."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file

from ml.benchmarks.embeddings import models
from ml.benchmarks.embeddings.run import score_embeddings
from ml.distillation.run import distill
from ml.loading import encoders, weights
from ml.merging.run import merge
from ml.progress import Silent
from specs.distillation import origin
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.model.model_distill import ModelDistill
from specs.kinds.model.model_merge import ModelMerge

from .conftest import Aligned, Run


@pytest.fixture(scope="module")
def fused(run: Run) -> Aligned:
    return run(method="lora", lora_rank=2)


def score(base: Path, dataset: Path, folder: Path, *, tuned: Path | None = None) -> list[float]:
    """Every mean of a sweep's variants, in order; of one model when there is no second."""
    betas = [0, 0.5, 1] if tuned else []
    spec = EmbeddingsScore.model_validate({"betas": betas, "scope": "regional"})
    for name in ("out", "state"):
        (folder / name).mkdir(parents=True)
    result = score_embeddings(
        spec, base=base, tuned=tuned, dataset=dataset, out_dir=folder / "out",
        state_dir=folder / "state", progress=Silent(),
    )  # fmt: skip
    return [row["MRR@10"] for each in result["variants"] for row in each["rows"]]


def test_a_lora_is_swept_and_ends_at_the_model_it_is_fused_into(
    run: Run, fused: Aligned, clip: Path, dataset: Path, tmp_path: Path
) -> None:
    lora = run(method="lora", lora_rank=2, fuse_lora=False)
    assert lora.result["kind"] == "lora"
    assert {path.name for path in (lora.out / "model").iterdir()} == {
        "adapter_config.json", "adapter_model.safetensors",
    }  # fmt: skip
    swept = score(clip, dataset, tmp_path / "sweep", tuned=lora.out / "model")
    base = score(clip, dataset, tmp_path / "base")
    assert len(swept) == 3 * len(base)
    assert swept[: len(base)] == base
    encoder = encoders.open_encoder(clip)
    models.make_sweep(encoder, weights.check(lora.out / "model"), 1.0).set(1.0)
    # Added in memory and in a file, which may round the last bit otherwise.
    torch.testing.assert_close(encoder.model.state_dict(), fused.weights, rtol=0, atol=1e-6)


def test_peft_puts_the_adapter_where_it_was_trained(run: Run, fused: Aligned, clip: Path) -> None:
    """Added to the base by peft, it makes the weights that are written fused."""
    assert (fused.out / "adapter" / "adapter_model.safetensors").is_file()
    adapted = PeftModel.from_pretrained(encoders.read_model(clip), str(fused.out / "adapter"))
    merged = adapted.merge_and_unload().state_dict()
    assert all(
        torch.allclose(merged[name], each, atol=1e-6) for name, each in fused.weights.items()
    )
    base = load_file(clip / "model.safetensors")
    changed = {name for name, each in fused.weights.items() if not torch.equal(each, base[name])}
    assert changed
    assert all(name.endswith("_proj.weight") for name in changed)


def test_layers_that_compute_without_being_called_get_no_adapter(run: Run, siglip2: Path) -> None:
    """SigLIP's pooling is torch's own attention, which reads the weight of its 'out_proj'."""
    done = run(base=siglip2, method="lora", lora_rank=2, fuse_lora=False, max_steps=1)
    adapter = load_file(done.out / "model" / "adapter_model.safetensors")
    assert any("self_attn.out_proj" in name for name in adapter)
    assert not any("head" in name for name in adapter)


def test_a_merge_is_made_of_it(whole: Aligned, clip: Path, tmp_path: Path) -> None:
    for name in ("out", "state"):
        (tmp_path / name).mkdir()
    spec = ModelMerge.model_validate({"betas": [0.5]})
    merge(
        spec, base=clip, tuned=whole.out / "model", out_dir=tmp_path / "out",
        state_dir=tmp_path / "state", progress=Silent(),
    )  # fmt: skip
    (written,) = (tmp_path / "out").rglob("model.safetensors")
    half, base = load_file(written), load_file(clip / "model.safetensors")
    name = "text_projection.weight"
    assert torch.allclose(half[name], torch.lerp(base[name], whole.weights[name], 0.5), atol=1e-7)


def teach(teacher: Path, dataset: Path, folder: Path) -> dict[str, Any]:
    for name in ("out", "state"):
        (folder / name).mkdir()
    spec = ModelDistill.model_validate({"max_steps": 1, "batch_size": 4})
    return distill(
        spec, teacher=teacher, dataset=dataset, material=None, out_dir=folder / "out",
        state_dir=folder / "state", progress=Silent(),
    )  # fmt: skip


def test_it_teaches_a_student(whole: Aligned, dataset: Path, tmp_path: Path) -> None:
    result = teach(whole.out / "model", dataset, tmp_path)
    assert result["teacher"]["digest"] == whole.result["digest"]


def test_how_a_student_was_taught_is_not_said_of_what_is_tuned_from_it(
    run: Run, clip: Path, dataset: Path, tmp_path: Path
) -> None:
    teach(clip, dataset, tmp_path)
    student = tmp_path / "out" / "model"
    tuned = run(base=student, max_steps=1).out / "model"
    names = {path.name for path in student.iterdir()}
    assert origin.FILE in names
    assert {path.name for path in tuned.iterdir()} == names - {origin.FILE}
