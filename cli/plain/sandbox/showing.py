"""What all arms of the sandbox show: what each merge keeps and gains."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.terminal import output

HEADER = ("beta", "global", "kept of it", "regional", "gained")
# How numbers are written. Only what is held against no change has a sign: 99 % kept is no gain.
RETENTION, GAIN, PER_CENT = ".1%", "+.1%", ".1f"


def print_trade_off(facts: Mapping[str, Any]) -> None:
    output.print_table(HEADER, list(list_rows(facts)))


def list_rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The cells below HEADER, of every beta."""
    for row in facts["rows"]:
        yield (
            f"{row['beta']:g}",
            f"{row['score_global']:{PER_CENT}}",
            say_interval(row["retention"], RETENTION),
            f"{row['score_regional']:{PER_CENT}}",
            say_interval(row["gain"], GAIN),
        )


def explain(facts: Mapping[str, Any], *, counted: str, drawn: str) -> Sequence[str]:
    """`counted` is what a beta was scored on; `drawn` again and again for the intervals."""
    num = facts["num_items"]
    verdict = "holds" if facts["holds"] else "does not hold"
    return (
        f"Chosen on the other half: {facts['chosen_because']}",
        f"GRP at alpha {facts['alpha']:.4g} would choose beta {facts['beta_star']:g}.",
        f"What the method promises {verdict} here.",
        f"Each beta: {num['global']:,} global and {num['regional']:,} regional {counted}.",
        f"Intervals of {facts['confidence']:.0%}: {facts['num_resamples']:,} resamples of {drawn}.",
    )


def say_interval(found: Mapping[str, Any] | None, form: str) -> str:
    """A number of what was estimated, with its interval where it has one; else why it has none."""
    if found is None:
        return "-"
    if found["value"] is None:
        return str(found["reason"])
    if found["low"] is None:
        return f"{found['value']:{form}}"
    return f"{found['value']:{form}} [{found['low']:{form}}, {found['high']:{form}}]"
