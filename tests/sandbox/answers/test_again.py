import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from ml.loading import quizzes as reading
from sandbox import assets
from sandbox.answers import again
from specs import recipe_files
from specs.recipe import Recipe


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return again.write_quizzes(tmp_path_factory.mktemp("quizzes"), 1)


def list_pictures(*folders: Path) -> Iterator[str]:
    for folder in folders:
        for path in (folder / reading.PICTURES).iterdir():
            yield hashlib.sha256(path.read_bytes()).hexdigest()


def read_recipe() -> Recipe:
    file = recipe_files.find("sandbox-answers")
    assert file is not None
    return recipe_files.read(file)


def test_another_series_has_other_seeds_and_quizzes_and_is_else_the_same_recipe(
    texts: dict[str, Path],
) -> None:
    recipe = read_recipe()
    before = {step.name: step.spec for step in recipe.steps}
    after = {step.name: step.spec for step in again.turn(recipe, texts, 1).steps}
    assert (after["draw"]["seed"], after["tune"]["seed"]) == (1, before["tune"]["seed"] + 1)
    assert after["answer-to-choose"]["quiz"] == str(texts["sandbox-quiz-choose"])
    assert after["score-retrieved"]["quiz"] == str(texts["sandbox-quiz-report"])
    changed = {
        (step, name)
        for step, spec in after.items()
        for name, value in spec.items()
        if before[step].get(name) != value
    }
    assert {name for _, name in changed} == {"seed", "quiz"}


def test_nobody_has_seen_its_pictures(texts: dict[str, Path]) -> None:
    shipped = set(
        list_pictures(assets.get("sandbox-quiz-choose"), assets.get("sandbox-quiz-report"))
    )
    new = set(list_pictures(*texts.values()))
    assert len(new) == len(shipped) == 408
    assert not new & shipped


def test_a_series_of_pictures_from_prompts_is_refused_in_a_sentence() -> None:
    done = CliRunner().invoke(main.ggez, ["sandbox", "run", "--series", "1"])
    assert done.exit_code != 0
    assert "Another series goes with --arm answers" in done.output
