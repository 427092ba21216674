"""`ggez sandbox pictures` and `answers`: which steps they carry out, and what they write."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import ggez
from cli.plain.recipes import running
from sandbox.study import arms
from specs.recipe import Recipe, Step
from tests.sandbox_study import write_answers, write_sweep


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps that are asked for, all of which are known."""
    folders = {"draw-to-report": tmp_path / "outputs", "score-to-report": tmp_path / "scores"}
    write_sweep(*folders.values())
    both = {"answer-to-report": tmp_path / "alone", "answer-retrieved": tmp_path / "retrieved"}
    write_answers(*both.values())
    folders |= both
    asked: list[Step] = []

    def run_recipe(recipe: Recipe, *_: Any, **__: Any) -> list[Any]:
        asked.extend(recipe.steps)
        return [SimpleNamespace(step=each.name, folder=folders.get(each.name)) for each in asked]

    monkeypatch.setattr(running, "run_recipe", run_recipe)
    return asked


def test_the_prompts_of_the_study_are_drawn_and_become_its_pictures(
    steps: list[Step], tmp_path: Path
) -> None:
    kitchen, out = tmp_path / "run", tmp_path / "study"
    words = ["sandbox", "pictures", "--run", str(kitchen), "--out", str(out), "--json"]
    done = CliRunner().invoke(ggez, words)

    assert done.exit_code == 0, done.output
    assert [each.name for each in steps] == [
        "draw", "filter", "tune", "draw-to-report", "score-to-report",
    ]  # fmt: skip
    prompts = Path(steps[3].spec["prompts"])
    assert prompts.parent == kitchen
    assert prompts.read_text() == (out / "prompts.jsonl").read_text()
    assert steps[3].spec["betas"] == list(arms.BETAS)
    facts = json.loads(done.stdout)
    assert (facts["num_prompts"], facts["folder"]) == (24, str(out))
    assert len((out / "outputs.jsonl").read_text().splitlines()) == facts["num_outputs"]


def test_the_answers_of_both_ways_become_the_other_study(steps: list[Step], tmp_path: Path) -> None:
    out = tmp_path / "study"
    words = ["sandbox", "answers", "--run", str(tmp_path / "run"), "--out", str(out), "--json"]
    done = CliRunner().invoke(ggez, words)

    assert done.exit_code == 0, done.output
    assert [each.name for each in steps] == [
        "draw", "tune", "answer-to-report", "index", "find-passages", "answer-retrieved",
    ]  # fmt: skip
    facts = json.loads(done.stdout)
    assert (facts["num_prompts"], facts["num_outputs"]) == (24, 99)
    assert len((out / "outputs.jsonl").read_text().splitlines()) == 99
