"""The shipped model of the answers arm, made anew from nothing: what it measures lies within the
shipped one's own intervals.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from sandbox import assets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="In a minute, and held to no limit.")
    small = parser.parse_args().small
    shipped = json.loads((assets.ANSWERS / "metrics.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="ggez-sandbox-answers-train-") as folder:
        started = time.monotonic()
        command = [sys.executable, "-m", "cli.main", "sandbox", "train", "--arm", "answers"]
        command += ["--out", folder, "--json", *(["--small"] if small else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        minutes = (time.monotonic() - started) / 60
    print("## sandbox_answers_train: the shipped model of the answers arm, made anew\n")
    print(f"`ggez sandbox train --arm answers`: {minutes:.0f} minutes.\n")
    sys.exit(not compare(shipped, json.loads(done.stdout)) and not small)


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
