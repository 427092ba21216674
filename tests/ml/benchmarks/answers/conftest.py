"""Answers of models as answers.generate writes them, and their scoring."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from domain.regions import service as regions
from domain.settings import Settings
from ml.benchmarks.answers.run import score_answers
from ml.importing.quizzes.run import import_quiz
from ml.progress import Silent
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore
from specs.kinds.quiz.quiz_import import QuizImport

# By variant and key of the question: a text, or likelihoods of the options.
Answers = Mapping[str, Mapping[str, str | Sequence[float]]]


def write_outputs(folder: Path, answers: Answers, betas: Mapping[str, float | None]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "outputs.jsonl").open("w", encoding="utf-8") as file:
        for variant, said in answers.items():
            for key, value in said.items():
                is_text = isinstance(value, str)
                row = {
                    "variant": variant,
                    "beta": betas.get(variant),
                    "prompt_key": key,
                    "prompt": "",
                    "seed": 0,
                    "text": value if is_text else "",
                    "option_scores": None if is_text else value,
                    "passages": [],
                    "finished": True,
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return folder


def write_generation(
    folder: Path, passages: str = "", learnt: Mapping[str, Any] | None = None, **given: Any
) -> None:
    """What answers.generate tells of its run, in short. `given`: digests or fields of the
    specification that are other ones.
    """
    digests = {"base": "b" * 64, "tuned": "d" * 64}
    digests |= {"passages": passages} if passages else {}
    spec = AnswersGenerate(betas=(0.0, 0.5)).to_json()
    for name, value in given.items():
        (digests if name in digests else spec)[name] = value
    told = {"digests": digests, "spec": spec, "learnt": learnt or {}}
    (folder / "generation.json").write_text(json.dumps(told))


class Scorer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def score(
        self,
        quiz: Path,
        answers: Answers,
        betas: Mapping[str, float | None] | None = None,
        name: str = "scores",
        generation: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> dict[str, Any]:
        """`generation`: for write_generation; none is written otherwise."""
        self.out = self.folder / name
        outputs = write_outputs(self.folder / f"{name}-outputs", answers, betas or {})
        if generation is not None:
            write_generation(outputs, **generation)
        return score_answers(
            AnswersScore.model_validate(given),
            outputs=outputs,
            quiz=quiz,
            out_dir=self.out,
            state_dir=self.folder / "state",
            progress=Silent(),
        )


@pytest.fixture
def scorer(tmp_path: Path) -> Scorer:
    return Scorer(tmp_path / "scoring")


@pytest.fixture
def take_in(tmp_path: Path) -> Callable[..., Path]:
    """A published benchmark as a quiz."""

    def run(source: Path, **given: Any) -> Path:
        spec = QuizImport.model_validate(
            {"name": "Quiz", "source": "quiz", "licence": "CC0-1.0", "region": "sea"} | given
        )
        out = tmp_path / "quiz"
        import_quiz(
            spec,
            path=str(source),
            region=regions.get_region(Settings(), spec.region),
            out_dir=out,
            state_dir=tmp_path / "importing",
            progress=Silent(),
        )
        return out

    return run
