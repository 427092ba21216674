import uuid
from collections.abc import Sequence
from pathlib import Path

from domain.errors import Conflict, Invalid, NotFound, Word


class DatasetNotFound(NotFound):
    def __init__(self, dataset_id: uuid.UUID) -> None:
        super().__init__("There is no data set %(dataset_id)s.", dataset_id=dataset_id)


class PreviewNotFound(NotFound):
    def __init__(self, position: int) -> None:
        super().__init__("There is no preview of item %(position)s.", position=position)


class EmptyDataset(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(
            "The data set '%(name)s' has no items; there is nothing to work on.", name=name
        )


class SourceOutsideRoots(Invalid):
    def __init__(self, source: str, roots: Sequence[Path]) -> None:
        allowed = ", ".join(str(root) for root in roots)
        super().__init__(
            "'%(source)s' lies outside the folders that imports may read: %(allowed)s.",
            field="source",
            source=source,
            allowed=allowed,
        )


class SourceMissing(Invalid):
    def __init__(self, source: str) -> None:
        super().__init__("There is no file or folder '%(source)s'.", field="source", source=source)


class UploadUnknown(Invalid):
    def __init__(self, source: str) -> None:
        super().__init__(
            "'%(source)s' names no upload. Upload the file again.", field="source", source=source
        )


class UploadRefused(Invalid):
    def __init__(self, name: str, found: Word) -> None:
        super().__init__(
            "'%(name)s' is %(found)s. Upload a zip archive, or a Parquet, JSONL, CSV or Markdown "
            "file.",
            field="file",
            name=name,
            found=found,
        )


class NoFile(Invalid):
    def __init__(self) -> None:
        super().__init__("Choose a file first.", field="file")
