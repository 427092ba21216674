"""A comment in Zawgyi: whoever is there is asked once, and what was written is kept in any case."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.ratings import errors, saving, taking, views
from domain.ratings.models import Assignment, Rater, Rating
from domain.ratings.saving import Submission
from domain.settings import Settings
from tests.studies import make_design, make_rater, make_study

DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}])
ZAWGYI, UNICODE = "ေကာင္းတယ္", "ကောင်းတယ်"


@pytest.fixture
def rater(session: Session, settings: Settings) -> Rater:
    return make_rater(session, make_study(session, settings, num_items=1, design=DESIGN))


@pytest.fixture
def held(session: Session, rater: Rater) -> Assignment:
    (assignment,) = taking.take(session, rater.id).held
    return assignment


def say(comment: str, **more: Any) -> Submission:
    values = {"correctness": 2}
    return Submission(**{"client_key": uuid.uuid4(), "values": values, "comment": comment} | more)


def read_rating(session: Session) -> Rating:
    return session.scalars(select(Rating)).one()


def test_somebody_who_is_there_is_asked_and_nothing_is_stored_yet(
    session: Session, rater: Rater, held: Assignment
) -> None:
    with pytest.raises(errors.CommentInZawgyi) as asked:
        saving.submit(session, rater.id, held.id, say(ZAWGYI), may_ask=True)

    assert asked.value.field == "comment"
    assert session.scalars(select(Rating)).all() == []


def test_changed_to_unicode_the_comment_is_kept_as_it_was_sent_as_well(
    session: Session, rater: Rater, held: Assignment
) -> None:
    saving.submit(session, rater.id, held.id, say(ZAWGYI, zawgyi="change"), may_ask=True)
    rating = read_rating(session)

    assert (rating.comment, rating.comment_in_unicode) == (ZAWGYI, UNICODE)
    assert rating.is_zawgyi_asked
    said = views.show(session, rater, held, "en").said
    assert said is not None
    assert said.comment == UNICODE


def test_kept_as_it_was_written_it_is_not_asked_about_again(
    session: Session, rater: Rater, held: Assignment
) -> None:
    saving.submit(session, rater.id, held.id, say(ZAWGYI, zawgyi="keep"), may_ask=True)
    rating = read_rating(session)

    assert (rating.comment, rating.comment_in_unicode) == (ZAWGYI, None)
    assert rating.is_zawgyi_asked


def test_where_nobody_is_there_to_answer_it_is_stored_as_it_is(
    session: Session, rater: Rater, held: Assignment
) -> None:
    saving.submit(session, rater.id, held.id, say(ZAWGYI))
    rating = read_rating(session)

    assert (rating.comment, rating.comment_in_unicode) == (ZAWGYI, None)
    assert not rating.is_zawgyi_asked


@pytest.mark.parametrize("answer", ["", "change"])
def test_unicode_is_neither_asked_about_nor_changed(
    session: Session, rater: Rater, held: Assignment, answer: str
) -> None:
    saving.submit(session, rater.id, held.id, say(UNICODE, zawgyi=answer), may_ask=True)
    rating = read_rating(session)

    assert (rating.comment, rating.comment_in_unicode) == (UNICODE, None)


def test_what_is_missing_is_said_before_the_comment_is_asked_about(
    session: Session, rater: Rater, held: Assignment
) -> None:
    with pytest.raises(errors.RatingIncomplete):
        saving.submit(session, rater.id, held.id, say(ZAWGYI, values={}), may_ask=True)
