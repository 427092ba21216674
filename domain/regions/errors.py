from collections.abc import Sequence
from pathlib import Path

from domain.errors import Invalid, NotFound


class RegionNotFound(NotFound):
    def __init__(self, key: str, known: Sequence[str]) -> None:
        regions = ", ".join(known)
        super().__init__(
            "There is no region '%(key)s'. The regions are: %(regions)s.", key=key, regions=regions
        )


class RegionFileWrong(Invalid):
    def __init__(self, path: Path, reason: str) -> None:
        name = path.name
        super().__init__(
            "The region file %(name)s cannot be used: %(reason)s", name=name, reason=reason
        )


class RegionTwice(Invalid):
    def __init__(self, key: str, first: Path, second: Path) -> None:
        super().__init__(
            "The region '%(key)s' is in two files: %(first)s and %(second)s. Remove one, or "
            "give it another key.",
            key=key,
            first=first,
            second=second,
        )


class RegionFolderMissing(Invalid):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            "The folder for regions %(folder)s does not exist (GGEZ_REGION_DIRS).", folder=folder
        )


class YearNotFound(NotFound):
    def __init__(self, region: str, year: int, first: int, last: int) -> None:
        super().__init__(
            "The globalisation index of '%(region)s' has the years %(first)s to %(last)s, not "
            "%(year)s.",
            region=region,
            year=year,
            first=first,
            last=last,
        )
