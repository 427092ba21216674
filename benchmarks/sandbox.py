"""The whole method in the sandbox: what the filter finds, what the chosen merge gains and keeps.

Limits: the merge that was chosen on one half of prompts and seeds gains at least 15 % regionally
on the other and keeps at least 98 % globally, more than the unmerged model does; the filter drops
95 % of the planted near duplicates, and of what it drops at most 1 % was not planted. That it takes
about a quarter of an hour is no limit, as machines differ; when it takes more, that is said.
"""

import argparse
import json
import operator
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from sandbox.evidence import LEAST_GAIN
from stats.frontier.retention import AT_LEAST

MIN_DUPLICATE_RECALL, MAX_NOT_PLANTED = 0.95, 0.01
MIN_ANSWERS = 1000
ABOUT_MINUTES, MANY_MINUTES = 15, 20
_HOLDS = {">=": operator.ge, "<=": operator.le, ">": operator.gt}
_UNCHANGED = {"gain": {"value": 0.0}, "retention": {"value": 1.0}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="In a minute, and held to no limit.")
    small = parser.parse_args().small
    with tempfile.TemporaryDirectory(prefix="ggez-sandbox-") as folder:
        started = time.monotonic()
        command = [sys.executable, "-m", "cli.main", "sandbox", "run", "--out", folder, "--json"]
        command += ["--small"] if small else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        minutes = (time.monotonic() - started) / 60
        holds = report(json.loads(done.stdout), minutes)
    sys.exit(not holds and not small)


def report(facts: Mapping[str, Any], minutes: float) -> bool:
    print("## sandbox: the whole method in the drawn world\n")
    print(f"`ggez sandbox run --json`, from the shipped base: {_say_minutes(minutes)}\n")
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


def _say_minutes(minutes: float) -> str:
    said = f"{minutes:.1f} minutes, against about {ABOUT_MINUTES}."
    if minutes <= MANY_MINUTES:
        return said
    return f"{said} **That is more than {MANY_MINUTES}: on this machine it is not about that.**"


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
