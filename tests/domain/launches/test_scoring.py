"""Answers that could not be scored as somebody wishes are not asked for."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain.benchmarks import quizzes
from domain.benchmarks.models import Benchmark
from domain.benchmarks.quizzes import NewQuiz
from domain.jobs import queries
from domain.launches import errors
from domain.launches import service as launches
from domain.settings import Settings
from specs.quiz import QuizItem
from specs.recipe import Recipe, Step
from tests.answers import make_items
from tests.factories import make_artifact, make_variant
from tests.quizzes import write_quiz


def make_quiz(session: Session, folder: Path, *, is_open: bool) -> Benchmark:
    items: tuple[QuizItem, ...] = tuple(make_items(folder))
    chosen = [item for item in items if item.is_choice != is_open]
    write_quiz(folder, chosen)
    artifact = make_artifact(session, kind="quiz", uri=folder.as_uri())
    new = NewQuiz(name="Dishes", digest="d" * 64, summary={}, items=chosen)
    return quizzes.record(session, new, artifact, job=None)


def launch(session: Session, settings: Settings, mode: str, **answering: Any) -> int:
    """The number of jobs of a recipe that answers and scores."""
    recipe = Recipe(
        name="Score",
        steps=(
            Step(
                name="a",
                kind="answers.generate",
                spec={"base": "World", "quiz": "Dishes"} | answering,
            ),
            Step(
                name="s",
                kind="answers.score",
                spec={"quiz": "Dishes", "mode": mode},
                needs={"outputs": "a"},
            ),
        ),
    )
    return len(launches.launch_recipe(session, recipe, settings, actor=None))


@pytest.mark.parametrize(
    ("is_open", "mode", "sentence"),
    [
        (False, "open", r"'Dishes' has no open questions, which is what scoring by 'open' is"),
        (True, "choice", r"'Dishes' has no questions with options, which is what scoring by 'ch"),
        (True, "likelihood", r"'Dishes' has no questions with options"),
    ],
)
def test_a_mode_that_the_quiz_has_no_questions_for_is_refused_before_anything_is_answered(
    session: Session, settings: Settings, tmp_path: Path, mode: str, sentence: str, *, is_open: bool
) -> None:
    make_variant(session, name="World", family="llava")
    make_quiz(session, tmp_path, is_open=is_open)
    with pytest.raises(errors.NoQuestionsOfForm, match=sentence) as refused:
        launch(session, settings, mode, likelihood=True)
    assert refused.value.field == "mode"
    assert not [job for job in queries.list_jobs(session) if job.kind.startswith("answers.")]
    assert launch(session, settings, "open" if is_open else "choice") == 2


def test_likelihoods_that_nobody_asks_for_are_missed_before_anything_is_answered(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    make_variant(session, name="World", family="llava")
    make_quiz(session, tmp_path, is_open=False)
    with pytest.raises(errors.OptionsNotWeighed, match=r"needs answers that were given with 'Wei"):
        launch(session, settings, "likelihood")
    assert launch(session, settings, "likelihood", likelihood=True) == 2
