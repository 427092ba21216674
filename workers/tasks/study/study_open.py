"""study.open: hands the pictures of a draft to be re-encoded, then opens it with what came out."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.settings import Settings
from domain.studies import opening
from domain.studies import service as studies
from domain.studies.opening import Encoded
from domain.users import service as users
from domain.users.person import Person
from specs.kinds.study.study_open import StudyOpen
from workers import kinds, publishing
from workers.kinds import Task


def prepare(session: Session, job: Job, spec: StudyOpen, settings: Settings) -> dict[str, Any]:
    study = studies.get_by_name(session, spec.study)
    opening.check(session, study)
    folder = kinds.find_state(settings, job.id) / "inputs"
    return {"sources": opening.fetch_sources(session, study, folder)}


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    spec = kinds.read_spec(job)
    assert isinstance(spec, StudyOpen), "Tasks are found by kind."
    study = studies.get_by_name(session, spec.study)
    rows = publishing.read_rows(published["output"], "pictures.jsonl")
    actor = Person.of(users.get_user(session, job.created_by_id)) if job.created_by_id else None
    opening.open_study(
        session, study, [Encoded(**row) for row in rows], artifact=published["output"], actor=actor
    )
    return {**result, "study_id": str(study.id)}


TASK = Task(
    spec=StudyOpen,
    compute="ml.blinding.pictures:encode_all",
    prepare=prepare,
    record=record,
    output="study_pictures",
)
