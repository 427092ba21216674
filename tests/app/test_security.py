"""What every request passes and every answer carries, whatever the page."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
import redis as redis_library
from fastapi import FastAPI
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.testclient import TestClient

from app.dependencies import FORM_TOKEN_HEADER, SessionDep, SignedIn
from app.errors import TooManyAttempts
from app.main import ServiceNotNamed, create_app
from app.security.limits import Attempts
from app.settings import WebSettings
from domain import clock
from domain.db import make_session_factory
from domain.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from domain.users import service as users
from domain.users import sessions
from domain.users.models import User, UserSession
from tests.factories import make_user
from tests.web import BASE_URL, LIFETIME, SignedInClient

SignIn = Callable[..., SignedInClient]


@pytest.mark.parametrize("path", ["/sign-in", "/people", "/nowhere", "/api/v1/me", "/healthz"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert headers["x-request-id"]
    assert headers["cache-control"]


ORIGINS = [
    # Sec-Fetch-Site, Origin, let through
    ("same-origin", "http://testserver", True),
    ("same-origin", None, True),
    ("none", None, True),
    (None, "http://testserver", True),
    (None, "https://testserver", True),  # a proxy in front speaks TLS
    (None, None, True),
    ("same-site", "http://other.testserver", False),
    ("cross-site", "http://evil.example", False),
    ("cross-site", "http://testserver", False),
    ("nonsense", None, False),
    (None, "http://evil.example", False),
    (None, "http://testserver.evil.example", False),
    (None, "http://testserver:81", False),
    (None, "null", False),
    (None, "", False),
]


@pytest.mark.parametrize(("site", "origin", "passes"), ORIGINS)
@pytest.mark.parametrize("path", ["/account/name", "/sign-in"])
def test_only_our_own_pages_change_something(
    sign_in: SignIn, path: str, site: str | None, origin: str | None, *, passes: bool
) -> None:
    client = sign_in()
    given = {"Sec-Fetch-Site": site, "Origin": origin}
    headers = {name: value for name, value in given.items() if value is not None}
    answer = client.post(path, data={"name": "Sari"}, headers=headers)
    assert (answer.status_code != 403) == passes
    assert ("came from another site" in answer.text) != passes


def test_reading_from_another_site_is_no_change(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}
    assert client.get("/sign-in", headers=headers).status_code == 200


@pytest.mark.parametrize("way", ["field", "header"])
def test_a_form_needs_the_token_of_its_session(sign_in: SignIn, way: str) -> None:
    client, other = sign_in(), sign_in()
    mine = client.headers.pop(FORM_TOKEN_HEADER)
    for token, status in (
        (mine, 303),
        (other.headers[FORM_TOKEN_HEADER], 403),
        ("", 403),
        ("naïve", 403),
        (None, 403),
    ):
        form, headers = {"name": "Sari"}, {}
        if token is not None and way == "field":
            form["form_token"] = token
        elif token is not None:
            headers[FORM_TOKEN_HEADER] = token.encode("latin-1").decode("latin-1")
        answer = client.post(
            "/account/name",
            data=form,
            headers={name: value.encode("utf-8") for name, value in headers.items()},
        )
        assert answer.status_code == status
        assert ("an earlier sign-in" in answer.text) == (status == 403)


def test_a_form_token_that_is_a_file_is_refused(sign_in: SignIn) -> None:
    client = sign_in()
    token = client.headers.pop(FORM_TOKEN_HEADER)
    answer = client.post("/account/name", files={"form_token": ("x", token.encode())})
    assert answer.status_code == 403


def test_a_page_carries_the_token_in_its_forms(sign_in: SignIn) -> None:
    client = sign_in()
    assert f'name="form_token" value="{client.headers[FORM_TOKEN_HEADER]}"' in (
        client.get("/account").text
    )


@pytest.mark.parametrize(
    "host", ["testserver", "localhost", "127.0.0.1:8000", "[::1]:80", "TESTSERVER"]
)
def test_known_hosts_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "[", "10.0.0.1"])
def test_unknown_hosts_are_not(client: TestClient, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 421
    assert "GGEZ_ALLOWED_HOSTS" in answer.text
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_proxy_is_believed_only_when_it_is_trusted(
    web_settings: WebSettings, redis: redis_library.Redis
) -> None:
    for trusted, scheme in (((), "http"), (("testclient",), "https")):
        app = create_app(web_settings.model_copy(update={"trusted_proxies": trusted}))

        @app.get("/who")
        def who(request: Request) -> str:
            return f"{request.url.scheme} {request.client.host if request.client else ''}"

        client = TestClient(app)
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        address = "203.0.113.7" if trusted else "testclient"
        assert client.get("/who", headers=headers).json() == f"{scheme} {address}"
        app.state.engine.dispose()
        app.state.redis.close()


def test_a_request_that_says_it_is_too_large_is_not_read(
    client: TestClient, web_settings: WebSettings
) -> None:
    answer = client.post("/sign-in", content=b"x" * (web_settings.max_form_bytes + 1))
    assert answer.status_code == 413
    assert "larger than 1,048,576 bytes" in answer.text
    assert "content-security-policy" in answer.headers


def test_a_request_that_turns_out_too_large_is_cut_off(
    client: TestClient, web_settings: WebSettings
) -> None:
    sent = 0

    def drip() -> Iterator[bytes]:
        nonlocal sent
        yield b"email="
        for _ in range(64):
            sent += 1
            yield b"x" * (web_settings.max_form_bytes // 16)

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/sign-in", content=drip(), headers=headers)
    assert answer.status_code == 413
    assert "larger than" in answer.text


def test_an_api_request_that_is_too_large_is_a_problem(
    use_api: Callable[..., SignedInClient], web_settings: WebSettings
) -> None:
    answer = use_api("admin").post(
        "/api/v1/people", content=b"x" * (web_settings.max_form_bytes + 1)
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotFound, 404), (Conflict, 409), (Invalid, 422), (Forbidden, 403), (Unavailable, 503)],
)
@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_every_kind_of_error_has_its_status(
    app: FastAPI, client: TestClient, kind: type[Exception], status: int, prefix: str
) -> None:
    @app.get(f"{prefix}/fails")
    def fail() -> None:
        raise kind("The <reason>.")

    answer = client.get(f"{prefix}/fails")
    assert answer.status_code == status
    if prefix:
        assert answer.json()["detail"] == "The <reason>."
    else:
        assert "The &lt;reason&gt;." in answer.text


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_what_nobody_foresaw_is_answered_with_its_number_and_nothing_else(
    app: FastAPI, client: TestClient, prefix: str
) -> None:
    @app.get(f"{prefix}/fails")
    def fail() -> None:
        raise RuntimeError("a secret detail")

    answer = client.get(f"{prefix}/fails")
    assert answer.status_code == 500
    assert "a secret detail" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "content-security-policy" in answer.headers


def test_an_error_in_a_part_of_a_page_is_a_part(app: FastAPI, client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "<html" not in answer.text
    assert "may be mistyped" in answer.text


def test_a_database_that_is_away_is_said(web_settings: WebSettings) -> None:
    away = web_settings.model_copy(update={"database_url": "postgresql://a:b@127.0.0.1:1/c"})
    app = create_app(away)
    client = TestClient(app, base_url="http://testserver")
    client.cookies.set("ggez_session", "anything")
    answer = client.get("/account")
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
    app.state.engine.dispose()
    app.state.redis.close()


def test_what_fails_half_way_stores_nothing(
    app: FastAPI, client: TestClient, session: Session
) -> None:
    @app.post("/fails")
    def fail(session: SessionDep) -> None:
        users.create_user(session, email="half@example.org", role="annotator")
        session.flush()
        raise Conflict("Too late.")

    assert client.post("/fails").status_code == 409
    assert users.find_user(session, "half@example.org") is None


def test_text_that_cannot_be_stored_is_refused(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"email": "a\x00@b"})
    assert answer.status_code == 422
    assert "cannot be stored" in answer.text


def test_text_that_cannot_be_looked_for_is_refused(sign_in: SignIn) -> None:
    assert sign_in("admin").get("/audit?actor=%00").status_code == 422


def test_being_seen_keeps_no_row_locked_while_a_page_works(
    web_settings: WebSettings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second request of the same person gets through while the first is still at work."""
    app = create_app(web_settings)
    factory = make_session_factory(engine)
    with factory.begin() as session:
        user = make_user(session)
        opened = sessions.open_session(session, user, LIFETIME)
    later = clock.now() + dt.timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    client = TestClient(app, base_url=BASE_URL, cookies={"ggez_session": opened.token})

    @app.get("/slow")
    def work(person: SignedIn) -> int:
        monkeypatch.setattr(clock, "now", lambda: later + dt.timedelta(minutes=5))
        return client.get("/account").status_code

    try:
        assert client.get("/slow").json() == 200
    finally:
        with factory.begin() as session:
            session.execute(delete(UserSession).where(UserSession.user_id == user.id))
            session.execute(delete(User).where(User.id == user.id))
        app.state.engine.dispose()
        app.state.redis.close()


