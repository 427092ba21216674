"""A rater's way through a study, by plain form posts: from the link to the last rating."""

import datetime as dt
import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest
from httpx import Response
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain import clock
from domain.artifacts.models import Artifact
from domain.outputs.models import Output
from domain.ratings import enrolment
from domain.ratings.models import Assignment, Invite, Rater, Rating, RatingScore
from domain.settings import Settings
from domain.studies import opening
from domain.studies.models import Study, StudyPicture
from domain.users.models import User
from tests.studies import make_design, make_draft, make_rater, make_study, open_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
DESIGN = make_design(
    criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0}, raters_per_item=2
)
HOME = {"country": "ID", "languages": ["id"], "expertise_cuisine": "2"}


@pytest.fixture
def study(session: Session, settings: Settings, tmp_path: Path) -> Study:
    """Two dishes by two arms, with pictures that are really there."""
    made = make_study(session, settings, num_items=2, design=DESIGN)
    for picture in session.scalars(select(StudyPicture).where(StudyPicture.study_id == made.id)):
        Image.new("RGB", (64, 64), "teal").save(tmp_path / picture.file)
        session.execute(
            update(Artifact).where(Artifact.id == picture.artifact_id).values(uri=tmp_path.as_uri())
        )
    return made


@pytest.fixture
def link(session: Session, study: Study) -> str:
    return f"/join/{enrolment.invite(session, study, actor=None)}"


@pytest.fixture
def rater(session: Session, study: Study, sign_in: SignIn) -> tuple[SignedInClient, Rater]:
    """Somebody who has joined, said who they are and practised."""
    rater = make_rater(session, study, practised_at=clock.now())
    return sign_in(user=session.get_one(User, rater.user_id)), rater


def token_of(page: str) -> str:
    return re.findall(r'name="form_token" value="([^"]+)"', page)[0]


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page))


def action_of(page: str) -> str:
    return re.findall(r'<form action="(/rate/[^"]+)"', page)[0]


def test_a_stranger_becomes_a_rater_by_one_button_and_rates_to_the_end(
    client: TestClient, session: Session, study: Study, link: str
) -> None:
    invite = client.get(link).text
    assert "Breakfast dishes" in invite
    assert "You take part of your own free will." in invite
    joined = client.post(link, data={"consent": "yes"})
    assert joined.headers["location"] == f"/rate/{study.id}"
    assert client.get(joined.headers["location"]).headers["location"].endswith("/about-you")
    about = client.get(f"/rate/{study.id}/about-you").text
    said = client.post(f"/rate/{study.id}/about-you", data=HOME | fields_of(about))
    assert said.headers["location"] == f"/rate/{study.id}"
    assert client.get(said.headers["location"]).headers["location"].endswith("/guide")
    assert "Partly right" in client.get(f"/rate/{study.id}/guide").text
    work = client.get(f"/rate/{study.id}/practice").headers["location"]
    for level in ("1", "2", "3", "3"):
        page = client.get(work).text
        sent = fields_of(page) | {"correctness": level, "comment": "សួស្តី 🙂"}
        assert client.post(action_of(page), data=sent).headers["location"] == work
    assert client.get(work).headers["location"].endswith("/done")
    assert (
        "There is nothing left for you to rate here." in client.get(f"/rate/{study.id}/done").text
    )
    values = sorted(session.scalars(select(RatingScore.value)))
    assert values == [1, 2, 3, 3]
    assert {row.comment for row in session.scalars(select(Rating))} == {"សួស្តី 🙂"}
    found = session.scalars(select(Rater)).one()
    assert found.profile["country"] == "ID"
    assert found.profile["expertise"]["cuisine"] == 2
    assert found.is_in_region


def test_without_agreement_nobody_is_made(client: TestClient, session: Session, link: str) -> None:
    refused = client.post(link, data={})

    assert refused.status_code == 422
    assert "Without your agreement you cannot take part." in refused.text
    assert session.scalars(select(Rater)).all() == []


@pytest.mark.parametrize("how", ["nonsense", "expired", "revoked", "used up"])
def test_a_link_that_does_not_work_says_no_more_than_that(
    client: TestClient, session: Session, study: Study, link: str, how: str
) -> None:
    changes = {
        "expired": {"expires_at": clock.now() - dt.timedelta(days=1)},
        "revoked": {"revoked_at": clock.now()},
        "used up": {"max_uses": 1, "num_uses": 1},
    }
    if how == "nonsense":
        link = "/join/nonsense"
    else:
        session.execute(update(Invite).values(**changes[how]))
    page = client.get(link)

    assert page.status_code == 404
    assert "This link does not work" in page.text
    assert study.name not in page.text


def test_what_is_missing_is_said_where_it_is_missing_and_what_was_said_stays(
    rater: tuple[SignedInClient, Rater], study: Study
) -> None:
    browser, _ = rater
    page = browser.get(f"/rate/{study.id}/work").text
    refused = browser.post(action_of(page), data=fields_of(page) | {"comment": "Hm"})

    assert refused.status_code == 422
    assert "Choose an answer." in refused.text
    assert ">Hm</textarea>" in refused.text


