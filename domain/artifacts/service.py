"""Rows of published files. The bytes are in storage.py."""

import uuid

from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import errors
from domain.artifacts.models import Artifact


def record(
    session: Session,
    *,
    kind: str,
    uri: str,
    sha256: str,
    size_bytes: int,
    media_type: str = "application/octet-stream",
) -> Artifact:
    """The row of something that was published whole."""
    artifact = Artifact(
        kind=kind, uri=uri, sha256=sha256, size_bytes=size_bytes, media_type=media_type
    )
    session.add(artifact)
    session.flush()
    return artifact


def get(session: Session, artifact_id: uuid.UUID) -> Artifact:
    artifact = session.get(Artifact, artifact_id)
    if artifact is None:
        raise errors.ArtifactNotFound(artifact_id)
    return artifact


def get_readable(session: Session, artifact_id: uuid.UUID) -> Artifact:
    """An artifact whose bytes are there. Raises ArtifactGone with the reason."""
    artifact = get(session, artifact_id)
    check_readable(artifact)
    return artifact


def check_readable(artifact: Artifact) -> None:
    if artifact.erased_at is not None:
        raise errors.ArtifactErased(artifact.id, artifact.erased_at)
    if artifact.released_at is not None:
        raise errors.ArtifactReleased(artifact.id, artifact.released_at)


def release(session: Session, artifact_id: uuid.UUID) -> Artifact:
    """Give the bytes up to save room; the row, its digest and its recipe stay."""
    artifact = get(session, artifact_id)
    artifact.released_at = artifact.released_at or clock.now()
    return artifact
