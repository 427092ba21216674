"""The shipped models, made anew from nothing: what they measure lies within the shipped ones' own
intervals. Of the base, the one that was shipped with it; of a head of the judge, Wilson's, over the
drawings it was measured on.
"""

import json
import math
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from sandbox import assets
from stats.effects import wilson


def main() -> None:
    small = _sandbox.is_small(__doc__)
    shipped = json.loads((assets.WEIGHTS / "metrics.json").read_text("utf-8"))
    made, minutes = _sandbox.carry_out("train", small=small)
    print("## sandbox_train: the shipped models, made anew\n")
    print(f"`ggez sandbox train`: {minutes:.0f} minutes.\n")
    sys.exit(not compare(shipped, made) and not small)


def compare(shipped: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    print("| what | shipped | made anew | within |\n|---|---|---|---|")
    rows = [
        (f"base, {scope}", old["value"], (old["low"], old["high"]), made["base"][scope]["value"])
        for scope, old in shipped["base"].items()
    ]
    num, num_made = (each["sizes"]["held_back"] for each in (shipped, made))
    for name, share in shipped["judge"]["drawings"].items():
        right = _count(made["judge"]["drawings"][name], num_made)
        rows.append((f"judge, {name}", share, _find_interval(share, num), right / num_made))
    holds = True
    for name, old, (low, high), new in rows:
        is_within = low <= new <= high
        holds &= is_within
        print(f"| {name} | {old:.4f} [{low:.4f}, {high:.4f}] | {new:.4f} | {is_within} |")
    return holds


def _find_interval(share: float, num: int) -> tuple[float, float]:
    """Of whole drawings: one more right than 2,999 of 3,000 is no other judge."""
    low, high = wilson.compute_interval(_count(share, num), num)
    return math.floor(low * num) / num, math.ceil(high * num) / num


def _count(share: float, num: int) -> int:
    """Shares are written with four digits; what was counted are drawings."""
    return round(share * num)


if __name__ == "__main__":
    main()
