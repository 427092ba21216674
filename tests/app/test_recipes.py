from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job, JobState
from specs import recipe_files
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
TEXT = """
name: Check twice
steps:
  - {name: quick, kind: system.check, spec: {repeats: 1}}
  - {name: thorough, kind: system.check, needs: {before: quick}}
"""


def count_jobs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Job)) or 0


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient) -> None:
    assert client.get("/recipes/new").headers["location"] == "/sign-in?next=/recipes/new"


def test_annotators_launch_no_recipes(sign_in: SignIn, session: Session) -> None:
    assert sign_in("annotator").post("/recipes/new", data={"text": TEXT}).status_code == 403
    assert count_jobs(session) == 0


@pytest.mark.parametrize("name", recipe_files.list_names())
def test_a_recipe_of_the_product_is_there_to_change(sign_in: SignIn, name: str) -> None:
    page = sign_in().get(f"/recipes/new?name={name}").text
    assert "steps:" in page


def test_an_unknown_name_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get("/recipes/new?name=nonsense").status_code == 404


def test_the_plan_is_shown_and_nothing_is_queued(sign_in: SignIn, session: Session) -> None:
    page = sign_in().post("/recipes/new", data={"text": TEXT, "only_check": "true"}).text
    assert page.index("<code>quick</code>") < page.index("<code>thorough</code>")
    assert count_jobs(session) == 0


def test_launching_queues_one_job_for_each_step(sign_in: SignIn, session: Session) -> None:
    answer = sign_in().post("/recipes/new", data={"text": TEXT})
    assert answer.status_code == 303
    states = session.scalars(select(Job.state).order_by(Job.id)).all()
    assert states == [JobState.QUEUED, JobState.WAITING]


def test_a_step_that_cannot_be_launched_takes_those_before_it_along(
    sign_in: SignIn, session: Session
) -> None:
    text = f"{TEXT}  - {{name: draw, kind: images.generate, spec: {{base: Nobody, prompts: None}}}}"
    answer = sign_in().post("/recipes/new", data={"text": text})
    assert answer.status_code == 422
    assert "There is no variant named" in answer.text
    assert count_jobs(session) == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "does not hold &#39;name&#39; and &#39;steps&#39;"),
        ("name: 100% [", "cannot be read: "),
        (TEXT.replace("quick}", "slow}"), "needs &#39;slow&#39;, which is no step"),
        (TEXT.replace("repeats: 1", "repeats: 0"), "&#39;repeats&#39; cannot be so"),
    ],
)
def test_what_is_wrong_is_said_and_the_text_stays(
    sign_in: SignIn, session: Session, text: str, sentence: str
) -> None:
    answer = sign_in().post("/recipes/new", data={"text": text})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert count_jobs(session) == 0
