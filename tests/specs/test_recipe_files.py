from pathlib import Path

import pytest

from specs import recipe_files
from specs.recipe import plan
from specs.recipe_files import RecipeUnreadable

TEXT = """
name: Check twice
steps:
  - name: quick
    kind: system.check
    spec: {repeats: 1}
  - name: thorough
    kind: system.check
    needs: {before: quick}
"""


def test_a_recipe_is_written_as_it_was_read() -> None:
    recipe = recipe_files.parse(TEXT)
    assert recipe_files.parse(recipe_files.write(recipe)) == recipe


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name: [", "line 1: "),
        ("- 1", "does not hold 'name' and 'steps'"),
        ("name: x", "steps: Field required"),
        ("name: x\nsteps: []", "steps: Tuple should have at least 1 item"),
        ("name: x\nsteps: [{name: a, kind: b, colour: red}]", "steps.0.colour: Extra inputs"),
        ("!!python/object:os.system {}", "line 1: could not determine a constructor"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text: str, reason: str) -> None:
    with pytest.raises(RecipeUnreadable, match="The recipe recipe cannot be read: ") as refused:
        recipe_files.parse(text)
    assert reason in str(refused.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecipeUnreadable, match=r"r\.yaml cannot be read: it is not UTF-8"):
        recipe_files.read(file)


@pytest.mark.parametrize("name", recipe_files.list_names())
def test_every_recipe_of_the_product_can_be_planned(name: str) -> None:
    file = recipe_files.find(name)
    assert file is not None
    assert plan(recipe_files.read(file))


def test_a_name_is_no_path() -> None:
    assert recipe_files.find("../recipes/sandbox") is None
