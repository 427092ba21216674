"""Looks at the picture that a row names. Knows one row at a time, so that many can be looked at at
once.
"""

from dataclasses import dataclass
from pathlib import Path

from ml.datasets import confinement, pictures
from ml.datasets.pictures import Limits, Picture
from ml.datasets.problems import Problem, Reason, UnfitItem
from ml.importing.kept_pictures import SUFFIXES
from ml.importing.outputs.checking import Row
from specs.kinds.outputs.outputs_import import OutputsImport


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A row, and its picture if it has one; or what is wrong with it."""

    row: Row | None = None
    picture: Picture | None = None
    data: bytes = b""
    problem: Problem | None = None


@dataclass(frozen=True, kw_only=True)
class Examiner:
    spec: OutputsImport
    root: Path

    @property
    def limits(self) -> Limits:
        return Limits(
            max_file_bytes=int(self.spec.max_file_mb * 1e6),
            max_pixels=int(self.spec.max_picture_megapixels * 1e6),
        )

    def look(self, row: Row | Problem) -> Looked:
        if isinstance(row, Problem):
            return Looked(problem=row)
        if row.picture is None:
            return Looked(row=row)
        try:
            data = self._load(row.picture)
            picture = pictures.inspect(data, self.limits)
            if picture.format not in SUFFIXES:
                raise UnfitItem(  # noqa: TRY301 - one way out for every reason
                    Reason.NOT_SHOWN,
                    f"The picture is {picture.format}, which browsers do not show; save it as PNG, "
                    "JPEG or WebP.",
                )
        except UnfitItem as unfit:
            return Looked(problem=unfit.about(row.reference))
        return Looked(row=row, picture=picture, data=data)

    def _load(self, picture: bytes | str) -> bytes:
        if isinstance(picture, bytes):
            return picture
        return pictures.read_file(confinement.resolve(self.root, picture), self.limits)
