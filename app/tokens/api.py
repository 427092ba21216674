"""API tokens under /api/v1/tokens: one's own, and for admins everybody's."""

import datetime as dt
import uuid

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.responses import JSONResponse

from app.api import OnceDep, Page, PagingDep
from app.dependencies import Researcher, SessionDep
from domain.users import queries, tokens
from domain.users import service as users
from domain.users.models import ApiToken

router = APIRouter(prefix="/tokens", tags=["tokens"])

_EXAMPLE: JsonDict = {
    "id": "019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10",
    "name": "nightly import",
    "hint": "ggez_4Jqk",
    "owner": "sari@example.org",
    "created_at": "2026-03-01T08:00:00Z",
    "expires_at": "2026-05-30T08:00:00Z",
    "last_used_at": None,
    "revoked_at": None,
}


class TokenOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: uuid.UUID
    name: str
    hint: str
    owner: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None

    @classmethod
    def of(cls, row: ApiToken) -> "TokenOut":
        return cls(
            id=row.id,
            name=row.name,
            hint=row.hint,
            owner=row.user.email,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )


class NewToken(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "nightly import"}]}
    )

    name: str
    valid_days: int | None = Field(default=90, description="null: it never expires.")


class CreatedToken(TokenOut):
    """`secret` is shown once: in the answer to a repeated request it is null."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [_EXAMPLE | {"secret": "ggez_4JqkV0..."}]}
    )

    secret: str | None


@router.get("")
def list_tokens(session: SessionDep, person: Researcher, paging: PagingDep) -> Page[TokenOut]:
    """Your tokens, newest first; an admin sees everybody's."""
    rows = queries.list_tokens(
        session,
        user_id=None if person.is_admin else person.id,
        limit=paging.limit + 1,
        before=paging.before,
    )
    return paging.make_page(rows, TokenOut.of)


@router.post("", status_code=201, response_model=CreatedToken)
def create_token(
    body: NewToken, session: SessionDep, person: Researcher, once: OnceDep
) -> JSONResponse:
    """A further token for yourself."""

    def make() -> CreatedToken:
        user = users.get_user(session, person.id)
        made = tokens.create_token(
            session, user, name=body.name, valid_days=body.valid_days, actor=person
        )
        return CreatedToken(**TokenOut.of(made.row).model_dump(), secret=made.secret)

    return once.answer(201, make, secret_fields=("secret",))


@router.delete("/{token_id}", status_code=204)
def revoke_token(session: SessionDep, person: Researcher, token_id: uuid.UUID) -> None:
    """Revoke a token: it stops working at once. Repeating this is harmless."""
    tokens.revoke_token(session, token_id, actor=person)
