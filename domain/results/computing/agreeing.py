"""How far raters agree, what is known of each, and where they do not: from the exported table."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.results.computing.columns import Columns
from domain.results.computing.material import Known, Material
from domain.results.report import Facts
from domain.results.rules import Options
from stats.agreement import counts, dawid_skene, disagreement, raters, ratings, report
from stats.agreement.ratings import RatingRows, Ratings
from stats.agreement.resampling import Bootstrap

MOST_ITEMS = 200
GROUPS = ("arm", "stratum", "country", "language", "region")
NO_ORDER = "the outcomes of a pair have no order"
# What an order of values is needed for: all the others count equal and unequal.
_ORDERED = ("percent_within_one", "gwet_ac2_quadratic", "icc")
_ORDERED_ALPHAS = ("ordinal", "interval")


def measure(material: Material, options: Options) -> dict[str, Facts]:
    """By criterion; with the groups of every column in which there is more than one."""
    table, form = material.table, material.header.design.form
    rows = _read(table)
    plan = Bootstrap(num_resamples=options.num_resamples, seed=options.seed)
    found: dict[str, Facts] = {}
    for key, levels in _list_scales(material):
        whole: dict[str, Any] = {}
        groups: list[Facts] = []
        for by in (None, *_list_groups(table)):
            part = report.measure(rows, levels, by=by, criterion=key, bootstrap=plan).to_json()
            groups += part.pop("by", [])
            whole = whole or part
        found[key] = _tell(form, whole, groups)
    return found


def describe_raters(material: Material) -> tuple[Facts, ...]:
    """On the criterion that the study is judged by."""
    header = material.header
    criterion = header.get_primary()
    scales = dict(_list_scales(material))
    if criterion is None or criterion.key not in scales:
        return ()
    chosen = _select(material.table, criterion.key, scales[criterion.key])
    if not len(chosen.items):
        return ()
    has_order = header.design.form != "pair"
    counted = counts.count(chosen)
    table = raters.describe(chosen, counted)
    fitted = dawid_skene.fit(chosen, counted)
    times = _measure_times(material, chosen)
    repeats = _share_met(material.known, chosen, is_repeat=True)
    right = _share_met(material.known, chosen, is_repeat=False)
    return tuple(
        {
            "rater": str(name),
            "criterion": criterion.key,
            "n_ratings": int(table.num_ratings_g[at]),
            "mean": _plain(table.mean_g[at]) if has_order else None,
            # Whoever ranks has the same places to give as everybody: none is stricter.
            "severity": _plain(table.severity_g[at]) if header.design.form == "likert" else None,
            "usage": _map_levels(chosen, table.usage_gq[at].tolist()),
            "commonest_share": _plain(table.commonest_share_g[at]),
            "longest_run": int(table.longest_run_g[at]),
            "alpha_without": _plain(table.alpha_without_g[at]) if has_order else None,
            "competence": _plain(fitted.competence_g[at]),
            "median_active_s": _plain(times[at] / 1000),
            "repeat_agreement": _plain(repeats[at]),
            "controls_right": _plain(right[at]),
        }
        for at, name in enumerate(chosen.raters)
    )


def list_disputed(material: Material) -> tuple[Facts, ...]:
    """Over all criteria; of equals the first."""
    found: list[dict[str, Any]] = []
    about = _map_items(material.table)
    for key, levels in _list_scales(material):
        chosen = _select(material.table, key, levels)
        if not len(chosen.items):
            continue
        told = disagreement.rank(chosen, counts.count(chosen))
        disputed = [at for at in told.order_i[:MOST_ITEMS] if told.entropy_i[at] > 0]
        found += [
            {
                "item": str(chosen.items[at]),
                "criterion": key,
                **about[str(chosen.items[at])],
                "n_ratings": int(told.num_ratings_i[at]),
                "counts": _map_levels(chosen, told.counts_iq[at].tolist()),
                "mean": _plain(told.mean_i[at]),
                "entropy": _plain(told.entropy_i[at]),
                "range": _plain(told.range_i[at]),
            }
            for at in disputed
        ]
    if material.header.design.form == "pair":
        found = [{**each, "mean": None, "range": None} for each in found]
    found.sort(key=lambda each: (-each["entropy"], -(each["range"] or 0)))
    return tuple(found[:MOST_ITEMS])


def _list_scales(material: Material) -> list[tuple[str, tuple[float, ...]]]:
    """Of the criteria on which somebody has rated, with their levels."""
    rated = set(material.table["criterion"])
    return [(key, levels) for key, levels in material.levels.items() if key in rated]


def _select(table: Columns, criterion: str, levels: Sequence[float]) -> Ratings:
    chosen = np.flatnonzero(np.asarray(table["criterion"], dtype=object) == criterion)
    return ratings.select(_read(table), chosen, np.asarray(levels, dtype=np.float64))


def _map_levels(chosen: Ratings, values: Sequence[Any]) -> dict[str, Any]:
    return {f"{level:g}": value for level, value in zip(chosen.levels_q, values, strict=True)}


def _read(table: Columns) -> RatingRows:
    groups = {name: table[name] for name in ratings.GROUPS if name in table}
    return ratings.from_arrays(table["item"], table["rater"], table["value"], groups)


def _list_groups(table: Columns) -> list[str]:
    return [name for name in GROUPS if name in table and len(set(table[name])) > 1]


def _tell(form: str, whole: dict[str, Any], groups: Sequence[Facts]) -> dict[str, Any]:
    told = {**whole, "by": list(groups)}
    if form != "pair":
        return told
    return {**_drop_order(told), "by": [_drop_order(each) for each in groups]}


def _drop_order(facts: Facts) -> dict[str, Any]:
    nothing = {"value": None, "low": None, "high": None, "reason": NO_ORDER}
    alphas = {**facts["alpha"], **dict.fromkeys(_ORDERED_ALPHAS, nothing)}
    told: dict[str, Any] = {**facts, "alpha": alphas}
    for name in _ORDERED:
        told[name] = dict.fromkeys(facts["icc"], nothing) if name == "icc" else nothing
    return told


def _map_items(table: Columns) -> dict[str, dict[str, Any]]:
    """Item -> what the table says of it, but for what its ratings say."""
    names = [name for name in ("arm", "prompt", "stratum", "country", "language") if name in table]
    return {
        item: {name: table[name][at] for name in names} for at, item in enumerate(table["item"])
    }


def _measure_times(material: Material, chosen: Ratings) -> NDArray[np.float64]:
    numbers = _number(chosen)
    there = [(numbers[rater], ms) for rater, ms in material.active_ms if rater in numbers]
    who, times = zip(*there, strict=True) if there else ((), ())
    return raters.find_medians(who, times, len(numbers))


def _share_met(known: Iterable[Known], chosen: Ratings, *, is_repeat: bool) -> NDArray[np.float64]:
    numbers = _number(chosen)
    there = [
        (numbers[each.rater], each.is_met)
        for each in known
        if each.is_repeat == is_repeat and each.rater in numbers
    ]
    who, met = zip(*there, strict=True) if there else ((), ())
    return raters.share_equal(who, met, [True] * len(met), len(numbers))


def _number(chosen: Ratings) -> Mapping[str, int]:
    return {str(name): at for at, name in enumerate(chosen.raters)}


def _plain(value: float) -> float | None:
    """JSON knows no NaN: what is undefined is nothing."""
    return float(value) if math.isfinite(value) else None
