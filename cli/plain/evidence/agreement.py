"""`ggez agreement`: how far raters agree, from a file of ratings."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from cli.options import json_option, levels_option, resamples_option, seed_option
from cli.terminal import output
from stats import tables
from stats.agreement import ratings, report
from stats.agreement.definitions import DEFINITIONS, HEADLINE
from stats.agreement.one_criterion import Agreement
from stats.agreement.resampling import Bootstrap
from stats.estimate import Estimate

_IN_GROUPS = ("percent_agreement", HEADLINE, "gwet_ac2_quadratic")


@click.command(epilog="Example: ggez agreement ratings.csv --levels 1..5 --by arm")
@click.argument("ratings_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@levels_option(required=True)
@click.option("--by", type=click.Choice(ratings.GROUPS), help="Also for each cell of this column.")
@click.option("--criterion", help="Of these ratings only, where there are several criteria.")
@resamples_option
@seed_option
@json_option
def agreement(
    *,
    ratings_file: Path,
    levels: Sequence[float],
    by: str | None,
    criterion: str | None,
    num_resamples: int,
    seed: int,
    as_json: bool,
) -> None:
    """Say how far raters agree, each coefficient with a 95 % interval.

    RATINGS_FILE is CSV with the columns item, rater and value, perhaps criterion, arm, prompt,
    stratum, region, country and language. A blank value is no rating. docs/agreement.md says what
    each number is.
    """
    columns = tables.read_columns(ratings_file, ratings.REQUIRED, ratings.GROUPS)
    found = report.measure(
        ratings.from_table(columns),
        levels,
        by=by,
        criterion=criterion,
        bootstrap=Bootstrap(num_resamples=num_resamples, seed=seed),
    )
    if as_json:
        output.print_json(found.to_json())
        return
    _show(found)


def _show(found: report.Report) -> None:
    whole = found.overall
    size = f"{whole.num_ratings:,} ratings of {whole.num_items:,} items"
    click.echo(f"{size} by {whole.num_raters:,} raters.")
    output.print_table(
        ("coefficient", "value", "interval"),
        [
            (DEFINITIONS[name].label, *_spell(estimate))
            for name, estimate in whole.estimates.items()
        ],
    )
    left = whole.leave_one_out
    if left.low is not None:
        click.echo(
            f"{DEFINITIONS[HEADLINE].label}, without one rater: {left.low:.3f} (without "
            f"'{left.low_without}') to {left.high:.3f} (without '{left.high_without}')."
        )
    if found.by is not None:
        click.echo()
        _show_groups(found.by, found.groups)
    for note in found.notes:
        click.echo(note)


def _show_groups(by: str, groups: Mapping[str, Agreement]) -> None:
    labels = [DEFINITIONS[name].label for name in _IN_GROUPS]
    rows = [
        (
            name or "(blank)",
            f"{each.num_items:,}",
            f"{each.num_raters:,}",
            f"{each.num_ratings:,}",
            *(" ".join(_spell(each.estimates[wanted])).strip() for wanted in _IN_GROUPS),
        )
        for name, each in groups.items()
    ]
    output.print_table((by, "items", "raters", "ratings", *labels), rows)


def _spell(estimate: Estimate) -> tuple[str, str]:
    value = "" if estimate.value is None else f"{estimate.value:.3f}"
    if estimate.low is None:
        return value, f"({estimate.reason})"
    return value, f"[{estimate.low:.3f}, {estimate.high:.3f}]"
