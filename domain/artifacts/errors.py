import datetime as dt
import uuid

from domain.errors import Conflict, Invalid, NotFound, Unavailable


class ArtifactNotFound(NotFound):
    def __init__(self, artifact_id: uuid.UUID) -> None:
        super().__init__("There is no artifact %(artifact_id)s.", artifact_id=artifact_id)


class ArtifactGone(Conflict):
    """Its row is still there, and says why."""


class ArtifactErased(ArtifactGone):
    def __init__(self, artifact_id: uuid.UUID, when: dt.datetime) -> None:
        day = when.date()
        super().__init__(
            "The files of artifact %(artifact_id)s are gone: they were taken down on %(day)s.",
            artifact_id=artifact_id,
            day=day,
        )


class ArtifactReleased(ArtifactGone):
    def __init__(self, artifact_id: uuid.UUID, when: dt.datetime) -> None:
        day = when.date()
        super().__init__(
            "The files of artifact %(artifact_id)s are gone: they were released on %(day)s "
            "to save room.",
            artifact_id=artifact_id,
            day=day,
        )


class SchemeNotSupported(Invalid):
    def __init__(self, uri: str) -> None:
        super().__init__(
            "Files are kept at file:// or s3:// addresses; this is '%(uri)s'.", uri=uri
        )


class AlreadyPublished(Conflict):
    def __init__(self, uri: str) -> None:
        super().__init__(
            "There is already something at %(uri)s; what is published never changes.", uri=uri
        )


class FileMissing(NotFound):
    def __init__(self, uri: str) -> None:
        super().__init__("There is no file at %(uri)s.", uri=uri)


class StorageAway(Unavailable):
    def __init__(self, uri: str, reason: str) -> None:
        super().__init__(
            "The storage of %(uri)s does not answer: %(reason)s", uri=uri, reason=reason
        )
