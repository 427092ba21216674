"""The mergekit that merges are compared with, in an environment of its own inside ours."""

import sys
from pathlib import Path

MISSING = "mergekit is not installed, so nothing was compared with it: `./setup.sh mergekit` does."


def find() -> str | None:
    """The interpreter that has it."""
    python = Path(sys.prefix) / "mergekit" / "bin" / "python"
    return str(python) if python.is_file() else None
