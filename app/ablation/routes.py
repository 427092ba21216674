"""What a data ablation found, as a page and as files. For researchers and admins."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import downloads, rendering
from app.ablation import pages
from app.dependencies import Researcher, SessionDep
from domain.comparisons import ablation
from domain.jobs import service as jobs
from reports.ablation import figures
from reports.files import tables

router = APIRouter(prefix="/ablation")
Table = Literal["csv", "parquet"]


@router.get("/codebook.csv")
def download_codebook(person: Researcher) -> Response:
    return downloads.send(
        tables.write(figures.list_codebook(), "csv"), "ablation", "codebook", "csv"
    )


@router.get("/{job_id}")
def show_result(
    request: Request, session: SessionDep, person: Researcher, job_id: uuid.UUID
) -> Response:
    language = rendering.choose_language(request).code
    view = pages.make_view(session, jobs.get(session, job_id), language)
    return rendering.page(request, "ablation/result.html", view=view)


@router.get("/{job_id}/report.json")
def download_json(session: SessionDep, person: Researcher, job_id: uuid.UUID) -> Response:
    """As answers.ablate wrote it."""
    found = _read(session, job_id)
    data = json.dumps(found, ensure_ascii=False, indent=2).encode()
    return downloads.send(data, found["quiz"]["name"], "ablation", "json")


@router.get("/{job_id}/figures.{kind}")
def download_figures(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, kind: Table
) -> Response:
    found = _read(session, job_id)
    data = tables.write(figures.list_figures(found), kind)
    return downloads.send(data, found["quiz"]["name"], "ablation", kind)


def _read(session: Session, job_id: uuid.UUID) -> Mapping[str, Any]:
    job = jobs.get(session, job_id)
    ablation.find(session, job)
    return job.result or {}
