"""What a study of distillation found, from what its last job published."""

import json

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.comparisons import errors
from domain.jobs import queries as jobs
from domain.jobs.models import Job, JobState
from domain.launches.describing import OUTPUT
from specs.kinds.distillation.distillation_run import DistillationRun
from stats.distillation.rows import StudyUnfit
from stats.distillation.study import Study

FILE = "study.json"


def read(session: Session, job: Job) -> Study:
    """Raises NoDistillation, ArtifactGone where the files were given up, or StudyUnreadable where
    another version wrote them.
    """
    published = jobs.list_artifacts(session, job.id).get(OUTPUT)
    if job.kind != DistillationRun.kind or job.state != JobState.SUCCEEDED or published is None:
        raise errors.NoDistillation(job.id)
    artifact = artifacts.get_readable(session, published.id)
    with storage.open_read(storage.join(artifact.uri, FILE)) as file:
        facts = json.loads(file.read())
    try:
        return Study.from_json(facts)
    except StudyUnfit as error:
        raise errors.StudyUnreadable(str(error)) from error
