"""The shipped model of the embeddings arm, made anew from nothing: what it measures lies within the
shipped one's own intervals.
"""

import json
import sys

from benchmarks import _sandbox
from benchmarks.sandbox_answers_train import compare
from sandbox import assets


def main() -> None:
    small = _sandbox.is_small(__doc__)
    shipped = json.loads((assets.EMBEDDINGS / "metrics.json").read_text("utf-8"))
    made, minutes = _sandbox.carry_out("train", "embeddings", small=small)
    print("## sandbox_embeddings_train: the shipped model of the embeddings arm, made anew\n")
    print(f"`ggez sandbox train --arm embeddings`: {minutes:.0f} minutes. Captions that find their")
    print("own picture first, among all of the scope:\n")
    sys.exit(not compare(shipped, made) and not small)


if __name__ == "__main__":
    main()
