"""study.analyse: hands the ratings of a study to be computed with, and keeps what came out."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.results import service as results
from domain.results.rules import Options
from domain.settings import Settings
from domain.studies import service as studies
from specs.kinds.study.study_analyse import StudyAnalyse
from workers import kinds
from workers.kinds import Task


def prepare(
    session: Session,
    job: Job,  # noqa: ARG001 - the contract of Prepare
    spec: StudyAnalyse,
    settings: Settings,
) -> dict[str, Any]:
    study = studies.get_by_name(session, spec.study)
    options = read_options(spec)
    basis = results.find_basis(session, study, settings)
    material = results.gather(session, study, options, settings)
    return {"material": material, "options": options, "basis": basis}


def record(
    session: Session,
    job: Job,
    result: dict[str, Any],
    published: Mapping[str, Artifact],  # noqa: ARG001 - the contract of Record
) -> dict[str, Any]:
    spec = kinds.read_spec(job)
    assert isinstance(spec, StudyAnalyse), "Tasks are found by kind."
    study = studies.get_by_name(session, spec.study)
    report = results.read(result.pop("report"))
    results.keep(session, study, read_options(spec), report, basis=result.pop("basis"))
    return {**result, "study_id": str(study.id)}


def read_options(spec: StudyAnalyse) -> Options:
    values = spec.model_dump()
    return Options(**{field.name: values[field.name] for field in dataclasses.fields(Options)})


TASK = Task(
    spec=StudyAnalyse,
    compute="domain.results.computing.evidence:analyse",
    prepare=prepare,
    record=record,
)
