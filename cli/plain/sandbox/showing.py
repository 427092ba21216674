"""What all arms of the sandbox show: what each merge keeps and gains."""

from collections.abc import Mapping, Sequence
from typing import Any

from cli.terminal import output


def print_trade_off(facts: Mapping[str, Any]) -> None:
    rows = [
        (
            f"{row['beta']:g}",
            f"{row['correct_global']:.1f}",
            with_interval(row["retention"]),
            f"{row['correct_regional']:.1f}",
            with_interval(row["gain"]),
        )
        for row in facts["rows"]
    ]
    output.print_table(("beta", "global", "kept of it", "regional", "gained"), rows)


def explain(facts: Mapping[str, Any], *, what: str) -> Sequence[str]:
    """`what` is drawn again and again for the intervals."""
    answers = facts["num_answers"]
    verdict = "holds" if facts["holds"] else "does not hold"
    return (
        f"Chosen on the other half: {facts['chosen_because']}",
        f"GRP at alpha {facts['alpha']:.4g} would choose beta {facts['beta_star']:g}.",
        f"What the method promises {verdict} here.",
        f"Each beta: {answers['global']:,} global and {answers['regional']:,} regional answers.",
        f"Intervals of {facts['confidence']:.0%}: {facts['num_resamples']:,} resamples of {what}.",
    )


def with_interval(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "-"
    if found["low"] is None:
        return f"{found['value']:.1%}" if found["value"] is not None else found["reason"]
    return f"{found['value']:+.1%} [{found['low']:+.1%}, {found['high']:+.1%}]"
