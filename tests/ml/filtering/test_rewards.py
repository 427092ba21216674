"""The reward stage with raters: tiny models of the real classes."""

from pathlib import Path

import pytest
from PIL import Image
from pydantic import ValidationError

from ml.filtering.rows import Reason
from ml.filtering.scorers import unified_reward
from ml.loading.raters import image_reward
from ml.loading.raters.asked import Answer
from ml.progress import Stopped
from specs.filters.reward import Reward
from specs.kinds.dataset.dataset_filter import DatasetFilter
from tests import pictures, tiny_raters

from .conftest import Run, StopsAt, list_files, read_items, read_rejected, write_jsonl

IMAGE_REWARD = {"method": "reward", "scorer": "image-reward", "threshold": -1000}
ASKED = {
    "method": "reward", "scorer": "unified-reward", "threshold": 3, "template": "Rate: {caption}",
    "max_tokens": 18,
}  # fmt: skip
ANSWERS = {
    "A kite": "4",
    "A drum": "Final Score: 2",
    "A cat": "Good. Final Score: 5",  # too long
    "A dog": "6",
    "A hat": "Yes",
}


@pytest.fixture(scope="module")
def rater(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_raters.build_image_reward(tmp_path_factory.mktemp("models") / "reward")


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_raters.build_asked(
        tmp_path_factory.mktemp("models") / "llava", ANSWERS, pictures.draw(seed=0)
    )


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    captions = [*ANSWERS, "A <image>"]
    shot = pictures.png(64, 64, seed=0)
    rows = [{"caption": caption, "image": shot} for caption in captions]
    return write_jsonl(tmp_path_factory.mktemp("pool") / "in", rows)


def test_the_image_reward_stands_in_each_row_and_captions_that_are_cut_are_told(
    run: Run, out_dir: Path, rater: Path, tmp_path: Path
) -> None:
    captions = ["A kite", "A caption longer than it reads", "x"]
    shots = [pictures.draw(80, 64, seed=seed) for seed in range(3)]
    rows = [
        {"caption": caption, "image": pictures.encode(shot, "PNG")}
        for caption, shot in zip(captions, shots, strict=True)
    ]
    result = run(write_jsonl(tmp_path / "in", rows), ["decode", IMAGE_REWARD], scorer=rater)
    opened = image_reward.load(rater, device="cpu")
    wanted = opened.rate([opened.preprocessing.prepare(shot) for shot in shots], captions)
    assert [row["reward"] for row in read_items(out_dir)] == pytest.approx(wanted, abs=1e-4)
    assert result["reward"] == {"num_cut": 1}
    assert result["models"][0] == opened.describe()
    assert result["models"][0]["family"] == "ImageReward"


def test_only_an_answer_that_is_a_number_counts_and_others_are_counted_by_reason(
    run: Run, out_dir: Path, llava: Path, pool: Path
) -> None:
    result = run(pool, ["decode", ASKED], scorer=llava)
    assert [(row["caption"], row["reward"]) for row in read_items(out_dir)] == [("A kite", 4.0)]
    told = {row["caption"]: (row["reason"], row["detail"]) for row in read_rejected(out_dir)}
    assert told == {
        "A drum": ("low_reward", "The reward is 2; at least 3 is kept."),
        "A cat": ("not_finished", "The answer was not finished after 18 tokens."),
        "A dog": ("unparsable", "The model answered '6', which is no number from 1 to 5."),
        "A hat": ("unparsable", "The model answered 'Yes', which is no number from 1 to 5."),
        "A <image>": ("holds_mark", "The caption holds '<image>', a mark of the model's own."),
    }
    assert result["funnel"][2]["reasons"] == {
        "unparsable": 2, "holds_mark": 1, "low_reward": 1, "not_finished": 1,
    }  # fmt: skip
    card = (out_dir / "card.md").read_text()
    assert "unparsable 2" in card
    assert "Rate: {caption}" in card


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4", 4), (" 3.5 ", 3.5), ("5.", 5), ("Final Score: 2", 2), ("It fits.\nFinal Score: 4", 4),
        ("Final Score:1", 1), ("\uff14", 4),
        ("0", None), ("5.5", None), ("6", None), ("4/5", None), ("4 of 5", None), ("", None),
        ("four", None), ("-3", None), ("3 or 4", None), ("Final Score: high", None),
        ("Final Score: 2 Final Score: 4", None), ("Final Score: 4 because 3", None), ("1e0", None),
    ],
)  # fmt: skip
def test_an_answer_is_read_strictly(text: str, number: float | None) -> None:
    found = unified_reward.read(Answer(text=text, finished=True), max_tokens=9)
    if number is None:
        assert isinstance(found, Reason)
        assert found.code == "unparsable"
    else:
        assert found == number


@pytest.mark.parametrize("scorer", ["image-reward", "unified-reward"])
def test_a_stopped_filter_with_a_rater_ends_with_the_same_bytes(
    run: Run, out_dir: Path, rater: Path, llava: Path, pool: Path, tmp_path: Path, scorer: str
) -> None:
    stage, model = (IMAGE_REWARD, rater) if scorer == "image-reward" else (ASKED, llava)
    whole = {"out_dir": tmp_path / "whole", "state_dir": tmp_path / "whole-state"}
    run(pool, ["decode", stage], scorer=model, batch_size=2, options=whole)
    with pytest.raises(Stopped):
        run(
            pool, ["decode", stage], scorer=model, batch_size=2,
            options={"progress": StopsAt(4)},
        )  # fmt: skip
    run(pool, ["decode", stage], scorer=model, batch_size=2)
    assert list_files(out_dir) == list_files(tmp_path / "whole")


def test_large_pictures_are_held_small_until_they_are_asked_about() -> None:
    large = Image.new("RGB", (3000, 2000))
    assert unified_reward.shrink(large).size == (1536, 1024)
    small = Image.new("RGB", (30, 2000))
    assert unified_reward.shrink(small) is small


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"threshold": 7}, "gives 1 to 5; the threshold is 7"),
        ({"threshold": 3, "template": "Rate it."}, r"needs \{caption\} once"),
        ({"threshold": 3, "column": "taste"}, "only that one takes it"),
    ],
)
def test_a_rater_that_cannot_be_asked_so_is_refused(
    fields: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Reward.model_validate({"scorer": "unified-reward", **fields})


@pytest.mark.parametrize("scorer", ["image-reward", "unified-reward"])
def test_a_rater_needs_a_model_and_decoded_pictures(scorer: str) -> None:
    stage = {"method": "reward", "scorer": scorer, "threshold": 3}
    spec = DatasetFilter.model_validate({"name": "x", "stages": ["decode", stage]})
    assert spec.list_needed() == {"scorer": "reward"}
    with pytest.raises(ValidationError, match="looks at pictures, so 'decode' comes before it"):
        DatasetFilter.model_validate({"name": "x", "stages": [stage, "decode"]})
