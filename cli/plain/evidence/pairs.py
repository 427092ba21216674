"""`ggez pairs`: which arm is preferred, from a file of votes between two."""

from pathlib import Path

import click

from cli.options import confidence_option, json_option, resamples_option, seed_option
from cli.terminal import output
from stats.preferences.pairs import measure as preferences
from stats.preferences.pairs import votes as voted
from stats.preferences.pairs.measure import Preferences
from stats.preferences.setting import Setting


@click.command(epilog="Example: ggez pairs votes.csv --json")
@click.argument("votes_file", metavar="VOTES.csv", type=click.Path(exists=True, path_type=Path))
@resamples_option
@seed_option
@confidence_option
@json_option
def pairs(
    *, votes_file: Path, num_resamples: int, seed: int, confidence: float, as_json: bool
) -> None:
    """Count wins, ties and losses, and put the arms on one scale (Bradley-Terry with ties).

    VOTES.csv has the columns prompt, rater, left, right (arms), winner (left, right, tie, both_bad,
    or an arm's name) and perhaps criterion. Each criterion is counted apart. docs/effects.md says
    what each number is.
    """
    setting = Setting(num_resamples=num_resamples, seed=seed, confidence=confidence)
    votes = voted.read(votes_file)
    found = preferences.measure(votes, setting)
    if as_json:
        output.print_json(
            {
                "B": num_resamples,
                "seed": seed,
                "confidence": confidence,
                "n_without_winner": votes.num_without_winner,
                "criteria": [each.to_json() for each in found],
            }
        )
        return
    for each in found:
        _show(each)
    if votes.num_without_winner:
        click.echo(f"Rows without a winner, left out: {votes.num_without_winner:,}.")


def _show(found: Preferences) -> None:
    if found.criterion is not None:
        click.echo(f"Criterion {found.criterion}")
    output.print_table(
        ("arm", "other", "wins", "ties", "losses", "win share"),
        [
            (
                pair.arm,
                pair.other,
                f"{pair.wins:,}",
                f"{pair.ties:,}",
                f"{pair.losses:,}",
                output.as_interval(pair.win_share.estimate),
            )
            for pair in found.pairs
        ],
    )
    output.print_table(
        ("arm", "strength"),
        [
            (arm, output.as_interval(figure.estimate))
            for arm, figure in zip(found.arms, found.strengths, strict=True)
        ],
    )
    for line in _explain(found):
        click.echo(line)


def _explain(found: Preferences) -> list[str]:
    reasons = dict.fromkeys(each.estimate.reason for each in found.strengths)
    lines = [f"Strengths: {reason}." for reason in reasons if reason]
    lines.append(
        f"The left output won {output.as_interval(found.left_share.estimate)} of the decided "
        f"votes; p of half: {output.as_p(found.p_left.estimate)}."
    )
    lines += [f"In a circle: {', '.join(circle)}." for circle in found.circles.circles]
    if found.circles.num_triads:
        lines.append(
            f"Of {found.circles.num_triads:,} triads that a rater decided on a prompt, "
            f"{found.circles.num_circular:,} run in a circle."
        )
    return lines
