"""`ggez power`: how many prompts and ratings a study needs, before anybody rates."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from cli.options import json_option
from cli.terminal import output
from stats.power import two_arms
from stats.power.two_arms import Assumptions

_SHARE = click.FloatRange(0, 1)


@click.command(epilog="Example: ggez power --effect 0.078 --sd 0.5 --raters-per-item 3")
@click.option("--effect", type=float, required=True, help="Difference of means, in levels.")
@click.option("--sd", type=float, required=True, help="Of one rating, in levels.")
@click.option("--levels", type=int, default=3, show_default=True, help="Of the scale.")
@click.option(
    "--raters-per-item", type=int, default=1, show_default=True, help="Scored ratings of each item."
)
@click.option(
    "--item-share",
    type=_SHARE,
    default=0.0,
    show_default=True,
    help="Of the variance: how much items differ in everybody's eyes.",
)
@click.option(
    "--prompt-share",
    type=_SHARE,
    default=0.0,
    show_default=True,
    help="The part of it that the outputs of one prompt have in common.",
)
@click.option(
    "--rater-share",
    type=_SHARE,
    default=0.0,
    show_default=True,
    help="Of the variance: how much raters differ in severity.",
)
@click.option(
    "--power",
    type=float,
    default=0.8,
    show_default=True,
    help="Chance to see an effect that is there.",
)
@click.option(
    "--significance-level", type=float, default=0.05, show_default=True, help="Two-sided."
)
@click.option("--prompts", type=int, help="Also say what so many prompts in each arm can see.")
@json_option
def power(*, prompts: int | None, as_json: bool, **assumptions: Any) -> None:
    """Plan two arms: prompts and ratings needed, paired by prompt and unpaired.

    By the normal approximation, rounded up. Paired, every prompt has an output of both arms and the
    same raters see both.
    """
    assumed = Assumptions(**assumptions)
    facts: dict[str, Any] = {"assumptions": asdict(assumed)} | asdict(two_arms.plan(assumed))
    if prompts is not None:
        facts["reach"] = {"prompts_per_arm": prompts} | {
            name: asdict(two_arms.reach(assumed, prompts, is_paired=name == "paired"))
            for name in ("unpaired", "paired")
        }
    if as_json:
        output.print_json(facts)
        return
    _show(facts)


def _show(facts: Mapping[str, Any]) -> None:
    output.print_table(
        ("design", "prompts in each arm", "ratings in each arm"),
        [
            (name, f"{facts[name]['prompts_per_arm']:,}", f"{facts[name]['ratings_per_arm']:,}")
            for name in ("paired", "unpaired")
        ],
    )
    click.echo(
        f"Without clusters, every rating of its own prompt: {facts['ratings_without_clusters']:,} "
        "ratings in each arm."
    )
    if "reach" not in facts:
        return
    num = facts["reach"]["prompts_per_arm"]
    for name in ("paired", "unpaired"):
        found = facts["reach"][name]
        click.echo(
            f"{num:,} prompts, {name}: power {found['power']:.2f}; the smallest effect seen with "
            f"the wanted power is {found['smallest_effect']:.3g}."
        )
