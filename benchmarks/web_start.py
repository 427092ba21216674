"""How long one web process takes from its start to its first answer."""

import statistics
import sys
import time
from collections.abc import Sequence

from benchmarks import _web

_LIMIT_S = 2.0
_NUM_STARTS = 7


def main() -> None:
    bare = _measure(_web.BARE)
    ours = _measure(_web.OURS)
    median = statistics.median(ours)
    print(f"## Starting one web process\n\nMedian of {_NUM_STARTS} starts to the first answer.\n")
    print("| | s | times the bare one | limit, s |\n|---|---:|---:|---:|")
    print(f"| bare ASGI application | {statistics.median(bare):.2f} | 1.0 | |")
    print(f"| GG-EZ | {median:.2f} | {median / statistics.median(bare):.1f} | {_LIMIT_S:g} |")
    sys.exit(median > _LIMIT_S)


def _measure(application: Sequence[str]) -> list[float]:
    """Seconds of each start."""
    durations = []
    for _ in range(_NUM_STARTS):
        began = time.perf_counter()
        with _web.serving(application):
            durations.append(time.perf_counter() - began)
    return durations


if __name__ == "__main__":
    main()
