"""The embeddings arm in the sandbox: what the chosen merge gains and keeps.

Limits: the merge that was chosen on one half of the pictures gains at least 10 % regionally on the
other and keeps at least 98 % globally. That it takes about twelve minutes is no limit, as machines
differ; when it takes more, that is said.
"""

import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from cli.plain.sandbox.showing import with_interval
from sandbox.evidence import LEAST_GAIN_OF_EMBEDDINGS
from stats.frontier.retention import AT_LEAST

ABOUT_MINUTES = 12


def main() -> None:
    small = _sandbox.is_small(__doc__)
    facts, minutes = _sandbox.carry_out("run", "--arm", "embeddings", small=small)
    sys.exit(not report(facts, minutes) and not small)


def report(facts: Mapping[str, Any], minutes: float) -> bool:
    print("## sandbox_embeddings: the embeddings arm in the drawn world\n")
    said = _sandbox.say_minutes(minutes, ABOUT_MINUTES)
    print(f"`ggez sandbox run --arm embeddings --json`: {said}\n")
    print("MRR@10 of retrieval in both directions, in per cent:\n")
    print("| beta | global | kept of it | regional | gained |\n|---|---|---|---|---|")
    for row in facts["rows"]:
        print(
            f"| {row['beta']:g} | {row['correct_global']:.1f} | "
            f"{with_interval(row['retention'])} | {row['correct_regional']:.1f} | "
            f"{with_interval(row['gain'])} |"
        )
    print(f"\n{facts['chosen_because']}\n")
    return check(facts)


def check(facts: Mapping[str, Any]) -> bool:
    chosen = next(row for row in facts["rows"] if row["variant"] == facts["chosen"]["variant"])
    # The base itself, when it stays, gains nothing and keeps all.
    gained = (chosen["gain"] or {"value": 0.0})["value"]
    kept = (chosen["retention"] or {"value": 1.0})["value"]
    print("| what | found | limit |\n|---|---|---|")
    print(f"| gain of the chosen merge | {gained:.4g} | >= {LEAST_GAIN_OF_EMBEDDINGS:g} |")
    print(f"| retention of the chosen merge | {kept:.4g} | >= {AT_LEAST:g} |")
    return bool(gained >= LEAST_GAIN_OF_EMBEDDINGS and kept >= AT_LEAST)


if __name__ == "__main__":
    main()
