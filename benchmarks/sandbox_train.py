"""The shipped models, made anew from nothing: what they measure lies within the shipped ones' own
intervals. Of the base, the one that was shipped with it; of a head of the judge, Wilson's, over the
drawings it was measured on.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from sandbox import assets
from stats.effects import wilson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="In a minute, and held to no limit.")
    small = parser.parse_args().small
    shipped = json.loads((assets.WEIGHTS / "metrics.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="ggez-sandbox-train-") as folder:
        started = time.monotonic()
        command = [sys.executable, "-m", "cli.main", "sandbox", "train", "--out", folder, "--json"]
        command += ["--small"] if small else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        minutes = (time.monotonic() - started) / 60
    print("## sandbox_train: the shipped models, made anew\n")
    print(f"`ggez sandbox train`: {minutes:.0f} minutes.\n")
    sys.exit(not compare(shipped, json.loads(done.stdout)) and not small)


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
