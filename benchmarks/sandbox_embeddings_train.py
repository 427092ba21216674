"""The shipped encoders of the embeddings arm, made anew from nothing: what they measure lies within
the shipped ones' own intervals.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from sandbox import assets
from sandbox.encoders.model import FAMILIES


def main() -> None:
    small = _sandbox.is_small(__doc__)
    shipped = json.loads((assets.EMBEDDINGS / "metrics.json").read_text("utf-8"))
    made, minutes = _sandbox.carry_out("train", "embeddings", small=small)
    print("## sandbox_embeddings_train: the shipped encoders, made anew\n")
    print(f"`ggez sandbox train --arm embeddings`: {minutes:.0f} minutes.\n")
    print("| captions that find their picture first | shipped | made anew | within |")
    print("|---|---|---|---|")
    held = {family: compare(family, shipped, made) for family in FAMILIES}
    sys.exit(not all(held.values()) and not small)


def compare(family: str, shipped: Mapping[str, Any], made: Mapping[str, Any]) -> bool:
    """The interval is of both: each was measured on as many."""
    holds = True
    for name, old in shipped[family]["first"].items():
        new = made[family]["first"][name]
        is_within = new["low"] <= old["high"] and old["low"] <= new["high"]
        holds &= is_within
        print(f"| {family}, {name} | {_say(old)} | {_say(new)} | {is_within} |")
    return holds


def _say(found: Mapping[str, float]) -> str:
    return f"{found['value']:.4f} [{found['low']:.4f}, {found['high']:.4f}]"


if __name__ == "__main__":
    main()
