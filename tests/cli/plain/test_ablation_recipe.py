"""The product's recipe for the data ablation, carried out on a tiny model of the real class."""

from pathlib import Path
from typing import Any

import pytest

from cli.plain.recipes.running import run_recipe
from ml.importing.dataset import import_dataset
from ml.progress import Silent
from specs import recipe_files
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.recipe import Recipe, Step
from tests import pictures, tiny_speakers
from tests.quizzes import make_item, place_picture, write_quiz

# As small as it gets; the shapes of data stay apart.
SMALL: dict[str, dict[str, Any]] = {
    "model.instruct": {"batch_size": 4, "held_out": 0.0, "evaluate_every": 0},
    "answers.generate": {"max_new_tokens": 2, "threads": 1, "device": "cpu"},
    "answers.ablate": {"num_resamples": 100},
}


def shrink(recipe: Recipe) -> Recipe:
    return recipe.model_copy(update={"steps": tuple(map(_shrink, recipe.steps))})


def _shrink(step: Step) -> Step:
    spec = {**step.spec, **SMALL.get(step.kind, {})}
    if "caption_steps" in spec:
        spec |= {"caption_steps": 1 if spec["caption_steps"] < 1000 else 2}
        spec |= {"epochs": min(spec["epochs"], 1)}
    return step.model_copy(update={"spec": spec})


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    """What the recipe names, seen from its folder."""
    tiny_speakers.build_llava(tmp_path / "base-model")
    pictures.write_folder(tmp_path / "source", num_items=4)
    import_dataset(
        DatasetImport(name="Captions", source="source", licence="CC0-1.0"),
        path=str(tmp_path / "source"),
        out_dir=tmp_path / "captions",
        state_dir=tmp_path / "importing",
        progress=Silent(),
    )
    for name in ("asked-questions", "taught-questions", "questions-of-one-subject"):
        folder = tmp_path / name
        shown = place_picture(folder)
        items = [
            *(make_item(f"{name}-{number}", **shown, scope="regional") for number in range(3)),
            make_item(f"{name}-open", answers=["bread"], **shown),
        ]
        write_quiz(folder, items)
    return tmp_path


def test_five_models_are_taught_and_one_table_compares_them(kitchen: Path) -> None:
    file = recipe_files.find("ablation")
    assert file is not None
    recipe = shrink(recipe_files.read(file))
    done = run_recipe(recipe, kitchen / "made", Silent(), seen_from=kitchen)
    table = done[-1]
    (scope,) = table.result["scopes"]
    assert (scope["scope"], scope["num_questions"]) == ("regional", 3)
    assert [(row["label"], row["against"]) for row in scope["rows"]] == [
        ("50,000 captions", "base"),
        ("250,000 captions", "50,000 captions"),
        ("+ open questions", "250,000 captions"),
        ("+ multiple choice", "250,000 captions"),
        ("+ one subject only", "250,000 captions"),
    ]
    taught = [each.digest for each in done if each.spec.kind == "model.instruct"]
    assert len(set(taught)) == 5
    assert (table.folder / "ablation.csv").is_file()
