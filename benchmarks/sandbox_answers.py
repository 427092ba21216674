"""The answers arm in the sandbox: what the chosen merge gains and keeps, and the 2x2 of adaptation
and retrieval.

Limits: the merge that was chosen on one half of the questions gains at least 10 % regionally on the
other and keeps at least 98 % globally; retrieval raises what the base knows of the region. That it
takes about a quarter of an hour is no limit, as machines differ; when it takes more, that is said.
All of it is done once more with other seeds and pictures, on which nothing was chosen.
"""

import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from sandbox.evidence import LEAST_GAIN_OF_ANSWERS
from stats.frontier.retention import AT_LEAST

ABOUT_MINUTES = 15


def main() -> None:
    small = _sandbox.is_small(__doc__)
    facts, minutes = _sandbox.carry_out("run", "--arm", "answers", small=small)
    print("## sandbox_answers: the answers arm in the drawn world\n")
    holds = report(facts, "ggez sandbox run --arm answers --json", minutes)
    if not small:
        words = ("run", "--arm", "answers", "--series", "1")
        facts, minutes = _sandbox.carry_out(*words, small=False)
        print("\n### The same with other seeds and unseen pictures\n")
        holds &= report(facts, f"ggez sandbox {' '.join(words)} --json", minutes)
    sys.exit(not holds and not small)


def report(facts: Mapping[str, Any], command: str, minutes: float) -> bool:
    print(f"`{command}`: {_sandbox.say_minutes(minutes, ABOUT_MINUTES)}\n")
    print("| beta | global | kept of it | regional | gained |\n|---|---|---|---|---|")
    for row in facts["rows"]:
        print(
            f"| {row['beta']:g} | {row['correct_global']:.1f} | {_share(row['retention'])} | "
            f"{row['correct_regional']:.1f} | {_share(row['gain'])} |"
        )
    print(f"\n{facts['chosen_because']}\n")
    print_two_by_two(facts["two_by_two"])
    return check(facts)


def print_two_by_two(compared: Mapping[str, Any]) -> None:
    scopes = compared["scopes"]
    names = [scope["scope"] for scope in scopes]
    print(f"| per cent right | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for kind in ("cells", "effects"):
        for name in scopes[0][kind]:
            found = [_number(scope[kind][name]) for scope in scopes]
            print(f"| {name.replace('_', ', ')} | {' | '.join(found)} |")
    print()


def check(facts: Mapping[str, Any]) -> bool:
    chosen = next(row for row in facts["rows"] if row["variant"] == facts["chosen"]["variant"])
    # The base itself, when it stays, gains nothing and keeps all.
    gained = (chosen["gain"] or {"value": 0.0})["value"]
    kept = (chosen["retention"] or {"value": 1.0})["value"]
    helps = facts["retrieval_helps"]
    print("| what | found | limit |\n|---|---|---|")
    print(f"| gain of the chosen merge | {gained:.4g} | >= {LEAST_GAIN_OF_ANSWERS:g} |")
    print(f"| retention of the chosen merge | {kept:.4g} | >= {AT_LEAST:g} |")
    print(f"| retrieval raises what the base knows of the region | {helps} | True |")
    return bool(gained >= LEAST_GAIN_OF_ANSWERS and kept >= AT_LEAST and helps)


def _share(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "-"
    if found["value"] is None:
        return str(found["reason"])
    if found["low"] is None:
        return f"{found['value']:.1%}"
    return f"{found['value']:+.1%} [{found['low']:+.1%}, {found['high']:+.1%}]"


def _number(found: Mapping[str, Any]) -> str:
    if found["value"] is None:
        return str(found["reason"])
    if found["low"] is None:
        return f"{found['value']:.1f}"
    return f"{found['value']:.1f} [{found['low']:.1f}, {found['high']:.1f}]"


if __name__ == "__main__":
    main()
