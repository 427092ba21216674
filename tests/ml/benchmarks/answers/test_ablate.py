"""answers.ablate: folders of scores become one table."""

import csv
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ml.benchmarks.answers.ablate import ablate
from ml.benchmarks.problems import BenchmarkImpossible
from ml.progress import Silent
from specs.kinds.answers.answers_ablate import AnswersAblate
from tests.quizzes import make_item, write_quiz

from .conftest import Scorer

KEYS = [f"r{number}" for number in range(20)]


class Ablater:
    def __init__(self, scorer: Scorer, folder: Path) -> None:
        self.scorer, self.folder = scorer, folder
        items = [make_item(key, scope="regional") for key in KEYS]
        self.quiz = write_quiz(folder / "quiz", items)

    def score(self, name: str, num_right: int, **betas: float | None) -> Path:
        said = {key: "B" if number < num_right else "A" for number, key in enumerate(KEYS)}
        betas = betas or {"model": None}
        self.scorer.score(self.quiz, dict.fromkeys(betas, said), betas, name)
        return self.scorer.out

    def run(self, base: Path, *taught: Path, **given: Any) -> dict[str, Any]:
        return ablate(
            AnswersAblate.model_validate({"num_resamples": 200} | given),
            base=base,
            taught=taught,
            out_dir=self.folder / "table",
            state_dir=self.folder / "state",
            progress=Silent(),
        )


@pytest.fixture
def ablater(scorer: Scorer, tmp_path: Path) -> Ablater:
    return Ablater(scorer, tmp_path)


def test_the_table_says_what_each_addition_did(ablater: Ablater) -> None:
    base = ablater.score("base", 4, base=0.0)
    taught = [ablater.score(f"run{number}", number) for number in (8, 16, 6)]
    facts = ablater.run(base, *taught, labels=["50k", "250k", "+ choice"], against=[0, 1, 2])
    (scope,) = facts["scopes"]
    assert scope["base"]["value"] == 20.0
    assert [(row["label"], row["against"], row["mean"]["value"]) for row in scope["rows"]] == [
        ("50k", "base", 40.0),
        ("250k", "50k", 80.0),
        ("+ choice", "250k", 30.0),
    ]
    assert [row["verdict"] for row in scope["rows"]] == ["helps", "helps", "hurts"]
    with (ablater.folder / "table" / "ablation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == ["base", "50k", "250k", "+ choice"]
    assert rows[3]["verdict"] == "hurts"
    assert float(rows[3]["to_before"]) == pytest.approx(-50.0)


def test_of_a_sweep_the_taught_model_itself_counts(ablater: Ablater) -> None:
    base = ablater.score("base", 4, base=0.0)
    sweep = ablater.score("sweep", 8, **{"base": 0.0, "beta-0.5": 0.5, "beta-1": 1.0})
    assert ablater.run(base, sweep)["variants"] == {"base": "base", "1": "beta-1"}
    named = ablater.run(base, sweep, variant="beta-0.5")
    assert named["variants"]["1"] == "beta-0.5"


def test_what_does_not_fit_together_is_refused(ablater: Ablater) -> None:
    base, run = ablater.score("base", 4, base=0.0), ablater.score("run", 8)
    with pytest.raises(BenchmarkImpossible, match="There are 1 scores and 2 labels"):
        ablater.run(base, run, labels=["a", "b"])
    with pytest.raises(ValidationError, match="Number 1 is added to number 1"):
        ablater.run(base, run, against=[1])
    with pytest.raises(ValidationError, match="The label 'a' is there twice"):
        ablater.run(base, run, run, labels=["a", "a"])
    with pytest.raises(ValidationError, match="The label 'base' is that of the model before"):
        ablater.run(base, run, labels=["base"])


def test_a_base_without_a_beta_may_be_the_only_variant(ablater: Ablater) -> None:
    assert ablater.run(ablater.score("alone", 4), ablater.score("run", 8))["variants"] == {
        "base": "model",
        "1": "model",
    }
