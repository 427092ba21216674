from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.users import passwords
from tests.factories import make_user
from tests.web import SignedInClient

PASSWORD = "correct horse battery"
SignIn = Callable[..., SignedInClient]


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient) -> None:
    assert client.get("/account").headers["location"] == "/sign-in?next=/account"


def test_the_page_shows_ones_own_browsers(sign_in: SignIn) -> None:
    client = sign_in("annotator")
    sign_in(user=client.user)
    page = client.get("/account")
    assert page.status_code == 200
    assert page.text.count("Test browser") == 2
    assert page.text.count("this one") == 1


def test_a_name_is_saved(sign_in: SignIn, session: Session) -> None:
    client = sign_in()
    assert client.post("/account/name", data={"name": " Sari "}).status_code == 303
    session.refresh(client.user)
    assert client.user.name == "Sari"


def test_a_name_that_is_too_long_is_said_beside_the_field(
    sign_in: SignIn, session: Session
) -> None:
    client = sign_in()
    answer = client.post("/account/name", data={"name": "x" * 121})
    assert answer.status_code == 422
    assert "at most 120" in answer.text
    session.refresh(client.user)
    assert client.user.name == ""


def test_a_first_password_is_set_and_this_browser_stays_in(
    sign_in: SignIn, session: Session
) -> None:
    client = sign_in()
    other = sign_in(user=client.user)
    answer = client.post(
        "/account/password", data={"password": PASSWORD, "password_again": PASSWORD}
    )
    assert answer.status_code == 303
    session.refresh(client.user)
    assert passwords.matches(PASSWORD, client.user.password_hash)
    client.cookies.clear()
    client.cookies.set("ggez_session", answer.cookies["ggez_session"])
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_a_password_changes_only_with_the_current_one(sign_in: SignIn, session: Session) -> None:
    client = sign_in(user=make_user(session, password=PASSWORD))
    new = {"password": "another good one", "password_again": "another good one"}
    answer = client.post("/account/password", data=new | {"current_password": "wrong"})
    assert answer.status_code == 422
    assert "current password is not right" in answer.text
    answer = client.post("/account/password", data=new | {"current_password": PASSWORD})
    assert answer.status_code == 303


def test_passwords_that_differ_or_are_unfit_are_refused(sign_in: SignIn) -> None:
    client = sign_in()
    for password, again, said in (
        (PASSWORD, "other", "The two passwords differ."),
        ("short", "short", "10 to 200"),
    ):
        answer = client.post(
            "/account/password", data={"password": password, "password_again": again}
        )
        assert answer.status_code == 422
        assert said in answer.text


def test_one_browser_is_signed_out(sign_in: SignIn, session: Session) -> None:
    client = sign_in()
    other = sign_in(user=client.user)
    page = client.get("/account").text
    address = page.split('action="/account/sessions/')[1].split('"')[0]
    assert client.post(f"/account/sessions/{address}").status_code == 303
    assert other.get("/account").status_code == 303
    assert client.get("/account").status_code == 200


def test_somebody_elses_browser_is_not_found(sign_in: SignIn) -> None:
    client, other, third = sign_in(), sign_in(), sign_in()
    sign_in(user=other.user)
    address = other.get("/account").text.split('action="/account/sessions/')[1].split('"')[0]
    assert third.post(f"/account/sessions/{address}").status_code == 404
    assert client.get("/account").status_code == 200


def test_all_other_browsers_are_signed_out(sign_in: SignIn) -> None:
    client = sign_in()
    others = [sign_in(user=client.user) for _ in range(2)]
    assert client.post("/account/sessions/end-others").status_code == 303
    assert [other.get("/account").status_code for other in others] == [303, 303]
    assert client.get("/account").status_code == 200
