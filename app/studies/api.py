"""Studies under /api/v1/studies. For researchers and admins."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import changes
from app.api import OnceDep, Page, PagingDep
from app.changes import Change
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs.answers import JobOut, Launched
from app.studies.answers import (
    NDJSON,
    CoverageOut,
    InviteOut,
    NewInvite,
    NewStudyIn,
    Reason,
    StudyOut,
    write_rating,
)
from domain.launches import service as launches
from domain.ratings import coverage, enrolment, export
from domain.shelf import queries as shelf
from domain.studies import drafting, opening
from domain.studies import service as studies
from domain.studies.models import Study
from specs.kinds.study.study_open import StudyOpen

router = APIRouter(prefix="/studies", tags=["studies"])


@router.get("")
def list_studies(
    session: SessionDep,
    person: Researcher,
    paging: PagingDep,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Page[StudyOut]:
    """Newest first."""
    rows = shelf.list_rows(
        session, Study, archived=archived, limit=paging.limit + 1, before=paging.before
    )
    return paging.make_page(rows, StudyOut.of)


@router.post("", status_code=201, response_model=StudyOut)
def add_study(
    body: NewStudyIn, session: SessionDep, settings: SettingsDep, person: Researcher, once: OnceDep
) -> JSONResponse:
    """A draft: nobody sees it until it is opened."""

    def make() -> StudyOut:
        new = body.read(session, settings)
        made = drafting.create(session, new, settings=settings, actor=person)
        return StudyOut.of(made)

    return once.answer(201, make)


@router.get("/{study_id}")
def read_study(session: SessionDep, person: Researcher, study_id: uuid.UUID) -> StudyOut:
    return StudyOut.of(studies.get(session, study_id))


@router.patch("/{study_id}")
def change_study(
    body: Change, session: SessionDep, person: Researcher, study_id: uuid.UUID
) -> StudyOut:
    """Rename; archive or bring back."""
    found = studies.get(session, study_id)
    return StudyOut.of(changes.apply(session, found, body, person))


@router.post("/{study_id}/open", status_code=201, response_model=Launched)
def open_study(
    session: SessionDep, settings: SettingsDep, person: Researcher, once: OnceDep,
    study_id: uuid.UUID,
) -> JSONResponse:  # fmt: skip
    """Launches the job that re-encodes its pictures and then opens it; what is missing is said at
    once.
    """

    def make() -> Launched:
        study = studies.get(session, study_id)
        opening.check(session, study)
        made = launches.launch(session, StudyOpen(study=study.name), settings, actor=person)
        return Launched(reused=made.reused, job=JobOut.of(made.job))

    return once.answer(201, make)


@router.post("/{study_id}/pause", response_model=StudyOut)
def pause_study(
    session: SessionDep, person: Researcher, once: OnceDep, study_id: uuid.UUID
) -> JSONResponse:
    """Nobody gets new work; what is in people's hands is still taken in."""
    study = studies.get(session, study_id, lock=True)
    return once.answer(200, lambda: StudyOut.of(opening.pause(session, study, actor=person)))


@router.post("/{study_id}/resume", response_model=StudyOut)
def resume_study(
    session: SessionDep, person: Researcher, once: OnceDep, study_id: uuid.UUID
) -> JSONResponse:
    study = studies.get(session, study_id, lock=True)
    return once.answer(200, lambda: StudyOut.of(opening.resume(session, study, actor=person)))


@router.post("/{study_id}/close", response_model=StudyOut)
def close_study(
    session: SessionDep, person: Researcher, once: OnceDep, study_id: uuid.UUID
) -> JSONResponse:
    """For good. Effects by arm are no longer sealed."""
    study = studies.get(session, study_id, lock=True)
    return once.answer(200, lambda: StudyOut.of(opening.close(session, study, actor=person)))


@router.post("/{study_id}/unseal", response_model=StudyOut)
def unseal_study(
    body: Reason, session: SessionDep, person: Researcher, once: OnceDep, study_id: uuid.UUID
) -> JSONResponse:
    """Look at effects before closing: on record for ever, with the reason."""

    def make() -> StudyOut:
        study = studies.get(session, study_id, lock=True)
        opening.unseal(session, study, reason=body.reason, actor=person)
        return StudyOut.of(study)

    return once.answer(200, make)


@router.post("/{study_id}/invites", status_code=201, response_model=InviteOut)
def invite(
    request: Request,
    body: NewInvite,
    session: SessionDep,
    person: Researcher,
    once: OnceDep,
    study_id: uuid.UUID,
) -> JSONResponse:
    """A link that lets people in. It is shown this once."""

    def make() -> InviteOut:
        token = enrolment.invite(
            session, studies.get(session, study_id), label=body.label, max_uses=body.max_uses,
            valid_for=body.valid_for, actor=person,
        )  # fmt: skip
        return InviteOut(url=str(request.base_url.replace(path=f"/join/{token}")))

    return once.answer(201, make, secret_fields=("url",))


@router.get("/{study_id}/coverage")
def read_coverage(session: SessionDep, person: Researcher, study_id: uuid.UUID) -> CoverageOut:
    """How far it is, by stratum and country. Nothing here knows an arm."""
    study = studies.get(session, study_id)
    return CoverageOut.of(
        coverage.list_covered(session, study),
        exhausted=coverage.count_exhausted(session, study),
        simulated=coverage.count_simulated(session, study),
    )


@router.get("/{study_id}/ratings", response_class=Response)
def list_ratings(
    session: SessionDep,
    person: Researcher,
    study_id: uuid.UUID,
    cursor: uuid.UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Response:
    """NDJSON, oldest first: hand the last row's `id` back as `cursor`. While effects are sealed,
    rows tell neither arm nor prompt.
    """
    study = studies.get(session, study_id)
    rows = export.list_ratings(session, study, after=cursor, limit=limit)
    return Response("".join(map(write_rating, rows)), media_type=NDJSON)
