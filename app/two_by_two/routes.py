"""The 2x2 {base, adapted} x {plain, retrieved}: a form that launches all of it. For researchers and
admins.
"""

import uuid
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs import choices, forms
from app.jobs.launch import read_form
from app.studies.pages import go_to
from app.two_by_two import pages
from domain.errors import Conflict, Invalid, NotFound, Word
from domain.jobs import service as jobs
from domain.launches import comparing
from domain.launches import service as launches
from domain.settings import Settings
from specs import fields
from specs.grids.two_by_two import TwoByTwo

router = APIRouter(prefix="/two-by-two")
_ = rendering.translate


@router.get("/new")
def show_form(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    quiz: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    return _show(request, session, settings, {"quiz": quiz})


@router.post("/new")
def launch(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    sent: Annotated[FormData, Depends(read_form)],
) -> Response:
    filled = forms.read(TwoByTwo, sent, partial(_, request))
    if filled.spec is None:
        return _show(request, session, settings, filled.values, filled.errors)
    recipe = filled.spec.to_recipe()
    try:
        made = launches.launch_recipe(session, recipe, settings, actor=person)
    except (Invalid, Conflict, NotFound) as error:
        wrong = errors.by_field(request, error)
        return _show(request, session, settings, filled.values, wrong)
    answer = RedirectResponse(f"/jobs/{made[-1].id}", HTTPStatus.SEE_OTHER)
    said = _(request, "%(num)s jobs are queued; this is the last of them.", num=len(made))
    rendering.add_toast(request, answer, said)
    return answer


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
    study = comparing.draft_study(session, job, form, settings, actor=person)
    said = Word("The draft is saved. Nobody sees it before it is open.")
    return go_to(request, study, said)


def _show(
    request: Request,
    session: Session,
    settings: Settings,
    values: Mapping[str, Any],
    wrong: Mapping[str, str] | None = None,
) -> Response:
    return rendering.page(
        request,
        "two_by_two/new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        spec_type=TwoByTwo,
        fields=fields.describe(TwoByTwo),
        values=values,
        references=choices.list_choices(request, session, settings, TwoByTwo),
        errors=wrong or {},
    )
