"""Work in blocks: memory is that of one block, and between two the caller may look for a wish to
stop, which it tells by raising.
"""

from collections.abc import Callable, Iterator

Look = Callable[[], None]


def go_on() -> None:
    """For callers that nobody stops."""


def cut(num: int, size: int, look: Look) -> Iterator[slice]:
    for start in range(0, num, size):
        look()
        yield slice(start, start + size)
