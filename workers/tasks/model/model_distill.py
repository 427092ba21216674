"""model.distill: records the student."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from specs.kinds.model.model_distill import ModelDistill
from workers.kinds import Task
from workers.tasks.model import model_finetune


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    return model_finetune.record_tuned(
        session, job, result, published, learnt="dataset", began="teacher"
    )


TASK = Task(
    spec=ModelDistill,
    compute="ml.distillation.run:distill",
    record=record,
    preloaded=True,
    output="model",
)
