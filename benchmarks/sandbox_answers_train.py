"""The shipped model of the answers arm, made anew from nothing: what it measures lies within the
shipped one's own intervals.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from sandbox import assets


def main() -> None:
    small = _sandbox.is_small(__doc__)
    shipped = json.loads((assets.ANSWERS / "metrics.json").read_text("utf-8"))
    made, minutes = _sandbox.carry_out("train", "--arm", "answers", small=small)
    print("## sandbox_answers_train: the shipped model of the answers arm, made anew\n")
    print(f"`ggez sandbox train --arm answers`: {minutes:.0f} minutes.\n")
    sys.exit(not compare(shipped, made) and not small)


def compare(shipped: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """Open questions, word for word. The interval is of both: each was measured on as many."""
    print("| what | shipped | made anew | within |\n|---|---|---|---|")
    holds = True
    for name, old in shipped["base"].items():
        new = made["base"][name]
        is_within = new["low"] <= old["high"] and old["low"] <= new["high"]
        holds &= is_within
        print(
            f"| {name} | {old['value']:.4f} [{old['low']:.4f}, {old['high']:.4f}] | "
            f"{new['value']:.4f} [{new['low']:.4f}, {new['high']:.4f}] | {is_within} |"
        )
    return holds


if __name__ == "__main__":
    main()
