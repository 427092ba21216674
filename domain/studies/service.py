"""A study by its id or name, what it was designed to be, and what was done to it.

Drafts are made in `drafting`, their words kept in `versions`, their material read in `gathering`;
`opening` opens, pauses and closes.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.shelf import service as shelf
from domain.studies import errors
from domain.studies.kept import Kept
from domain.studies.models import Study, StudyArm, StudyEvent, StudyState
from domain.users import audit
from domain.users.person import Person
from domain.variants.models import Variant
from specs.study.design import StudyDesign
from specs.study.registration import Registration

# By study: what was opened is frozen.
_designs = Kept[StudyDesign](most=200)


def get(session: Session, study_id: uuid.UUID, *, lock: bool = False) -> Study:
    if lock:
        found = session.scalar(select(Study).where(Study.id == study_id).with_for_update())
    else:
        found = session.get(Study, study_id)
    if found is None:
        raise errors.StudyNotFound(study_id)
    return found


def get_by_name(session: Session, name: str) -> Study:
    found = shelf.find_by_name(session, Study, name)
    if found is None:
        raise errors.StudyNameNotFound(name)
    return found


def read_design(study: Study) -> StudyDesign:
    if study.state == StudyState.DRAFT:
        return StudyDesign.model_validate(study.design)
    return _designs.get(study.id, lambda: StudyDesign.model_validate(study.design))


def read_registration(study: Study) -> Registration | None:
    return Registration.model_validate(study.registration) if study.registration else None


def list_arms(session: Session, study: Study) -> Sequence[tuple[StudyArm, Variant]]:
    query = (
        select(StudyArm, Variant)
        .join(Variant, Variant.id == StudyArm.variant_id)
        .where(StudyArm.study_id == study.id)
        .order_by(StudyArm.position)
    )
    return [(arm, variant) for arm, variant in session.execute(query)]


def note(
    session: Session, study: Study, kind: str, *, actor: Person | None, **detail: object
) -> None:
    """For the study's own report, and for the audit log."""
    session.add(
        StudyEvent(
            study_id=study.id, kind=kind, by_id=actor.id if actor else None, detail=dict(detail)
        )
    )
    audit.record(
        session, actor, f"study.{kind}", subject=("study", study.id), name=study.name, **detail
    )
    session.flush()
