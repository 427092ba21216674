"""embeddings.score over merges in place, and going on after a stop."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from peft import LoraConfig, get_peft_model
from pydantic import ValidationError

from ml.benchmarks.problems import BenchmarkImpossible
from ml.loading.encoders import Encoder
from ml.loading.pretrained import without_progress_bars
from ml.progress import OutOfMemory, Stopped
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from tests.tiny_encoders import build_siglip

from .conftest import Measuring, mix


def read_ranks(measuring: Measuring, variant: str) -> list[tuple[str, str]]:
    return [
        (row["item_id"], row["rank"])
        for row in measuring.read("ranks.csv")
        if row["variant"] == variant
    ]


def test_a_sweep_in_place_finds_what_the_merge_that_would_be_written_finds(
    clip: Path, tuned: Path, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    measuring.score(base=clip, tuned=tuned, dataset=dataset, betas=[0, 0.3, 1])
    swept = {beta: read_ranks(measuring, f"beta-{beta}") for beta in ("0", "0.3", "1")}
    written = mix(clip, tuned, 0.3, tmp_path / "written")
    for beta, folder in (("0", clip), ("0.3", written), ("1", tuned)):
        measuring.score(f"alone-{beta}", base=folder, dataset=dataset)
        assert read_ranks(measuring, "model") == swept[beta]
    assert swept["0"] != swept["1"]


def test_a_sweep_of_a_lora_ends_at_what_peft_merges(
    clip: Path, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    model = transformers.CLIPModel.from_pretrained(str(clip))
    torch.manual_seed(0)
    config = LoraConfig(r=2, lora_alpha=8, target_modules=["q_proj"], init_lora_weights=False)
    adapted = get_peft_model(model, config)
    adapted.save_pretrained(str(tmp_path / "lora"))
    merged = tmp_path / "merged"
    merged.mkdir()
    for file in clip.iterdir():
        (merged / file.name).write_bytes(file.read_bytes())
    with without_progress_bars():
        adapted.merge_and_unload().save_pretrained(str(merged))
    measuring.score(base=clip, tuned=tmp_path / "lora", dataset=dataset, betas=[0, 1])
    swept = read_ranks(measuring, "beta-1")
    assert swept != read_ranks(measuring, "beta-0")
    measuring.score("alone", base=merged, dataset=dataset)
    assert read_ranks(measuring, "model") == swept


class StopsAfter:
    """Hears of batches, and asks to stop at one of them."""

    def __init__(self, number: int) -> None:
        self.left = number

    def update(self, *args: Any, **more: Any) -> None: ...

    def check(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Stopped


def test_a_run_that_was_stopped_goes_on_from_its_vectors_and_ends_the_same(
    clip: Path, tuned: Path, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"base": clip, "tuned": tuned, "dataset": dataset, "betas": [0, 1]}
    other = Measuring(tmp_path / "other")
    other.score(**given)
    with pytest.raises(Stopped):
        measuring.score(progress=StopsAfter(4), **given)
    kept = {path: path.stat().st_mtime_ns for path in (measuring.state / "vectors").iterdir()}
    assert len(kept) == 4
    assert not measuring.out.exists()
    measuring.score(**given)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    names = ("scores.json", "scores.csv", "items.csv", "ranks.csv", "retrieval.csv")
    for name in names:
        assert (measuring.out / name).read_bytes() == (other.out / name).read_bytes()


def test_models_that_do_not_belong_together_are_refused(
    clip: Path, tuned: Path, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    siglip = build_siglip(tmp_path / "siglip")
    with pytest.raises(BenchmarkImpossible, match="family CLIP and the regional model of SigLIP"):
        measuring.score(base=clip, tuned=siglip, dataset=dataset, betas=[1])
    with pytest.raises(BenchmarkImpossible, match="Betas need a second model"):
        measuring.score(base=clip, dataset=dataset, betas=[1])
    with pytest.raises(BenchmarkImpossible, match="A sweep needs betas"):
        measuring.score(base=clip, tuned=tuned, dataset=dataset)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tuned": "tuned"}, "A sweep needs betas"),
        ({"betas": [0.5, 0.5]}, "a number twice"),
        ({"templates": ["a photo"]}, "must hold {option} exactly once"),
        ({"templates": ["{option} {question} {question}"]}, "at most once"),
        ({"dataset": "a", "quiz": "b"}, "not both"),
    ],
)
def test_a_specification_that_cannot_be_meant_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        EmbeddingsScore.model_validate(given)


def test_a_device_without_enough_memory_is_named_with_what_was_held(
    clip: Path, dataset: Path, measuring: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Encoder, "embed_texts", fail)
    with pytest.raises(OutOfMemory, match="The cpu ran out of memory with 4 texts at once"):
        measuring.score(base=clip, dataset=dataset)
