import uuid

from domain.errors import Conflict, Invalid, NotFound, Unavailable


class ArtifactNotFound(NotFound):
    def __init__(self, artifact_id: uuid.UUID) -> None:
        super().__init__(f"There is no artifact {artifact_id}.")


class ArtifactGone(Conflict):
    def __init__(self, artifact_id: uuid.UUID, why: str) -> None:
        super().__init__(f"The files of artifact {artifact_id} are gone: {why}.")


class SchemeNotSupported(Invalid):
    def __init__(self, uri: str) -> None:
        super().__init__(f"Files are kept at file:// or s3:// addresses; this is '{uri}'.")


class AlreadyPublished(Conflict):
    def __init__(self, uri: str) -> None:
        super().__init__(f"There is already something at {uri}; what is published never changes.")


class FileMissing(NotFound):
    def __init__(self, uri: str) -> None:
        super().__init__(f"There is no file at {uri}.")


class StorageAway(Unavailable):
    def __init__(self, uri: str, reason: str) -> None:
        super().__init__(f"The storage of {uri} does not answer: {reason}")
