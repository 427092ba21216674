"""The whole method in the sandbox: what the filter finds, what the chosen merge gains and keeps.

Limits: the merge that was chosen on one half of prompts and seeds gains at least 15 % regionally
on the other and keeps at least 98 % globally, more than the unmerged model does; the filter drops
95 % of the planted near duplicates, and of what it drops at most 1 % was not planted. That it takes
about a quarter of an hour is no limit, as machines differ; when it takes more, that is said.
"""

import operator
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from sandbox.evidence import LEAST_GAIN
from stats.frontier.retention import AT_LEAST

MIN_DUPLICATE_RECALL, MAX_NOT_PLANTED = 0.95, 0.01
MIN_ANSWERS = 1000
ABOUT_MINUTES = 15
_HOLDS = {">=": operator.ge, "<=": operator.le, ">": operator.gt}
_UNCHANGED = {"gain": {"value": 0.0}, "retention": {"value": 1.0}}


def main() -> None:
    small = _sandbox.is_small(__doc__)
    facts, minutes = _sandbox.carry_out("run", small=small)
    sys.exit(not report(facts, minutes) and not small)


def report(facts: Mapping[str, Any], minutes: float) -> bool:
    print("## sandbox: the whole method in the drawn world\n")
    said = _sandbox.say_minutes(minutes, ABOUT_MINUTES)
    print(f"`ggez sandbox run --json`, from the shipped base: {said}\n")
    print("| beta | global | kept of it | regional | gained |")
    print("|---|---|---|---|---|")
    for row in facts["rows"]:
        print(
            f"| {row['beta']:g} | {row['correct_global']:.1f} | {_interval(row['retention'])} | "
            f"{row['correct_regional']:.1f} | {_interval(row['gain'])} |"
        )
    answers = facts["num_answers"]
    print(
        f"\nEach beta: {answers['global']:,} global and {answers['regional']:,} regional answers "
        f"on the reporting half. {facts['chosen_because']} GRP at alpha {facts['alpha']:.4g} would "
        f"choose beta {facts['beta_star']:g}.\n"
    )
    chosen = next(row for row in facts["rows"] if row["variant"] == facts["chosen"]["variant"])
    unmerged = next(row for row in facts["rows"] if row["beta"] == 1)
    print(f"{_say_trade_off(chosen, unmerged)}\n")
    return _check(facts, chosen, unmerged)


def _say_trade_off(chosen: Mapping[str, Any], unmerged: Mapping[str, Any]) -> str:
    """What merging is for: the unmerged model gains the most, and pays for it."""
    return (
        f"Unmerged (beta 1), the tuned model gains {_interval(unmerged['gain'])} regionally and "
        f"keeps {_interval(unmerged['retention'])} globally; merged at beta {chosen['beta']:g} it "
        f"gains {_interval(chosen['gain'])} and keeps {_interval(chosen['retention'])}."
    )


def _check(
    facts: Mapping[str, Any], chosen: Mapping[str, Any], unmerged: Mapping[str, Any]
) -> bool:
    # The base itself, when it stays, gains nothing and keeps all.
    gained, kept = ((chosen[name] or unchanged)["value"] for name, unchanged in _UNCHANGED.items())
    lost = _subtract(kept, unmerged["retention"]["value"])
    found = {name: share and share["value"] for name, share in facts["filter"].items()}
    limits = [
        ("gain of the chosen merge", gained, ">=", LEAST_GAIN),
        ("retention of the chosen merge", kept, ">=", AT_LEAST),
        ("the same, more than unmerged", lost, ">", 0),
        ("global answers", facts["num_answers"]["global"], ">=", MIN_ANSWERS),
        ("regional answers", facts["num_answers"]["regional"], ">=", MIN_ANSWERS),
        ("planted near duplicates dropped", found["duplicate_recall"], ">=", MIN_DUPLICATE_RECALL),
        ("dropped and not planted", found["duplicates_not_planted"], "<=", MAX_NOT_PLANTED),
    ]
    print("| what | found | limit |\n|---|---|---|")
    for name, value, sign, limit in limits:
        print(f"| {name} | {_number(value)} | {sign} {limit:g} |")
    for name in ("region_precision", "region_recall"):
        print(f"| {name.replace('_', ' ')} | {_number(found[name])} | - |")
    return all(value is not None and _HOLDS[sign](value, limit) for _, value, sign, limit in limits)


def _subtract(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _interval(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "-"
    if found["value"] is None:
        return str(found["reason"])
    if found["low"] is None:
        return f"{found['value']:.1%}"
    return f"{found['value']:+.1%} [{found['low']:+.1%}, {found['high']:+.1%}]"


if __name__ == "__main__":
    main()
