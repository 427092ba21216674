"""answers.score: files that the rest of the product reads, and what is refused."""

import csv
import json
from pathlib import Path

import pytest

from ml.benchmarks.answers import outputs
from ml.benchmarks.problems import BenchmarkImpossible
from stats.frontier import measured, score_files
from tests.quizzes import make_item, place_picture, write_quiz

from .conftest import Scorer, write_outputs

BETAS = {"base": 0.0, "beta-0.5": 0.5}


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    """Right is always B. Two questions are one in two languages."""
    return write_quiz(
        tmp_path / "quiz",
        [
            make_item("g1"),
            make_item("g2"),
            make_item("r1-en", scope="regional", group="r1", language="en"),
            make_item("r1-id", scope="regional", group="r1", language="id"),
            make_item("o1", answers=["bread"]),
        ],
    )


def say(letters: str) -> dict[str, str]:
    return dict(zip(("g1", "g2", "r1-en", "r1-id"), letters, strict=True))


def test_scores_are_files_that_weighing_and_frontiers_read(scorer: Scorer, quiz: Path) -> None:
    scorer.score(quiz, {"base": say("BBAA"), "beta-0.5": say("BABB")}, BETAS, metric="plates")
    scores = score_files.read(scorer.out / "scores.csv")
    assert [(each.variant, each.scope, each.value) for each in scores] == [
        ("base", "global", 100.0),
        ("beta-0.5", "global", 50.0),
        ("base", "regional", 0.0),
        ("beta-0.5", "regional", 100.0),
    ]
    assert {(each.metric, each.lo, each.hi) for each in scores} == {("plates", 0, 100)}
    side = measured.read_regional(scorer.out / "items.csv", {"mode": None})
    assert side.variants == ("base", "beta-0.5")
    assert side.values_vp.tolist() == [[0, 0], [1, 1]]


def test_every_answer_is_kept_with_what_was_made_of_it(scorer: Scorer, quiz: Path) -> None:
    scorer.score(quiz, {"base": say("B?AA") | {"g1": "I don't know"}}, BETAS)
    with (scorer.out / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["item_id"]: row for row in csv.DictReader(file)}
    assert (rows["g1"]["kind"], rows["g1"]["raw"]) == ("refused", "I don't know")
    assert (rows["g2"]["kind"], rows["g2"]["answer"], rows["g2"]["correct"]) == (
        "unparsable", "", "no",
    )  # fmt: skip
    assert (rows["r1-en"]["answer"], rows["r1-en"]["correct"]) == ("A", "no")


def test_effects_are_paired_and_know_what_belongs_together(scorer: Scorer, quiz: Path) -> None:
    facts = scorer.score(quiz, {"base": say("BBAA"), "beta-0.5": say("BABB")}, BETAS)
    by_scope = {each["scope"]: each for each in facts["effects"]}
    assert by_scope["global"]["difference"]["value"] == -0.5
    assert by_scope["global"]["num_prompts"] == 2
    # Two rows of one group have no spread between groups.
    assert by_scope["regional"]["difference"]["low"] is None
    assert by_scope["regional"]["difference"]["value"] == 1.0


