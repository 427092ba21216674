"""The list of studies, and the page of one: what it tells, what it keeps to itself, its acts."""

import html
import json
import re
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job
from domain.ratings import enrolment, saving, taking
from domain.ratings.models import Rater, RaterState
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies import opening
from domain.studies.models import Study, StudyEvent
from domain.users.models import AuditEntry
from domain.variants.models import Variant
from specs.kinds.study.study_open import StudyOpen
from tests.factories import make_job
from tests.studies import make_design, make_draft, make_rater, make_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
NOBODY = uuid.UUID(int=1)
DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}])


@pytest.fixture
def study(session: Session, settings: Settings) -> Study:
    return make_study(session, settings, num_items=2, design=DESIGN, name="Breakfast dishes")


def rate_all(session: Session, study: Study, *, value: int = 2) -> Rater:
    rater = make_rater(session, study, is_in_region=True)
    while held := taking.take(session, rater.id).held:
        sent = Submission(client_key=uuid.uuid4(), values={"correctness": value}, active_ms=4200)
        saving.submit(session, rater.id, held[0].id, sent)
    return rater


def read_part(page: str, name: str) -> str:
    """The section of the page with this id."""
    found = re.search(rf'<section class="stack" id="{name}".*?</section>', page, re.DOTALL)
    assert found, f"There is no part {name}."
    return " ".join(found[0].split())


@pytest.mark.parametrize(
    "address", ["/studies", "/studies/new", "/studies/power", f"/studies/{NOBODY}/preview"]
)
def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient, address: str) -> None:
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"


@pytest.mark.parametrize(
    "path", ["", "/coverage", "/ratings.ndjson", "/invites", "/words", "/preview", "/edit"]
)
def test_annotators_see_nothing_of_it(sign_in: SignIn, study: Study, path: str) -> None:
    refused = sign_in("annotator").get(f"/studies/{study.id}{path}")

    assert refused.status_code == 403
    assert study.name not in refused.text


@pytest.mark.parametrize("act", ["open", "pause", "resume", "close", "unseal"])
def test_annotators_change_nothing(sign_in: SignIn, study: Study, act: str) -> None:
    assert sign_in("annotator").post(f"/studies/{study.id}/{act}").status_code == 403


def test_an_empty_list_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in().get("/studies").text

    assert "No studies yet" in page
    assert 'href="/studies/new"' in page


def test_the_list_tells_how_far_each_study_is(
    sign_in: SignIn, session: Session, settings: Settings, study: Study
) -> None:
    rate_all(session, study)
    make_draft(session, settings, name="Markets at dawn")
    page = " ".join(sign_in().get("/studies").text.split())

    for said in ("Breakfast dishes", "4 of 8 ratings", "One at a time", "Markets at dawn", "Draft"):
        assert said in page
    assert '<a href="/studies" aria-current="page">' in page


