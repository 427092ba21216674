import re
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain import clock
from domain.users import queries
from domain.users import service as users
from tests.factories import make_user
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
NEW = {"email": "sari@example.org", "name": "Sari", "role": "annotator"}


def read_link(text: str) -> str:
    found = re.search(r"http://testserver(/sign-in/[\w-]+)", text)
    assert found is not None
    return found[1]


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient) -> None:
    assert client.get("/people").headers["location"] == "/sign-in?next=/people"


@pytest.mark.parametrize("role", ["researcher", "annotator"])
def test_others_than_admins_are_told_that_it_is_not_open_to_them(
    sign_in: SignIn, role: str
) -> None:
    answer = sign_in(role).get("/people")
    assert answer.status_code == 403
    assert f"not open to the role &#39;{role}&#39;" in answer.text


def test_the_list_shows_everybody_with_role_and_state(sign_in: SignIn, session: Session) -> None:
    make_user(session, name="Sari", role="annotator")
    make_user(session, email="gone@example.org", disabled_at=clock.now())
    page = sign_in("admin").get("/people")
    assert page.status_code == 200
    assert "Sari" in page.text
    assert "gone@example.org" in page.text
    assert "Disabled" in page.text
    assert "3 people" in page.text


def test_a_part_of_the_list_comes_without_the_page(sign_in: SignIn, session: Session) -> None:
    answer = sign_in("admin").get("/people", headers={"HX-Request": "true"})
    assert "<table" in answer.text
    assert "<html" not in answer.text


def test_a_long_list_is_paged(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    for number in range(50):
        make_user(session, email=f"number{number}@example.org")
    first = client.get("/people").text
    following = re.search(r'href="(/people\?cursor=[^"]+)"', first)
    assert following is not None
    rest = client.get(following[1]).text
    assert client.user.email not in first.split("<main")[1]
    assert client.user.email in rest.split("<main")[1]
    assert 'rel="next"' not in rest
    assert "Newest" in rest


def test_a_new_person_gets_a_link_that_is_shown_once_and_works(
    sign_in: SignIn, client: TestClient, session: Session
) -> None:
    admin = sign_in("admin")
    assert admin.get("/people/new").status_code == 200
    answer = admin.post("/people", data=NEW)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    link = read_link(answer.text)
    assert client.post(link).status_code == 303
    assert client.get("/account").status_code == 200
    actions = [entry.action for entry in queries.list_audit_entries(session)]
    assert {"user.create", "user.create_link", "user.use_link"} <= set(actions)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "no address"}, "is not an e-mail address"),
        ({"role": ""}, "There is no role"),
        ({"name": "x" * 121}, "at most 120"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_adds_nobody(
    sign_in: SignIn, session: Session, changes: dict[str, str], said: str
) -> None:
    answer = sign_in("admin").post("/people", data=NEW | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert users.find_user(session, NEW["email"]) is None


def test_an_address_that_is_taken_is_said_beside_the_field(
    sign_in: SignIn, session: Session
) -> None:
    make_user(session, email=NEW["email"])
    answer = sign_in("admin").post("/people", data=NEW)
    assert answer.status_code == 422
    assert "There is already a person" in answer.text
    assert 'href="#field-email"' in answer.text


def test_a_person_has_a_page(sign_in: SignIn, session: Session) -> None:
    user = make_user(session, name="Sari", role="annotator")
    page = sign_in("admin").get(f"/people/{user.id}")
    assert page.status_code == 200
    assert user.email in page.text
    assert "signs in by link" in page.text


def test_a_person_who_is_not_there_is_not_found(sign_in: SignIn) -> None:
    client = sign_in("admin")
    assert client.get(f"/people/{uuid.uuid4()}").status_code == 404
    assert client.get("/people/nobody").status_code == 404


def test_a_role_is_changed_and_audited(sign_in: SignIn, session: Session) -> None:
    admin, user = sign_in("admin"), make_user(session, role="annotator")
    answer = admin.post(f"/people/{user.id}/role", data={"role": "researcher"})
    assert answer.headers["location"] == f"/people/{user.id}"
    session.refresh(user)
    assert user.role == "researcher"
    entry = queries.list_audit_entries(session)[0]
    assert (entry.actor, entry.action) == (admin.user.email, "user.change_role")


def test_a_role_that_is_not_there_changes_nothing(sign_in: SignIn, session: Session) -> None:
    user = make_user(session, role="annotator")
    answer = sign_in("admin").post(f"/people/{user.id}/role", data={"role": "king"})
    assert answer.status_code == 422
    assert "There is no role" in answer.text


def test_admins_do_not_change_themselves(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    page = admin.get(f"/people/{admin.user.id}").text
    assert "This is you" in page
    assert f"/people/{admin.user.id}/disable" not in page
    for act in ("role", "disable"):
        answer = admin.post(f"/people/{admin.user.id}/{act}", data={"role": "annotator"})
        assert answer.status_code == 403
        assert "ask another admin" in answer.text


def test_a_person_is_disabled_and_enabled_again(sign_in: SignIn, session: Session) -> None:
    admin, other = sign_in("admin"), sign_in("researcher")
    assert admin.post(f"/people/{other.user.id}/disable").status_code == 303
    assert other.get("/account").status_code == 303
    assert "Enable again" in admin.get(f"/people/{other.user.id}").text
    assert admin.post(f"/people/{other.user.id}/enable").status_code == 303
    again = sign_in(user=other.user)
    assert again.get("/account").status_code == 200


def test_a_new_link_is_made_for_somebody(
    sign_in: SignIn, client: TestClient, session: Session
) -> None:
    user = make_user(session, password="correct horse battery")
    answer = sign_in("admin").post(f"/people/{user.id}/link", data={"purpose": "reset"})
    assert client.post(read_link(answer.text)).status_code == 303
    session.refresh(user)
    assert user.password_hash is None


def test_nobody_who_is_disabled_gets_a_link(sign_in: SignIn, session: Session) -> None:
    user = make_user(session, disabled_at=clock.now())
    answer = sign_in("admin").post(f"/people/{user.id}/link")
    assert answer.status_code == 409
    assert "is disabled" in answer.text
