"""A report out of a plain table of ratings: no database, and only what the table tells.

What it does not tell (who rated, what was planned, how many ratings were wanted) stays empty, and
the report says so. The statistics are those of `ggez agreement` and `ggez effects`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from domain.results.report import (
    Arm,
    Criterion,
    Design,
    Facts,
    History,
    Left,
    Raters,
    Report,
    Texts,
    Who,
)
from stats.agreement import counts as counting
from stats.agreement import disagreement, ratings, report
from stats.agreement import raters as rater_facts
from stats.agreement.ratings import RatingRows
from stats.agreement.resampling import Bootstrap
from stats.effects import measure as effects_of
from stats.effects import ratings as rated
from stats.effects.comparison import Setting
from stats.tables import Columns

ONLY = "rating"  # the criterion of a table without such a column
OF_EFFECTS = ("arm", "prompt")
_MOST_ITEMS = 100  # the table itself has the others
COLUMNS = (*ratings.REQUIRED, *ratings.GROUPS)


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
    rows = ratings.from_table(columns)
    criteria = _list_criteria(columns)
    return Report(
        title=plan.title,
        made_on=plan.made_on,
        who=plan.who,
        is_sealed=False,
        design=_describe_design(columns, plan, criteria),
        history=History(),
        coverage=(),
        raters=Raters(num=len(np.unique(rows.rater.codes[~np.isnan(rows.value_r)]))),
        left_out=_count_blanks(rows),
        agreement=_measure_agreement(rows, plan, criteria),
        rater_rows=tuple(_list_raters(rows, plan, criteria)),
        items=tuple(_list_items(rows, plan, criteria)),
        effects=None if plan.baseline is None else _measure_effects(columns, plan, plan.baseline),
        app_version=plan.app_version,
    )


def _list_labels(columns: Columns, name: str) -> list[str]:
    return [str(cell) for cell in columns[name].cells if cell] if name in columns else []


def _list_criteria(columns: Columns) -> list[str]:
    return sorted(_list_labels(columns, "criterion")) or [ONLY]


def _describe_design(columns: Columns, plan: Plan, criteria: Sequence[str]) -> Design:
    regions = _list_labels(columns, "region")
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


def _count_blanks(rows: RatingRows) -> tuple[Left, ...]:
    blank = np.isnan(rows.value_r)
    if not blank.any():
        return ()
    num_raters = len(np.unique(rows.rater.codes[blank]))
    return (Left(rule="no_value", num_ratings=int(blank.sum()), num_raters=num_raters),)


def _measure_agreement(rows: RatingRows, plan: Plan, criteria: Sequence[str]) -> dict[str, Facts]:
    bootstrap = Bootstrap(num_resamples=plan.num_resamples, seed=plan.seed)
    if report.CRITERION not in rows.groups:
        (only,) = criteria
        return {only: report.measure(rows, plan.levels, bootstrap=bootstrap).to_json()}
    return {
        name: report.measure(rows, plan.levels, criterion=name, bootstrap=bootstrap).to_json()
        for name in criteria
    }


def _select(
    rows: RatingRows, plan: Plan, criterion: str
) -> tuple[ratings.Ratings, counting.Counts]:
    kept = np.arange(len(rows.value_r))
    if report.CRITERION in rows.groups:
        kept = np.flatnonzero(rows.groups[report.CRITERION].spell() == criterion)
    chosen = ratings.select(rows, kept, ratings.check_levels(plan.levels))
    return chosen, counting.count(chosen)


def _list_raters(rows: RatingRows, plan: Plan, criteria: Sequence[str]) -> list[dict[str, Any]]:
    listed = []
    for criterion in criteria:
        chosen, counts = _select(rows, plan, criterion)
        if not len(chosen.items):
            continue
        table = rater_facts.describe(chosen, counts)
        for place, name in enumerate(table.raters):
            row = {
                "rater": str(name),
                "criterion": criterion,
                "n_ratings": int(table.num_ratings_g[place]),
                "mean": float(table.mean_g[place]),
                "severity": _as_number(table.severity_g[place]),
                "commonest_share": float(table.commonest_share_g[place]),
                "longest_run": int(table.longest_run_g[place]),
                "alpha_without": _as_number(table.alpha_without_g[place]),
            }
            listed.append(row)
    return listed


def _list_items(rows: RatingRows, plan: Plan, criteria: Sequence[str]) -> list[dict[str, Any]]:
    """Those that raters disagree about, most first, of every criterion."""
    listed = []
    for criterion in criteria:
        chosen, counts = _select(rows, plan, criterion)
        if not len(chosen.items):
            continue
        found = disagreement.rank(chosen, counts)
        for place in found.order_i[:_MOST_ITEMS]:
            if found.entropy_i[place] > 0:
                row = {
                    "item": str(chosen.items[place]),
                    "criterion": criterion,
                    "n_ratings": int(found.num_ratings_i[place]),
                    "mean": float(found.mean_i[place]),
                    "entropy": float(found.entropy_i[place]),
                    "range": float(found.range_i[place]),
                }
                listed.append(row)
    return sorted(listed, key=_order)[:_MOST_ITEMS]


def _order(row: Mapping[str, Any]) -> tuple[float, float]:
    return -row["entropy"], -row["range"]


def _as_number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _measure_effects(columns: Columns, plan: Plan, baseline: str) -> Mapping[str, Any]:
    lacking = [name for name in OF_EFFECTS if name not in columns]
    if lacking:
        raise rated.RatingsWrong(
            f"'{columns.name}' has no column {' and no column '.join(lacking)}: without them no "
            "arm can be compared with the baseline."
        )
    setting = Setting(baseline=baseline, num_resamples=plan.num_resamples, seed=plan.seed)
    by = "stratum" if "stratum" in columns else None
    return effects_of.measure(rated.from_columns(columns), setting, by=by).to_json()
