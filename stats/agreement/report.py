"""All agreement of a table of ratings: each coefficient with its interval, overall and by group.

The command and the platform both call `measure`, so that both print the same numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stats.agreement import one_criterion
from stats.agreement.definitions import DEFINITIONS, HEADLINE
from stats.agreement.one_criterion import Agreement, LeaveOneOut, Used
from stats.agreement.ratings import RatingRows, RatingsWrong, check_levels, select
from stats.agreement.resampling import Bootstrap
from stats.estimate import undefined
from stats.tables import show

SEVERAL_CRITERIA = "several criteria"
CRITERION = "criterion"
FEW_RATERS = 10
BENCHMARKS = (0.667, 0.8)  # Krippendorff's, for tentative and for firm conclusions


@dataclass(frozen=True, kw_only=True)
class Report:
    overall: Agreement
    by: str | None
    groups: Mapping[str, Agreement]
    levels: tuple[float, ...]
    criterion: str | None
    bootstrap: Bootstrap

    @property
    def notes(self) -> list[str]:
        """What a reader must know before quoting a number."""
        plan = self.bootstrap
        intervals = (
            f"Intervals: {plan.confidence:.0%}, percentile bootstrap over items with "
            f"{plan.num_resamples:,} resamples and seed {plan.seed}, for these raters."
        )
        said = [intervals, _describe_use(self.overall.used)]
        if 0 < self.overall.num_raters < FEW_RATERS:
            said.append(
                f"There are fewer than {FEW_RATERS} raters ({self.overall.num_raters}): the "
                "intervals are too narrow for other raters."
            )
        if self.overall.num_blank:
            said.append(f"{self.overall.num_blank:,} rows without a value are left out.")
        return said

    def to_json(self) -> dict[str, Any]:
        facts = _to_json(self.overall)
        facts |= {
            "criterion": self.criterion,
            "levels": list(self.levels),
            "headline": HEADLINE,
            "benchmarks": list(BENCHMARKS),
            **asdict(self.bootstrap),
            "notes": self.notes,
            "definitions": {name: each.text for name, each in DEFINITIONS.items()},
        }
        if self.by is not None:
            facts["by"] = [{self.by: name, **_to_json(each)} for name, each in self.groups.items()]
        return facts


def _describe_use(used: Used) -> str:
    return (
        f"Observed agreement and alpha rest on {used.pairable_items:,} items with two or more "
        f"ratings, ICC(1,.) on {used.modal_items:,} with {used.modal_ratings_per_item}, ICC(A,.) "
        f"and ICC(C,.) on {used.block_items:,} rated by every rater."
    )


def measure(
    rows: RatingRows,
    levels: Sequence[float],
    *,
    by: str | None = None,
    criterion: str | None = None,
    bootstrap: Bootstrap | None = None,
) -> Report:
    """`by` and the criterion name a column of `rows.groups` and a cell of its column criterion."""
    levels_q, plan = check_levels(levels), bootstrap or Bootstrap()
    if by is not None and by not in rows.groups:
        raise RatingsWrong(f"There is no column '{by}' to tell groups apart by.")
    kept = _choose_criterion(rows, criterion, by)
    chosen = _list_present(rows, CRITERION, kept)
    if len(chosen) > 1:
        overall = _count_several(rows, kept)
    else:
        overall = _measure_rows(rows, kept, levels_q, plan)
    groups = {}
    if by is not None:
        for name, part in _split(rows, by, kept):
            groups[name] = _measure_rows(rows, part, levels_q, plan)
    return Report(
        overall=overall,
        by=by,
        groups=groups,
        levels=tuple(levels_q.tolist()),
        criterion=next(iter(chosen)) if len(chosen) == 1 else None,
        bootstrap=plan,
    )


def _choose_criterion(rows: RatingRows, criterion: str | None, by: str | None) -> NDArray[np.int64]:
    kept = np.arange(len(rows.value_r))
    names = _list_present(rows, CRITERION, kept)
    if criterion is not None:
        if criterion not in names:
            known = ", ".join(f"'{show(name)}'" for name in names) or "none"
            raise RatingsWrong(f"There is no criterion '{show(criterion)}'; there is {known}.")
        return np.flatnonzero(rows.groups[CRITERION].codes == names[criterion])
    if len(names) > 1 and by != CRITERION:
        known = ", ".join(f"'{show(name)}'" for name in names)
        raise RatingsWrong(
            f"There are several criteria ({known}): choose one of them, or measure by criterion."
        )
    return kept


def _split(
    rows: RatingRows, by: str, kept: NDArray[np.int64]
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """The rows of each group, in the order in which they stand: sorted once for all groups."""
    codes_r = rows.groups[by].codes[kept]
    order = np.argsort(codes_r, kind="stable")
    for name, code in sorted(_list_present(rows, by, kept).items()):
        start, stop = np.searchsorted(codes_r, [code, code + 1], sorter=order)
        yield name, kept[order[start:stop]]


def _list_present(rows: RatingRows, column: str, kept: NDArray[np.int64]) -> dict[str, int]:
    """The cells of a column in these rows, with their codes."""
    if column not in rows.groups:
        return {}
    found = rows.groups[column]
    present = np.flatnonzero(np.bincount(found.codes[kept], minlength=len(found.cells)))
    return {str(found.cells[code]): int(code) for code in present}


def _count_several(rows: RatingRows, kept: NDArray[np.int64]) -> Agreement:
    valued = kept[~np.isnan(rows.value_r[kept])]
    return Agreement(
        num_items=len(np.unique(rows.item.codes[valued])),
        num_raters=len(np.unique(rows.rater.codes[valued])),
        num_ratings=len(valued),
        num_blank=len(kept) - len(valued),
        used=Used(),
        estimates=dict.fromkeys(DEFINITIONS, undefined(SEVERAL_CRITERIA)),
        leave_one_out=LeaveOneOut(reason=SEVERAL_CRITERIA),
    )


def _measure_rows(
    rows: RatingRows, kept: NDArray[np.int64], levels_q: NDArray[np.float64], plan: Bootstrap
) -> Agreement:
    ratings = select(rows, kept, levels_q)
    return one_criterion.measure(ratings, plan, num_blank=len(kept) - len(ratings.items_r))


def _to_json(found: Agreement) -> dict[str, Any]:
    """A name such as alpha.ordinal stands as ordinal within alpha."""
    facts: dict[str, Any] = {
        "n_items": found.num_items,
        "n_raters": found.num_raters,
        "n_ratings": found.num_ratings,
        "n_blank": found.num_blank,
        "n_used": asdict(found.used),
    }
    for name, estimate in found.estimates.items():
        outer, dot, inner = name.partition(".")
        if dot:
            facts.setdefault(outer, {})[inner] = asdict(estimate)
        else:
            facts[name] = asdict(estimate)
    return facts | {"leave_one_rater_out": {"of": HEADLINE, **asdict(found.leave_one_out)}}
