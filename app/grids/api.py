"""Launches of several jobs that are compared, under /api/v1/grids. For researchers and admins."""

import uuid
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from app.api import Once, OnceDep
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.grids.answers import NewComparisonStudy, TwoByTwoOut
from app.jobs.answers import JobOut, RecipeOut
from app.studies.answers import StudyOut
from domain.comparisons import distillation, two_by_two
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


@router.get("/two-by-two/{job_id}")
def read_two_by_two(session: SessionDep, person: Researcher, job_id: uuid.UUID) -> TwoByTwoOut:
    """The four cells, by the id of the last job, and the variants that they are."""
    job = jobs.get(session, job_id)
    return TwoByTwoOut.of(job, two_by_two.find(session, job))


@router.post("/two-by-two/{job_id}/study", status_code=201, response_model=StudyOut)
def draft_study(
    body: NewComparisonStudy,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    once: OnceDep,
    job_id: uuid.UUID,
) -> JSONResponse:
    """A draft with the four cells as arms over the quiz: nobody sees it until it is opened."""

    def make() -> StudyOut:
        job = jobs.get(session, job_id)
        made = two_by_two.draft_study(session, job, body.form, settings, actor=person)
        return StudyOut.of(made)

    return once.answer(201, make)


def _launch(
    grid: Grid, session: Session, settings: Settings, person: Person, once: Once
) -> JSONResponse:
    def make() -> RecipeOut:
        made = launches.launch_recipe(session, grid.to_recipe(), settings, actor=person)
        return RecipeOut(jobs=[JobOut.of(job) for job in made])

    return once.answer(201, make)
