"""The sandbox's study of distillation as a recipe."""

from pathlib import Path

from sandbox import distillation
from specs.distillation.registry import FORMULATIONS
from specs.recipe import plan


def test_five_ways_and_two_seeds_for_each_teacher() -> None:
    taught = [
        step for step in plan(distillation.make_recipe()) if step.spec.kind == "model.distill"
    ]
    told = {
        (step.spec.teacher, step.spec.formulations[0].method, step.spec.seed)  # type: ignore[attr-defined]
        for step in taught
    }
    assert len(taught) == len(told) == len(distillation.TEACHERS) * len(FORMULATIONS) * 2
    assert {teacher for teacher, _, _ in told} == set(distillation.TEACHERS)


def test_students_are_taught_on_what_is_drawn_and_measured_on_the_half_to_report() -> None:
    steps = {step.name: step for step in plan(distillation.make_recipe())}
    distil, measure = steps["distil-1-1-0"], steps["measure-1-1-0"]
    assert dict(distil.parents) == {"dataset": distillation.DRAW, "material": "prepare-1"}
    for name in ("check", "prepare-1"):
        assert dict(steps[name].parents) == {"dataset": distillation.DRAW}
    assert distil.spec.dataset == ""  # type: ignore[attr-defined]
    assert measure.spec.dataset == "sandbox-captions-report"  # type: ignore[attr-defined]
    assert measure.spec.quiz == "sandbox-quiz-report"  # type: ignore[attr-defined]


def test_the_small_form_has_the_same_steps_on_less() -> None:
    texts = {
        name: Path(f"/few/{name}") for name in ("sandbox-captions-report", "sandbox-quiz-report")
    }
    small, whole = (distillation.make_recipe(texts=each) for each in (texts, None))
    assert [step.name for step in small.steps] == [step.name for step in whole.steps]
    steps = {step.name: step for step in small.steps}
    assert steps["distil-1-1-0"].spec["max_steps"] == 2
    assert steps["measure-1"].spec["quiz"] == "/few/sandbox-quiz-report"


def test_one_of_the_teachers_alone_has_half_of_the_students() -> None:
    steps = plan(distillation.make_recipe(teachers=["sandbox-siglip2"]))
    taught = [step.spec.teacher for step in steps if step.spec.kind == "model.distill"]  # type: ignore[attr-defined]
    assert taught == ["sandbox-siglip2"] * 10
