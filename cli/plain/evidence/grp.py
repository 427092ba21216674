"""`ggez grp`: global and regional quality in one number, from a file of scores."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click

from cli.options import json_option
from cli.terminal import output
from domain.regions import globalisation
from domain.settings import Settings
from stats.frontier import grp as frontier
from stats.frontier import retention, score_files
from stats.frontier.scales import Scale


@click.command(epilog="Example: ggez grp --scores scores.csv --alpha 0.43 --scale base")
@click.option(
    "--scores",
    "scores_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV: variant, beta, scope (global or regional), metric, value, perhaps lo and hi.",
)
@click.option("--alpha", type=float, help="Weight of global quality, from 0 to 1.")
@click.option("--region", help="Take alpha from this region's globalisation index.")
@click.option("--year", type=int, help="Of this year.  [default: the latest]")
@click.option(
    "--scale",
    type=click.Choice(get_args(Scale)),
    default="none",
    show_default=True,
    help="How metrics come onto one scale: as given, by their bounds, or as shares of the base's.",
)
@click.option(
    "--retention",
    "at_least",
    type=click.FloatRange(0, 1, min_open=True),
    help="Recommend the largest regional gain that keeps this share of global quality, too.",
)
@json_option
def grp(
    *,
    scores_file: Path,
    alpha: float | None,
    region: str | None,
    year: int | None,
    scale: Scale,
    at_least: float | None,
    as_json: bool,
) -> None:
    """Weigh global against regional quality, and find the best beta.

    GRP = alpha * global + (1 - alpha) * regional. alpha is the weight of GLOBAL quality; beta is
    the share of regional weights in a variant.
    """
    weight = _find_alpha(alpha, region, year)
    found = frontier.compute(score_files.read(scores_file), weight, scale)
    advice = None if at_least is None else retention.recommend(found.rows, at_least)
    if as_json:
        facts = found.to_json()
        output.print_json(facts if advice is None else {**facts, "recommendation": asdict(advice)})
        return
    for line in _describe(found):
        click.echo(line)
    if advice is not None:
        click.echo(advice.reason)


def _find_alpha(alpha: float | None, region: str | None, year: int | None) -> float:
    if (alpha is None) == (region is None):
        raise click.UsageError("Name the weight by exactly one of --alpha and --region.")
    if region is not None:
        return globalisation.get_alpha(Settings(), region, year)
    if year is not None:
        raise click.UsageError("--year belongs to --region.")
    assert alpha is not None, "One of both is there."
    return alpha


def _describe(found: frontier.Grp) -> Sequence[str]:
    rows: list[tuple[Any, ...]] = [
        (row.variant, f"{row.beta:g}", row.q_global, row.q_regional, row.grp(found.alpha))
        for row in found.rows
    ]
    output.print_table(
        ("variant", "beta", "global", "regional", "GRP"),
        [(name, beta, *(f"{number:.2f}" for number in numbers)) for name, beta, *numbers in rows],
    )
    best = f"Best at alpha {found.alpha:g}: '{found.best.variant}' (beta {found.best.beta:g})"
    return [
        f"{best}; scale: {found.scale}.",
        *(
            f"From alpha {change.alpha:.4f} on, '{change.after}' is better than '{change.before}'."
            for change in found.changes
        ),
    ]
