import uuid
from collections.abc import Sequence
from pathlib import Path

from domain.errors import Conflict, Invalid, NotFound


class DatasetNotFound(NotFound):
    def __init__(self, dataset_id: uuid.UUID) -> None:
        super().__init__(f"There is no data set {dataset_id}.")


class PreviewNotFound(NotFound):
    def __init__(self, position: int) -> None:
        super().__init__(f"There is no preview of item {position}.")


class NameTaken(Invalid):
    def __init__(self, name: str, *, is_archived: bool) -> None:
        what = "an archived data set" if is_archived else "a data set"
        super().__init__(
            f"There is already {what} named '{name}'. Choose another name.", field="name"
        )


class ImportUnderWay(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"An import named '{name}' is queued or running. Wait for it, or choose another name.",
            field="name",
        )


class NameEmpty(Invalid):
    def __init__(self) -> None:
        super().__init__("A data set needs a name of 1 to 120 characters.", field="name")


class AlreadyArchived(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"The data set '{name}' is archived already.")


class NotArchived(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"The data set '{name}' is not archived.")


class SourceOutsideRoots(Invalid):
    def __init__(self, source: str, roots: Sequence[Path]) -> None:
        allowed = ", ".join(str(root) for root in roots)
        super().__init__(
            f"'{source}' lies outside the folders that imports may read: {allowed}.",
            field="source",
        )


class SourceMissing(Invalid):
    def __init__(self, source: str) -> None:
        super().__init__(f"There is no file or folder '{source}'.", field="source")


class UploadUnknown(Invalid):
    def __init__(self, source: str) -> None:
        super().__init__(f"'{source}' names no upload. Upload the file again.", field="source")


class UploadRefused(Invalid):
    def __init__(self, name: str, found: str) -> None:
        super().__init__(
            f"'{name}' is {found}. Upload a zip archive, or a Parquet, JSONL or CSV file.",
            field="file",
        )


class NoFile(Invalid):
    def __init__(self) -> None:
        super().__init__("Choose a file first.", field="file")
