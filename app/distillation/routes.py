"""Ways to distil, compared: a form that launches the grid, and pages, documents and files of what
it found. For researchers and admins.
"""

import uuid
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import downloads, errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.distillation import pages
from app.jobs import choices, forms
from app.jobs.launch import read_form
from domain import clock
from domain.errors import Conflict, Invalid, NotFound
from domain.jobs import service as jobs
from domain.jobs.models import Job
from domain.launches import distilling
from domain.launches import service as launches
from domain.settings import Settings, find_version
from reports.distillation import figures, files
from reports.distillation.formulas import say_whose
from reports.files import tables
from reports.speech import Speech
from specs import fields
from specs.distillation.registry import FORMULATIONS
from specs.grids.distillation import DistillationStudy
from stats.distillation.study import Study

router = APIRouter(prefix="/distillation")
_ = rendering.translate
Table = Literal["csv", "parquet"]


@router.get("/new")
def show_form(
    request: Request, session: SessionDep, settings: SettingsDep, person: Researcher
) -> Response:
    return _show(request, session, settings, {})


@router.post("/new")
def launch(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    sent: Annotated[FormData, Depends(read_form)],
) -> Response:
    filled = forms.read(DistillationStudy, sent, partial(_, request))
    if filled.spec is None:
        return _show(request, session, settings, filled.values, filled.errors)
    try:
        made = launches.launch_recipe(session, filled.spec.to_recipe(), settings, actor=person)
    except (Invalid, Conflict, NotFound) as error:
        wrong = errors.by_field(request, error)
        return _show(request, session, settings, filled.values, wrong)
    answer = RedirectResponse(f"/jobs/{made[-1].id}", HTTPStatus.SEE_OTHER)
    said = _(request, "%(num)s jobs are queued; this is the last of them.", num=len(made))
    rendering.add_toast(request, answer, said)
    return answer


@router.get("/codebook.csv")
def download_codebook(person: Researcher) -> Response:
    return downloads.send(
        tables.write(figures.list_codebook(), "csv"), "distillation", "codebook", "csv"
    )


@router.get("/{job_id}")
def show_result(
    request: Request, session: SessionDep, person: Researcher, job_id: uuid.UUID
) -> Response:
    job = jobs.get(session, job_id)
    language = rendering.choose_language(request).code
    view = pages.make_view(session, job, distilling.read(session, job), language)
    return rendering.page(request, "distillation/result.html", view=view)


@router.get("/{job_id}/report.pdf")
def download_pdf(
    request: Request, session: SessionDep, person: Researcher, job_id: uuid.UUID
) -> Response:
    job, study = _read(session, job_id)
    from reports.distillation import document  # noqa: PLC0415 - as heavy as charts

    date = (job.finished_at or clock.now()).date()
    language = rendering.choose_language(request).code
    pdf = document.make(study, date, find_version(), language)
    return downloads.send(pdf, study.name, "report", "pdf")


@router.get("/{job_id}/report.json")
def download_json(session: SessionDep, person: Researcher, job_id: uuid.UUID) -> Response:
    _job, study = _read(session, job_id)
    return downloads.send(files.write(study), study.name, "report", "json")


@router.get("/{job_id}/figures.{kind}")
def download_figures(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, kind: Table
) -> Response:
    _job, study = _read(session, job_id)
    data = tables.write(figures.list_figures(study), kind)
    return downloads.send(data, study.name, "figures", kind)


@router.get("/{job_id}/seeds.{kind}")
def download_seeds(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, kind: Table
) -> Response:
    """What every figure is computed from: a row for each number of each student."""
    _job, study = _read(session, job_id)
    return downloads.send(tables.write(figures.list_seeds(study), kind), study.name, "seeds", kind)


def _read(session: Session, job_id: uuid.UUID) -> tuple[Job, Study]:
    job = jobs.get(session, job_id)
    return job, distilling.read(session, job)


def _show(
    request: Request,
    session: Session,
    settings: Settings,
    values: Mapping[str, Any],
    wrong: Mapping[str, str] | None = None,
) -> Response:
    return rendering.page(
        request,
        "distillation/new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        spec_type=DistillationStudy,
        fields=fields.describe(DistillationStudy),
        values=values,
        references=choices.list_choices(request, session, settings, DistillationStudy),
        errors=wrong or {},
        formulations=FORMULATIONS,
        whose=say_whose(Speech(rendering.choose_language(request).code)),
    )
