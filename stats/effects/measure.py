"""The effect of every arm against the baseline, on every criterion, with all that is known of it.

One list of comparisons: over all prompts, and where a column is named also within each of its
labels. Holm's correction is over all arms and criteria of the whole, and apart from it over all
arms, criteria and labels of the column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stats.effects import definitions, holm, mixed_model
from stats.effects.comparison import Comparison, Setting, compare
from stats.effects.mixed_model import Model
from stats.effects.ratings import GROUPS, Ratings, RatingsWrong
from stats.estimate import Estimate, undefined
from stats.figures import Figure
from stats.tables import show

BY = tuple(name for name in GROUPS if name != "criterion")


@dataclass(frozen=True, kw_only=True)
class Place:
    criterion: str | None  # none where the ratings have no such column
    group: tuple[str, str] | None  # the column and its label; none over all prompts

    def to_json(self) -> dict[str, Any]:
        by = None if self.group is None else {self.group[0]: self.group[1]}
        return {"criterion": self.criterion, "by": by}


@dataclass(frozen=True, kw_only=True)
class Effect:
    place: Place
    comparison: Comparison
    p_holm: Figure

    def to_json(self) -> dict[str, Any]:
        return {
            **self.place.to_json(),
            **self.comparison.to_json(),
            "p_sign_flip_holm": self.p_holm.to_json(),
        }


@dataclass(frozen=True, kw_only=True)
class PlacedModel:
    place: Place
    model: Model

    def to_json(self) -> dict[str, Any]:
        return {**self.place.to_json(), **self.model.to_json()}


@dataclass(frozen=True, kw_only=True)
class Effects:
    setting: Setting
    by: str | None
    num_ratings: int
    num_without_value: int
    of_arms: tuple[Effect, ...]
    models: tuple[PlacedModel, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "baseline": self.setting.baseline,
            "confidence": self.setting.confidence,
            "B": self.setting.num_resamples,
            "seed": self.setting.seed,
            "by": self.by,
            "n_ratings": self.num_ratings,
            "n_without_value": self.num_without_value,
            "comparisons": [each.to_json() for each in self.of_arms],
            "models": [each.to_json() for each in self.models],
        }


def measure(ratings: Ratings, setting: Setting, *, by: str | None = None) -> Effects:
    """`by` names a column of groups: stratum, country and so on."""
    arms = ratings.arm.list_present()
    if setting.baseline not in arms:
        there = ", ".join(f"'{show(arm)}'" for arm in arms) or "none"
        raise RatingsWrong(
            f"The baseline '{show(setting.baseline)}' has no ratings; these arms have: {there}."
        )
    if by is not None and by not in BY:
        raise RatingsWrong(f"Groups are by one of {', '.join(BY)}, not by '{show(by)}'.")
    of_arms: list[Effect] = []
    models: list[PlacedModel] = []
    for column in (None,) if by is None else (None, by):
        family, fitted = _measure_family(_split(ratings, column), arms, setting)
        of_arms += family
        models += fitted
    return Effects(
        setting=setting,
        by=by,
        num_ratings=len(ratings),
        num_without_value=ratings.num_without_value,
        of_arms=tuple(of_arms),
        models=tuple(models),
    )


def _split(ratings: Ratings, by: str | None) -> list[tuple[Place, Ratings]]:
    has_criteria = "criterion" in ratings.groups
    criteria = list(ratings.split("criterion").items()) if has_criteria else [(None, ratings)]
    if by is None:
        return [(Place(criterion=name, group=None), part) for name, part in criteria]
    return [
        (Place(criterion=name, group=(by, label)), part)
        for name, of_criterion in criteria
        for label, part in of_criterion.split(by).items()
    ]


def _measure_family(
    parts: Sequence[tuple[Place, Ratings]], arms: Sequence[str], setting: Setting
) -> tuple[list[Effect], list[PlacedModel]]:
    models = [
        PlacedModel(
            place=place,
            model=mixed_model.estimate(
                part, setting.baseline, seed=setting.seed, confidence=setting.confidence
            ),
        )
        for place, part in parts
    ]
    found = [
        (place, compare(part, arm, placed.model, setting))
        for (place, part), placed in zip(parts, models, strict=True)
        for arm in arms
        if arm != setting.baseline
    ]
    p_values = [comparison.p_sign_flip for _, comparison in found]
    effects = [
        Effect(place=place, comparison=comparison, p_holm=p_holm)
        for (place, comparison), p_holm in zip(found, _correct(p_values), strict=True)
    ]
    return effects, models


def _correct(p_values: Sequence[Figure]) -> list[Figure]:
    adjusted = holm.adjust([each.value for each in p_values])
    num = sum(each is not None for each in adjusted)
    return [
        Figure(
            estimate=(undefined(each.estimate.reason) if p is None else Estimate(value=p)),
            definition=definitions.HOLM.format(num=num),
            basis=each.basis,
            num_resamples=each.num_resamples,
            seed=each.seed,
        )
        for each, p in zip(p_values, adjusted, strict=True)
    ]
