"""Which questions of a quiz are learnt, and which are held out to see how it goes."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from ml.datasets.problems import shown
from ml.loading.quizzes import Quiz
from ml.training.problems import UnfitForTraining
from specs.kinds.model.model_instruct import ModelInstruct
from specs.quiz import QuizItem

_CHOICE = 21  # keeps random numbers of this purpose apart


@dataclass(frozen=True)
class Chosen:
    learnt: tuple[QuizItem, ...]
    held_out: tuple[QuizItem, ...]


def choose(quiz: Quiz, spec: ModelInstruct) -> Chosen:
    """Languages of one question go the same way: whoever learnt it in one knows it in the other."""
    fitting = [item for item in quiz.items if _fits(item, spec)]
    if not fitting:
        wanted = ", ".join(
            f"{name} '{value}'" for name, value in _list_wishes(spec).items() if value
        )
        raise UnfitForTraining(
            f"None of the {len(quiz.items):,} questions of '{shown(quiz.facts.name)}' is one that "
            f"should be learnt ({wanted})."
        )
    kept_apart = _choose_groups(fitting, spec)
    learnt = [item for item in fitting if item.group not in kept_apart]
    held_out = [item for item in fitting if item.group in kept_apart]
    return Chosen(
        learnt=_draw(learnt, spec.max_questions, spec.seed),
        held_out=_draw(held_out, spec.max_evaluated, spec.seed),
    )


def _list_wishes(spec: ModelInstruct) -> dict[str, str]:
    wishes = {"scope": spec.scope, "form": spec.form, "split": spec.split}
    return {name: "" if value == "all" else value for name, value in wishes.items()}


def _fits(item: QuizItem, spec: ModelInstruct) -> bool:
    if spec.scope not in ("all", item.scope):
        return False
    if spec.form not in ("all", "choice" if item.is_choice else "open"):
        return False
    return spec.split in ("", item.split)


def _choose_groups(items: Sequence[QuizItem], spec: ModelInstruct) -> frozenset[str]:
    """By a digest, so that one question more in the quiz does not change all the others' way. No
    more than it takes for as many questions as are asked: what nobody asks is learnt.
    """
    sizes = Counter(item.group for item in items)
    groups = sorted(sizes, key=lambda group: _hash(group, spec.seed))
    number = min(round(spec.held_out * len(groups)), len(groups) - 1)
    before = accumulate((sizes[group] for group in groups), initial=0)
    return frozenset(
        group
        for group, num_before in zip(groups[:number], before, strict=False)
        if num_before < spec.max_evaluated
    )


def _hash(group: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\n{group}".encode()).hexdigest()


def _draw(items: Sequence[QuizItem], most: int | None, seed: int) -> tuple[QuizItem, ...]:
    if most is None or most >= len(items):
        return tuple(items)
    places = np.random.default_rng([seed, _CHOICE]).permutation(len(items))[:most]
    return tuple(items[place] for place in sorted(places.tolist()))