def test_without_its_services_named_the_web_does_not_start(web_settings: WebSettings) -> None:
    for missing in ("database_url", "redis_url"):
        with pytest.raises(ServiceNotNamed, match="ggez up"):
            create_app(web_settings.model_copy(update={missing: ""}))


def test_a_base_address_must_be_one() -> None:
    with pytest.raises(ValueError, match="is not an address like"):
        WebSettings(base_url="ggez.example.org")


def test_tries_are_counted_together(redis: redis_library.Redis) -> None:
    one, two = Attempts(redis), Attempts(redis)
    for attempts in (one, two, one):
        attempts.count("account", "sari", limit=3, window_s=60)
    with pytest.raises(TooManyAttempts) as refused:
        two.count("account", "sari", limit=3, window_s=60)
    assert 0 < int(refused.value.headers["Retry-After"]) <= 60
    two.count("account", "other", limit=3, window_s=60)
    one.forget("account", "sari")
    two.count("account", "sari", limit=3, window_s=60)


def test_without_redis_each_process_allows_a_part(redis: redis_library.Redis) -> None:
    attempts = Attempts(redis_library.Redis(unix_socket_path="/nowhere.sock"))
    refused = []

    def try_once() -> None:
        try:
            attempts.count("account", "sari", limit=20, window_s=60)
        except TooManyAttempts:
            refused.append(1)

    threads = [threading.Thread(target=try_once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    attempts.forget("account", "sari")
    attempts.count("account", "sari", limit=20, window_s=60)


def test_names_of_people_do_not_lie_about_in_redis(redis: redis_library.Redis) -> None:
    Attempts(redis).count("account", "sari@example.org", limit=3, window_s=60)
    assert all("sari" not in key for key in redis.scan_iter("*"))
