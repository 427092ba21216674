"""The same for each of many things, in order, a few at a time: decoding leaves Python's lock and
uses the cores.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def run(what: Callable[[Thing], Made], things: Iterable[Thing]) -> Iterator[Made]:
    num_threads = min(4, len(os.sched_getaffinity(0)))
    waiting: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(num_threads, "ahead") as pool:
        for thing in things:
            waiting.append(pool.submit(what, thing))
            if len(waiting) > 2 * num_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
