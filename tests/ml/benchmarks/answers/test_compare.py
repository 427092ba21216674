"""answers.compare: the 2x2 from two folders of scores."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ml.benchmarks.answers.compare import compare
from ml.benchmarks.problems import BenchmarkImpossible
from ml.progress import Silent
from specs.kinds.answers.answers_compare import AnswersCompare
from tests.quizzes import make_item, place_picture, write_quiz

from .conftest import Scorer

BETAS = {"base": 0.0, "beta-0.5": 0.5}
KEYS = ("g1", "g2", "r1", "r2", "r3", "r4")


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    """Right is always B."""
    scopes = {"g": "global", "r": "regional"}
    return write_quiz(tmp_path / "quiz", [make_item(key, scope=scopes[key[0]]) for key in KEYS])


class Comparer:
    def __init__(self, scorer: Scorer, quiz: Path, folder: Path) -> None:
        self.scorer, self.quiz, self.out = scorer, quiz, folder

    def score(self, name: str, base: str, adapted: str, betas: Any = None, /, **told: Any) -> Path:
        """`told`: of how they were answered; with passages where the name is 'retrieved'."""
        told = {"passages": "p" * 64 if name.startswith("retrieved") else ""} | told
        said = {"base": dict(zip(KEYS, base)), "beta-0.5": dict(zip(KEYS, adapted))}  # noqa: B905 - one may lack the last
        self.scorer.score(self.quiz, said, betas or BETAS, name, told)
        return self.scorer.out

    def compare(self, plain: Path, retrieved: Path, **given: Any) -> dict[str, Any]:
        return compare(
            AnswersCompare.model_validate({"num_resamples": 200} | given),
            plain=plain,
            retrieved=retrieved,
            out_dir=self.out,
            state_dir=self.out.with_name("state"),
            progress=Silent(),
        )


@pytest.fixture
def comparer(scorer: Scorer, quiz: Path, tmp_path: Path) -> Comparer:
    return Comparer(scorer, quiz, tmp_path / "comparison")


def test_four_cells_by_scope_in_per_cent(comparer: Comparer) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    facts = comparer.compare(plain, comparer.score("retrieved", "BBBAAB", "BABB?B"))
    globally, regionally = facts["scopes"]
    assert (facts["base"], facts["adapted"], facts["beta"]) == ("base", "beta-0.5", 0.5)
    assert {name: each["value"] for name, each in regionally["cells"].items()} == {
        "base_plain": 25.0,
        "base_retrieved": 50.0,
        "adapted_plain": 75.0,
        "adapted_retrieved": 75.0,
    }
    assert regionally["effects"]["adaptation_plain"]["value"] == 50.0
    assert regionally["effects"]["retrieval_base"]["value"] == 25.0
    assert regionally["effects"]["interaction"]["value"] == -25.0
    assert regionally["counted"]["adapted_retrieved"]["n_unparsable"] == 1
    # What is kept globally.
    assert globally["ratios"]["adapted_plain"]["value"] == 0.5
    assert globally["num_questions"] == 2


def test_both_files_say_the_same(comparer: Comparer) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    facts = comparer.compare(plain, comparer.score("retrieved", "BBBAAB", "BABBBB"))
    assert json.loads((comparer.out / "comparison.json").read_text("utf-8")) == facts
    with (comparer.out / "comparison.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["scope"], row["kind"], row["name"]): row for row in csv.DictReader(file)}
    row = rows["regional", "effect", "adaptation_plain"]
    said = facts["scopes"][1]["effects"]["adaptation_plain"]
    assert [float(row[name]) for name in ("value", "low", "high")] == [
        said["value"], said["low"], said["high"],
    ]  # fmt: skip
    assert row["n_questions"] == "4"
    assert len(rows) == 2 * (4 + 8 + 3)


def test_a_question_without_all_four_answers_is_left_out(comparer: Comparer) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBA")
    facts = comparer.compare(plain, comparer.score("retrieved", "BBBAAB", "BABBBB"))
    assert (facts["scopes"][1]["num_questions"], facts["scopes"][1]["num_left_out"]) == (3, 1)
    assert facts["scopes"][1]["counted"]["adapted_plain"]["gaps"] == 1


def test_only_what_was_scored_alike_is_compared(
    comparer: Comparer, tmp_path: Path, scorer: Scorer
) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    other = write_quiz(tmp_path / "other", [make_item("g1")])
    said = {"base": {"g1": "B"}, "beta-0.5": {"g1": "B"}}
    scorer.score(other, said, BETAS, "others", {"passages": "p" * 64})
    with pytest.raises(BenchmarkImpossible, match="cannot be compared: the quiz of the one"):
        comparer.compare(plain, scorer.out)


def test_a_quiz_is_the_same_under_another_name(comparer: Comparer) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    facts = json.loads((comparer.quiz / "quiz.json").read_text("utf-8"))
    (comparer.quiz / "quiz.json").write_text(json.dumps(facts | {"name": "Dishes"}), "utf-8")
    retrieved = comparer.score("retrieved", "BBBAAB", "BABBBB")
    assert comparer.compare(plain, retrieved)["scopes"][0]["num_questions"] == 2


def test_sides_that_are_swapped_are_refused(comparer: Comparer) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    retrieved = comparer.score("retrieved", "BBBAAB", "BABBBB")
    with pytest.raises(BenchmarkImpossible, match=r"'retrieved' were given with passages \(pppp"):
        comparer.compare(retrieved, plain)
    with pytest.raises(BenchmarkImpossible, match="of 'plain' were given without passages"):
        comparer.compare(plain, plain)
    assert not comparer.out.exists()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"base": "c" * 64}, "the base model of the one is 'bbbb.*', of the other 'cccc"),
        ({"tuned": "e" * 64}, "the regional model of the one is 'dddd.*', of the other 'eeee"),
        ({"tuned": ""}, "the regional model of the one is 'dddd.*', of the other none"),
        ({"temperature": 0.7}, r"the temperature of the one is '0\.0', of the other '0\.7'"),
        ({"top_p": 0.5}, "the top_p of"),
        ({"max_new_tokens": 8}, "the max_new_tokens of the one is '64', of the other '8'"),
        ({"seeds": [1]}, "the seeds of"),
        ({"system": "Be brief."}, r"the system of the one is none, of the other 'Be brief\.'"),
        ({"lora_scale": 0.5}, "the lora_scale of"),
    ],
)
def test_what_other_models_said_or_were_asked_otherwise_is_refused(
    comparer: Comparer, told: dict[str, Any], sentence: str
) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    retrieved = comparer.score("retrieved", "BBBAAB", "BABBBB", **told)
    with pytest.raises(BenchmarkImpossible, match=f"cannot be compared: {sentence}"):
        comparer.compare(plain, retrieved)


def test_one_name_for_two_merges_is_refused(comparer: Comparer) -> None:
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    retrieved = comparer.score("retrieved", "BBBAAB", "BABBBB", {"base": 0.0, "beta-0.5": 0.25})
    with pytest.raises(BenchmarkImpossible, match=r"beta of 'beta-0.5' in the one is 0\.5,"):
        comparer.compare(plain, retrieved)


def test_answers_of_which_nothing_is_known_are_not_compared(
    comparer: Comparer, scorer: Scorer, quiz: Path
) -> None:
    retrieved = comparer.score("retrieved", "BBBAAB", "BABBBB")
    scorer.score(quiz, {name: dict.fromkeys(KEYS, "B") for name in BETAS}, BETAS, "unknown")
    with pytest.raises(BenchmarkImpossible, match=r"'unknown' does not say which models answered"):
        comparer.compare(scorer.out, retrieved)


def test_the_variants_are_named_where_they_are_not_plain_to_see(comparer: Comparer) -> None:
    betas = {"base": None, "beta-0.5": None}
    plain = comparer.score("plain", "BBAAAB", "BABBAB", betas)
    retrieved = comparer.score("retrieved", "BBAAAB", "BABBAB", betas)
    with pytest.raises(BenchmarkImpossible, match="has 0 variants of beta 0: name the base"):
        comparer.compare(plain, retrieved)
    facts = comparer.compare(plain, retrieved, base="beta-0.5")
    assert facts["adapted"] == "base"
    with pytest.raises(BenchmarkImpossible, match=r"no variant 'x'; it has: base, beta-0.5"):
        comparer.compare(plain, retrieved, base="base", adapted="x")


def test_a_folder_without_scores_is_refused(comparer: Comparer, tmp_path: Path) -> None:
    with pytest.raises(BenchmarkImpossible, match=r"there is no scores.json in it"):
        comparer.compare(tmp_path, tmp_path)


def test_questions_about_one_picture_are_drawn_together(tmp_path: Path, comparer: Comparer) -> None:
    """g1 and g2 share a picture, r1 and r2 a group, r2 and r3 a picture."""
    one, other = (place_picture(tmp_path / "quiz", name) for name in ("a.jpg", "b.jpg"))
    other |= {"sha256": "b" * 64}
    of = {"g1": one, "g2": one, "r1": {"group": "r"}, "r2": {"group": "r", **other}, "r3": other}
    scopes = {"g": "global", "r": "regional"}
    write_quiz(
        tmp_path / "quiz", [make_item(key, scope=scopes[key[0]], **of.get(key, {})) for key in KEYS]
    )
    plain = comparer.score("plain", "BBAAAB", "BABBAB")
    facts = comparer.compare(plain, comparer.score("retrieved", "BBBAAB", "BABBBB"))
    assert [(each["num_questions"], each["num_clusters"]) for each in facts["scopes"]] == [
        (2, 1),
        (4, 2),
    ]
    assert facts["drawn"] == "questions of one group or about one picture"
