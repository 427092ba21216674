"""What each arm changes, once effects are open: from the exported table."""

import math
from typing import Any

import numpy as np

from domain.results.computing.columns import Columns
from domain.results.global_quality import Scored
from domain.results.report import Facts, Report
from domain.results.rules import Options
from stats import tables
from stats.effects import ratings
from stats.effects.comparison import Setting
from stats.effects.measure import BY, measure
from stats.effects.ratings import RatingsWrong
from stats.frontier import as_json, evidence, measured, ties
from stats.frontier.evidence import Question
from stats.frontier.measured import Measured, Raw
from stats.frontier.plane import Drawing
from stats.frontier.scales import ScoresWrong
from stats.labels import encode
from stats.preferences import setting as preferring
from stats.preferences.pairs import measure as pairs
from stats.preferences.pairs import votes
from stats.preferences.ranks import measure as ranks
from stats.preferences.ranks import rankings


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
        for by in (None, *(name for name in BY if len(set(table.get(name, ()))) > 1)):
            part = measure(rows, setting, by=by).to_json()
            if not told:
                told = part
                continue
            for name in ("comparisons", "models"):
                told[name] += [each for each in part[name] if each["by"] is not None]
    except RatingsWrong as error:
        return {"baseline": baseline, "comparisons": [], "models": [], "reason": str(error)}
    return told


def measure_preferences(header: Report, table: Columns, options: Options) -> Facts | None:
    """Of pairs and rankings, once effects are open."""
    if header.is_sealed or header.design.form == "likert" or not table["value"]:
        return None
    setting = preferring.Setting(num_resamples=options.num_resamples, seed=options.seed)
    rows = tables.from_columns("ratings", table)
    try:
        if header.design.form == "pair":
            found = [each.to_json() for each in pairs.measure(votes.from_table(rows), setting)]
        else:
            found = [each.to_json() for each in ranks.measure(rankings.from_table(rows), setting)]
    except preferring.PreferencesWrong as error:
        return {"form": header.design.form, "criteria": [], "reason": str(error)}
    return {
        "form": header.design.form,
        "B": setting.num_resamples,
        "seed": setting.seed,
        "confidence": setting.confidence,
        "criteria": found,
    }


def measure_frontier(
    header: Report, table: Columns, scores: Scored | None, alpha: float | None, options: Options
) -> Facts | None:
    """Retention by a benchmark against gain by people, on the criterion the study is judged by."""
    baseline, criterion = header.design.baseline, header.get_primary()
    if scores is None or header.is_sealed or header.design.form != "likert":
        return None
    if baseline is None or criterion is None or criterion.key not in table["criterion"]:
        return None
    question = Question(
        base=baseline,
        alpha=alpha,
        split_seed=options.seed,
        drawing=Drawing(num_resamples=options.num_resamples, seed=options.seed),
    )
    try:
        found = evidence.measure(read_scores(scores), _read_ratings(table, criterion.key), question)
    except ScoresWrong as error:
        return {"base": baseline, "points": [], "reason": str(error)}
    return as_json.describe(found)


def read_scores(scores: Scored) -> Measured:
    """What `ggez pareto --global` reads from a run's items.csv."""
    variants, prompts = list(dict.fromkeys(scores.variant)), sorted(set(scores.prompt))
    place_v = {name: at for at, name in enumerate(variants)}
    place_p = {name: at for at, name in enumerate(prompts)}
    tie_of = dict(zip(scores.prompt, scores.tie, strict=True))
    values_vp = np.full((len(variants), len(prompts)), math.nan)
    for variant, prompt, value in zip(scores.variant, scores.prompt, scores.value, strict=True):
        values_vp[place_v[variant], place_p[prompt]] = value
    return Measured(
        what=scores.label,
        variants=tuple(variants),
        prompts=tuple(prompts),
        values_vp=values_vp,
        betas=dict(zip(scores.variant, scores.beta, strict=True)),
        ties=ties.choose([tie_of[prompt] for prompt in prompts]),
    )


def _read_ratings(table: Columns, criterion: str) -> Measured:
    chosen = [at for at, name in enumerate(table["criterion"]) if name == criterion]

    def take(name: str) -> list[Any]:
        cells = table[name]
        return [cells[at] for at in chosen]

    raw = Raw(
        value_n=np.asarray(take("value"), dtype=np.float64),
        variant=encode(take("arm")),
        prompt=encode(take("prompt")),
        rater=encode(take("rater")),
    )
    return measured.from_ratings(raw, f"criterion '{criterion}'")
