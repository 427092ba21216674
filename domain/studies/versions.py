"""The words of a study, version by version. The newest are what raters get."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from domain.studies import errors, service
from domain.studies.kept import Kept
from domain.studies.models import Study, StudyState, StudyVersion
from domain.users.person import Person
from specs.study import wording as words
from specs.study.wording import StudyWording

# By study and number: each version of the words of what was opened is frozen.
_wordings = Kept[StudyWording](most=50)


def save_wording(
    session: Session, study: Study, wording: StudyWording, *, actor: Person | None
) -> StudyVersion:
    """A draft's words are replaced; those of a study that was opened get a new version."""
    if study.state == StudyState.CLOSED:
        raise errors.StudyClosed(study.name)
    if study.state != StudyState.DRAFT:
        # A draft may be half done; pages that raters see now may not.
        gaps = words.list_gaps(service.read_design(study), wording)
        if gaps:
            raise errors.WordsIncomplete(study.name, gaps)
    newest = find_version(session, study)
    values = wording.model_dump(mode="json")
    if newest is not None and study.state == StudyState.DRAFT:
        newest.wording = values
        session.flush()
        return newest
    version = StudyVersion(
        study_id=study.id,
        number=newest.number + 1 if newest else 1,
        wording=values,
        created_by_id=actor.id if actor else None,
    )
    session.add(version)
    session.flush()
    session.expire(study, ["newest_version"])
    if newest is not None:
        service.note(session, study, "reworded", actor=actor, version=version.number)
    return version


def find_version(session: Session, study: Study) -> StudyVersion | None:
    """The newest."""
    query = select(StudyVersion).where(StudyVersion.study_id == study.id)
    return session.scalar(query.order_by(StudyVersion.number.desc()).limit(1))


def get_version(session: Session, study: Study) -> StudyVersion:
    found = find_version(session, study)
    assert found is not None, "A study is made with its words."
    return found


def read_wording(version: StudyVersion) -> StudyWording:
    return StudyWording.model_validate(version.wording)


def read_newest_wording(session: Session, study: Study) -> StudyWording:
    """The words as raters get them now. In many languages they are long: of a study that was opened
    each version is read once.
    """
    number = study.newest_version

    def read() -> StudyWording:
        query = select(StudyVersion).where(StudyVersion.study_id == study.id)
        return read_wording(session.scalars(query.where(StudyVersion.number == number)).one())

    return read() if study.state == StudyState.DRAFT else _wordings.get((study.id, number), read)


def map_newest_wordings(session: Session, opened: Sequence[Study]) -> dict[uuid.UUID, StudyWording]:
    """The same of several studies that were opened, in one query at most."""

    def read(missing: Sequence[tuple[uuid.UUID, int | None]]) -> dict[Any, StudyWording]:
        newest = tuple_(StudyVersion.study_id, StudyVersion.number).in_(missing)
        return {
            (version.study_id, version.number): read_wording(version)
            for version in session.scalars(select(StudyVersion).where(newest))
        }

    keys = [(study.id, study.newest_version) for study in opened]
    return {key[0]: wording for key, wording in _wordings.get_all(keys, read).items()}
