"""Ways to distil, compared: a form that launches the grid, and pages, documents and files of what
it found. For researchers and admins.
"""

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app import downloads, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.distillation import pages
from app.grids.form import GridForm
from app.jobs.launch import read_form
from domain import clock
from domain.comparisons import distillation
from domain.jobs import service as jobs
from domain.jobs.models import Job
from domain.settings import find_version
from reports.distillation import figures, files
from reports.distillation.formulas import say_whose
from reports.files import tables
from reports.speech import Speech
from specs.distillation.registry import FORMULATIONS
from specs.grids.distillation import DistillationStudy
from stats.distillation.study import Study

router = APIRouter(prefix="/distillation")
_ = rendering.translate
Table = Literal["csv", "parquet"]


def open_form(request: Request, session: SessionDep, settings: SettingsDep) -> GridForm:
    return GridForm(
        request=request,
        session=session,
        settings=settings,
        grid=DistillationStudy,
        template="distillation/new.html",
        more={
            "formulations": FORMULATIONS,
            "whose": say_whose(Speech(rendering.choose_language(request).code)),
        },
    )


Opened = Annotated[GridForm, Depends(open_form)]


@router.get("/new")
def show_form(form: Opened, person: Researcher) -> Response:
    return form.show()


@router.post("/new")
def launch(
    form: Opened, person: Researcher, sent: Annotated[FormData, Depends(read_form)]
) -> Response:
    return form.launch(sent, person)


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
    view = pages.make_view(session, job, distillation.read(session, job), language)
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
    return job, distillation.read(session, job)
