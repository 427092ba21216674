"""What a route asks for by the types of its arguments: the database, and who is asking.

    @router.get("/people")
    def show_people(request: Request, session: SessionDep, person: Admin) -> Response: ...

The role is part of the argument's type, so a route cannot forget it; a test lists every route
with its role. Pages know people by the session cookie, /api/v1 by a bearer token, never both.
"""

import datetime as dt
import hmac
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from app.errors import FormExpired, SignInNeeded, is_api
from app.security import cookies
from app.security.gates import SAFE_METHODS
from app.security.limits import Attempts
from app.settings import WebSettings
from domain.errors import Forbidden, Invalid, Unavailable
from domain.users import sessions, tokens
from domain.users.models import Role
from domain.users.person import Person
from domain.users.sessions import Lifetime, SignedInBrowser

FORM_TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
FORM_TOKEN_HEADER = "X-Form-Token"  # noqa: S105 - the name of a header


class DatabaseAway(Unavailable):
    def __init__(self) -> None:
        super().__init__("The database does not answer. Nothing was changed; try again soon.")


class InputNotStorable(Invalid):
    """A NUL character or half of a surrogate pair, say: JSON can write both, PostgreSQL neither."""

    def __init__(self) -> None:
        super().__init__("Something in the input cannot be stored. Nothing was changed.")


class RoleMissing(Forbidden):
    def __init__(self, role: Role) -> None:
        super().__init__(
            "This is not open to the role '%(role)s'. Ask an admin for access.", role=role
        )


# What only looks into memory is `async`: every other dependency is called in a thread, which costs
# more than the look, and a page has half a dozen of them.


async def get_settings(request: Request) -> WebSettings:
    settings: WebSettings = request.app.state.settings
    return settings


async def get_attempts(request: Request) -> Attempts:
    attempts: Attempts = request.app.state.attempts
    return attempts


@contextmanager
def unit_of_work(request: Request) -> Iterator[Session]:
    """A transaction of its own, for what must not hold one while it waits: an upload, a stream."""
    try:
        with request.app.state.session_factory.begin() as session:
            yield session
    except (OperationalError, PoolExhausted) as error:
        raise DatabaseAway from error
    except (DataError, UnicodeEncodeError) as error:
        raise InputNotStorable from error


async def hold_place(request: Request) -> AsyncIterator[None]:
    """Few requests have a connection at a time (see WebSettings.places); the others wait here, without
    a thread. A request goes from thread to thread: were all threads waiting for a connection, those
    who have one would wait for a thread.
    """
    async with request.app.state.places:
        yield


def get_session(
    request: Request, _place: Annotated[None, Depends(hold_place, scope="function")]
) -> Iterator[Session]:
    """One unit of work per request. With `scope="function"` it is committed before the answer
    leaves: nobody is told of something that then fails to be stored.
    """
    with unit_of_work(request) as session:
        yield session


SettingsDep = Annotated[WebSettings, Depends(get_settings)]
AttemptsDep = Annotated[Attempts, Depends(get_attempts)]
SessionDep = Annotated[Session, Depends(get_session, scope="function")]


def read_lifetime(settings: WebSettings) -> Lifetime:
    return Lifetime(
        idle=dt.timedelta(days=settings.session_idle_days),
        absolute=dt.timedelta(days=settings.session_days),
    )


def find_browser(request: Request, settings: SettingsDep) -> SignedInBrowser | None:
    """The session behind the cookie; the page's layout reads it from the request's state.

    Looked up in a transaction of its own: that somebody was seen stays true when the page then
    fails, and a long request must not keep that row locked from the same person's next one.
    """
    token = cookies.read(request)
    if token is None or is_api(request):
        return None
    with unit_of_work(request) as session:
        browser = sessions.find_session(session, token, read_lifetime(settings))
    request.state.person = browser.person if browser else None
    request.state.form_token = browser.form_token if browser else ""
    return browser


BrowserDep = Annotated[SignedInBrowser | None, Depends(find_browser)]


async def find_person(request: Request, browser: BrowserDep) -> Person | None:
    if is_api(request):
        return await run_in_threadpool(_find_by_token, request)
    return browser.person if browser else None


def _find_by_token(request: Request) -> Person | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        return None
    with unit_of_work(request) as session:
        return tokens.find_person(session, secret.strip())


Anyone = Annotated[Person | None, Depends(find_person)]
"""Whoever it is, signed in or not. Forms open to anyone are guarded by the origin check alone."""


async def check_form_token(request: Request, browser: BrowserDep) -> None:
    """What changes something needs the token that the session's forms carry, in the field
    form_token or in the header X-Form-Token. It belongs to the session, not to the page: a page
    that stayed open over night still works.
    """
    if request.method in SAFE_METHODS or browser is None:
        return
    given: object = request.headers.get(FORM_TOKEN_HEADER)
    if given is None:
        given = (await request.form()).get(FORM_TOKEN_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(
        given.encode(), browser.form_token.encode()
    ):
        raise FormExpired


class Requires:
    """The dependency behind a role type: who it lets in can be read from it."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(
        self, person: Anyone, _checked: Annotated[None, Depends(check_form_token)]
    ) -> Person:
        if person is None:
            raise SignInNeeded
        if person.role not in self.roles:
            raise RoleMissing(person.role)
        return person


SignedIn = Annotated[Person, Depends(Requires(*Role))]
Researcher = Annotated[Person, Depends(Requires(Role.ADMIN, Role.RESEARCHER))]
Admin = Annotated[Person, Depends(Requires(Role.ADMIN))]
