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
from benchmarks._sandbox import Limit
from cli.plain.sandbox import showing
from sandbox.evidence import LEAST_GAIN_OF_ANSWERS

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
    _sandbox.print_trade_off(facts)
    print(f"\n{facts['chosen_because']}\n")
    print_two_by_two(facts["two_by_two"])
    return check(facts)


def print_two_by_two(compared: Mapping[str, Any]) -> None:
    scopes = compared["scopes"]
    _sandbox.print_table(
        ("per cent right", *(scope["scope"] for scope in scopes)),
        [
            (
                name.replace("_", ", "),
                *(showing.say_interval(scope[kind][name], showing.PER_CENT) for scope in scopes),
            )
            for kind in ("cells", "effects")
            for name in scopes[0][kind]
        ],
    )
    print()


def check(facts: Mapping[str, Any]) -> bool:
    helps = Limit(
        what="retrieval raises what the base knows of the region",
        found=facts["retrieval_helps"],
        sign="is",
        limit=True,
    )
    return _sandbox.check([*_sandbox.limit_chosen(facts, LEAST_GAIN_OF_ANSWERS), helps])


if __name__ == "__main__":
    main()
