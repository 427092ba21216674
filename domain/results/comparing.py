"""What each arm changes, once effects are open: from the exported table."""

from typing import Any

from domain.results.columns import Columns
from domain.results.report import Facts, Report
from domain.results.rules import Options
from stats.effects import ratings
from stats.effects.comparison import Setting
from stats.effects.measure import BY, measure
from stats.effects.ratings import RatingsWrong


def measure_effects(header: Report, table: Columns, options: Options) -> Facts | None:
    """Over all prompts, and within each label of every column that has more than one."""
    baseline = header.design.baseline
    if header.is_sealed or header.design.form != "likert" or baseline is None:
        return None
    if len(header.design.arms) == 1:
        return None
    setting = Setting(baseline=baseline, num_resamples=options.num_resamples, seed=options.seed)
    told: dict[str, Any] = {}
    try:
        rows = ratings.from_columns(table)
        for by in (None, *(name for name in BY if len(set(table[name])) > 1)):
            part = measure(rows, setting, by=by).to_json()
            if not told:
                told = part
                continue
            for name in ("comparisons", "models"):
                told[name] += [each for each in part[name] if each["by"] is not None]
    except RatingsWrong as error:
        return {"baseline": baseline, "comparisons": [], "models": [], "reason": str(error)}
    return told
