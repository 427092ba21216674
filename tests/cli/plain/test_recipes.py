from pathlib import Path
from typing import Any

import pytest

from cli.plain.recipes import computes, running
from cli.plain.recipes.running import run_recipe
from domain.errors import DomainError
from ml.progress import Silent
from specs.inputs import NotMade
from specs.recipe import Recipe, Step
from tests import pictures
from workers import kinds


def make_recipe(repeats: int = 1) -> Recipe:
    small = {"disk_mb": 1, "multiply_size": 64}
    return Recipe(
        name="Check twice",
        steps=(
            Step(name="first", kind="system.check", spec=small | {"repeats": repeats}),
            Step(name="second", kind="system.check", spec=small, needs={"base": "first"}),
        ),
    )


def test_a_recipe_runs_in_one_process_and_keeps_what_it_made(tmp_path: Path) -> None:
    told: list[str] = []
    done = run_recipe(make_recipe(), tmp_path, Silent(), say=told.append)
    assert [each.step for each in done] == ["first", "second"]
    assert not any(each.was_known for each in done)
    assert (done[0].folder / "report.json").exists()
    assert done[0].result["disk"]["write_mb_per_s"] > 0
    assert told == ["[1/2] first: Check this machine", "[2/2] second: Check this machine"]
    assert {path.suffix for path in (tmp_path / "steps").iterdir()} == {""}


def test_what_is_known_is_not_computed_again(tmp_path: Path) -> None:
    before = run_recipe(make_recipe(), tmp_path, Silent())
    again = run_recipe(make_recipe(), tmp_path, Silent())
    assert all(each.was_known for each in again)
    assert [each.digest for each in again] == [each.digest for each in before]


def test_what_depends_on_a_change_is_computed_again(tmp_path: Path) -> None:
    run_recipe(make_recipe(), tmp_path, Silent())
    changed = run_recipe(make_recipe(repeats=2), tmp_path, Silent())
    assert [each.was_known for each in changed] == [False, False]


def test_a_step_that_failed_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("ml.checking.machine.describe_memory", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_recipe(make_recipe(), tmp_path, Silent())
    assert not run_recipe(make_recipe(), tmp_path, Silent())[0].was_known


def test_the_terminal_computes_what_the_workers_compute() -> None:
    kinds.load(())
    tasks = {task.spec.kind: task.compute for task in kinds.list_tasks()}
    ours = {kind: compute.function for kind, compute in computes.COMPUTES.items()}
    assert ours == {kind: tasks[kind] for kind in ours}
    computed = {kind for kind in tasks if not kind.startswith("test.")}
    assert set(ours) == computed - computes.OF_AN_INSTANCE


def test_what_works_on_rows_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    step = Step(name="open", kind="study.open", spec={"study": "Breakfast"})
    with pytest.raises(running.NeedsInstance, match="launch it in the panel"):
        run_recipe(Recipe(name="R", steps=(step,)), tmp_path, Silent())


def test_a_folder_that_is_read_is_read_anew(tmp_path: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in")
    spec = {"name": "P", "source": str(folder), "licence": "CC0-1.0"}
    recipe = Recipe(name="R", steps=(Step(name="data", kind="dataset.import", spec=spec),))
    (before,) = run_recipe(recipe, tmp_path / "out", Silent())
    (same,) = run_recipe(recipe, tmp_path / "out", Silent())
    assert same.digest == before.digest
    (folder / "one-more.jpg").write_bytes(pictures.jpeg(seed=99))
    (folder / "one-more.txt").write_text("One more")
    (after,) = run_recipe(recipe, tmp_path / "out", Silent())
    assert after.result["num_items"] == before.result["num_items"] + 1
    assert after.digest != before.digest


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (
            {"kind": "model.merge"},
            r"Step 'second' \(model\.merge\) needs 'base': name a path, or un",
        ),
        (
            {"kind": "model.merge", "needs": {"base": "first"}, "spec": {"tuned": "x"}},
            r"'system\.check' makes no model; it makes nothing",
        ),
        (
            {"kind": "model.merge", "spec": {"base": "nowhere", "tuned": "x"}},
            r"There is no file or folder 'nowhere' \(model\)",
        ),
    ],
)
def test_what_a_later_step_lacks_is_said_before_the_first_is_computed(
    tmp_path: Path, second: dict[str, Any], sentence: str
) -> None:
    first = make_recipe().steps[0]
    recipe = Recipe(name="Lacking", steps=(first, Step(name="second", **second)))
    with pytest.raises((DomainError, NotMade), match=sentence):
        run_recipe(recipe, tmp_path / "out", Silent())
    assert not (tmp_path / "out").exists()
