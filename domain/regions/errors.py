from collections.abc import Sequence
from pathlib import Path

from domain.errors import Invalid, NotFound


class RegionNotFound(NotFound):
    def __init__(self, key: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no region '{key}'. The regions are: {', '.join(known)}.")


class RegionFileWrong(Invalid):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The region file {path.name} cannot be used: {reason}")


class RegionTwice(Invalid):
    def __init__(self, key: str, first: Path, second: Path) -> None:
        super().__init__(
            f"The region '{key}' is in two files: {first} and {second}. Remove one, or give it "
            "another key."
        )


class RegionFolderMissing(Invalid):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"The folder for regions {folder} does not exist (GGEZ_REGION_DIRS).")
