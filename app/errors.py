"""The web door's only map from what went wrong to an answer.

Pages get templates/errors/error.html (a part of a page gets its block `message`), the API gets
RFC 9457 problem+json. Nothing else in this package turns an error into a status.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import rendering
from domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    Sentence,
    Unavailable,
    Word,
)

log = structlog.get_logger(__name__)

API_PREFIX = "/api/"
PROBLEM_TYPE = "application/problem+json"

STATUS_OF_KIND: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class WebError(Sentence):
    """What only the web can get wrong: no rule of the domain is involved."""

    status = HTTPStatus.BAD_REQUEST
    headers: dict[str, str]

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message, **values)
        self.headers = {}


class SignInNeeded(WebError):
    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("Sign in first, or send a valid API token.")
        self.headers = {"WWW-Authenticate": "Bearer"}


class UnknownHost(WebError):
    status = HTTPStatus.MISDIRECTED_REQUEST

    def __init__(self) -> None:
        super().__init__(
            "This server does not answer under this host name. "
            "An admin can allow it with GGEZ_BASE_URL or GGEZ_ALLOWED_HOSTS."
        )


class ForeignSite(WebError):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("This request came from another site, so nothing was changed.")


class FormExpired(WebError):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "This form belongs to an earlier sign-in, so nothing was changed. "
            "Open the page again and repeat."
        )


class BodyTooLarge(HTTPException):
    """An HTTPException, because the parsers of forms let only that kind through."""

    def __init__(self, max_bytes: int) -> None:
        self.sentence = Sentence(
            "The request is larger than %(size)s bytes.", size=f"{max_bytes:,}"
        )
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(self.sentence))


class TooManyAttempts(WebError):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, wait_s: int) -> None:
        minutes = -(-wait_s // 60)
        if minutes > 1:
            super().__init__(
                "Too many tries. Wait %(minutes)s minutes and try again.", minutes=minutes
            )
        else:
            super().__init__("Too many tries. Wait a minute and try again.")
        self.headers = {"Retry-After": str(wait_s)}


def is_api(request: Request) -> bool:
    return request.url.path.startswith(API_PREFIX)


def install(app: FastAPI) -> None:
    for kind in (DomainError, WebError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answer)


def answer(request: Request, error: Exception) -> Response:
    match error:
        case SignInNeeded() if not is_api(request):
            return _send_to_sign_in(request)
        case DomainError():
            said = tell(request, error)
            wrong = _list_wrong(request, error, said)
            return _respond(request, find_status(error), said, wrong=wrong)
        case WebError():
            return _respond(request, error.status, tell(request, error), headers=error.headers)
        case RequestValidationError():
            return _answer_bad_request(request, error)
        case HTTPException():
            status = HTTPStatus(error.status_code)
            detail = _explain(request, error)
            return _respond(request, status, detail, headers=dict(error.headers or {}))
        case _:
            return _respond(request, HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _list_wrong(request: Request, error: DomainError, said: str) -> list[tuple[str, str]]:
    """The field at fault, or each line of it that is."""
    field = getattr(error, "field", None)
    lines = getattr(error, "problems", ())
    if lines:
        return [(f"{field}.{each.line}", tell(request, each.sentence)) for each in lines]
    return [(field, said)] if field else []


def tell(request: Request, error: Sentence) -> str:
    """What went wrong, in the language of the page. The API speaks English: programs read it."""
    if is_api(request):
        return str(error)
    values = {
        name: rendering.translate(request, value) if isinstance(value, Word) else value
        for name, value in error.values.items()
    }
    return rendering.translate(request, error.message, **values)


def by_field(request: Request, error: DomainError) -> dict[str, str]:
    """For a form that is shown again: the sentence beside its field, or above the whole form."""
    return {getattr(error, "field", None) or "": tell(request, error)}


def find_status(error: DomainError) -> HTTPStatus:
    for kind in type(error).__mro__:
        if kind in STATUS_OF_KIND:
            return STATUS_OF_KIND[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _explain(request: Request, error: HTTPException) -> str:
    if isinstance(error, BodyTooLarge):
        return tell(request, error.sentence)
    return "" if error.detail == HTTPStatus(error.status_code).phrase else str(error.detail)


def _send_to_sign_in(request: Request) -> Response:
    address = "/sign-in"
    if request.method == "GET" and request.url.path != "/":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        address = f"/sign-in?next={quote(wanted, safe='/')}"
    if "hx-request" in request.headers:
        # A part of a page cannot become the sign-in page; the whole page goes there.
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": "/sign-in"})
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=HTTPStatus.UNAUTHORIZED)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _answer_bad_request(request: Request, error: RequestValidationError) -> Response:
    problems = error.errors()
    if all(problem["loc"][:1] == ("path",) for problem in problems):
        return _respond(request, HTTPStatus.NOT_FOUND, "")
    # What pydantic says of a field stays English.
    wrong = [(_name_field(problem["loc"]), str(problem["msg"])) for problem in problems]
    message = tell(request, Sentence("Some of the input is not right."))
    return _respond(request, HTTPStatus.UNPROCESSABLE_ENTITY, message, wrong=wrong)


def _name_field(location: Sequence[str | int]) -> str:
    """('body', 'prompts', 3, 'text') is the field prompts.3.text."""
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _respond(
    request: Request,
    status: HTTPStatus,
    message: str,
    *,
    wrong: Sequence[tuple[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    response: Response
    if is_api(request):
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": message or status.description or status.phrase,
            "request_id": request_id,
        }
        if wrong:
            problem["errors"] = [{"field": field, "message": text} for field, text in wrong]
        response = _ProblemResponse(problem, status)
    else:
        response = _render(request, status, message, wrong, request_id)
    response.headers.update(headers or {})
    return response


class _ProblemResponse(JSONResponse):
    media_type = PROBLEM_TYPE

    def render(self, content: Any) -> bytes:
        """In ASCII: a problem may repeat input that cannot be written as UTF-8."""
        return json.dumps(content).encode()


def _render(
    request: Request,
    status: HTTPStatus,
    message: str,
    wrong: Sequence[tuple[str, str]],
    request_id: str,
) -> Response:
    values = {
        "status": status.value,
        "message": message,
        "wrong": wrong,
        "request_id": request_id,
    }
    if "hx-request" in request.headers:
        return rendering.fragment(request, "errors/error.html", "message", status, **values)
    return rendering.page(request, "errors/error.html", status, **values)


class UnexpectedErrors:
    """The last resort: what nobody foresaw is logged whole and answered with its request id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except ClientDisconnect:
            log.info("request.abandoned")  # nobody is left to answer
        except Exception as error:
            log.exception("request.failed", error=type(error).__name__)
            if has_begun:
                raise  # half an answer cannot be taken back; the server drops the connection
            await answer(Request(scope, receive), error)(scope, receive, send)
