"""The real application over the test's own transaction, and people who are signed in to it.

What a test adds with its `session` the application sees, and the other way round; all of it is
rolled back. Rows that the test holds are as old as they were read: `session.refresh(row)`.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import redis as redis_library
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from app.dependencies import FORM_TOKEN_HEADER
from app.main import create_app
from app.settings import WebSettings
from domain.settings import Settings
from domain.users import sessions, tokens
from domain.users.models import User
from domain.users.person import Person
from domain.users.sessions import Lifetime
from tests import factories

BASE_URL = "http://testserver"
LIFETIME = Lifetime(idle=dt.timedelta(days=14), absolute=dt.timedelta(days=90))


class SignedInClient(TestClient):
    """A browser with a session. Sends the form token as htmx does, in a header."""

    user: User

    @property
    def person(self) -> Person:
        return Person.of(self.user)


@pytest.fixture
def web_settings(settings: Settings) -> WebSettings:
    return WebSettings(**settings.model_dump() | {"base_url": BASE_URL})


@pytest.fixture
def app(
    web_settings: WebSettings, session: Session, redis: redis_library.Redis
) -> Iterator[FastAPI]:
    app = create_app(web_settings)
    app.state.session_factory = sessionmaker(
        session.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False
    )
    yield app
    app.state.redis.close()
    app.state.engine.dispose()


@pytest.fixture
def make_client(app: FastAPI) -> Iterator[Callable[[], SignedInClient]]:
    """Browsers that follow no redirects: where one leads is what a test asks about."""
    with ExitStack() as opened:

        def make() -> SignedInClient:
            client = SignedInClient(app, base_url=BASE_URL, follow_redirects=False)
            opened.callback(client.close)
            return client

        yield make


@pytest.fixture
def client(make_client: Callable[[], SignedInClient]) -> TestClient:
    """Nobody in particular."""
    return make_client()


@pytest.fixture
def sign_in(
    make_client: Callable[[], SignedInClient], session: Session
) -> Callable[..., SignedInClient]:
    """`sign_in("admin")`, or `sign_in(user=somebody)`: a browser of that person."""

    def open_browser(role: str = "researcher", *, user: User | None = None) -> SignedInClient:
        client = make_client()
        client.user = user or factories.make_user(session, role=role)
        opened = sessions.open_session(session, client.user, LIFETIME, user_agent="Test browser")
        client.cookies.set("ggez_session", opened.token)
        client.headers[FORM_TOKEN_HEADER] = opened.form_token
        return client

    return open_browser


@pytest.fixture
def use_api(
    make_client: Callable[[], SignedInClient], session: Session
) -> Callable[..., SignedInClient]:
    """`use_api("admin")`: a program with an API token of such a person."""

    def make(role: str = "researcher", *, user: User | None = None) -> SignedInClient:
        client = make_client()
        client.user = user or factories.make_user(session, role=role)
        made = tokens.create_token(session, client.user, name="test")
        client.headers["Authorization"] = f"Bearer {made.secret}"
        return client

    return make
