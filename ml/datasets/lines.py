"""JSONL of our own, read whole: what computations write for each other. What people bring is read
line by line and within limits by `ml.datasets.readers`.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


def read(path: Path, where: str, fault: Callable[[str], Exception]) -> Iterator[tuple[int, Any]]:
    """What each line that is not blank says, with its number. `where` is how sentences call the
    file, and `fault` makes the error that says what is wrong with it. Whoever asks says that there
    is no such file.
    """
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise fault(f"{where} is not text in UTF-8 (byte {error.start:,}).") from error
    # Not splitlines: a text may hold a line separator of Unicode, which JSON does not escape.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError) as error:  # also for numbers of thousands of digits
            raise fault(f"Line {number:,} of {where} is not JSON.") from error
