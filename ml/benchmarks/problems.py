"""What can be wrong with what a benchmark is given. Each message is one sentence with values."""

from pathlib import Path


class BenchmarkImpossible(ValueError):
    """A benchmark that cannot be run, and why."""


class UnreadablePicture(BenchmarkImpossible):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The picture '{path.name}' cannot be read: {reason.rstrip('.')}.")
