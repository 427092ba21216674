"""Links that let people into a study: made here, shown once, listed, revoked."""

import base64
import csv
import datetime as dt
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.home.pages import is_loopback
from app.jobs.launch import read_form
from app.settings import WebSettings
from app.studies import pages, parsing
from app.studies.answers import NewInvite
from domain import clock
from domain.errors import Word
from domain.ratings import enrolment, queries
from domain.studies import service as studies
from domain.studies.models import Study
from domain.users.person import Person

_ = rendering.translate
router = APIRouter()

SentForm = Annotated[FormData, Depends(read_form)]
_BEGINNING = {"label": "", "max_uses": "", "days": "30", "num_links": "1"}


class NewLinks(NewInvite):
    num_links: int = Field(default=1, ge=1, le=500)


@dataclass(frozen=True, kw_only=True)
class Link:
    label: str
    url: str
    expires: dt.datetime


@router.get("/{study_id}/invites")
def list_invites(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    study_id: uuid.UUID,
) -> Response:
    return _show(request, session, settings, studies.get(session, study_id), _BEGINNING)


@router.post("/{study_id}/invites")
def make_links(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    study_id: uuid.UUID,
    sent: SentForm,
) -> Response:
    study = studies.get(session, study_id)
    typed = {name: str(sent.get(name, "")) for name in _BEGINNING}
    asked, wrong = parsing.check(NewLinks, typed, partial(_, request))
    if asked is None:
        return _show(request, session, settings, study, typed, wrong)
    links = _make(session, settings, study, asked, person)
    response = rendering.page(
        request, "studies/invited.html", study=study, links=links, table=write_address(links)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/{study_id}/invites/{invite_id}/revoke")
def revoke(
    request: Request,
    session: SessionDep,
    person: Researcher,
    study_id: uuid.UUID,
    invite_id: uuid.UUID,
) -> Response:
    study = studies.get(session, study_id)
    enrolment.revoke(session, study, invite_id, actor=person)
    said = Word("The link is revoked. Who came by it stays in the study.")
    return pages.go_to(request, study, said, "/invites")


def _make(
    session: Session, settings: WebSettings, study: Study, asked: NewLinks, person: Person
) -> list[Link]:
    """Several have numbers behind their label, so that it can be told who came by which."""
    found = []
    for number in range(1, asked.num_links + 1):
        label = f"{asked.label} {number}".strip() if asked.num_links > 1 else asked.label
        token = enrolment.invite(
            session, study, label=label, max_uses=asked.max_uses, valid_for=asked.valid_for,
            actor=person,
        )  # fmt: skip
        expires = clock.now() + asked.valid_for
        found.append(Link(label=label, url=f"{settings.base_url}/join/{token}", expires=expires))
    return found


def write_address(links: Sequence[Link]) -> str:
    """The table as an address of its own: the links are known to this page alone, so nothing but
    the page can hand them out as a file.
    """
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(("label", "url", "expires"))
    table.writerows((each.label, each.url, each.expires.isoformat()) for each in links)
    return f"data:text/csv;base64,{base64.b64encode(file.getvalue().encode()).decode()}"


def _show(
    request: Request,
    session: Session,
    settings: WebSettings,
    study: Study,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
) -> Response:
    return rendering.page(
        request,
        "studies/invites.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        study=study,
        invites=queries.list_invites(session, study),
        values=typed,
        errors=wrong or {},
        now=clock.now(),
        loopback_url=settings.base_url if is_loopback(settings.base_url) else None,
    )
