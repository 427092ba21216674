"""The distillation study in the small drawn world: the sandbox's CLIP and SigLIP2 as teachers, all
five formulations, two seeds, students of half the depth.

Students are taught on pictures that are drawn for it, with captions in five languages: other scenes
than those of both halves. The settings were chosen on the half to choose by, and all is reported on
the other. The SigLIP2 learned from the CLIP: two architectures, but not two origins.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from specs.grids.distillation import DistillationStudy
from specs.recipe import Recipe, Step

DRAW = "draw"
TEACHERS = ("sandbox-clip", "sandbox-siglip2")
_TEST, _QUIZ = "sandbox-captions-report", "sandbox-quiz-report"
_DRAWN: Mapping[str, Any] = {
    "name": "Sandbox captions to distil on", "num_pictures": 1000, "seed": 7,
}  # fmt: skip
_SETTINGS: Mapping[str, Any] = {"steps": 300, "batch_size": 16, "learning_rate": 1e-3}
_LITTLE: Mapping[str, Any] = {"steps": 2, "batch_size": 8}
_FEW_PICTURES = 40


def make_recipe(
    *, texts: Mapping[str, Path] | None = None, teachers: Sequence[str] = TEACHERS
) -> Recipe:
    """With `texts`, what is read where these are named: a small form, of which no number is of
    use.
    """
    is_small = texts is not None
    places = {} if texts is None else {name: str(path.resolve()) for name, path in texts.items()}
    study = DistillationStudy(
        name="Sandbox, distillation",
        teachers=tuple(teachers),
        dataset=DRAW,
        test=places.get(_TEST, _TEST),
        quiz=places.get(_QUIZ, _QUIZ),
        device="cpu",
        **{**_SETTINGS, **(_LITTLE if is_small else {})},
    )
    drawn = {**_DRAWN, **({"num_pictures": _FEW_PICTURES} if is_small else {})}
    made = study.to_recipe()
    draw = Step(name=DRAW, kind="sandbox.caption", spec=drawn)
    return made.model_copy(update={"steps": (draw, *map(_draw_first, made.steps))})


def _draw_first(step: Step) -> Step:
    """What students are taught on is what the first step draws."""
    if step.spec.get("dataset") != DRAW:
        return step
    return step.model_copy(
        update={"spec": {**step.spec, "dataset": ""}, "needs": {**step.needs, "dataset": DRAW}}
    )
