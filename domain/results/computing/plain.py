"""A report out of a plain table of ratings: no database, and only what the table tells.

What it does not tell (who rated, what was planned, how many ratings were wanted) stays empty, and
the report says so. What it is computed by is what studies are computed by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.results.computing import evidence
from domain.results.computing.material import Material
from domain.results.report import (
    Arm,
    Criterion,
    Design,
    History,
    Left,
    Raters,
    Report,
    Texts,
    Who,
)
from domain.results.rules import Options
from stats.agreement import ratings
from stats.effects.ratings import RatingsWrong
from stats.tables import Columns, show

ONLY = "rating"  # the criterion of a table without such a column
OF_EFFECTS = ("arm", "prompt")


@dataclass(frozen=True, kw_only=True)
class Plan:
    title: str
    made_on: str
    levels: Sequence[float]
    baseline: str | None = None  # without one nothing is compared
    num_resamples: int = 2000
    seed: int = 0
    who: Who = "people"
    app_version: str = ""


def make_report(columns: Columns, plan: Plan) -> Report:
    """Raises RatingsWrong of agreement or of effects."""
    levels = tuple(float(level) for level in ratings.check_levels(plan.levels))
    _check_comparable(columns, plan)
    value_n = columns.read_numbers("value")
    table = {name: columns[name].spell().tolist() for name in columns}
    table["value"] = value_n.tolist()
    table.setdefault("criterion", [ONLY] * len(value_n))
    header = _describe(columns, plan, blank_n=np.isnan(value_n))
    material = Material(
        header=header,
        table=table,
        levels={each.key: levels for each in header.design.criteria},
    )
    options = Options(who=plan.who, num_resamples=plan.num_resamples, seed=plan.seed)
    return evidence.compute(material, options)


def _describe(columns: Columns, plan: Plan, blank_n: NDArray[np.bool_]) -> Report:
    return Report(
        title=plan.title,
        made_on=plan.made_on,
        who=plan.who,
        is_sealed=False,
        design=_describe_design(columns, plan),
        history=History(),
        coverage=(),
        raters=Raters(num=len(np.unique(columns["rater"].codes[~blank_n]))),
        left_out=_count_blanks(columns, blank_n),
        agreement={},
        app_version=plan.app_version,
    )


def _describe_design(columns: Columns, plan: Plan) -> Design:
    regions = _list_labels(columns, "region")
    criteria = sorted(_list_labels(columns, "criterion")) or [ONLY]
    return Design(
        form="likert",
        medium=None,
        criteria=tuple(Criterion(key=key, levels=len(plan.levels)) for key in criteria),
        arms=tuple(
            Arm(name=name, is_baseline=name == plan.baseline)
            for name in _list_labels(columns, "arm")
        ),
        strata=dict[str, Texts]((key, {}) for key in _list_labels(columns, "stratum")),
        region={"en": regions[0]} if len(regions) == 1 else {},
        num_prompts=len(_list_labels(columns, "prompt")),
        ratings_per_item=None,
    )


def _list_labels(columns: Columns, name: str) -> list[str]:
    return [str(cell) for cell in columns[name].cells if cell] if name in columns else []


def _count_blanks(columns: Columns, blank_n: NDArray[np.bool_]) -> tuple[Left, ...]:
    if not blank_n.any():
        return ()
    num_raters = len(np.unique(columns["rater"].codes[blank_n]))
    return (Left(rule="no_value", num_ratings=int(blank_n.sum()), num_raters=num_raters),)


def _check_comparable(columns: Columns, plan: Plan) -> None:
    if plan.baseline is None:
        return
    lacking = [name for name in OF_EFFECTS if name not in columns]
    if lacking:
        raise RatingsWrong(
            f"'{columns.name}' has no column {' and no column '.join(lacking)}: without them no "
            "arm can be compared with the baseline."
        )
    if plan.baseline not in _list_labels(columns, "arm"):
        raise RatingsWrong(f"The baseline '{show(plan.baseline)}' has no ratings.")
