"""The 2x2 {base, adapted} x {plain, retrieved}: a form that launches all of it. For researchers and
admins.
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs import choices, forms
from app.jobs.launch import read_form
from domain.errors import Conflict, Invalid, NotFound
from domain.launches import service as launches
from domain.settings import Settings
from specs import fields
from specs.two_by_two import TwoByTwo

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
        jobs = launches.launch_recipe(session, recipe, settings, actor=person)
    except (Invalid, Conflict, NotFound) as error:
        wrong = errors.by_field(request, error)
        return _show(request, session, settings, filled.values, wrong)
    answer = RedirectResponse(f"/jobs/{jobs[-1].id}", HTTPStatus.SEE_OTHER)
    said = _(request, "%(num)s jobs are queued; this is the last of them.", num=len(jobs))
    rendering.add_toast(request, answer, said)
    return answer


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
        fields=fields.describe(TwoByTwo),
        values=values,
        references=choices.list_choices(request, session, settings, TwoByTwo),
        errors=wrong or {},
    )
