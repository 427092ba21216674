"""Pages, documents and files of what a study found. For researchers and admins."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from app import downloads, rendering
from app.dependencies import SettingsDep
from app.results import pages
from app.results.choices import Asked, AskedDep
from domain.launches import service as launches
from domain.results import export
from domain.results import service as results
from domain.results.errors import NotAnalysed
from domain.results.service import Found
from domain.settings import Settings
from reports import codebook, figures
from reports.files import study as study_file
from reports.files import tables

router = APIRouter(prefix="/studies/{study_id}")

Table = Literal["csv", "parquet"]


@router.get("/results")
def show_results(asked: AskedDep, settings: SettingsDep) -> Response:
    return _show(asked, settings, "results/results.html")


@router.get("/report")
def show_report(asked: AskedDep, settings: SettingsDep) -> Response:
    return _show(asked, settings, "results/report.html")


@router.post("/analyse")
def analyse(asked: AskedDep, settings: SettingsDep) -> Response:
    """Of a large study: a job computes, and the page shows what came out."""
    spec = results.as_job(asked.study, asked.options)
    made = launches.launch(asked.session, spec, settings, actor=asked.person)
    response = RedirectResponse(f"/jobs/{made.job.id}", HTTPStatus.SEE_OTHER)
    said = rendering.translate(
        asked.request, "When this job has succeeded, the results are those of now."
    )
    rendering.add_toast(asked.request, response, said)
    return response


@router.get("/report.pdf")
def download_pdf(asked: AskedDep, settings: SettingsDep) -> Response:
    found = _get(asked, settings)
    language = rendering.choose_language(asked.request).code
    from reports.pdf import printing  # noqa: PLC0415 - as heavy as charts: app/results/drawing.py

    return _send(asked, printing.make(found.report, language), "report", "pdf")


@router.get("/report.json")
def download_json(asked: AskedDep, settings: SettingsDep) -> Response:
    return _send(asked, study_file.write(_get(asked, settings).report), "report", "json")


@router.get("/figures.{kind}")
def download_figures(asked: AskedDep, settings: SettingsDep, kind: Table) -> Response:
    columns = figures.as_columns(figures.list_figures(_get(asked, settings).report))
    return _send(asked, tables.write(columns, kind), "figures", kind)


@router.get("/ratings.{kind}")
def download_ratings(asked: AskedDep, kind: Table) -> Response:
    """What every figure is computed from, as `ggez agreement` reads it."""
    columns = export.make(asked.session, asked.study, asked.options)
    return _send(asked, tables.write(columns, kind), "ratings", kind)


@router.get("/codebook.csv")
def download_codebook(asked: AskedDep) -> Response:
    return _send(asked, tables.write(codebook.as_columns(), "csv"), "codebook", "csv")


def _show(asked: Asked, settings: Settings, template: str) -> Response:
    found = results.show(asked.session, asked.study, asked.options, settings)
    view = pages.make_view(asked, found)
    return rendering.page(asked.request, template, view=view, asked=asked)


def _get(asked: Asked, settings: Settings) -> Found:
    found = results.show(asked.session, asked.study, asked.options, settings)
    if found is None:
        raise NotAnalysed(asked.study.name)
    return found


def _send(asked: Asked, data: bytes, what: str, kind: str) -> Response:
    return downloads.send(data, asked.study.name, what, kind)