def test_a_double_click_is_one_rating_and_going_back_to_choose_otherwise_is_a_change(
    rater: tuple[SignedInClient, Rater], study: Study, session: Session
) -> None:
    browser, _ = rater
    page = browser.get(f"/rate/{study.id}/work").text
    for level in ("1", "1", "3"):
        browser.post(action_of(page), data=fields_of(page) | {"correctness": level})
    ratings = session.scalars(select(Rating).order_by(Rating.id)).all()

    assert len(ratings) == 2
    assert ratings[1].supersedes_id == ratings[0].id


def test_skipping_goes_on_and_the_item_stays_in_my_work(
    rater: tuple[SignedInClient, Rater], study: Study
) -> None:
    browser, _ = rater
    page = browser.get(f"/rate/{study.id}/work").text
    skipped = browser.post(action_of(page), data=fields_of(page) | {"do": "skip"})

    assert skipped.headers["location"] == f"/rate/{study.id}/work"
    assert action_of(browser.get(f"/rate/{study.id}/work").text) != action_of(page)
    mine = browser.get(f"/rate/{study.id}/mine").text
    assert "Skipped" in mine
    assert action_of(page) in mine


def test_cannot_judge_needs_no_level(
    rater: tuple[SignedInClient, Rater], study: Study, session: Session
) -> None:
    browser, _ = rater
    page = browser.get(f"/rate/{study.id}/work").text
    browser.post(action_of(page), data=fields_of(page) | {"cannot_judge": "broken"})

    assert session.scalars(select(Rating.cannot_judge)).one() == "broken"
    assert session.scalars(select(RatingScore)).all() == []


def test_the_page_has_more_in_hand_for_when_the_network_is_gone(
    rater: tuple[SignedInClient, Rater], study: Study
) -> None:
    browser, _ = rater
    held = browser.get(f"/rate/{study.id}/held").json()["items"]

    assert len(held) == 4
    for each in held:
        assert f'data-token="{each["token"]}"' in each["html"]
        (picture,) = each["pictures"]
        answer = browser.get(picture)
        with Image.open(io.BytesIO(answer.content)) as image:
            assert image.size == (64, 64)
        assert answer.headers["cache-control"] == "private, max-age=86400"
        assert not {"etag", "last-modified"} & set(answer.headers)


def test_a_script_is_told_that_it_is_saved(
    rater: tuple[SignedInClient, Rater], study: Study
) -> None:
    browser, _ = rater
    (token, *_) = [each["token"] for each in browser.get(f"/rate/{study.id}/held").json()["items"]]
    sent = {"page_key": str(uuid.uuid4()), "correctness": "2"}
    answer = browser.post(
        f"/rate/{study.id}/items/{token}", data=sent, headers={"Accept": "application/json"}
    )

    assert answer.json() == {"state": "saved", "is_warned": False}


def test_somebody_elses_item_is_a_page_that_is_not_there(
    rater: tuple[SignedInClient, Rater], study: Study, session: Session, sign_in: SignIn
) -> None:
    browser, _ = rater
    browser.get(f"/rate/{study.id}/work")
    other = sign_in(user=session.get_one(User, make_rater(session, study).user_id))
    (token, *_) = session.scalars(select(Assignment.id)).all()

    for address in (f"items/{token}", f"items/{token}/pictures/0", f"items/{uuid.uuid4()}"):
        assert other.get(f"/rate/{study.id}/{address}").status_code == 404
    assert sign_in("researcher").get(f"/rate/{study.id}/work").status_code == 404


def test_a_study_that_rests_or_is_over_says_so_calmly(
    rater: tuple[SignedInClient, Rater], study: Study, session: Session
) -> None:
    browser, _ = rater
    opening.pause(session, study, actor=None)
    assert "This study is paused." in browser.get(f"/rate/{study.id}/work").text
    opening.close(session, study, actor=None)
    assert "This study is closed." in browser.get(f"/rate/{study.id}/work").text


def test_who_leaves_is_told_what_was_erased(
    rater: tuple[SignedInClient, Rater], study: Study, session: Session
) -> None:
    browser, found = rater
    page = browser.get(f"/rate/{study.id}/work").text
    browser.post(action_of(page), data=fields_of(page) | {"correctness": "2"})
    assert "Leave and erase" in browser.get(f"/rate/{study.id}/leave").text
    left = browser.post(f"/rate/{study.id}/leave")

    assert "1 rating of yours was erased." in left.text
    session.refresh(found)
    assert found.user_id is None
    assert browser.get(f"/rate/{study.id}/work").status_code == 404


