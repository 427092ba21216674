"""Launches of several jobs that are compared, under /api/v1/grids. For researchers and admins."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from app.api import Once, OnceDep
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs.answers import JobOut, RecipeOut
from domain.comparisons import distillation
from domain.jobs import service as jobs
from domain.launches import service as launches
from domain.settings import Settings
from domain.users.person import Person
from specs.grids.distillation import DistillationStudy
from specs.grids.grid import Grid
from specs.grids.two_by_two import TwoByTwo

router = APIRouter(prefix="/grids", tags=["grids"])


@router.post("/distillation", status_code=201, response_model=RecipeOut)
def launch_distillation(
    body: DistillationStudy,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    once: OnceDep,
) -> JSONResponse:
    """Launch a study of distillation: every way of every teacher with every seed, measured. The
    last job joins what the others found.
    """
    return _launch(body, session, settings, person, once)


@router.get("/distillation/{job_id}")
def read_distillation(session: SessionDep, person: Researcher, job_id: uuid.UUID) -> dict[str, Any]:
    """What a study found, by the id of its last job: every number, and what follows from them."""
    return distillation.read(session, jobs.get(session, job_id)).to_json()


@router.post("/two-by-two", status_code=201, response_model=RecipeOut)
def launch_two_by_two(
    body: TwoByTwo,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    once: OnceDep,
) -> JSONResponse:
    """Launch what says what adaptation does, what retrieval does, and both together. The result of
    the last job has the four cells.
    """
    return _launch(body, session, settings, person, once)


def _launch(
    grid: Grid, session: Session, settings: Settings, person: Person, once: Once
) -> JSONResponse:
    def make() -> RecipeOut:
        made = launches.launch_recipe(session, grid.to_recipe(), settings, actor=person)
        return RecipeOut(jobs=[JobOut.of(job) for job in made])

    return once.answer(201, make)
