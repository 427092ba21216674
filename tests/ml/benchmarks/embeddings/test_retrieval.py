"""embeddings.score, retrieval: pictures and texts among all of the same language and scope."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.benchmarks.embeddings.sources import DatasetSource
from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets.problems import shown
from ml.loading import encoders
from ml.loading.problems import UnfitModel
from stats.frontier import measured, score_files
from tests import pictures
from tests.captioned import write_dataset
from tests.tiny_encoders import build_siglip, build_siglip2

from .conftest import NUM_PICTURES, WORDS, Measuring

MEASURES = ("R@1", "R@5", "R@10", "MRR@10")


def rank(similarities: np.ndarray, right: int) -> int:
    return 1 + int(sum(value >= similarities[right] for place, value in enumerate(similarities)
                       if place != right))  # fmt: skip


def test_ranks_are_those_of_the_model_s_own_similarities(
    clip: Path, dataset: Path, measuring: Measuring
) -> None:
    measuring.score(base=clip, dataset=dataset, scope="regional")
    encoder = encoders.open_encoder(clip)
    looks = encoder.embed_pictures([pictures.draw(seed=number) for number in range(NUM_PICTURES)])
    found = {
        (row["direction"], row["item_id"]): int(row["rank"]) for row in measuring.read("ranks.csv")
    }
    assert len(found) == 4 * NUM_PICTURES
    for start, language in ((0, "id"), (NUM_PICTURES, "th")):
        texts = encoder.embed_texts([f"{language} {word}" for word in WORDS])
        similarities = looks @ texts.T
        for number in range(NUM_PICTURES):
            key = f"k{start + number}"
            by_picture, by_text = similarities[number], similarities[:, number]
            assert found["image-to-text", f"image-to-text {key}"] == rank(by_picture, number)
            assert found["text-to-image", f"text-to-image {key}"] == rank(by_text, number)


def test_a_model_that_reads_no_text_is_refused_before_a_picture_is_embedded(
    clip: Path, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    folder = shutil.copytree(clip, tmp_path / "mute", ignore=lambda *_: ["tokenizer.json"])
    with pytest.raises(UnfitModel, match="'mute' has no tokenizer"):
        measuring.score(base=folder, dataset=dataset)
    assert not measuring.state.exists()


def test_scores_tell_languages_directions_and_scopes_apart(
    clip: Path, dataset: Path, measuring: Measuring
) -> None:
    facts = measuring.score(base=clip, dataset=dataset)
    assert [each["scope"] for each in facts["variants"]] == ["global", "regional"]
    for each in facts["variants"]:
        assert each["variant"] == "model"
        assert each["n_items"] == 12  # three pictures and three texts in two languages
        assert set(each["by_category"]) >= {
            "direction:image-to-text", "direction:text-to-image", "language:id", "language:th",
        }  # fmt: skip
        assert set(each["measures"]["image-to-text"]) == set(MEASURES)
        assert each["measures"]["text-to-image"]["R@10"] == 100
    assert {(pool["scope"], pool["language"]) for pool in facts["pools"]} == {
        (scope, language) for scope in ("global", "regional") for language in ("id", "th")
    }
    assert "everything is found within ten" in facts["notes"][0]
    assert facts["dataset"]["name"] == "Plates"
    rows = measuring.read("retrieval.csv")
    assert len(rows) == 8
    assert {row["n_candidates"] for row in rows} == {"3"}


def test_varieties_have_pools_of_their_own_and_are_told_together_besides(
    clip: Path, measuring: Measuring, tmp_path: Path
) -> None:
    rows = [
        {"number": number, "caption": f"{language} plate {number}", "language": language}
        for number in range(3)
        for language in ("zh-Hans", "zh-Hant")
    ]
    facts = measuring.score(base=clip, dataset=write_dataset(tmp_path, rows), scope="global")
    assert [(pool["language"], pool["n_texts"]) for pool in facts["pools"]] == [
        ("zh-Hans", 3), ("zh-Hant", 3),
    ]  # fmt: skip
    assert set(facts["variants"][0]["by_category"]) >= {
        "language:zh", "prompt_language:zh-Hans", "prompt_language:zh-Hant",
    }  # fmt: skip


def test_files_are_those_that_grp_and_pareto_read(
    clip: Path, tuned: Path, dataset: Path, measuring: Measuring
) -> None:
    facts = measuring.score(base=clip, tuned=tuned, dataset=dataset, betas=[0, 0.5, 1])
    scores = score_files.read(measuring.out / "scores.csv")
    assert {(score.variant, score.scope) for score in scores} == {
        (f"beta-{beta}", scope) for beta in ("0", "0.5", "1") for scope in ("global", "regional")
    }
    assert {score.metric for score in scores} == {"MRR@10"}
    side = measured.read_global(measuring.out / "items.csv", {"mode": None})
    assert side.variants == ("beta-0", "beta-0.5", "beta-1")
    assert len(side.prompts) == 12
    assert {(each["variant"], each["scope"]) for each in facts["effects"]} == {
        (variant, scope) for variant in ("beta-0.5", "beta-1") for scope in ("global", "regional")
    }
    told = json.loads((measuring.out / "scores.json").read_text("utf-8"))
    assert told["variants"][0]["score"] == facts["variants"][0]["score"]


def test_measure_that_was_chosen_is_the_score_and_items_are_of_it(
    clip: Path, dataset: Path, measuring: Measuring
) -> None:
    facts = measuring.score(base=clip, dataset=dataset, scope="regional", measure="R@1")
    (only,) = facts["variants"]
    values = [float(row["score"]) for row in measuring.read("items.csv")]
    assert set(values) <= {0.0, 1.0}
    assert only["score"] == pytest.approx(100 * np.mean(values))
    assert facts["metric"] == "R@1"


def test_texts_that_are_the_same_are_one_candidate_and_right_for_all_their_pictures(
    clip: Path, measuring: Measuring, tmp_path: Path
) -> None:
    rows = [
        {"number": 0, "caption": "same", "language": "id"},
        {"number": 1, "caption": "same", "language": "id"},
        {"number": 1, "caption": "another of it", "language": "id"},
        {"number": 2, "caption": "third", "language": "id"},
    ]
    source = write_dataset(tmp_path, rows)
    facts = measuring.score(base=clip, dataset=source, scope="global")
    (pool,) = facts["pools"]
    assert (pool["n_pictures"], pool["n_texts"]) == (3, 3)
    found = {row["item_id"]: row for row in measuring.read("ranks.csv")}
    assert "text-to-image k1" not in found  # its words are those of k0
    assert int(found["text-to-image k0"]["rank"]) <= 2  # two of three are right


def test_rows_without_a_caption_are_left_out_and_counted(
    clip: Path, measuring: Measuring, tmp_path: Path
) -> None:
    rows = [{"number": number, "caption": "one"} for number in range(2)]
    source = write_dataset(tmp_path, rows)
    (shard,) = source.glob("items-*.parquet")
    table = pq.read_table(shard)
    place = table.column_names.index("caption")
    pq.write_table(table.set_column(place, "caption", pa.array(["one", " "])), shard)
    facts = measuring.score(base=clip, dataset=source, scope="global")
    assert facts["left_out"] == {"without a caption": 1}
    assert facts["num_pictures"] == 1


def test_right_options_of_a_quiz_are_the_texts_of_its_pictures(
    clip: Path, quiz: Path, measuring: Measuring
) -> None:
    facts = measuring.score(base=clip, quiz=quiz, templates=["a plate of {option}"])
    (only,) = facts["variants"]
    assert only["scope"] == "regional"
    # Three pictures and the three words of their right options, in each of two languages.
    assert {(pool["n_pictures"], pool["n_texts"]) for pool in facts["pools"]} == {(3, 3)}
    assert facts["left_out"] == {"without options or a picture": 1}
    assert facts["quiz"]["name"] == "Plates"


@pytest.mark.parametrize("build", [build_siglip, build_siglip2])
def test_every_family_is_measured(
    build: object, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    folder = build(tmp_path / "model")  # type: ignore[operator]
    other = build(tmp_path / "other", seed=1)  # type: ignore[operator]
    facts = measuring.score(base=folder, tuned=other, dataset=dataset, betas=[0, 1])
    assert len(facts["variants"]) == 4
    alone = measuring.score("alone", base=other, dataset=dataset)
    assert [each["score"] for each in facts["variants"] if each["beta"] == 1] == [
        each["score"] for each in alone["variants"]
    ]


def test_items_that_do_not_say_their_scope_need_one_that_is_named(
    clip: Path, measuring: Measuring, tmp_path: Path
) -> None:
    source = write_dataset(tmp_path, [{"number": 0, "caption": "one"}])
    with pytest.raises(BenchmarkImpossible, match="'k0' does not say its scope"):
        measuring.score(base=clip, dataset=source)


def test_a_picture_that_is_not_the_one_taken_in_is_refused(dataset: Path) -> None:
    source = DatasetSource(dataset)
    wanted = source.entries[0].sha256
    ((name, opener),) = source.open_pictures([wanted])
    assert name == wanted
    broken = type(opener)(sha256=wanted, data=b"another")  # type: ignore[call-arg]
    with pytest.raises(BenchmarkImpossible, match=shown(wanted[:16])):
        broken()


def test_one_source_is_named(clip: Path, dataset: Path, quiz: Path, measuring: Measuring) -> None:
    with pytest.raises(BenchmarkImpossible, match="name one of them"):
        measuring.score(base=clip)
    with pytest.raises(BenchmarkImpossible, match="name one of them"):
        measuring.score(base=clip, dataset=dataset, quiz=quiz)
