import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import ggez

RECIPE = """
name: Check
steps:
  - name: quick
    kind: system.check
    spec: {disk_mb: 1, multiply_size: 64, repeats: 1}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    file = tmp_path / "check.yaml"
    file.write_text(RECIPE)
    return file


def test_a_recipe_is_carried_out_and_known_the_second_time(recipe: Path, tmp_path: Path) -> None:
    words = ["run", str(recipe), "--out", str(tmp_path / "made"), "--json"]
    first, second = (CliRunner().invoke(ggez, words) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    before, after = json.loads(first.stdout), json.loads(second.stdout)
    assert before["steps"][0]["result"]["disk"]["write_mb_per_s"] > 0
    assert not before["steps"][0]["was_known"]
    assert after["steps"][0]["was_known"]
    assert (Path(before["steps"][0]["folder"]) / "report.json").is_file()
    assert "[1/1] quick: Check this machine" in first.stderr


def test_people_see_a_line_per_step(recipe: Path, tmp_path: Path) -> None:
    shown = CliRunner().invoke(ggez, ["run", str(recipe), "--out", str(tmp_path / "made")])
    assert "quick  done" in shown.stdout


def test_an_unknown_recipe_is_refused_with_what_there_is() -> None:
    refused = CliRunner().invoke(ggez, ["run", "nonsense"])
    assert refused.exit_code == 1
    assert "There is no recipe file 'nonsense'; by name there are: " in refused.stderr


def test_a_step_that_cannot_be_so_is_refused_before_anything_runs(tmp_path: Path) -> None:
    file = tmp_path / "tune.yaml"
    file.write_text(RECIPE.replace("system.check", "dataset.import"))
    refused = CliRunner().invoke(ggez, ["run", str(file)])
    assert refused.exit_code == 2
    assert "Step 'quick': 'name' cannot be so: Field required." in refused.stderr
