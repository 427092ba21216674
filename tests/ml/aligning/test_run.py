"""model.align from the base's folder to the tuned model's."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from ml.aligning import choosing
from ml.aligning.batches import Batches, Lot
from ml.aligning.evaluation import count_first
from ml.aligning.training import Training
from ml.loading import encoders
from ml.progress import Silent
from ml.training.course import Course
from ml.training.data import captioned
from ml.training.data.captioned import Material, Preparation
from ml.training.team import Alone
from specs.kinds.model.model_align import Loss, ModelAlign

from .conftest import FEW, NUM_PICTURES, Aligned, Run


def read_rows(aligned: Aligned) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (aligned.out / "training.jsonl").read_text().splitlines()]


def apart(first: Aligned, second: Aligned) -> float:
    """The largest difference of any weight."""
    wanted = second.weights
    return max(float((each - wanted[name]).abs().max()) for name, each in first.weights.items())


@pytest.mark.parametrize("family", ["clip", "siglip", "siglip2"])
@pytest.mark.parametrize("method", ["full", "lora"])
def test_every_family_learns_by_its_own_loss(
    family: str, method: str, run: Run, request: pytest.FixtureRequest
) -> None:
    """The same 18 captions in every step, so that losses can be held against each other."""
    base: Path = request.getfixturevalue(family)
    done = run(
        base=base, method=method, max_steps=25, batch_size=18, held_out=0.0, learning_rate=3e-3,
        schedule="constant", checkpoint_every=100, lora_rank=4,
    )  # fmt: skip
    losses = [row["loss"] for row in read_rows(done)]
    assert losses[-1] < losses[0] - 0.02
    assert done.result["loss"] == ("infonce" if family == "clip" else "sigmoid")
    assert done.result["family"] == family
    tuned = encoders.open_encoder(done.out / "model")
    assert tuned.digest == done.result["digest"]


def test_a_loss_that_is_named_is_taken(run: Run, siglip2: Path) -> None:
    done = run(base=siglip2, loss="infonce", max_steps=1)
    assert done.result["loss"] == "infonce"
    assert math.isfinite(done.result["final_loss"])


def test_what_was_learnt_is_told(whole: Aligned) -> None:
    result = whole.result
    assert result["num_pictures"] == NUM_PICTURES
    assert result["num_captions"] == 18
    assert result["num_held_out"] == 2
    assert result["num_learnt_captions"] < 18
    assert result["languages"] == ["en", "id", "th"]
    assert (result["num_left_out"], result["num_cut_captions"]) == (0, 0)
    assert (result["kind"], result["component"], result["steps"]) == ("transformers", "", 6)
    assert result["epochs"] == round(6 * 8 / result["num_learnt_captions"], 3)
    assert result["is_bit_exact"]
    assert [point[0] for point in result["held_out_curve"]] == [3, 6]
    assert 0 <= result["held_out_r1_texts"] <= 1
    card = (whole.out / "card.md").read_text("utf-8")
    assert "loss infonce" in card
    assert '"batch_size": 8' in card


def test_model_keeps_the_files_of_its_base(whole: Aligned, clip: Path) -> None:
    """Names, order and number formats: so a merge finds the same tensors on both sides."""
    model = whole.out / "model"
    assert {path.name for path in model.iterdir()} == {path.name for path in clip.iterdir()}
    base = (clip / "model.safetensors").read_bytes()
    length = 8 + int.from_bytes(base[:8], "little")
    assert whole.file.read_bytes()[:length] == base[:length]
    assert whole.file.read_bytes() != base


def test_the_scale_of_the_logits_is_learnt(run: Run, clip: Path) -> None:
    assert run().weights["logit_scale"] != encoders.read_model(clip).logit_scale


@pytest.mark.parametrize(("own", "highest"), [(2.0, math.log(100)), (5.0, 5.0)])
def test_the_scale_rises_to_that_of_clip_or_of_the_base_and_no_higher(
    own: float, highest: float, clip: Path, tmp_path: Path
) -> None:
    encoder = encoders.open_encoder(clip)
    scale = encoder.model.logit_scale
    with torch.no_grad():
        scale.fill_(own)
    spec = ModelAlign.model_validate(FEW)
    course = Course(settings=spec, num_steps=1, state_dir=tmp_path, identity="x")
    training = Training(course, encoder, "infonce", Alone("cpu"))
    for reached, kept in ((9.0, highest), (3.0, 3.0)):
        with torch.no_grad():
            scale.fill_(reached)
        training.keep_bounds()
        assert scale.item() == pytest.approx(kept)


@pytest.mark.parametrize(("family", "loss"), [("clip", "infonce"), ("siglip2", "sigmoid")])
def test_gradients_in_parts_are_those_of_the_whole_batch(
    family: str, loss: Loss, dataset: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    base: Path = request.getfixturevalue(family)
    items, _ = captioned.find_items(dataset, one_a_language=False)
    encoder = encoders.open_encoder(base)
    Preparation(items=items, encoder=encoder, dataset=dataset, saying="").build(
        tmp_path / "prepared", Silent()
    )
    material = Material(tmp_path / "prepared", captioned.list_languages(items))
    found = []
    for accumulation in (1, 4):
        spec = ModelAlign.model_validate({**FEW, "accumulation": accumulation, "batch_size": 16})
        course = Course(settings=spec, num_steps=1, state_dir=tmp_path, identity="x")
        encoder = encoders.open_encoder(base)
        training = Training(course, encoder, loss, Alone("cpu"))
        (lot,) = Batches(spec, material, range(NUM_PICTURES)).make_step(0)
        value = training.go_back(lot, Silent())
        gradients = {name: each.grad for name, each in encoder.model.named_parameters()}
        found.append((value, gradients))
    (value, whole), (value_in_parts, in_parts) = found
    assert float(value_in_parts) == pytest.approx(float(value), rel=1e-6)
    length = math.sqrt(sum(float(each.square().sum()) for each in whole.values()))
    difference = math.sqrt(
        sum(float((in_parts[name] - each).square().sum()) for name, each in whole.items())
    )
    assert difference <= 1e-6 * length
    assert whole["logit_scale"].abs() > 0


def test_a_batch_in_parts_teaches_the_same(run: Run) -> None:
    """With an epsilon that keeps AdamW from making much of gradients which are all rounding."""
    assert apart(run(accumulation=4, adam_epsilon=1e-3), run(adam_epsilon=1e-3)) < 1e-5


def test_seed_decides_the_order(run: Run, whole: Aligned) -> None:
    assert apart(run(), whole) == 0
    assert apart(run(seed=4), whole) > 0


def test_average_of_the_weights_is_written_where_it_is_wanted(run: Run, whole: Aligned) -> None:
    assert apart(run(ema_decay=0.5), whole) > 0


def test_held_out_pictures_are_never_learnt(
    run: Run, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all batches of all epochs: what they held is what was not held out, and all of it."""
    seen: set[str] = set()
    make_step = Batches.make_step

    def watch(self: Batches, step: int) -> Iterator[Lot]:
        for lot in make_step(self, step):
            seen.update(lot.sentences)
            yield lot

    monkeypatch.setattr(Batches, "make_step", watch)
    run(held_out=0.4, max_steps=12, batch_size=4)
    items, _ = captioned.find_items(dataset, one_a_language=False)
    chosen = choosing.choose(items, ModelAlign.model_validate({**FEW, "held_out": 0.4}))
    assert len(chosen.held_out) == 4
    assert seen == {words for number in chosen.learnt for _, words in items[number].captions}


