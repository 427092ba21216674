import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis as redis_library
from fastapi import FastAPI
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.main import create_app
from app.security.redirects import read_next
from app.settings import WebSettings
from domain.db import make_session_factory
from domain.users import service as users
from domain.users.models import AuditEntry, LinkPurpose, SignInLink, User, UserSession
from reports import language as languages
from tests.factories import make_user
from tests.web import BASE_URL, SignedInClient

PASSWORD = "correct horse battery"


def send_password(client: TestClient, email: str, password: str = PASSWORD, **more: str) -> str:
    answer = client.post("/sign-in", data={"email": email, "password": password, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_anybody_sees_the_form_and_how_to_get_in_without_a_password(client: TestClient) -> None:
    answer = client.get("/sign-in")
    assert answer.status_code == 200
    assert 'autocomplete="current-password"' in answer.text
    assert "one-time link" in answer.text


def test_the_right_password_signs_in_and_leads_home(client: TestClient, session: Session) -> None:
    make_user(session, email="sari@example.org", password=PASSWORD)
    assert send_password(client, "Sari@example.org ") == "/"
    assert client.get("/account").status_code == 200


def test_a_wrong_password_is_said_beside_the_field_and_the_address_is_kept(
    client: TestClient, session: Session
) -> None:
    make_user(session, email="sari@example.org", password=PASSWORD)
    answer = client.post("/sign-in", data={"email": "sari@example.org", "password": "wrong"})
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert 'value="sari@example.org"' in answer.text
    assert "set-cookie" not in answer.headers
    assert client.get("/account").status_code == 303


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    client: TestClient, session: Session
) -> None:
    make_user(session, email="sari@example.org", password=PASSWORD)
    answer = client.post("/sign-in", data={"email": "sari@example.org", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("ggez_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_on_https_the_cookie_is_bound_to_the_host(
    web_settings: WebSettings, app: FastAPI, session: Session
) -> None:
    app.state.settings = web_settings.model_copy(update={"base_url": "https://testserver"})
    make_user(session, email="sari@example.org", password=PASSWORD)
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        answer = client.post("/sign-in", data={"email": "sari@example.org", "password": PASSWORD})
        assert answer.headers["set-cookie"].startswith("__Host-ggez_session=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]
        assert client.get("/account").status_code == 200


def test_signing_in_makes_a_new_session_and_ends_the_one_before(
    sign_in: Callable[..., SignedInClient], session: Session
) -> None:
    user = make_user(session, email="sari@example.org", password=PASSWORD)
    client = sign_in(user=user)
    before = client.cookies["ggez_session"]
    client.cookies.set("ggez_session", before)
    answer = client.post("/sign-in", data={"email": "sari@example.org", "password": PASSWORD})
    after = answer.cookies["ggez_session"]
    assert after != before
    assert session.scalar(select(func.count()).select_from(UserSession)) == 1


def test_who_is_signed_in_already_goes_on(sign_in: Callable[..., SignedInClient]) -> None:
    answer = sign_in().get("/sign-in?next=/jobs")
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs")


def test_an_anonymous_visitor_comes_back_to_where_they_wanted_to_go(
    client: TestClient, session: Session
) -> None:
    make_user(session, email="sari@example.org", role="admin", password=PASSWORD)
    answer = client.get("/audit?actor=sari&action=")
    assert answer.headers["location"] == "/sign-in?next=/audit%3Factor%3Dsari%26action%3D"
    page = client.get(answer.headers["location"])
    wanted = re.search(r'name="next" value="([^"]*)"', page.text)
    assert wanted is not None
    where = wanted[1].replace("&amp;", "&")
    assert send_password(client, "sari@example.org", next=where) == "/audit?actor=sari&action="


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: TestClient) -> None:
    answer = client.get("/audit", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%0d\n/x",
        "javascript:alert(1)",
        "evil.example",
        "http:/evil.example",
        "///evil.example",
        "",
    ],
)
def test_next_never_leads_to_another_site(
    client: TestClient, session: Session, wanted: str
) -> None:
    make_user(session, email="sari@example.org", password=PASSWORD)
    assert send_password(client, "sari@example.org", next=wanted) == "/"


def test_next_keeps_ordinary_addresses() -> None:
    assert read_next("/jobs/1?tab=log#end") == "/jobs/1?tab=log#end"


def test_opening_a_link_does_not_spend_it_and_the_button_does(
    client: TestClient, session: Session
) -> None:
    user = make_user(session, email="sari@example.org")
    link = "/sign-in/" + users.create_sign_in_link(session, user)
    for _ in range(3):
        shown = client.get(link)
        assert shown.status_code == 200
        assert "Sign in as sari@example.org" in shown.text
        assert shown.headers["referrer-policy"] == "no-referrer"
        assert shown.headers["cache-control"] == "no-store"
    pressed = client.post(link)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/")
    account = client.get("/account")
    assert "You have no password yet" in account.text
    for method in ("GET", "POST"):
        again = client.request(method, link)
        assert again.status_code == 422
        assert "has been used already or has expired" in again.text


def test_the_first_link_goes_on_in_the_language_of_the_browser_and_later_ones_in_the_chosen_one(
    client: TestClient, session: Session
) -> None:
    user = make_user(session)
    client.headers["accept-language"] = "id-ID,id;q=0.9"
    client.post("/sign-in/" + users.create_sign_in_link(session, user))
    session.refresh(user)
    assert user.language == "id"
    client.headers["accept-language"] = "en-GB"
    client.post("/sign-in/" + users.create_sign_in_link(session, user))
    session.refresh(user)
    assert user.language == "id"


def test_who_has_no_password_is_invited_to_set_one(client: TestClient, session: Session) -> None:
    link = users.create_sign_in_link(session, make_user(session))
    client.post(f"/sign-in/{link}")
    page = client.get("/account")
    assert "Set a password on your account page" in page.text


def test_a_reset_link_leads_to_an_account_without_a_password(
    client: TestClient, session: Session
) -> None:
    user = make_user(session, email="sari@example.org", password=PASSWORD)
    link = users.create_sign_in_link(session, user, LinkPurpose.RESET)
    client.post(f"/sign-in/{link}")
    assert "You have no password yet" in client.get("/account").text


def test_a_made_up_link_tells_nothing(client: TestClient) -> None:
    answer = client.get("/sign-in/made-up")
    assert answer.status_code == 422
    assert "has been used already or has expired" in answer.text


def test_of_browsers_that_press_the_button_at_the_same_moment_one_gets_in(
    web_settings: WebSettings,
) -> None:
    app = create_app(web_settings)  # over committed rows: each request its own connection
    factory = make_session_factory(app.state.engine)
    with factory.begin() as session:
        user = make_user(session)
        link = users.create_sign_in_link(session, user)

    def press(web_process: TestClient) -> int:
        client = TestClient(app, base_url=BASE_URL, follow_redirects=False)
        client.portal = web_process.portal  # one event loop, as a web process has
        return client.post(f"/sign-in/{link}").status_code

    try:
        with TestClient(app) as web_process, ThreadPoolExecutor(4) as pool:
            answers = [
                future.result() for future in [pool.submit(press, web_process) for _ in range(4)]
            ]
        assert sorted(answers) == [303, 422, 422, 422]
    finally:
        with factory.begin() as session:
            for table in (AuditEntry, UserSession, SignInLink):
                session.execute(delete(table))
            session.execute(delete(User).where(User.id == user.id))
        app.state.engine.dispose()
        app.state.redis.close()


def test_signing_out_ends_the_session_for_good(sign_in: Callable[..., SignedInClient]) -> None:
    client = sign_in()
    token = client.cookies["ggez_session"]
    answer = client.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert 'ggez_session=""' in answer.headers["set-cookie"]
    client.cookies.set("ggez_session", token)
    assert client.get("/account").status_code == 303
    assert client.post("/sign-out").status_code == 303


def test_who_is_disabled_loses_access_at_once(
    sign_in: Callable[..., SignedInClient], session: Session
) -> None:
    client = sign_in("researcher")
    assert client.get("/tokens").status_code == 200
    users.disable(session, client.user.id, actor=None)
    assert client.get("/tokens").status_code == 303


def test_a_changed_role_counts_at_once(
    sign_in: Callable[..., SignedInClient], session: Session
) -> None:
    client = sign_in("researcher")
    users.change_role(session, client.user.id, "annotator", actor=None)
    session.flush()
    assert client.get("/tokens").status_code == 403


def test_guessing_at_one_account_ends_soon(
    client: TestClient, session: Session, web_settings: WebSettings
) -> None:
    make_user(session, email="sari@example.org", password=PASSWORD)
    tries = {"email": "sari@example.org", "password": "wrong"}
    for _ in range(web_settings.attempts_per_account):
        assert client.post("/sign-in", data=tries).status_code == 422
    answer = client.post("/sign-in", data=tries | {"password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
    other = client.post("/sign-in", data=tries | {"email": "other@example.org"})
    assert other.status_code == 422


def test_a_success_forgets_the_tries_before_it(
    client: TestClient, session: Session, redis: redis_library.Redis
) -> None:
    make_user(session, email="sari@example.org", password=PASSWORD)
    client.post("/sign-in", data={"email": "sari@example.org", "password": "wrong"})
    assert len(list(redis.scan_iter("ggez:attempts:account:*"))) == 1
    send_password(client, "sari@example.org")
    assert list(redis.scan_iter("ggez:attempts:account:*")) == []


def test_one_address_may_try_often_but_not_without_end(
    app: FastAPI, web_settings: WebSettings, client: TestClient
) -> None:
    app.state.settings = web_settings.model_copy(update={"attempts_per_address": 5})
    answers = [client.get(f"/sign-in/{number}").status_code for number in range(6)]
    assert answers == [422] * 5 + [429]


@pytest.fixture
def _offer_all_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not their catalogues are written."""
    monkeypatch.setattr(languages, "list_offered", lambda: list(languages.LANGUAGES.values()))


@pytest.mark.usefixtures("_offer_all_languages")
@pytest.mark.parametrize("language", ["id", "en"])
def test_anybody_chooses_the_language(client: TestClient, language: str) -> None:
    answer = client.post("/language", data={"language": language, "next": "/sign-in"})
    assert answer.headers["location"] == "/sign-in"
    assert client.cookies["language"] == language


@pytest.mark.usefixtures("_offer_all_languages")
def test_a_chosen_language_stays_with_the_person(
    sign_in: Callable[..., SignedInClient], session: Session
) -> None:
    client = sign_in()
    client.post("/language", data={"language": "id"})
    session.refresh(client.user)
    assert client.user.language == "id"


def test_a_language_that_is_not_there_is_refused(client: TestClient) -> None:
    answer = client.post("/language", data={"language": "xx"})
    assert answer.status_code == 422
    assert "xx" in answer.text