def test_nothing_that_a_rater_gets_tells_the_arm(
    rater: tuple[SignedInClient, Rater], study: Study, session: Session
) -> None:
    """Everything that can be reached from the study's first page, searched for what would tell."""
    browser, _ = rater
    secrets = list_secrets(session)
    rate_one_of_two(browser, study)
    answers = crawl(browser, f"/rate/{study.id}", f"/rate/{study.id}/held")

    kinds = {answer.headers["content-type"].split(";")[0] for answer in answers.values()}
    assert {"text/html", "application/json", "image/webp", "text/javascript", "text/css"} <= kinds
    assert len([address for address in answers if "/pictures/" in address]) == 4
    for address, answer in answers.items():
        said = answer.content.decode("latin-1")
        for told in (address, said, str(answer.headers)):
            assert not [secret for secret in secrets if secret in told], address
        assert not {"etag", "last-modified"} & set(answer.headers) or "/static/" in address


def list_secrets(session: Session) -> set[str]:
    """Whatever the database knows of arms and outputs that would tell one from another."""
    connection = session.connection()
    secrets = set()
    for table in ("study_arms", "variants", "outputs", "study_items", "study_pictures", "prompts"):
        secrets |= {row[0] for row in connection.exec_driver_sql(f"SELECT id::text FROM {table}")}
    rows = connection.exec_driver_sql(
        "SELECT name FROM variants UNION SELECT sha256 FROM outputs UNION SELECT file FROM outputs "
        "UNION SELECT file FROM study_pictures UNION SELECT source_sha256 FROM study_pictures "
        "UNION SELECT parameters_digest FROM outputs"
    )
    return secrets | {row[0] for row in rows if row[0]}


def rate_one_of_two(browser: SignedInClient, study: Study) -> None:
    page = browser.get(f"/rate/{study.id}/work").text
    browser.post(action_of(page), data=fields_of(page) | {"correctness": "2"})


def crawl(browser: SignedInClient, *starts: str) -> dict[str, Response]:
    found: dict[str, Response] = {}
    waiting = list(starts)
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        found[address] = answer = browser.get(address)
        waiting += re.findall(r'(?:href|src|action)=\\?"(/(?:rate|static)[^"#\\]*)', answer.text)
        waiting += re.findall(r'"(/rate/[^"]+/pictures/[^"]+)"', answer.text)
        if "location" in answer.headers:
            waiting.append(answer.headers["location"])
        imported = re.findall(r'"(\.{1,2}/[\w./-]+\.js)"', answer.text)
        waiting += [urljoin(address, each) for each in imported]
    return {address: answer for address, answer in found.items() if answer.status_code == 200}


def test_the_picture_that_a_question_is_about_is_shown_beside_the_answers(
    session: Session, settings: Settings, sign_in: SignIn, tmp_path: Path
) -> None:
    study = make_draft(session, settings, num_items=1, num_arms=2, design=DESIGN)
    session.execute(
        update(Output).values(
            file=None, sha256=None, width=None, height=None,
            text="It is rice.", question_file="asked.png",
        )
    )  # fmt: skip
    session.execute(
        update(Output).values(artifact_id=session.scalars(select(Output.artifact_id)).first())
    )
    open_study(session, study)
    (picture,) = session.scalars(select(StudyPicture)).all()
    Image.new("RGB", (64, 64), "teal").save(tmp_path / picture.file)
    session.execute(
        update(Artifact).where(Artifact.id == picture.artifact_id).values(uri=tmp_path.as_uri())
    )
    rater = make_rater(session, study, practised_at=clock.now())
    browser = sign_in(user=session.get_one(User, rater.user_id))
    page = browser.get(f"/rate/{study.id}/work").text
    (address,) = re.findall(r'src="([^"]+/pictures/question)"', page)

    assert "It is rice." in page
    assert browser.get(address).headers["content-type"] == "image/webp"
    held = browser.get(f"/rate/{study.id}/held").json()["items"]
    assert [address] in [each["pictures"] for each in held]


def test_swapping_the_arms_changes_nothing_but_the_pictures_own_bytes(
    rater: tuple[SignedInClient, Rater], study: Study, session: Session
) -> None:
    browser, _ = rater
    (token, *_) = [each["token"] for each in browser.get(f"/rate/{study.id}/held").json()["items"]]

    def look() -> tuple[str, list[dict[str, str]]]:
        page = browser.get(f"/rate/{study.id}/items/{token}")
        picture = browser.get(f"/rate/{study.id}/items/{token}/pictures/0")
        headers = [
            {name: value for name, value in each.headers.items() if name != "x-request-id"}
            for each in (page, picture)
        ]
        return re.sub(r'name="page_key" value="[^"]+"', "", page.text), headers

    before = look()
    session.connection().exec_driver_sql(
        "UPDATE study_item_members m SET arm_id = o.arm_id, output_id = o.output_id, "
        "picture_id = o.picture_id FROM study_items i, study_items j, study_item_members o "
        "WHERE i.id = m.item_id AND j.prompt_id = i.prompt_id AND j.id <> i.id AND o.item_id = j.id"
    )
    session.expire_all()

    assert look() == before
