"""A generated picture at its address: for researchers, as it was written, and never changing."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.artifacts import service as artifacts
from domain.outputs.models import Output
from tests.factories import list_prompts, make_artifact, make_output, make_prompt_set, make_variant
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
PNG = b"\x89PNG made up"


@pytest.fixture
def output(session: Session, tmp_path: Path) -> Output:
    (tmp_path / "a.png").write_bytes(PNG)
    artifact = make_artifact(session, kind="outputs", uri=tmp_path.as_uri())
    prompt = list_prompts(session, make_prompt_set(session))[0]
    variant = make_variant(session)
    return make_output(session, variant, prompt, artifact_id=artifact.id, file="a.png")


def test_strangers_sign_in_first_and_annotators_see_it_in_their_study_only(
    client: TestClient, sign_in: SignIn, output: Output
) -> None:
    address = f"/outputs/{output.id}/picture"
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"
    refused = sign_in("annotator").get(address)
    assert refused.status_code == 403
    assert PNG not in refused.content


def test_it_is_sent_as_it_was_written_and_may_be_kept_by_this_browser_alone(
    sign_in: SignIn, output: Output
) -> None:
    answer = sign_in().get(f"/outputs/{output.id}/picture")
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_one_that_was_given_up_says_so(sign_in: SignIn, session: Session, output: Output) -> None:
    artifacts.release(session, output.artifact_id)
    session.flush()
    answer = sign_in().get(f"/outputs/{output.id}/picture")
    assert answer.status_code == 409
    assert "were released on" in answer.text


def test_one_that_never_was_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get(f"/outputs/{uuid.uuid4()}/picture").status_code == 404


def test_the_picture_that_an_answer_is_about_has_its_own_address(
    sign_in: SignIn, session: Session, output: Output
) -> None:
    nothing = dict.fromkeys(("file", "sha256", "width", "height"))
    prompt = list_prompts(session, make_prompt_set(session))[0]
    given = {"text": "A boat", "artifact_id": output.artifact_id, **nothing}
    variant = make_variant(session)
    asked = make_output(session, variant, prompt, question_file="a.png", **given)
    browser = sign_in()
    answer = browser.get(f"/outputs/{asked.id}/question")
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert answer.headers["cache-control"].startswith("private")
    lost = browser.get(f"/outputs/{asked.id}/picture")
    assert lost.status_code == 404
    assert "is an answer in words; it has no picture." in lost.text
    assert browser.get(f"/outputs/{output.id}/question").status_code == 404
