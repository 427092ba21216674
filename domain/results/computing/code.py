"""Which code computed: a kept report on other code is out of date, whatever its version says."""

import functools
import hashlib
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_COMPUTING = ("domain/results", "stats")


@functools.cache
def digest() -> str:
    """Of the source of everything that decides a number."""
    found = hashlib.sha256()
    for folder in _COMPUTING:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            found.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
