import pytest
from pydantic import ValidationError

from specs.recipe import Recipe, RecipeImpossible, Step, plan


def step(name: str, **changes: object) -> Step:
    return Step(name=name, kind="system.check", **changes)  # type: ignore[arg-type]  # overrides of one test


def names(*steps: Step) -> list[str]:
    return [each.name for each in plan(Recipe(name="r", steps=steps))]


def test_each_step_comes_after_what_it_needs() -> None:
    assert names(
        step("last", after=("left", "right")),
        step("right", needs={"base": "first"}),
        step("left", needs={"base": "first"}),
        step("first"),
    ) == ["first", "right", "left", "last"]


def test_steps_that_need_nothing_keep_their_order() -> None:
    assert names(step("c"), step("a"), step("b")) == ["c", "a", "b"]


def test_a_plan_holds_typed_specifications_and_named_parents() -> None:
    recipe = Recipe(
        name="r",
        steps=(step("first"), step("second", spec={"repeats": 9}, needs={"base": "first"})),
    )
    second = plan(recipe)[1]
    assert second.spec.to_json()["repeats"] == 9
    assert second.parents == {"base": "first"}


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([step("a", after=("b",)), step("b", after=("a",))], "wait for each other: 'a' -> 'b'"),
        ([step("a", after=("a",))], "wait for each other"),
        ([step("a", needs={"x": "z"})], "Step 'a' needs 'z', which is no step; there are: a."),
        ([step("a"), step("a")], "Two steps are called 'a'."),
        ([step("a"), step("b", after=("a",), needs={"x": "a"})], "more than once"),
        ([step("a", spec={"repeats": 0})], "Step 'a': 'repeats' cannot be so"),
        (
            [Step(name="a", kind="model.merge", spec={"betas": [2]})],
            r"^Step 'a': 'spec' cannot be so: The method 'linear' takes .* takes others\.$",
        ),
        ([Step(name="a", kind="sky.paint")], "Step 'a': There is no job kind 'sky.paint'."),
    ],
)
def test_an_impossible_recipe_says_why(steps: list[Step], sentence: str) -> None:
    with pytest.raises(RecipeImpossible, match=sentence):
        plan(Recipe(name="r", steps=tuple(steps)))


def test_a_recipe_has_steps_with_plain_names() -> None:
    with pytest.raises(ValidationError):
        Recipe(name="r", steps=())
    with pytest.raises(ValidationError):
        step("../up")
