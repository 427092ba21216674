"""People under /api/v1/people. For admins."""

import datetime as dt
import uuid
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict
from starlette.responses import JSONResponse

from app.api import OnceDep, Page, PagingDep
from app.dependencies import Admin, SessionDep, SettingsDep
from domain import clock
from domain.users import queries
from domain.users import service as users
from domain.users.models import LinkPurpose, Role, User

router = APIRouter(prefix="/people", tags=["people"])

_EXAMPLE: JsonDict = {
    "id": "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10",
    "email": "sari@example.org",
    "name": "Sari",
    "role": "annotator",
    "language": "id",
    "created_at": "2026-03-01T08:00:00Z",
    "disabled_at": None,
}


class PersonOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: uuid.UUID
    email: str
    name: str
    role: Role
    language: str
    created_at: dt.datetime
    disabled_at: dt.datetime | None

    @classmethod
    def of(cls, user: User) -> "PersonOut":
        return cls.model_validate(user, from_attributes=True)


class NewPerson(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"email": "sari@example.org", "name": "Sari", "role": "annotator"}]
        },
    )

    email: str
    name: str = ""
    role: Role


class PersonChange(BaseModel):
    """Only what is named changes."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"role": "researcher"}, {"disabled": True}]}
    )

    role: Role | None = None
    disabled: bool | None = None


class NewLink(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"purpose": "reset"}]}
    )

    purpose: LinkPurpose = LinkPurpose.SIGN_IN


class LinkOut(BaseModel):
    """`url` is shown once: in the answer to a repeated request it is null."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://ggez.example.org/sign-in/4JqkV0...",
                    "expires_at": "2026-03-04T08:00:00Z",
                }
            ]
        }
    )

    url: str | None
    expires_at: dt.datetime


@router.get("")
def list_people(session: SessionDep, person: Admin, paging: PagingDep) -> Page[PersonOut]:
    """Everybody, those who came last first."""
    rows = queries.list_people(session, limit=paging.limit + 1, before=paging.before)
    return paging.make_page(rows, PersonOut.of)


@router.post("", status_code=201, response_model=PersonOut)
def add_person(body: NewPerson, session: SessionDep, person: Admin, once: OnceDep) -> JSONResponse:
    """Add a person. Make a sign-in link next, so that they get in."""
    return once.answer(
        201,
        lambda: PersonOut.of(
            users.create_user(
                session, email=body.email, name=body.name, role=body.role, actor=person
            )
        ),
    )


@router.get("/{user_id}")
def read_person(session: SessionDep, person: Admin, user_id: uuid.UUID) -> PersonOut:
    return PersonOut.of(users.get_user(session, user_id))


@router.patch("/{user_id}")
def change_person(
    body: PersonChange, session: SessionDep, person: Admin, user_id: uuid.UUID
) -> PersonOut:
    """Change the role; disable or enable."""
    user = users.get_user(session, user_id)
    if body.role is not None:
        user = users.change_role(session, user_id, body.role, actor=person)
    if body.disabled is not None:
        change: Any = users.disable if body.disabled else users.enable
        user = change(session, user_id, actor=person)
    return PersonOut.of(user)


@router.post("/{user_id}/links", status_code=201, response_model=LinkOut)
def create_link(
    body: NewLink,
    session: SessionDep,
    settings: SettingsDep,
    person: Admin,
    user_id: uuid.UUID,
    once: OnceDep,
) -> JSONResponse:
    """A link that lets the person in once. Earlier links of theirs stop working."""

    def make() -> LinkOut:
        user = users.get_user(session, user_id)
        expires_at = clock.now() + users.LINK_VALID_FOR
        token = users.create_sign_in_link(session, user, body.purpose, actor=person)
        return LinkOut(url=f"{settings.base_url}/sign-in/{token}", expires_at=expires_at)

    return once.answer(201, make, secret_fields=("url",))
