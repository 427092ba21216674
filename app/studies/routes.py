"""Pages of studies. For researchers and admins. Literal paths come before those with an id."""

import uuid
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from app import rendering, shelf
from app.dependencies import Researcher, SessionDep, SettingsDep, unit_of_work
from app.studies import acts, designing, inviting, pages, planning, preview, rewording
from app.studies.answers import NDJSON, write_rating
from domain.errors import Word
from domain.ratings import export
from domain.studies import service as studies
from domain.studies.models import Study

router = APIRouter(prefix="/studies")
router.include_router(designing.router)
router.include_router(planning.router)

_ROWS_AT_ONCE = 2000


@router.get("")
def list_studies(
    request: Request,
    session: SessionDep,
    person: Researcher,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
    cursor: uuid.UUID | None = None,
) -> Response:
    found = pages.make_list(session, archived=archived, cursor=cursor)
    return rendering.page(request, "studies/list.html", found=found)


@router.get("/{study_id}")
def show_study(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    study_id: uuid.UUID,
) -> Response:
    return pages.show(request, session, settings, studies.get(session, study_id))


@router.get("/{study_id}/coverage")
def show_coverage(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    study_id: uuid.UUID,
) -> Response:
    """The part of the page that goes on; the whole page to whoever asks by themselves."""
    study = studies.get(session, study_id)
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/studies/{study.id}", HTTPStatus.SEE_OTHER)
    language = rendering.choose_language(request).code
    cover = pages.make_cover(session, settings, study, language)
    return rendering.fragment(request, "studies/study.html", "coverage", cover=cover)


@router.get("/{study_id}/ratings.ndjson")
def download_ratings(
    request: Request, session: SessionDep, person: Researcher, study_id: uuid.UUID
) -> Response:
    """All of them, some at a time: the answer holds no transaction while it is sent."""
    study = studies.get(session, study_id)

    def lines() -> Iterator[str]:
        after: uuid.UUID | None = None
        while True:
            with unit_of_work(request) as reading:
                found = studies.get(reading, study_id)
                rows = export.list_ratings(reading, found, after=after, limit=_ROWS_AT_ONCE)
            yield from map(write_rating, rows)
            if len(rows) < _ROWS_AT_ONCE:
                return
            after = rows[-1].id

    headers = {"Content-Disposition": f'attachment; filename="ratings-{study.id}.ndjson"'}
    return StreamingResponse(lines(), media_type=NDJSON, headers=headers)


def _show_refused(
    request: Request, session: Session, study: Study, wrong: Mapping[str, str], name: str
) -> Response:
    return pages.show(
        request,
        session,
        request.app.state.settings,
        study,
        wrong=wrong,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        name=name,
    )


shelf.add_routes(
    router,
    studies.get,
    _show_refused,
    shelf.Sayings(
        renamed=Word("The study is renamed."),
        archived=Word("The study is archived. Nothing was deleted."),
        unarchived=Word("The study is in the list again."),
    ),
)
router.include_router(acts.router)
router.include_router(inviting.router)
router.include_router(rewording.router)
router.include_router(preview.router)