def test_a_larger_share_holds_out_the_same_pictures_and_more(dataset: Path) -> None:
    items, _ = captioned.find_items(dataset, one_a_language=False)
    more, fewer = (
        choosing.choose(items, ModelAlign.model_validate({**FEW, "held_out": share}))
        for share in (0.4, 0.25)
    )
    assert set(fewer.held_out) < set(more.held_out)


def test_pictures_beyond_the_most_that_are_evaluated_are_learnt(run: Run, dataset: Path) -> None:
    few, more = (
        run(held_out=0.5, max_evaluated=most, max_steps=3, batch_size=4) for most in (2, 3)
    )
    assert (few.result["num_held_out"], more.result["num_held_out"]) == (2, 3)
    items, _ = captioned.find_items(dataset, one_a_language=False)
    for done in (few, more):
        chosen = choosing.choose(items, done.spec)
        assert sorted((*chosen.learnt, *chosen.held_out)) == list(range(len(items)))
        assert done.result["num_learnt_captions"] == sum(
            len(items[number].captions) for number in chosen.learnt
        )
    assert set(choosing.choose(items, few.spec).held_out) < set(
        choosing.choose(items, more.spec).held_out
    )


def test_a_tie_is_no_hit() -> None:
    logits = torch.tensor([[2.0, 1.0], [1.0, 1.0]])
    assert count_first(logits, torch.eye(2, dtype=torch.bool)) == 0.5
    assert count_first(logits, torch.ones(2, 2, dtype=torch.bool)) == 1.0


def test_batch_that_cannot_be_cut_is_refused() -> None:
    with pytest.raises(ValidationError, match="cannot be cut into 3 parts"):
        ModelAlign(accumulation=3)


def test_base_keeps_its_weights(run: Run, clip: Path) -> None:
    before = (clip / "model.safetensors").read_bytes()
    run(max_steps=1, method="lora")
    assert (clip / "model.safetensors").read_bytes() == before
