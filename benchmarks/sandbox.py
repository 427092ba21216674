"""The whole method in the sandbox: what the filter finds, what the chosen merge gains and keeps.

Limits: the merge that was chosen on one half of prompts and seeds gains at least 15 % regionally
on the other and keeps at least 98 % globally, more than the unmerged model does; the filter drops
95 % of the planted near duplicates, and of what it drops at most 1 % was not planted. That it takes
about a quarter of an hour is no limit, as machines differ; when it takes more, that is said.
"""

import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from benchmarks._sandbox import Limit
from cli.plain.sandbox import showing
from sandbox.evidence import LEAST_GAIN
from stats.frontier.scales import SCOPES

MIN_DUPLICATE_RECALL, MAX_NOT_PLANTED = 0.95, 0.01
MIN_ANSWERS = 1000
ABOUT_MINUTES = 15


def main() -> None:
    small = _sandbox.is_small(__doc__)
    facts, minutes = _sandbox.carry_out("run", small=small)
    sys.exit(not report(facts, minutes) and not small)


def report(facts: Mapping[str, Any], minutes: float) -> bool:
    print("## sandbox: the whole method in the drawn world\n")
    said = _sandbox.say_minutes(minutes, ABOUT_MINUTES)
    print(f"`ggez sandbox run --json`, from the shipped base: {said}\n")
    _sandbox.print_trade_off(facts)
    answers = facts["num_items"]
    print(
        f"\nEach beta: {answers['global']:,} global and {answers['regional']:,} regional answers "
        f"on the reporting half. {facts['chosen_because']} GRP at alpha {facts['alpha']:.4g} would "
        f"choose beta {facts['beta_star']:g}.\n"
    )
    unmerged = next(row for row in facts["rows"] if row["beta"] == 1)
    print(f"{_say_trade_off(_sandbox.find_chosen(facts), unmerged)}\n")
    return _check(facts, unmerged)


def _say_trade_off(chosen: Mapping[str, Any], unmerged: Mapping[str, Any]) -> str:
    """What merging is for: the unmerged model gains the most, and pays for it."""
    return (
        f"Unmerged (beta 1), the tuned model gains {_say_gain(unmerged)} regionally and keeps "
        f"{_say_kept(unmerged)} globally; merged at beta {chosen['beta']:g} it gains "
        f"{_say_gain(chosen)} and keeps {_say_kept(chosen)}."
    )


def _say_gain(row: Mapping[str, Any]) -> str:
    return showing.say_interval(row["gain"], showing.GAIN)


def _say_kept(row: Mapping[str, Any]) -> str:
    return showing.say_interval(row["retention"], showing.RETENTION)


def _check(facts: Mapping[str, Any], unmerged: Mapping[str, Any]) -> bool:
    found = {name: share and share["value"] for name, share in facts["filter"].items()}
    gain, retention = _sandbox.limit_chosen(facts, LEAST_GAIN)
    lost = _subtract(retention.found, unmerged["retention"]["value"])
    limits = [
        gain,
        retention,
        Limit(what="the same, more than unmerged", found=lost, sign=">", limit=0),
        *(
            Limit(what=f"{scope} answers", found=facts["num_items"][scope], limit=MIN_ANSWERS)
            for scope in SCOPES
        ),
        Limit(
            what="planted near duplicates dropped",
            found=found["duplicate_recall"],
            limit=MIN_DUPLICATE_RECALL,
        ),
        Limit(
            what="dropped and not planted",
            found=found["duplicates_not_planted"],
            sign="<=",
            limit=MAX_NOT_PLANTED,
        ),
    ]
    holds = _sandbox.check(limits)
    for name in ("region_precision", "region_recall"):
        print(f"| {name.replace('_', ' ')} | {_sandbox.say_number(found[name])} | - |")
    return holds


def _subtract(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


if __name__ == "__main__":
    main()