def test_a_draft_says_what_it_lacks_and_cannot_be_opened(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    draft = make_draft(session, settings, design=make_design(form="rank"), num_arms=2)
    browser = sign_in()
    page = browser.get(f"/studies/{draft.id}").text
    assert "it needs at least 3 arms; it has 2." in page
    assert "Open the study" not in page
    refused = browser.post(f"/studies/{draft.id}/open")

    assert refused.status_code == 422
    assert "cannot open yet: it needs at least 3 arms" in refused.text
    assert session.scalars(select(Job).where(Job.kind == StudyOpen.kind)).all() == []


def test_opening_launches_the_job_and_the_page_says_that_it_runs(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    draft = make_draft(session, settings, design=DESIGN)
    browser = sign_in()
    assert "Open the study" in browser.get(f"/studies/{draft.id}").text
    answer = browser.post(f"/studies/{draft.id}/open")
    job = session.scalars(select(Job).where(Job.kind == StudyOpen.kind)).one()

    assert answer.headers["location"] == f"/jobs/{job.id}"
    page = browser.get(f"/studies/{draft.id}").text
    assert f'href="/jobs/{job.id}"' in page
    assert "Open the study" not in page


def test_an_opening_that_failed_is_said_with_its_job(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    draft = make_draft(session, settings, design=DESIGN)
    job = make_job(session, state="failed", spec=StudyOpen(study=draft.name))
    page = sign_in().get(f"/studies/{draft.id}").text

    assert "Opening did not succeed" in page
    assert f'href="/jobs/{job.id}"' in page


def test_a_study_is_paused_resumed_and_closed_and_a_second_time_is_refused_beside_it(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}"
    for act, state in (("pause", "paused"), ("resume", "open"), ("close", "closed")):
        assert browser.post(f"{address}/{act}").headers["location"] == address
        session.refresh(study)
        assert study.state == state
        refused = browser.post(f"{address}/{act}")
        assert refused.status_code == 409
        assert "That cannot be done now." in refused.text
        assert study.name in refused.text
    kinds = session.scalars(select(StudyEvent.kind).order_by(StudyEvent.id)).all()
    assert kinds == ["opened", "paused", "resumed", "closed"]


def test_what_was_hashed_at_opening_and_what_was_done_stand_on_the_page(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    browser = sign_in()
    browser.post(f"/studies/{study.id}/close")
    page = browser.get(f"/studies/{study.id}").text

    assert study.registration_sha256 is not None
    assert study.registration_sha256 in page
    assert "Effects are sealed" not in page
    for done in ("Opened", "Closed", browser.user.email):
        assert done in page


def test_effects_are_opened_early_with_a_reason_only_and_for_all_to_see(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}"
    assert "Effects are sealed" in browser.get(address).text
    refused = browser.post(f"{address}/unseal", data={"reason": " no "})
    assert refused.status_code == 422
    assert "Say why, in at least 5 characters" in refused.text
    assert "> no </textarea>" in refused.text
    browser.post(f"{address}/unseal", data={"reason": "A pilot of five raters."})
    page = browser.get(address).text
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "study.looked_into")
    ).one()

    assert "Effects are sealed" not in page
    assert "Effects were opened early" in page
    assert "A pilot of five raters." in page
    assert entry.actor == browser.user.email


def test_coverage_goes_on_by_itself_and_knows_no_arm(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    rate_all(session, study)
    browser, address = sign_in(), f"/studies/{study.id}/coverage"
    part = browser.get(address, headers={"HX-Request": "true"}).text

    assert "4 of 8 ratings" in part
    assert "4 exhausted items" in part
    assert "<h1" not in part
    assert f'hx-get="{address}"' in browser.get(f"/studies/{study.id}").text
    assert browser.get(address).headers["location"] == f"/studies/{study.id}"
    for secret in list_secrets(session):
        assert secret not in part


def list_secrets(session: Session) -> list[str]:
    """What would tell an arm."""
    names = session.scalars(select(Variant.name)).all()
    return [*names, *map(str, session.scalars(select(Variant.id)))]


def test_raters_stand_there_by_number_without_a_word_of_what_they_said(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    rater = rate_all(session, study, value=3)
    page = sign_in().get(f"/studies/{study.id}").text
    part = read_part(page, "raters")

    for said in ("Rater 1", "Indonesia", "yes", "4.2 sec", "Active"):
        assert said in part
    assert str(rater.user_id) not in page
    for secret in [*list_secrets(session), "Fully right", "correctness"]:
        assert secret not in part


def test_whoever_the_rule_paused_goes_on_when_a_researcher_says_so(
    sign_in: SignIn, session: Session, settings: Settings, study: Study
) -> None:
    rater = make_rater(session, study, state=RaterState.PAUSED.value, paused_because="controls")
    other = make_study(session, settings, design=DESIGN)
    browser = sign_in()
    page = browser.get(f"/studies/{study.id}").text
    act = f"/studies/{study.id}/raters/{rater.id}/go-on"
    assert f'action="{act}"' in page
    assert browser.post(act.replace(str(study.id), str(other.id))).status_code == 404
    assert browser.post(act).headers["location"] == f"/studies/{study.id}"

    session.refresh(rater)
    assert rater.state == RaterState.ACTIVE
    assert "Let go on" not in browser.get(f"/studies/{study.id}").text


def test_flagged_items_lead_to_what_the_rater_saw(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    rater = make_rater(session, study)
    (held,) = taking.take(session, rater.id).held
    sent = Submission(client_key=uuid.uuid4(), cannot_judge="offensive", comment="<b>Look</b>")
    saving.submit(session, rater.id, held.id, sent)
    saving.flag(session, rater.id, held.id)
    browser = sign_in()
    part = read_part(browser.get(f"/studies/{study.id}").text, "flagged")
    (link,) = re.findall(r'href="([^"]+/preview[^"]+)"', part)

    assert "It is offensive" in part
    assert "&lt;b&gt;Look&lt;/b&gt;" in part
    assert browser.get(link).status_code == 200


def test_the_export_is_sealed_as_the_api_is_and_has_every_row(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    rate_all(session, study)
    browser = sign_in()
    assert f'href="/studies/{study.id}/ratings.ndjson"' in browser.get(f"/studies/{study.id}").text
    answer = browser.get(f"/studies/{study.id}/ratings.ndjson")
    rows = [json.loads(line) for line in answer.text.splitlines()]

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert "attachment" in answer.headers["content-disposition"]
    assert len(rows) == 4
    assert {row["arms"] for row in rows} == {None}
    opening.close(session, study, actor=None)
    told = browser.get(f"/studies/{study.id}/ratings.ndjson").text.splitlines()
    assert all(json.loads(line)["arms"] for line in told)


def test_a_renamed_study_keeps_its_page_and_an_archived_one_leaves_the_list(
    sign_in: SignIn, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}"
    assert browser.post(f"{address}/name", data={"name": "Supper"}).status_code == 303
    refused = browser.post(f"{address}/name", data={"name": ""})
    assert refused.status_code == 422
    assert "A name has 1 to 120 characters." in refused.text
    browser.post(f"{address}/archive")
    assert "Supper" not in browser.get("/studies").text
    assert "Supper" in browser.get("/studies?archived=true").text
    browser.post(f"{address}/unarchive")
    assert "Supper" in browser.get("/studies").text


def test_an_unknown_study_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get(f"/studies/{uuid.uuid4()}").status_code == 404


# -- words ----------------------------------------------------------------------------------------


def test_better_words_of_an_open_study_make_a_version_and_the_first_stays_to_be_read(
    sign_in: SignIn, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/words"
    text = read_text(browser.get(address).text)
    saved = browser.post(address, data={"words": text.replace("The food lab", "The rice lab")})
    assert saved.headers["location"] == f"/studies/{study.id}"
    assert "Version 2" in browser.get(f"/studies/{study.id}").text
    assert "The rice lab" in browser.get(address).text
    first = browser.get(f"{address}?version=1").text

    assert "An earlier version" in first
    assert "The food lab" in first
    assert "<textarea" not in first
    assert browser.get(f"{address}?version=9").status_code == 404


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("  en:", "  fr:", "in English at least"),
        ("runner:", "ruler:", "languages.en.runner: Fill this in."),
        ("        - Wrong\n", "", "has 3 levels and 2 anchors"),
        ("languages:", "languages: [", "This is not YAML"),
    ],
)
def test_words_that_would_lack_something_are_refused_and_stay_as_typed(
    sign_in: SignIn, study: Study, before: str, after: str, sentence: str
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/words"
    text = read_text(browser.get(address).text)
    assert before in text
    typed = text.replace(before, after, 1)
    refused = browser.post(address, data={"words": typed})

    assert refused.status_code == 422
    assert sentence in html.unescape(refused.text)
    assert read_text(refused.text) == typed
    assert "Version 2" not in browser.get(f"/studies/{study.id}").text


def read_text(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="words"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_a_closed_studys_words_are_there_to_read_and_no_more(
    sign_in: SignIn, session: Session, study: Study
) -> None:
    browser, address = sign_in(), f"/studies/{study.id}/words"
    text = read_text(browser.get(address).text)
    opening.close(session, study, actor=None)
    assert "<textarea" not in browser.get(address).text
    refused = browser.post(address, data={"words": text})

    assert refused.status_code == 422
    assert "is closed for good" in refused.text


def test_simulated_raters_are_marked_among_raters_and_missing_nowhere(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, num_items=2, design=DESIGN, is_sandbox=True)
    rate_all(session, study)
    simulated = enrolment.simulate(session, study)
    (held, *_) = taking.take(session, simulated.id).held
    sent = Submission(client_key=uuid.uuid4(), values={"correctness": 1})
    saving.submit(session, simulated.id, held.id, sent)
    client = sign_in()
    raters = read_part(client.get(f"/studies/{study.id}").text, "raters")
    rows = client.get(f"/studies/{study.id}/ratings.ndjson").text.splitlines()

    assert raters.count("<tr") == 3  # with the head
    assert raters.count("Simulated") == 1
    assert [json.loads(row)["is_simulated"] for row in rows].count(True) == 1
