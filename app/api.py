"""What all JSON routes under /api/v1 share.

    router = APIRouter(prefix="/people", tags=["people"])

    @router.get("")
    def list_people(session: SessionDep, person: Admin, paging: PagingDep) -> Page[PersonOut]:
        rows = queries.list_people(session, limit=paging.limit + 1, before=paging.before)
        return paging.make_page(rows, PersonOut.of)

    @router.post("", status_code=201, response_model=PersonOut)
    def add_person(
        body: NewPerson, session: SessionDep, person: Admin, once: OnceDep
    ) -> JSONResponse:
        return once.answer(201, lambda: PersonOut.of(people.create_user(session, ...)))

app/main.py adds the prefix, the bearer scheme and the problem answers to every router. The person
is an argument of a role type, as on pages. Errors are raised as on pages: app/errors.py answers
them as problem+json. Every POST takes `once`, so that a program may repeat it safely. Models give
an example in `json_schema_extra`.
"""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, TypeVar

from fastapi import Depends, FastAPI, Header, Query
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.dependencies import Anyone, SessionDep
from app.errors import PROBLEM_TYPE, SignInNeeded
from domain.users import idempotency

PREFIX = "/api/v1"
DESCRIPTION = (
    "Everything the panel does, for programs. Send an API token as "
    "`Authorization: Bearer ggez_...`. Lists answer with `items` and `next`: hand `next` back as "
    "`cursor` for the page that follows. Errors are problem+json (RFC 9457). A POST with an "
    "`Idempotency-Key` may be repeated for a day: it is done once."
)
REPLAYED = "Idempotency-Replayed"

# Describes tokens in the schema; who is asking is decided by the role types.
bearer = HTTPBearer(auto_error=False, description="An API token, made on the page Tokens.")


class FieldProblem(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Conflict",
                    "status": 409,
                    "detail": "There is already a person with the address sari@example.org.",
                    "request_id": "9f2c1d7a5b3e4f60",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] = []


def _describe_problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    # The model puts Problem among the components; FastAPI also claims the route's own
    # type for it, which `Api` takes out again.
    return {"description": text, "model": Problem, "content": {PROBLEM_TYPE: {"schema": schema}}}


class Api(FastAPI):
    """FastAPI whose schema says of problems what is true: they are problem+json only."""

    def openapi(self) -> dict[str, Any]:
        schema = super().openapi()
        for methods in schema["paths"].values():
            for operation in methods.values():
                for response in operation["responses"].values():
                    content = response.get("content", {})
                    if PROBLEM_TYPE in content:
                        response["content"] = {PROBLEM_TYPE: content[PROBLEM_TYPE]}
        return schema


PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: _describe_problem("No token, or one that is unknown, revoked or expired."),
    403: _describe_problem("The token's person may not do this."),
    404: _describe_problem("There is no such thing."),
    409: _describe_problem("It is there, but its state does not allow this."),
    422: _describe_problem("The input is not right; `errors` names the fields."),
    503: _describe_problem("A service that is needed does not answer."),
}


class HasId(Protocol):
    @property
    def id(self) -> Any: ...


Item = TypeVar("Item")
Row = TypeVar("Row", bound=HasId)


class Page(BaseModel, Generic[Item]):
    """`next` is null on the last page."""

    items: list[Item]
    next: uuid.UUID | None


@dataclass(frozen=True)
class Paging:
    limit: int
    before: uuid.UUID | None

    def make_page(self, rows: Sequence[Row], describe: Callable[[Row], Item]) -> Page[Item]:
        """From at most `limit + 1` rows, of which the last only says that there are more."""
        shown = rows[: self.limit]
        following = shown[-1].id if len(rows) > self.limit else None
        return Page(items=[describe(row) for row in shown], next=following)


def read_paging(
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many items.")] = 50,
    cursor: Annotated[
        uuid.UUID | None, Query(description="`next` of the page before; empty: from the start.")
    ] = None,
) -> Paging:
    return Paging(limit, cursor)


PagingDep = Annotated[Paging, Depends(read_paging)]


@dataclass(frozen=True)
class Once:
    """Does the work of a POST once per idempotency key, and repeats the first answer after."""

    session: Session
    user_id: uuid.UUID
    key: str | None
    request_sha256: bytes

    def answer(
        self, status: int, work: Callable[[], BaseModel], *, secret_fields: Sequence[str] = ()
    ) -> JSONResponse:
        """`secret_fields` are shown in the first answer only, and null in what is stored."""
        if self.key is None:
            return JSONResponse(work().model_dump(mode="json"), status)
        stored = idempotency.claim(self.session, self.user_id, self.key, self.request_sha256)
        if stored is not None:
            return JSONResponse(stored.answer, stored.status, {REPLAYED: "true"})
        content = work().model_dump(mode="json")
        idempotency.remember(
            self.session,
            self.user_id,
            self.key,
            self.request_sha256,
            status=status,
            answer=content | dict.fromkeys(secret_fields),
        )
        return JSONResponse(content, status)


async def read_once(
    request: Request,
    session: SessionDep,
    person: Anyone,
    idempotency_key: Annotated[
        str | None,
        Header(description="Any text of yours: a repeated request with it is done only once."),
    ] = None,
) -> Once:
    if person is None:
        raise SignInNeeded
    whole = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    whole.update(await request.body())
    return Once(session, person.id, idempotency_key, whole.digest())


OnceDep = Annotated[Once, Depends(read_once)]
"""The request as a whole is compared, so the same key for another request is refused (409)."""
