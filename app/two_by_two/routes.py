"""The 2x2 {base, adapted} x {plain, retrieved}: a form that launches all of it. For researchers and
admins.
"""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.grids.form import GridForm
from app.jobs.launch import read_form
from app.studies.pages import go_to
from app.two_by_two import pages
from domain.comparisons import two_by_two
from domain.errors import Word
from domain.jobs import service as jobs
from specs.grids.two_by_two import TwoByTwo

router = APIRouter(prefix="/two-by-two")
_ = rendering.translate


def open_form(request: Request, session: SessionDep, settings: SettingsDep) -> GridForm:
    return GridForm(
        request=request,
        session=session,
        settings=settings,
        grid=TwoByTwo,
        template="two_by_two/new.html",
    )


Opened = Annotated[GridForm, Depends(open_form)]


@router.get("/new")
def show_form(
    form: Opened, person: Researcher, quiz: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    return form.show({"quiz": quiz})


@router.post("/new")
def launch(
    form: Opened, person: Researcher, sent: Annotated[FormData, Depends(read_form)]
) -> Response:
    return form.launch(sent, person)


@router.get("/{job_id}")
def show_result(
    request: Request, session: SessionDep, person: Researcher, job_id: uuid.UUID
) -> Response:
    view = pages.make_view(session, jobs.get(session, job_id))
    return rendering.page(request, "two_by_two/result.html", view=view)


@router.post("/{job_id}/study")
def draft_study(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    job_id: uuid.UUID,
    form: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    job = jobs.get(session, job_id)
    study = two_by_two.draft_study(session, job, form, settings, actor=person)
    said = Word("The draft is saved. Nobody sees it before it is open.")
    return go_to(request, study, said)
