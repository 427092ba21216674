"""Links that let people in: shown once, with a file of all of them, listed and revoked."""

import base64
import csv
import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.settings import WebSettings
from domain import clock
from domain.ratings.models import Invite
from domain.settings import Settings
from domain.studies import opening
from domain.studies.models import Study
from tests.studies import make_design, make_draft, make_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}])


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, design=DESIGN)


def read_table(page: str) -> list[dict[str, str]]:
    """The file that the page hands out."""
    found = re.search(r'href="data:text/csv;base64,([^"]+)"\s+download="invites.csv"', page)
    assert found
    return list(csv.DictReader(io.StringIO(base64.b64decode(found[1]).decode())))


def test_links_are_shown_once_with_a_file_of_them_and_let_people_in(
    sign_in: SignIn, client: TestClient, web_settings: WebSettings, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/invites"
    asked = {"label": "Village", "max_uses": "3", "days": "7", "num_links": "2"}
    made = browser.post(address, data=asked)
    rows = read_table(made.text)

    assert made.headers["cache-control"] == "no-store"
    assert [row["label"] for row in rows] == ["Village 1", "Village 2"]
    assert len({row["url"] for row in rows}) == 2
    listed = browser.get(address).text
    for row in rows:
        assert row["url"].startswith(f"{web_settings.base_url}/join/")
        assert row["url"] in made.text
        assert row["url"].rsplit("/", 1)[1] not in listed
        left = dt.datetime.fromisoformat(row["expires"]) - clock.now()
        assert dt.timedelta(days=6, hours=23) < left <= dt.timedelta(days=7)
        assert client.get(row["url"]).status_code == 200
    assert "0 / 3" in listed
    assert listed.count("Village") == 2


def test_one_link_keeps_its_label_and_may_be_for_anybody(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    asked = {"label": "Poster", "max_uses": "", "days": "30", "num_links": "1"}
    sign_in().post(f"/studies/{study.id}/invites", data=asked)
    made = session.scalars(select(Invite)).one()

    assert (made.label, made.max_uses) == ("Poster", None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"max_uses": "0"}, "It must be at least 1."),
        ({"days": "1000"}, "It must be at most 365."),
        ({"num_links": "two"}, "Enter a whole number."),
        ({"label": "x" * 121}, "At most 120 characters."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_no_link_is_made(
    sign_in: SignIn, session: Session, study: Study, changes: dict[str, str], sentence: str
) -> None:
    asked = {"label": "Village", "max_uses": "3", "days": "7", "num_links": "2"} | changes
    refused = sign_in().post(f"/studies/{study.id}/invites", data=asked)

    assert refused.status_code == 422
    assert sentence in refused.text
    assert f'value="{asked["days"]}"' in refused.text
    assert session.scalars(select(Invite)).all() == []


def test_a_revoked_link_lets_nobody_in(
    sign_in: SignIn, client: TestClient, session: Session, settings: Settings, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/invites"
    (row,) = read_table(browser.post(address, data={"label": "", "days": "7"}).text)
    invite = session.scalars(select(Invite)).one()
    other = make_study(session, settings, design=DESIGN)
    browser.post(f"/studies/{other.id}/invites/{invite.id}/revoke")
    assert client.get(row["url"]).status_code == 200
    browser.post(f"{address}/{invite.id}/revoke")

    assert client.get(row["url"]).status_code == 404
    listed = browser.get(address).text
    assert "Revoked" in listed
    assert f"{address}/{invite.id}/revoke" not in listed


def test_what_a_link_is_good_for_now_is_said(
    sign_in: SignIn, session: Session, settings: Settings, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/invites"
    draft = make_draft(session, settings)
    assert "No links yet" in browser.get(address).text
    assert "they work once it is open" in browser.get(f"/studies/{draft.id}/invites").text
    opening.close(session, study, actor=None)
    closed = browser.get(address).text

    assert "Nobody new can come in." in closed
    assert 'name="num_links"' not in closed


def test_annotators_make_no_links(sign_in: SignIn, session: Session, study: Study) -> None:
    refused = sign_in("annotator").post(f"/studies/{study.id}/invites", data={"days": "7"})

    assert refused.status_code == 403
    assert session.scalars(select(Invite)).all() == []
