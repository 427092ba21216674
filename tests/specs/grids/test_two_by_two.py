"""The 2x2 as a recipe: what is measured is all that differs between its cells."""

import pytest
from pydantic import ValidationError

from specs import recipe_files
from specs.grids.two_by_two import TwoByTwo
from specs.recipe import Step, plan


def make_choice(**changes: object) -> TwoByTwo:
    values = {"base": "Base", "tuned": "Regional", "beta": 0.25, "quiz": "Quiz"}
    return TwoByTwo.model_validate(values | {"knowledge": "Knowledge"} | changes)


def find(choice: TwoByTwo, name: str) -> Step:
    return next(step for step in choice.to_recipe().steps if step.name == name)


def test_the_form_makes_the_recipe_that_is_shipped_for_terminals() -> None:
    path = recipe_files.find("two-by-two")
    assert path is not None
    shipped, made = recipe_files.read(path), make_choice().to_recipe()
    assert [(each.name, each.spec, each.parents) for each in plan(made)] == [
        (each.name, each.spec, each.parents) for each in plan(shipped)
    ]


def test_cells_differ_in_passages_and_betas_alone() -> None:
    plain, helped = (find(make_choice(), f"answer-{side}") for side in ("plain", "retrieved"))
    assert dict(helped.spec) == {**plain.spec, "num_passages": 5}
    assert (plain.needs, helped.needs) == ({}, {"passages": "find-passages"})
    assert plain.spec["betas"] == [0.0, 0.25]


def test_an_encoder_searches_by_meaning_as_well_and_a_base_is_indexed_first_when_told() -> None:
    choice = make_choice(encoder="Sentences", index=True)
    names = [step.name for step in plan(choice.to_recipe())]
    assert names[:3] == ["index", "embed", "find-passages"]
    retrieve = find(choice, "find-passages")
    assert retrieve.needs == {"knowledge": "index", "queries": "embed"}
    assert (retrieve.spec["method"], retrieve.spec["knowledge"]) == ("hybrid", "")


def test_options_are_weighed_where_the_likeliest_counts() -> None:
    choice = make_choice(mode="likelihood", max_questions=7)
    for side in ("plain", "retrieved"):
        spec = find(choice, f"answer-{side}").spec
        assert (spec["likelihood"], spec["max_questions"]) == (True, 7)
        assert find(choice, f"score-{side}").spec["mode"] == "likelihood"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"beta": 0}, "greater than 0"),
        ({"beta": 1.5}, "less than or equal to 1"),
        ({"tuned": "Base"}, "are the same one"),
        ({"quiz": ""}, "at least 1 character"),
    ],
)
def test_what_measures_nothing_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        make_choice(**changes)
