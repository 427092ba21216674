"""`ggez pareto`: global retention against regional gain, from two files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.options import confidence_option, json_option, resamples_option, seed_option
from cli.terminal import output
from domain.regions import globalisation
from domain.settings import Settings
from stats.frontier import as_json as frontier_json
from stats.frontier import evidence, measured
from stats.frontier.evidence import Evidence, Question
from stats.frontier.plane import Drawing
from stats.frontier.retention import AT_LEAST

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="Example: ggez pareto --global items.csv --regional ratings.csv --region sea")
@click.option(
    "--global",
    "global_file",
    required=True,
    type=_file,
    help="CSV: variant, beta, prompt, value, perhaps benchmark, mode, scope; or a run's items.csv.",
)
@click.option(
    "--regional",
    "regional_file",
    required=True,
    type=_file,
    help="CSV: ratings (arm, prompt, rater, value, perhaps criterion), or the same as --global.",
)
@click.option("--benchmark", help="Of the global file.  [default: the only one]")
@click.option("--mode", help="Of the global file.  [default: the only one]")
@click.option("--criterion", help="Of the ratings.  [default: the only one]")
@click.option("--base", help="The variant others are compared with.  [default: that of beta 0]")
@click.option("--alpha", type=float, help="Mark this weight of global quality on GRP's curve.")
@click.option("--region", help="Mark the weight of this region's globalisation index.")
@click.option("--year", type=int, help="Of this year.  [default: the latest]")
@click.option(
    "--scale",
    type=click.Choice(["base", "none"]),
    default="base",
    show_default=True,
    help="GRP of shares of the base's quality, or of values as they are.",
)
@click.option(
    "--retention",
    "at_least",
    type=click.FloatRange(0, 1, min_open=True),
    default=AT_LEAST,
    show_default=True,
    help="The share of global quality that is to be kept.",
)
@click.option(
    "--split-seed",
    type=click.IntRange(min=0),
    help="Choose on one half of the prompts and report on the other; this seed splits them.",
)
@resamples_option
@seed_option
@confidence_option
@json_option
def pareto(
    *,
    global_file: Path,
    regional_file: Path,
    criterion: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Show what each variant keeps globally and gains regionally, and which are worth having.

    x is retention: the global mean as a share of the base's. y is gain: the regional mean minus the
    base's. Then GRP over its whole weight, and the largest gain that keeps enough. docs/effects.md
    says what each number is.
    """
    narrowed = {name: options[name] for name in ("benchmark", "mode")}
    found = evidence.measure(
        measured.read_global(global_file, narrowed),
        measured.read_regional(regional_file, {"criterion": criterion}),
        _read_question(options),
    )
    if as_json:
        output.print_json(frontier_json.describe(found))
        return
    _show(found)


def _read_question(options: Mapping[str, Any]) -> Question:
    return Question(
        base=options["base"],
        alpha=_find_alpha(options["alpha"], options["region"], options["year"]),
        scale=options["scale"],
        at_least=options["at_least"],
        split_seed=options["split_seed"],
        drawing=Drawing(
            num_resamples=options["num_resamples"],
            seed=options["seed"],
            confidence=options["confidence"],
        ),
    )


def _find_alpha(alpha: float | None, region: str | None, year: int | None) -> float | None:
    if alpha is not None and region is not None:
        raise click.UsageError("Name the weight by one of --alpha and --region.")
    if region is not None:
        return globalisation.get_alpha(Settings(), region, year)
    if year is not None:
        raise click.UsageError("--year belongs to --region.")
    return alpha


def _show(found: Evidence) -> None:
    output.print_table(
        ("variant", "beta", "retention", "gain", "frontier", "probability", "recommended"),
        [
            (
                point.variant,
                f"{point.beta:g}",
                output.as_interval(point.retention.estimate),
                output.as_interval(point.gain.estimate),
                "yes" if point.is_on_frontier else "no",
                f"{point.frontier_share:.3f}",
                f"{point.recommended_share:.3f}",
            )
            for point in found.points
        ],
    )
    for line in (*_explain_gaps(found), *_explain_grp(found), *_explain_choice(found)):
        click.echo(line)


def _explain_gaps(found: Evidence) -> list[str]:
    lines = [f"'{name}' was measured on one side only and is left out." for name in found.left_out]
    for what, num in zip(("global", "regional"), found.num_prompts_left_out, strict=True):
        if num:
            lines.append(f"{num:,} {what} prompts lack a variant and are left out.")
    return lines


def _explain_grp(found: Evidence) -> list[str]:
    lines = [
        f"GRP (scale {found.question.scale}), weight of global quality "
        f"{stretch.alpha_from:.4f} to {stretch.alpha_to:.4f}: '{stretch.variant}', beta* "
        f"{stretch.beta:g}."
        for stretch in found.stretches
    ]
    if found.best is not None:
        lines.append(
            f"At the marked weight {found.question.alpha:g}: '{found.best.variant}', beta* "
            f"{found.best.beta:g}."
        )
    return lines


def _explain_choice(found: Evidence) -> list[str]:
    lines = [found.recommendation.reason, found.certainty, found.choosing]
    if found.held is not None:
        reported = found.held.reported
        lines.append(
            f"Chosen on the first half: '{reported.variant}' (beta {reported.beta:g}). On the "
            f"other half its retention is {output.as_interval(reported.retention.estimate)} and "
            f"its gain {output.as_interval(reported.gain.estimate)}."
        )
    return lines
