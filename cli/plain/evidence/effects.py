"""`ggez effects`: how much each arm differs from the baseline, from a file of ratings."""

from pathlib import Path

import click

from cli.options import confidence_option, json_option, resamples_option, seed_option
from cli.terminal import output
from stats.effects import measure as effects_of
from stats.effects import ratings as rated
from stats.effects.comparison import Setting
from stats.effects.measure import Effect, Effects
from stats.effects.ratings import Ratings


@click.command(epilog="Example: ggez effects ratings.csv --baseline base --by stratum")
@click.argument("ratings_file", metavar="RATINGS.csv", type=click.Path(exists=True, path_type=Path))
@click.option("--baseline", required=True, help="The arm that others are compared with.")
@click.option("--criterion", help="Only this one.  [default: each, apart]")
@click.option("--by", type=click.Choice(effects_of.BY), help="Also within each of these.")
@resamples_option
@seed_option
@confidence_option
@json_option
def effects(
    *,
    ratings_file: Path,
    baseline: str,
    criterion: str | None,
    by: str | None,
    num_resamples: int,
    seed: int,
    confidence: float,
    as_json: bool,
) -> None:
    """Compare every arm with the baseline, prompt by prompt.

    RATINGS.csv has the columns item, rater, value, arm, prompt, and perhaps criterion, stratum,
    region, country, language. A row without a value is left out and counted. docs/effects.md says
    what each number is.
    """
    setting = Setting(
        baseline=baseline, num_resamples=num_resamples, seed=seed, confidence=confidence
    )
    found = effects_of.measure(_choose(rated.read(ratings_file), criterion), setting, by=by)
    if as_json:
        output.print_json(found.to_json())
        return
    _show(found)


def _choose(ratings: Ratings, criterion: str | None) -> Ratings:
    if criterion is None:
        return ratings
    parts = ratings.split("criterion")
    if criterion not in parts:
        there = ", ".join(f"'{name}'" for name in parts)
        raise click.UsageError(f"There is no criterion '{criterion}'; there are {there}.")
    return parts[criterion]


def _show(found: Effects) -> None:
    header = ("where", "arm", "difference", "p", "Holm", "Cliff's delta", "log-odds", "prompts")
    output.print_table(header, [_make_row(effect) for effect in found.of_arms])
    share = f"{found.setting.confidence:.0%}"
    click.echo(
        f"Differences from '{found.setting.baseline}' with {share} intervals for prompts and "
        "raters like these; p by sign flips of prompts."
    )
    for effect in found.of_arms:
        for line in _explain(effect):
            click.echo(line)
    if found.num_without_value:
        click.echo(f"Rows without a value, left out: {found.num_without_value:,}.")


def _make_row(effect: Effect) -> tuple[str, ...]:
    compared = effect.comparison
    return (
        _name(effect),
        compared.arm,
        output.as_interval(compared.difference.estimate),
        output.as_p(compared.p_sign_flip.estimate),
        output.as_p(effect.p_holm.estimate),
        output.as_interval(compared.cliffs_delta.estimate),
        output.as_interval(compared.log_odds.estimate),
        f"{compared.difference.basis.n_prompts:,}",
    )


def _name(effect: Effect) -> str:
    criterion = effect.place.criterion or "all"
    return criterion if effect.place.group is None else f"{criterion}, {effect.place.group[1]}"


def _explain(effect: Effect) -> list[str]:
    """Why something is missing, each reason once."""
    compared, where = effect.comparison, f"{_name(effect)}, {effect.comparison.arm}"
    figures = (
        ("difference", compared.difference),
        ("p", compared.p_sign_flip),
        ("Cliff's delta", compared.cliffs_delta),
        ("log-odds", compared.log_odds),
    )
    lines = [
        f"{where}: {name}: {figure.estimate.reason}."
        for name, figure in figures
        if figure.estimate.reason
    ]
    if compared.num_left_out:
        lines.append(f"{where}: {compared.num_left_out:,} prompts lack one arm and are left out.")
    return lines
