"""The embeddings arm in the sandbox: what the chosen merge gains and keeps.

Limits: the merge that was chosen on one half of the pictures gains at least 10 % regionally on the
other and keeps at least 98 % globally. That it takes about twelve minutes is no limit, as machines
differ; when it takes more, that is said.
"""

import sys
from collections.abc import Mapping
from typing import Any

from benchmarks import _sandbox
from sandbox.evidence import LEAST_GAIN_OF_EMBEDDINGS

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
    _sandbox.print_trade_off(facts)
    print(f"\n{facts['chosen_because']}\n")
    return check(facts)


def check(facts: Mapping[str, Any]) -> bool:
    return _sandbox.check(_sandbox.limit_chosen(facts, LEAST_GAIN_OF_EMBEDDINGS))


if __name__ == "__main__":
    main()
