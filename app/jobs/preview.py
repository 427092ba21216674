"""A form looked at before it is sent: what would come of it, and the same as YAML to copy."""

import re
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep
from app.jobs import forms
from app.jobs.launch import find_spec, read_form
from domain.errors import Conflict, Invalid, NotFound
from domain.launches import forecast
from specs import recipe_files
from specs.job import JobSpec
from specs.recipe import Recipe, Step

router = APIRouter(prefix="/new")
_ = rendering.translate


@router.post("/{kind}/preview")
def preview(
    request: Request,
    session: SessionDep,
    person: Researcher,
    kind: str,
    sent: Annotated[FormData, Depends(read_form)],
) -> Response:
    filled = forms.read(find_spec(kind), sent, partial(_, request))
    if filled.spec is None:
        return _show(request, problem=_(request, "Mend what is marked first: launch shows it."))
    try:
        coming = forecast.forecast(session, filled.spec)
    except (Invalid, Conflict, NotFound) as error:
        return _show(request, filled.spec, problem=errors.tell(request, error))
    return _show(request, filled.spec, coming)


def write_step(spec: JobSpec) -> str:
    """A recipe of one step. What is as by default is left out."""
    name = re.sub(r"[^a-z0-9]+", "-", spec.kind)
    values = spec.model_dump(mode="json", exclude_defaults=True)
    step = Step(name=name, kind=spec.kind, spec=values)
    return recipe_files.write(Recipe(name=spec.label, steps=(step,)))


def _show(
    request: Request,
    spec: JobSpec | None = None,
    coming: forecast.Forecast | None = None,
    problem: str = "",
) -> Response:
    """Also when something is wrong: it is a look, and htmx shows what is there."""
    return rendering.fragment(
        request,
        "jobs/preview.html",
        "preview",
        HTTPStatus.OK,
        text=write_step(spec) if spec else "",
        coming=coming,
        problem=problem,
    )
