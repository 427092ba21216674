"""`ggez ranks`: the order of arms, from a file of rankings."""

from pathlib import Path

import click

from cli.options import confidence_option, json_option, resamples_option, seed_option
from cli.terminal import output
from stats.preferences.ranks import measure as orders
from stats.preferences.ranks import rankings
from stats.preferences.ranks.measure import Order
from stats.preferences.setting import Setting


@click.command(epilog="Example: ggez ranks ranks.csv --json")
@click.argument("ranks_file", metavar="RANKS.csv", type=click.Path(exists=True, path_type=Path))
@resamples_option
@seed_option
@confidence_option
@json_option
def ranks(
    *, ranks_file: Path, num_resamples: int, seed: int, confidence: float, as_json: bool
) -> None:
    """Average ranks, test whether arms differ (Friedman), and weigh them (Plackett-Luce).

    RANKS.csv has the columns prompt, rater, arm, rank (1 is the best) and perhaps criterion. Each
    criterion is counted apart. docs/effects.md says what each number is.
    """
    setting = Setting(num_resamples=num_resamples, seed=seed, confidence=confidence)
    ranked = rankings.read(ranks_file)
    found = orders.measure(ranked, setting)
    if as_json:
        output.print_json(
            {
                "B": num_resamples,
                "seed": seed,
                "confidence": confidence,
                "n_without_rank": ranked.num_without_rank,
                "criteria": [each.to_json() for each in found],
            }
        )
        return
    for each in found:
        _show(each)
    if ranked.num_without_rank:
        click.echo(f"Rows without a rank, left out: {ranked.num_without_rank:,}.")


def _show(found: Order) -> None:
    if found.criterion is not None:
        click.echo(f"Criterion {found.criterion}")
    output.print_table(
        ("arm", "mean rank", "log-worth"),
        [
            (arm, output.as_interval(rank.estimate), output.as_interval(worth.estimate))
            for arm, rank, worth in zip(found.arms, found.mean_ranks, found.worths, strict=True)
        ],
    )
    for line in _explain(found):
        click.echo(line)


def _explain(found: Order) -> list[str]:
    num, order = found.p_friedman.basis.n_prompts, output.as_interval(found.kendalls_w.estimate)
    p_value = output.as_p(found.p_friedman.estimate)
    lines = [f"Friedman over {num:,} prompts: p {p_value}; Kendall's W {order}."]
    figures = (*found.mean_ranks, *found.worths, found.p_friedman)
    reasons = dict.fromkeys(each.estimate.reason for each in figures if each.estimate.reason)
    lines += [f"{reason[:1].upper()}{reason[1:]}." for reason in reasons]
    if found.num_incomplete:
        lines.append(f"Rankings that lack an arm, without a mean rank: {found.num_incomplete:,}.")
    if found.num_tied:
        lines.append(f"Rankings with ties, without a worth: {found.num_tied:,}.")
    return lines
