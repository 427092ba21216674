import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.datasets.models import Dataset
from tests.factories import make_dataset
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
FUNNEL = [
    {"stage": "read", "in": 100, "kept": 98, "reasons": {"unreadable_row": 2}},
    {"stage": "region", "in": 98, "kept": 7, "reasons": {"no_evidence": 91}},
]


def make_filtered(session: Session) -> Dataset:
    parent = make_dataset(session, name="The world")
    return make_dataset(
        session, name="The region", parent_id=parent.id, funnel=FUNNEL, num_items=7, num_rejected=93
    )


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient) -> None:
    address = f"/datasets/{uuid.uuid4()}/funnel"
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"


def test_each_stage_says_what_came_in_what_it_kept_and_why_not_the_rest(
    sign_in: SignIn, session: Session
) -> None:
    dataset = make_filtered(session)
    page = sign_in().get(f"/datasets/{dataset.id}/funnel").text
    assert "Evidence of the region" in page
    assert "No evidence of the region" in page
    assert f'href="/datasets/{dataset.id}/funnel?stage=region&amp;reason=no_evidence#rejected"' in (
        page.replace("&reason", "&amp;reason")
    )
    assert "7.1%" in page.replace("\N{NO-BREAK SPACE}", "")


def test_files_that_are_gone_are_said_and_the_numbers_stay(
    sign_in: SignIn, session: Session
) -> None:
    dataset = make_filtered(session)
    page = sign_in().get(f"/datasets/{dataset.id}/funnel").text
    assert "93" in page


def test_a_data_set_that_was_imported_has_no_funnel(sign_in: SignIn, session: Session) -> None:
    dataset = make_dataset(session, name="Imported")
    client = sign_in()
    assert client.get(f"/datasets/{dataset.id}/funnel").status_code == 404
    assert "/funnel" not in client.get(f"/datasets/{dataset.id}").text


def test_parent_and_child_lead_to_each_other_and_the_list_says_which_is_which(
    sign_in: SignIn, session: Session
) -> None:
    dataset = make_filtered(session)
    browser = sign_in()
    parent = browser.get(f"/datasets/{dataset.parent_id}").text
    assert "Filtered from it" in parent
    assert f'href="/datasets/{dataset.id}"' in parent
    child = browser.get(f"/datasets/{dataset.id}").text
    assert f'href="/datasets/{dataset.parent_id}">The world</a>' in child
    assert browser.get("/datasets").text.count(f'href="/datasets/{dataset.parent_id}"') == 2


CALIBRATED = {
    "is_calibrated": True,
    "num_pairs": 120,
    "num_unscored": 4,
    "num_equal": 0,
    "agreement": 0.75,
    "low": 0.6656,
    "high": 0.8193,
    "confidence": 0.95,
}


@pytest.fixture
def rewarded(session: Session) -> Callable[..., Dataset]:
    """A data set of a filter with a reward, and what its summary says of it."""

    def make(**summary: Any) -> Dataset:
        stage = {"stage": "reward", "in": 98, "kept": 7, "reasons": {"low_reward": 91}}
        parent = make_dataset(session, name="The world")
        return make_dataset(
            session, parent_id=parent.id, funnel=[FUNNEL[0], stage], summary=summary
        )

    return make


def test_a_reward_says_how_often_it_agrees_with_people(
    sign_in: SignIn, rewarded: Callable[..., Dataset]
) -> None:
    dataset = rewarded(calibration=CALIBRATED)
    page = sign_in().get(f"/datasets/{dataset.id}/funnel").text
    assert (
        "The reward agrees with people on 75.0% of 120 pairs, with a 95% interval from 66.6% to "
        "81.9%."
    ) in page
    assert "Better than a coin." in page
    assert "4 further pairs were not scored." in page


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.3, 0.45, "Worse than a coin."),
        (0.45, 0.55, "Not told apart from a coin."),
        (0.5, 0.6, "Not told apart from a coin."),
    ],
)
def test_an_agreement_is_held_against_a_coin(
    sign_in: SignIn, rewarded: Callable[..., Dataset], low: float, high: float, verdict: str
) -> None:
    dataset = rewarded(calibration=CALIBRATED | {"low": low, "high": high})
    assert verdict in sign_in().get(f"/datasets/{dataset.id}/funnel").text


@pytest.mark.parametrize(
    ("summary", "sentence"),
    [
        ({"calibration": {"is_calibrated": False, "num_unscored": 0}}, "No human pairs were given"),
        ({"calibration": {"is_calibrated": False, "num_unscored": 9}}, "9 human pairs were given"),
        ({}, "No human pairs were given"),
    ],
)
def test_a_reward_that_was_not_calibrated_says_so(
    sign_in: SignIn, rewarded: Callable[..., Dataset], summary: dict[str, Any], sentence: str
) -> None:
    dataset = rewarded(**summary)
    page = sign_in().get(f"/datasets/{dataset.id}/funnel").text
    assert "Not calibrated" in page
    assert sentence in page


def test_it_says_so_in_indonesian(
    sign_in: SignIn, session: Session, rewarded: Callable[..., Dataset]
) -> None:
    browser = sign_in()
    browser.user.language = "id"
    session.flush()
    page = browser.get(f"/datasets/{rewarded().id}/funnel").text
    assert "Belum dikalibrasi" in page
    assert "Tidak ada pasangan dari orang yang diberikan" in page


def test_a_filter_without_a_reward_says_nothing_of_it(sign_in: SignIn, session: Session) -> None:
    dataset = make_filtered(session)
    page = sign_in().get(f"/datasets/{dataset.id}/funnel").text
    assert "calibrated" not in page
    assert "agrees with people" not in page


def test_the_data_card_can_be_read(sign_in: SignIn, rewarded: Callable[..., Dataset]) -> None:
    dataset = rewarded(card="# Batik, filtered\n\nWhat was <kept>.")
    page = sign_in().get(f"/datasets/{dataset.id}/funnel").text
    assert "# Batik, filtered" in page
    assert "What was &lt;kept&gt;." in page
