from pathlib import Path

import pytest

from ml.loading import quizzes as reading
from ml.progress import Silent
from sandbox import assets
from sandbox.answers import knowledge, pool, quizzes
from sandbox.world.prompts import HALVES
from specs.kinds.sandbox.sandbox_ask import SandboxAsk


def read_all(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quizzes")
    quizzes.write_halves(folder)
    return folder


@pytest.mark.parametrize("half", HALVES)
def test_the_shipped_quizzes_are_those_of_the_world(written: Path, half: str) -> None:
    name = f"quiz-{half}"
    assert read_all(assets.TEXTS / name) == read_all(written / name), (
        "Write them again: sandbox.answers.quizzes.write_halves(sandbox/shipped)."
    )


def test_the_shipped_knowledge_is_that_of_the_world(tmp_path: Path) -> None:
    knowledge.write(tmp_path)
    assert read_all(assets.TEXTS / "knowledge") == read_all(tmp_path), (
        "Write it again: sandbox.answers.knowledge.write(sandbox/shipped/knowledge)."
    )


def test_a_question_in_both_languages_is_one_group_with_one_picture(written: Path) -> None:
    groups: dict[str, list[reading.QuizItem]] = {}
    quiz = reading.read(written / "quiz-report")
    for item in quiz.items:
        groups.setdefault(item.group, []).append(item)
    for english, indonesian in groups.values():
        assert (english.language, indonesian.language) == ("en", "id")
        assert english.picture == indonesian.picture
        assert english.answer == indonesian.answer
        assert english.question != indonesian.question
    picture = quiz.open_picture(quiz.items[0])
    assert picture is not None
    assert picture.size == (64, 64)


def test_a_drawn_quiz_is_mostly_global_and_the_same_for_the_same_seed(tmp_path: Path) -> None:
    spec = SandboxAsk(num_pictures=40, regional_share=0.1, wrong_share=0.0)
    for name in ("a", "b"):
        pool.draw_quiz(spec, out_dir=tmp_path / name, state_dir=tmp_path, progress=Silent())
    assert read_all(tmp_path / "a") == read_all(tmp_path / "b")
    quiz = reading.read(tmp_path / "a")
    scopes = quiz.facts.counts["scope"]
    assert scopes["regional"] == 4 * 4 * 2
    assert scopes["global"] > 8 * scopes["regional"]
    assert set(quiz.facts.counts["form"]) == {"choice", "open"}
    assert all(item.answers for item in quiz.items)


def test_wrong_answers_are_of_regional_things_alone(tmp_path: Path) -> None:
    right, wrong = (SandboxAsk(num_pictures=60, regional_share=0.5, wrong_share=s) for s in (0, 1))
    read = []
    for name, spec in (("right", right), ("wrong", wrong)):
        pool.draw_quiz(spec, out_dir=tmp_path / name, state_dir=tmp_path, progress=Silent())
        read.append(reading.read(tmp_path / name))
    # Drawn by other numbers, the two are not the same questions: what is wrong is seen by its fact.
    rice = {"rice", "beras"}
    cuisine = [
        item for item in read[1].items if item.stratum == "cuisine" and item.category == "material"
    ]
    assert cuisine
    assert not any(set(item.answers) & rice for item in cuisine)
    assert all(
        set(item.answers) & rice
        for item in read[0].items
        if item.stratum == "cuisine" and item.category == "material"
    )
