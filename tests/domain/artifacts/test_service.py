import uuid

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import errors, service
from domain.artifacts.models import Artifact


def make(session: Session) -> Artifact:
    return service.record(
        session, kind="report", uri=f"file:///{uuid.uuid4()}", sha256="0" * 64, size_bytes=3
    )


def test_an_artifact_is_found_again(session: Session) -> None:
    made = make(session)
    assert service.get(session, made.id) is made
    assert service.get_readable(session, made.id) is made


def test_an_unknown_artifact_is_named(session: Session) -> None:
    unknown = uuid.uuid4()
    with pytest.raises(errors.ArtifactNotFound, match=str(unknown)):
        service.get(session, unknown)


def test_released_and_erased_artifacts_say_why_they_are_gone(session: Session) -> None:
    made = service.release(session, make(session).id)
    with pytest.raises(errors.ArtifactGone, match="to save room"):
        service.get_readable(session, made.id)
    made.erased_at = clock.now()
    with pytest.raises(errors.ArtifactGone, match="taken down"):
        service.get_readable(session, made.id)
