"""What each method of a study makes small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.speech import Speech
from specs.distillation._formulation import ABOUT
from specs.distillation.registry import FORMULATIONS
from stats.distillation.study import Study


@dataclass(frozen=True, kw_only=True)
class Formula:
    label: str
    summary: str
    formula: str
    settings: Sequence[tuple[str, str]]  # what it is set to, in this study


@dataclass(frozen=True, kw_only=True)
class Explained:
    method: str
    formulas: Sequence[Formula]


def explain(study: Study, _: Speech) -> list[Explained]:
    return [
        Explained(
            method=method.label,
            formulas=[_describe(each, _) for each in method.formulations],
        )
        for method in study.methods
    ]


def _describe(told: Mapping[str, Any], _: Speech) -> Formula:
    spec = FORMULATIONS[told["method"]].model_validate(told)
    fields = type(spec).model_fields
    return Formula(
        label=_.term(spec.label),
        summary=_.term(spec.summary),
        formula=spec.formula,
        settings=[
            (_.term(fields[name].title or name), _say(value, _))
            for name, value in spec.model_dump().items()
            if name != "method"
        ],
    )


def _say(value: object, _: Speech) -> str:
    return _.given(value) if isinstance(value, int | float) else str(value)


def say_whose(_: Speech) -> str:
    """Every page that shows the formulations says so."""
    return _.term(ABOUT)
