"""Stages that compute with models: tiny ones of the real classes."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ml.filtering.problems import UnfitFilter
from ml.filtering.scorers.registry import SCORERS
from ml.filtering.stages import similarity
from ml.loading import encoders
from ml.progress import Stopped
from specs.fields import describe
from specs.filters.reward import Reward
from specs.filters.similarity import VisualSimilarity
from specs.region import Region
from tests import pictures, tiny_encoders

from .conftest import Run, StopsAt, list_files, read_items, read_rejected, write_jsonl


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoders.build_clip(tmp_path_factory.mktemp("models") / "clip")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        {"caption": f"Caption {n}", "language": "en" if n % 2 else "is", "taste": n / 10}
        for n in range(10)
    ]
    return write_jsonl(tmp_path_factory.mktemp("pool") / "in", rows)


def embed(clip: Path, folder: Path) -> Any:
    encoder = encoders.open_encoder(clip)
    return encoder.embed_pictures([Image.open(path) for path in sorted(folder.glob("*.png"))])


@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_similarity_is_the_mean_or_the_largest_cosine_to_the_references(
    run: Run, out_dir: Path, clip: Path, folder: Path, tmp_path: Path, pooling: str
) -> None:
    shots = [pictures.png(64, 64, seed=seed) for seed in (71, 72, 73)]
    references = write_jsonl(tmp_path / "known", [{"image": shot} for shot in shots])
    cosines = embed(clip, folder) @ embed(clip, references).T
    wanted = cosines.mean(axis=1) if pooling == "mean" else cosines.max(axis=1)
    threshold = float(np.sort(wanted)[4:6].mean())
    stage = {"method": "similarity", "pooling": pooling, "threshold": threshold}
    result = run(folder, ["decode", stage], encoder=clip, references=references)
    kept = read_items(out_dir)
    assert [row["key"] for row in kept] == [
        f"k{number}" for number in range(10) if wanted[number] >= threshold
    ]
    for row in kept:
        assert row["similarity"] == pytest.approx(wanted[int(row["key"][1:])], abs=1e-5)
    assert result["similarity"]["references"] == 3
    assert result["models"][0]["family"] == "CLIP"
    assert len(result["models"][0]["digest"]) == 64


def test_concepts_are_the_regions_terms_in_its_languages(
    run: Run, out_dir: Path, clip: Path, folder: Path, region: Region
) -> None:
    spec = VisualSimilarity(
        against="concepts", pooling="max", threshold=-1, templates=("{}", "a photo of {}"),
        languages=("is",),
    )  # fmt: skip
    texts = similarity.list_texts(spec, region)
    assert texts[:4] == ["skyr", "a photo of skyr", "harð-fiskur", "a photo of harð-fiskur"]
    assert texts[-2:] == ["Ísland", "a photo of Ísland"]
    assert "Iceland" not in texts
    encoder = encoders.open_encoder(clip)
    wanted = (embed(clip, folder) @ encoder.embed_texts(texts).T).max(axis=1)
    run(folder, ["decode", spec.model_dump()], region=region, encoder=clip)
    found = [row["similarity"] for row in read_items(out_dir)]
    assert found == pytest.approx(wanted.tolist(), abs=1e-5)


def test_more_concepts_than_allowed_are_refused_rather_than_cut(region: Region) -> None:
    spec = VisualSimilarity(against="concepts", threshold=0, max_concepts=3)
    with pytest.raises(UnfitFilter, match="gives 12 concept texts; max_concepts allows 3"):
        similarity.list_texts(spec, region)


def with_templates(region: Region) -> Region:
    facts = region.model_dump()
    facts["languages"][0]["templates"] = ["mynd af {}", "hér er {}"]
    facts["strata"][0]["names"]["is"] = "Matur"
    return Region.model_validate(facts)


def test_names_of_countries_and_strata_go_into_the_templates_of_their_language(
    region: Region,
) -> None:
    spec = VisualSimilarity(against="concepts", threshold=0, templates=("a photo of {}",))
    terms = ["skyr", "harð-fiskur", "hardfish", "okonomiyaki", "お好み焼き", "gullfoss"]
    assert similarity.list_texts(spec, with_templates(region)) == [
        *(f"a photo of {term}" for term in terms),
        "a photo of Iceland", "mynd af Ísland", "hér er Ísland",
        "a photo of Japan", "a photo of 日本",
        "a photo of Food", "mynd af Matur", "hér er Matur",
        "a photo of Places",
    ]  # fmt: skip


def test_only_names_in_the_languages_asked_for_stand_beside_the_terms(region: Region) -> None:
    spec = VisualSimilarity(against="concepts", threshold=0, languages=("is", "ja"))
    texts = similarity.list_texts(spec, with_templates(region))
    assert texts[6:] == [
        "mynd af Ísland", "hér er Ísland", "日本", "mynd af Matur", "hér er Matur",
    ]  # fmt: skip


def test_a_language_in_which_the_region_names_nothing_is_refused(region: Region) -> None:
    spec = VisualSimilarity(against="concepts", threshold=0, languages=("is", "el"))
    with pytest.raises(UnfitFilter, match=r"in the language 'el'; it does in: en, is, ja\."):
        similarity.list_texts(spec, region)


def test_concept_texts_that_the_encoder_does_not_see_whole_are_counted_and_told(
    run: Run, out_dir: Path, clip: Path, folder: Path, region: Region
) -> None:
    """The tiny CLIP reads 23 characters and an end."""
    stage = {
        "method": "similarity", "against": "concepts", "threshold": -1,
        "templates": ["a photo which shows {}"], "languages": ["is"],
    }  # fmt: skip
    result = run(folder, ["decode", stage], region=region, encoder=clip)
    assert (result["similarity"]["references"], result["similarity"]["num_cut"]) == (7, 7)
    sentence = "7 of 7 concept texts are longer than the encoder reads; pictures were compared"
    assert any(note.startswith(sentence) for note in result["notes"])
    assert sentence in (out_dir / "card.md").read_text()
    short = run(
        folder, ["decode", stage | {"templates": ["{}"]}], region=region, encoder=clip,
        options={"out_dir": out_dir.parent / "short", "state_dir": out_dir.parent / "short-state"},
    )  # fmt: skip
    assert short["similarity"]["num_cut"] == 0
    assert short["notes"] == []


def test_a_broken_reference_picture_is_an_error(
    run: Run, clip: Path, folder: Path, tmp_path: Path
) -> None:
    references = pictures.write_folder(tmp_path / "known", num_items=2)
    (references / "001.jpg").write_bytes(b"<html>")
    with pytest.raises(UnfitFilter, match=r"'001\.jpg' cannot be used: This is not a picture"):
        run(folder, ["decode", "similarity"], encoder=clip, references=references)


def test_duplicates_can_be_confirmed_by_their_embeddings(
    run: Run, out_dir: Path, clip: Path, tmp_path: Path
) -> None:
    shots = [pictures.png(64, 64, seed=1), pictures.png(80, 80, seed=1), pictures.png(seed=2)]
    folder = write_jsonl(tmp_path / "in", [{"image": shot} for shot in shots])
    stage = {"method": "duplicates", "confirm": "embedding", "min_cosine": 0.999}
    result = run(folder, ["decode", stage], encoder=clip)
    assert [row["key"] for row in read_items(out_dir)] == ["k0", "k2"]
    assert "cosine 1" in read_rejected(out_dir)[0]["detail"]
    assert result["models"]


def test_every_scorer_of_the_spec_is_there_and_the_reverse() -> None:
    field = next(each for each in describe(Reward) if each.name == "scorer")
    assert set(field.choices) == set(SCORERS)


def test_the_clip_reward_is_the_models_own_scaled_cosine(
    run: Run, out_dir: Path, clip: Path, folder: Path
) -> None:
    encoder = encoders.open_encoder(clip)
    texts = encoder.embed_texts([f"Caption {n}" for n in range(10)])
    wanted = encoder.scale * (embed(clip, folder) * texts).sum(axis=1)
    result = run(folder, ["decode", {"method": "reward", "threshold": -1000}], scorer=clip)
    found = [row["reward"] for row in read_items(out_dir)]
    assert found == pytest.approx(wanted.tolist(), abs=1e-3)
    assert result["calibration"]["sentence"].startswith("Not calibrated: no human pairs")
    assert "Not calibrated" in (out_dir / "card.md").read_text()


LENGTHS = [5, 23, 24, 60, 3, 40, 23, 24]


def test_captions_that_the_reward_does_not_see_whole_are_counted_also_over_a_stop(
    run: Run, out_dir: Path, clip: Path, tmp_path: Path
) -> None:
    """The tiny CLIP reads 23 characters and an end: 24, 60, 40 and 24 are cut."""
    folder = write_jsonl(tmp_path / "in", [{"caption": "x" * length} for length in LENGTHS])
    stages = ["decode", {"method": "reward", "threshold": -1000}]
    with pytest.raises(Stopped):
        run(folder, stages, scorer=clip, batch_size=2, options={"progress": StopsAt(4)})
    result = run(folder, stages, scorer=clip, batch_size=2)
    assert result["reward"] == {"num_cut": 4}
    assert result["notes"][-1] == (
        "4 captions are longer than the reward's model reads; it scored them without their ends."
    )
    assert result["notes"][-1] in (out_dir / "card.md").read_text()


def test_a_column_of_scores_is_compared_and_what_has_none_is_rejected(
    run: Run, out_dir: Path, tmp_path: Path
) -> None:
    rows: list[dict[str, Any]] = [{"taste": 3}, {"taste": "2.5"}, {"taste": "no"}, {}]
    folder = write_jsonl(tmp_path / "in", rows)
    stage = {"method": "reward", "scorer": "column", "column": "taste", "threshold": 3}
    run(folder, ["decode", stage])
    assert [(row["key"], row["reward"]) for row in read_items(out_dir)] == [("k0", 3.0)]
    assert [(row["reason"], row["detail"]) for row in read_rejected(out_dir)] == [
        ("low_reward", "The reward is 2.5; at least 3 is kept."),
        ("no_score", "The row has no number in 'taste'; it has: taste."),
        ("no_score", "The row has no number in 'taste'; it has: none."),
    ]


def write_pairs(path: Path, *rows: tuple[str, str, str]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("key_a", "key_b", "preferred"), *rows])
    return path


def test_the_reward_is_calibrated_on_human_pairs(run: Run, folder: Path, tmp_path: Path) -> None:
    pairs = write_pairs(
        tmp_path / "pairs.csv",
        ("k1", "k2", "b"), ("k5", "k3", "a"), ("k9", "k0", "A"),  # agree
        ("k8", "k4", "b"),  # does not
        ("k1", "gone", "a"),  # was never scored
    )  # fmt: skip
    stage = {"method": "reward", "scorer": "column", "column": "taste", "threshold": 0.5}
    found = run(folder, ["decode", stage], pairs=pairs)["calibration"]
    assert (found["num_pairs"], found["num_unscored"], found["agreement"]) == (4, 1, 0.75)
    assert (found["low"], found["high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)
    assert found["sentence"] == (
        "The reward agrees with people on 75.0% of 4 pairs (95% interval 30.1% to 95.4%): not told "
        "apart from a coin."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("key_a,key_b\n", "have no column 'preferred'; expected are key_a, key_b, preferred"),
        ("key_a,key_b,preferred\n", "hold no pair"),
        ("key_a,key_b,preferred\na,b,c\n", "Line 2 of the human pairs 'p.csv' prefers 'c'"),
    ],
)
def test_pairs_that_cannot_be_used_are_refused(
    run: Run, folder: Path, tmp_path: Path, text: str, sentence: str
) -> None:
    (tmp_path / "p.csv").write_text(text)
    stage = {"method": "reward", "scorer": "column", "column": "taste", "threshold": 1}
    with pytest.raises(UnfitFilter, match=sentence):
        run(folder, ["decode", stage], pairs=tmp_path / "p.csv")


def test_a_stopped_filter_with_a_model_ends_with_the_same_bytes(
    run: Run, out_dir: Path, clip: Path, folder: Path, tmp_path: Path
) -> None:
    stages = ["decode", {"method": "reward", "threshold": -1000}]
    whole = {"out_dir": tmp_path / "whole", "state_dir": tmp_path / "whole-state"}
    run(folder, stages, scorer=clip, batch_size=4, options=whole)
    with pytest.raises(Stopped):
        run(folder, stages, scorer=clip, batch_size=4, options={"progress": StopsAt(4)})
    run(folder, stages, scorer=clip, batch_size=4)
    assert list_files(out_dir) == list_files(tmp_path / "whole")
    assert json.loads((out_dir / "dataset.json").read_text())["num_items"] == 10
