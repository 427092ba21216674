"""Pages of outputs: what was asked, what came of it, and what stood in the prompt."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.benchmarks import quizzes
from domain.benchmarks.models import Benchmark
from domain.benchmarks.quizzes import NewQuiz
from domain.outputs.models import Output
from domain.variants import retrieval
from domain.variants.retrieval import Help
from tests.factories import make_artifact, make_job, make_output, make_variant
from tests.quizzes import make_item
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
NOTHING: dict[str, Any] = dict.fromkeys(("file", "sha256", "width", "height"))
PASSAGES = [
    {"id": "p1", "title": "Nasi", "text": "Rice <script>is</script> eaten.", "source": "A book",
     "licence": "CC-BY-4.0", "language": "en", "country": "ID", "score": 0.03278,
     "lexical_rank": 2, "dense_rank": None},
]  # fmt: skip
FACTS = {
    "passages": PASSAGES,
    "cut": {"passages": ["p9"]},
    "option_scores": [-2.5, -0.25, -4.0],
    "num_tokens": 3,
    "finished": True,
    "parameters": {"temperature": 0.0, "max_new_tokens": 16},
}


@pytest.fixture
def quiz(session: Session) -> Benchmark:
    items = (make_item("a", country="ID", language="id"), make_item("b", country="TH"))
    new = NewQuiz(name="Plates", digest="d" * 64, summary={}, items=items)
    return quizzes.record(session, new, make_artifact(session, kind="quiz"), job=None)


@pytest.fixture
def answers(session: Session, quiz: Benchmark) -> list[Output]:
    """Of the base by itself, and with passages."""
    base = make_variant(session, name="World")
    settings = {"knowledge": "k" * 64}
    helped = retrieval.find_or_make(
        session, base, Help(name="Market", settings=settings), job=make_job(session)
    )
    asked = quizzes.list_questions(session, quiz, where={})[0].prompt
    plain = make_output(session, base, asked, text="A, I think", **NOTHING)
    return [plain, make_output(session, helped, asked, text="B", facts=FACTS, **NOTHING)]


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, answers: list[Output]
) -> None:
    for address in ("/outputs", f"/outputs/{answers[1].id}"):
        assert client.get(address).headers["location"] == f"/sign-in?next={address}"
        refused = sign_in("annotator").get(address)
        assert refused.status_code == 403
        assert "eaten" not in refused.text


def test_an_answer_stands_with_what_was_asked_and_what_it_was_given_to_read(
    sign_in: SignIn, answers: list[Output]
) -> None:
    page = " ".join(sign_in().get(f"/outputs/{answers[1].id}").text.split())
    assert '<p class="question-text" lang="id">What is on plate a?</p>' in page
    assert '<p class="answer-text" lang="id">B</p>' in page
    assert "Rice &lt;script&gt;is&lt;/script&gt; eaten." in page
    assert all(text in page for text in ("A book", "CC-BY-4.0", "0.0328", "Place by words"))
    assert "Place by meaning" not in page
    assert "p9" in page
    assert page.index("rice</th>") < page.index("bread</th>")
    assert all(text in page for text in ("max new tokens", "With retrieval", ">World</a>"))
    assert "A, I think" in page  # what others made of it


def test_an_answer_without_passages_says_nothing_of_any(
    sign_in: SignIn, answers: list[Output]
) -> None:
    page = sign_in().get(f"/outputs/{answers[0].id}").text
    assert "A, I think" in page
    assert "Passages that it was given" not in page
    assert "What was cut" not in page


def test_outputs_are_listed_by_model_and_narrowed(
    sign_in: SignIn, session: Session, quiz: Benchmark, answers: list[Output]
) -> None:
    other = quizzes.list_questions(session, quiz, where={})[1].prompt
    make_output(session, make_variant(session), other, text="Bread", **NOTHING)
    browser = sign_in()
    page = browser.get("/outputs").text
    assert all(text in page for text in ("A, I think", "Bread", f"/outputs/{answers[1].id}"))
    of_one = browser.get(f"/outputs?variant={answers[0].variant_id}").text
    assert "A, I think" in of_one
    assert "Bread" not in of_one
    assert "Bread" not in browser.get("/outputs?country=ID").text
    assert "No such output" in browser.get("/outputs?country=VN").text
    of_job = browser.get(f"/outputs?job={answers[0].job_id}").text
    assert "Bread" not in of_job


def test_they_are_paged(
    sign_in: SignIn, answers: list[Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.outputs.looking.OUTPUTS_PER_PAGE", 1)
    browser = sign_in()
    page = browser.get("/outputs?language=id").text
    assert "A, I think" not in page
    assert f"language=id&amp;cursor={answers[1].id}" in page
    assert "A, I think" in browser.get(f"/outputs?language=id&cursor={answers[1].id}").text


def test_an_empty_list_says_what_to_do_and_an_unknown_output_is_not_found(
    sign_in: SignIn,
) -> None:
    browser = sign_in()
    assert "No outputs yet" in browser.get("/outputs").text
    assert browser.get(f"/outputs/{uuid.UUID(int=1)}").status_code == 404
    assert browser.get("/outputs/nonsense").status_code in {404, 422}