def test_questions_about_one_picture_belong_together(scorer: Scorer, tmp_path: Path) -> None:
    picture = place_picture(tmp_path / "quiz")
    quiz = write_quiz(tmp_path / "quiz", [make_item(key, **picture) for key in ("g1", "g2")])
    said = {"base": {"g1": "B", "g2": "B"}, "beta-0.5": {"g1": "B", "g2": "A"}}
    (effect,) = scorer.score(quiz, said, BETAS)["effects"]
    assert (effect["num_prompts"], effect["difference"]["low"]) == (2, None)
    with (scorer.out / "items.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["picture"] for row in rows} == {picture["sha256"]}
    assert {row["group"] for row in rows} == {"g1", "g2"}


def test_a_result_has_numbers_only_and_the_file_has_names(scorer: Scorer, quiz: Path) -> None:
    facts = scorer.score(quiz, {"base": {"g1": "B", "unknown": "B"}}, BETAS)
    assert (facts["unknown"], facts["other_form"]) == (1, 1)
    of_global = facts["variants"][0]
    assert (of_global["gaps"], of_global["n_left_out"], "left_out" in of_global) == (1, 1, False)
    written = json.loads((scorer.out / "scores.json").read_text("utf-8"))
    assert written["variants"][0]["left_out"][0]["item_id"] == "g2"
    assert facts["variants"][1]["score"] is None


def test_a_scope_may_be_laid_down(scorer: Scorer, quiz: Path) -> None:
    facts = scorer.score(quiz, {"base": say("BBBB")}, BETAS, scope="regional")
    assert [(each["scope"], each["n_items"]) for each in facts["variants"]] == [("regional", 4)]


def test_a_mode_scores_questions_of_its_form_only(scorer: Scorer, quiz: Path) -> None:
    facts = scorer.score(quiz, {"base": {"o1": "Bread", "g1": "rice"}}, BETAS, mode="open")
    assert [(each["score"], each["n_items"]) for each in facts["variants"]] == [(100.0, 1)]
    assert facts["other_form"] == 4


def test_answers_to_another_quiz_are_refused(scorer: Scorer, quiz: Path) -> None:
    with pytest.raises(BenchmarkImpossible, match=r"None of the 1 answers .* such as 'g1'"):
        scorer.score(quiz, {"base": {"x": "B"}})


def test_likelihoods_that_are_missing_are_refused(scorer: Scorer, quiz: Path) -> None:
    with pytest.raises(BenchmarkImpossible, match=r"Of 'base': .* 'g1' has no likelihoods"):
        scorer.score(quiz, {"base": {"g1": "B"}}, mode="likelihood")


def test_a_quiz_without_questions_of_the_form_is_refused(scorer: Scorer, tmp_path: Path) -> None:
    quiz = write_quiz(tmp_path / "open", [make_item("o", answers=["x"])])
    with pytest.raises(BenchmarkImpossible, match="no questions with options"):
        scorer.score(quiz, {"base": {"o": "x"}})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON"),
        ('{"variant": "base", "beta": 0, "prompt_key": "g2"}', "neither a text nor likelihoods"),
        ('{"variant": "", "prompt_key": "g1", "text": "B"}', "'variant' cannot be so"),
        ('{"variant": "base", "beta": 1, "prompt_key": "g2", "text": "B"}', "has two betas"),
        ('{"variant": "base", "beta": 0, "prompt_key": "g1", "text": "B"}', "in line 1 already"),
    ],
)
def test_a_broken_row_is_told_with_its_line(
    scorer: Scorer, quiz: Path, tmp_path: Path, line: str, said: str
) -> None:
    folder = write_outputs(tmp_path / "made", {"base": {"g1": "B"}}, BETAS)
    with (folder / "outputs.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(BenchmarkImpossible, match=rf"(?i)line 2.*{said}"):
        outputs.read(folder)


def test_scores_say_which_models_answered_and_how_they_were_asked(
    scorer: Scorer, quiz: Path
) -> None:
    facts = scorer.score(quiz, {"base": {"g1": "B"}}, generation={"temperature": 0.5})
    assert facts["origin"]["digests"] == {"base": "b" * 64, "tuned": "d" * 64, "passages": ""}
    assert facts["origin"]["decoding"]["temperature"] == 0.5
    assert json.loads((scorer.out / "scores.json").read_text("utf-8"))["origin"] == facts["origin"]
    assert scorer.score(quiz, {"base": {"g1": "B"}}, name="elsewhere")["origin"] is None


def test_scores_say_that_a_model_had_been_taught_what_it_was_asked(
    scorer: Scorer, quiz: Path
) -> None:
    overlap = {"num_questions": 3, "num_pictures": 0, "num_asked": 4}
    facts = scorer.score(quiz, {"base": {"g1": "B"}}, generation={"learnt": {"tuned": overlap}})
    (sentence,) = facts["warnings"]
    assert sentence.startswith("The regional model was taught 3 of these 4 questions")
    assert scorer.score(quiz, {"base": {"g1": "B"}}, name="other", generation={})["warnings"] == []


@pytest.mark.parametrize("text", ["{", "[]", '{"digests": {}, "spec": {}}'])
def test_a_run_that_tells_of_itself_wrongly_is_refused(
    scorer: Scorer, quiz: Path, text: str
) -> None:
    outputs = scorer.folder / "scores-outputs"
    outputs.mkdir(parents=True)
    (outputs / "generation.json").write_text(text)
    with pytest.raises(BenchmarkImpossible, match=r"generation.json in 'scores-outputs' does not"):
        scorer.score(quiz, {"base": {"g1": "B"}})
