"""What studies found, under /api/v1/studies/{id}: the same numbers as the page and the PDF."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.api import OnceDep
from app.dependencies import SettingsDep
from app.jobs.answers import JobOut, Launched
from app.results.choices import AskedDep
from domain.launches import service as launches
from domain.results import service as results
from domain.results.errors import NotAnalysed

router = APIRouter(prefix="/studies/{study_id}", tags=["studies"])


@router.get("/report")
def read_report(asked: AskedDep, settings: SettingsDep) -> dict[str, Any]:
    """Agreement at any time; effects by arm once they are open. `is_current` is false where ratings
    came since and a job has to compute anew.
    """
    found = results.show(asked.session, asked.study, asked.options, settings)
    if found is None:
        raise NotAnalysed(asked.study.name)
    return {"is_current": found.is_current, "report": found.report.to_json()}


@router.post("/analyse", status_code=201, response_model=Launched)
def analyse(asked: AskedDep, settings: SettingsDep, once: OnceDep) -> JSONResponse:
    """Launches the job that computes the report of a large study."""

    def make() -> Launched:
        spec = results.as_job(asked.study, asked.options)
        made = launches.launch(asked.session, spec, settings, actor=asked.person)
        return Launched(reused=made.reused, job=JobOut.of(made.job))

    return once.answer(201, make)
