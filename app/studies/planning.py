"""The power planner: how many prompts and ratings a study needs. The same code as `ggez power`."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Researcher
from app.studies import parsing
from stats.power import two_arms
from stats.power.two_arms import Assumptions, PlanImpossible, Reach

_ = rendering.translate
router = APIRouter()


class Asked(BaseModel):
    """The fields of Assumptions, with numbers to begin with, and a number of prompts to look at."""

    effect: float = 0.1
    sd: float = 0.6
    levels: int = Field(default=3, ge=2, le=7)
    raters_per_item: int = Field(default=3, ge=1, le=50)
    item_share: float = Field(default=0.4, ge=0, le=1)
    prompt_share: float = Field(default=0.2, ge=0, le=1)
    rater_share: float = Field(default=0.1, ge=0, le=1)
    power: float = Field(default=0.8, gt=0, lt=1)
    significance_level: float = Field(default=0.05, gt=0, lt=1)
    prompts: int | None = Field(default=None, ge=2, le=1_000_000)


@router.get("/power")
def plan_power(request: Request, person: Researcher) -> Response:
    """What is asked stands in the address: a plan can be sent to somebody."""
    beginning = {name: _write(value) for name, value in Asked().model_dump().items()}
    typed = beginning | {
        name: given for name, given in request.query_params.items() if name in beginning
    }
    asked, wrong = parsing.check(Asked, typed, partial(_, request))
    found: dict[str, Any] = {}
    if asked is not None:
        try:
            found = _compute(asked)
        except PlanImpossible as error:
            wrong = {"": str(error)}
    return _show(request, typed, found, wrong)


def _compute(asked: Asked) -> dict[str, Any]:
    assumed = Assumptions(**asked.model_dump(exclude={"prompts"}))
    reach: dict[str, Reach] = {}
    if asked.prompts is not None:
        reach = {
            name: two_arms.reach(assumed, asked.prompts, is_paired=name == "paired")
            for name in ("paired", "unpaired")
        }
    return {"plan": two_arms.plan(assumed), "reach": reach, "command": _write_command(asked)}


def _write_command(asked: Asked) -> str:
    given = asked.model_dump(exclude_none=True)
    options = (f"--{name.replace('_', '-')} {_write(value)}" for name, value in given.items())
    return f"ggez power {' '.join(options)}"


def _write(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:g}"


def _show(
    request: Request,
    typed: Mapping[str, str],
    found: Mapping[str, Any],
    wrong: Mapping[str, str],
) -> Response:
    return rendering.page(
        request,
        "studies/power.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        values=typed,
        found=found,
        errors=wrong,
    )
