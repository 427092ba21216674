"""The shipped models of the embeddings arm, made anew: what they measure lies within the shipped
ones' own intervals.
"""

import json
import sys

from benchmarks import _sandbox
from benchmarks.sandbox_answers_train import compare
from sandbox import assets
from sandbox.encoders.model import FAMILIES
from specs.embeddings import encoders


def main() -> None:
    small = _sandbox.is_small(__doc__)
    shipped = json.loads((assets.EMBEDDINGS / "metrics.json").read_text("utf-8"))
    made, minutes = _sandbox.carry_out("train", "--arm", "embeddings", small=small)
    print("## sandbox_embeddings_train: the shipped models of the embeddings arm, made anew\n")
    print(f"`ggez sandbox train --arm embeddings`: {minutes:.0f} minutes. Captions that find their")
    print("own picture first, among all of the scope:\n")
    held = []
    for family in FAMILIES:
        print(f"### {encoders.FAMILIES[family]}\n")
        held.append(compare(shipped[family], made[family]))
        print()
    sys.exit(not all(held) and not small)


if __name__ == "__main__":
    main()
