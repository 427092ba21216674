"""The shipped answers: made of what four ways said, whole, and small."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.prompts import reading
from domain.ratings import export
from domain.settings import Settings
from domain.studies import opening, sandbox
from domain.studies import service as studies
from domain.studies.models import ItemKind, Study, StudyItem, StudyState
from ml.loading import quizzes
from reports.language import LANGUAGES
from sandbox import assets
from sandbox.study import answers, arms, asked, bringing, content, raters
from specs import recipe_files

MOST_BYTES = 6_000_000  # of all texts and small pictures; weights have a budget of their own
FOUR = [
    arms.name_answering(beta, is_retrieved=is_retrieved)
    for is_retrieved in (False, True)
    for beta in arms.ASKED_BETAS
]


def read_rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "outputs.jsonl").read_text("utf-8").splitlines()]


def check(folder: Path) -> None:
    """Every way has one answer to every question, beside those that are practised on."""
    rows = read_rows(folder)
    assert Counter(row["variant"] for row in rows) == Counter(
        {**dict.fromkeys(FOUR, 24), arms.WRITTEN: 3}
    )
    prompts = reading.read((folder / "prompts.jsonl").read_text("utf-8"))
    assert [each.key for each in prompts] == [each.key for each in asked.list_asked()]
    assert {row["judged"] for row in rows} == {0.0, 1.0}
    named = {row["question_file"] for row in rows}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {*named, "outputs.jsonl", "prompts.jsonl"}


def test_they_are_taken_from_both_steps(answers_folder: Path) -> None:
    check(answers_folder)
    rows = read_rows(answers_folder)
    judged = {each: {row["judged"] for row in rows if row["variant"] == each} for each in FOUR}

    assert list(judged.values()) == [{0.0}, {1.0}, {0.0}, {1.0}]
    looked_up = {row["variant"] for row in rows if row.get("passages")}
    assert looked_up == set(FOUR[2:])


def test_what_is_shipped_is_whole_and_all_of_it_together_weighs_little() -> None:
    folder = assets.STUDIES["answers"]
    check(folder)
    for row in read_rows(folder):
        data = (folder / row["question_file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["question_sha256"]
    files = (path for path in assets.TEXTS.rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_the_questions_are_those_of_the_shipped_quiz() -> None:
    items = {each.key: each for each in quizzes.read(assets.TEXTS / "quiz-report").items}
    chosen = asked.list_asked()

    assert Counter(each.to_line().stratum for each in chosen) == {
        "tradition": 8, "landmark": 8, "cuisine": 8,
    }  # fmt: skip
    assert Counter(each.language for each in chosen) == {"en": 12, "id": 12}
    assert len({items[each.key].group for each in chosen}) == 24
    for each in chosen:
        item, line = items[each.key], each.to_line()
        assert (item.question, item.answers) == (line.text, (each.accepted,))
        assert (item.scope, item.language, item.category) == (
            "regional",
            line.language,
            line.category,
        )


@pytest.mark.parametrize(
    ("text", "judged"), [("Cotton.", 1.0), ("cotton cotton", 0.0), ("katun", 0.0), ("", 0.0)]
)
def test_an_answer_is_right_when_the_whole_of_it_is_the_quizs(text: str, judged: float) -> None:
    cotton = next(each for each in asked.list_asked() if each.accepted == "cotton")
    assert answers.judge(cotton, text) == judged


def test_the_recipe_is_carried_out_as_far_as_it_answers(tmp_path: Path) -> None:
    file = recipe_files.find(answers.RECIPE)
    assert file is not None
    recipe = recipe_files.read(file)
    steps = answers.shorten(recipe, tmp_path).steps

    assert [each.name for each in steps] == [
        "draw", "tune", "answer-to-report", "index", "find-passages", "answer-retrieved",
    ]  # fmt: skip
    assert all(each in recipe.steps for each in steps)


def test_it_is_open_over_the_four_ways_and_beside_the_pictures(
    session: Session, settings: Settings, answers_study: Study, sandbox_study: Study
) -> None:
    assert (answers_study.state, answers_study.is_sandbox) == (StudyState.OPEN, True)
    compared = [
        (variant.name, arm.is_baseline)
        for arm, variant in studies.list_arms(session, answers_study)
        if not arm.is_photo
    ]
    assert compared == [(name, name == FOUR[0]) for name in FOUR]
    items = session.scalars(select(StudyItem).where(StudyItem.study_id == answers_study.id)).all()
    kinds = Counter(each.kind for each in items)
    assert kinds == {"primary": 96, "repeat": 5, "practice": 3}
    assert all(each.question_picture_id for each in items)
    assert sandbox.get(session, "answer").id == answers_study.id
    assert sandbox.get(session).id == sandbox_study.id
    assert bringing.bring_all(session, settings) == []


def test_simulated_raters_tell_right_from_wrong(
    session: Session, settings: Settings, answers_study: Study
) -> None:
    (one,) = raters.add(session, answers_study, 1, settings=settings, seed=1)
    while raters.rate_some(session, answers_study, one):
        pass
    opening.close(session, answers_study, actor=None)
    by_arm: dict[str, list[int]] = {}
    for row in export.list_ratings(session, answers_study):
        if row.kind == ItemKind.PRIMARY and row.arms:
            by_arm.setdefault(str(row.arms[0]), []).append(row.scores[0].value)

    assert {len(values) for values in by_arm.values()} == {24}
    assert sum(by_arm[FOUR[1]]) > sum(by_arm[FOUR[0]]) + 24


def test_it_says_everything_in_every_language_of_the_pages(settings: Settings) -> None:
    english = content.read_words("answers", "en")
    for tag in LANGUAGES:
        words = content.read_words("answers", tag)
        assert set(words["explanations"]) == {
            each.prompt_key for each in content.read("answers").practice
        }
        assert set(words["prompts"]) == {each.key for each in asked.list_asked()}
        assert asked.list_known() in words["guide"], tag
        assert words["guide"].count("\n\n") == 5, tag
        if tag != "en":
            for name in ("title", "about", "duration", "guide", "consent", "thanks"):
                assert words[name] != english[name], (tag, name)
            same = [
                key for key in words["prompts"] if words["prompts"][key] == english["prompts"][key]
            ]
            assert same == [], tag
