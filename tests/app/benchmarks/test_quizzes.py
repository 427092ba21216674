"""The pages of quizzes: questions with their pictures, options and what is right."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.benchmarks import quizzes
from domain.benchmarks.models import Benchmark
from domain.benchmarks.quizzes import NewQuiz
from tests.factories import make_artifact, make_benchmark
from tests.quizzes import make_item, place_picture, write_quiz
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


@pytest.fixture
def quiz(session: Session, tmp_path: Path) -> Benchmark:
    folder = tmp_path / "quiz"
    items = (
        make_item("a", country="ID", language="id", scope="regional", **place_picture(folder)),
        make_item("b", country="TH", language="en", scope="regional", category="<b>food"),
        make_item("c", question="Who is <i>it</i>?", answers=["a boat", "a ship"], language="en"),
    )
    artifact = make_artifact(session, kind="quiz", uri=write_quiz(folder, items).as_uri())
    summary = {"licence": "CC0-1.0", "source": "plates.parquet", "num_problems": 2}
    new = NewQuiz(name="Plates", digest="d" * 64, summary=summary, items=items)
    return quizzes.record(session, new, artifact, job=None)


@pytest.mark.parametrize("path", ["items", "items/0/picture"])
def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, quiz: Benchmark, path: str
) -> None:
    address = f"/benchmarks/{quiz.id}/{path}"
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"
    refused = sign_in("annotator").get(address)
    assert refused.status_code == 403
    assert "rice" not in refused.text


def test_the_page_of_a_quiz_shows_the_first_questions_and_where_they_are_from(
    sign_in: SignIn, quiz: Benchmark
) -> None:
    page = sign_in().get(f"/benchmarks/{quiz.id}").text
    assert f"/benchmarks/{quiz.id}/items/0/picture" in page
    assert "See all 3 questions" in page
    assert all(text in page for text in ("CC0-1.0", "plates.parquet", "Measure both"))
    assert "Malformed" not in page
    assert "Quiz" in sign_in().get("/benchmarks").text


def test_questions_stand_with_their_options_and_what_is_right(
    sign_in: SignIn, quiz: Benchmark
) -> None:
    page = " ".join(sign_in().get(f"/benchmarks/{quiz.id}/items").text.split())
    assert '<li class="question-right">rice <span class="badge badge-good">right</span>' in page
    assert "<li>bread</li>" in page
    assert "a boat · a ship" in page
    assert "Who is &lt;i&gt;it&lt;/i&gt;?" in page
    assert "&lt;b&gt;food" in page
    assert '<p class="question-text" lang="id">What is on plate a?</p>' in page


def test_they_are_narrowed_by_country_and_language(sign_in: SignIn, quiz: Benchmark) -> None:
    browser, address = sign_in(), f"/benchmarks/{quiz.id}/items"
    page = browser.get(f"{address}?country=TH&language=en").text
    assert "1 question." in page
    assert "plate b" in page
    assert "plate a" not in page
    nothing = browser.get(f"{address}?country=TH&language=id").text
    assert "No such question" in nothing


def test_they_are_paged(sign_in: SignIn, quiz: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.benchmarks.quizzes.QUESTIONS_PER_PAGE", 1)
    browser, address = sign_in(), f"/benchmarks/{quiz.id}/items"
    assert "language=en&amp;category=&amp;stratum=&amp;after=1" in (
        browser.get(f"{address}?language=en").text
    )
    assert "plate b" in browser.get(f"{address}?after=0").text


def test_a_picture_is_sent_as_it_came(sign_in: SignIn, quiz: Benchmark, tmp_path: Path) -> None:
    browser = sign_in()
    answer = browser.get(f"/benchmarks/{quiz.id}/items/0/picture")
    assert answer.content == (tmp_path / "quiz/pictures/plate.jpg").read_bytes()
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"].startswith("private")
    assert browser.get(f"/benchmarks/{quiz.id}/items/2/picture").status_code == 404


def test_its_questions_are_downloaded_as_json_lines(
    sign_in: SignIn, quiz: Benchmark, tmp_path: Path
) -> None:
    answer = sign_in().get(f"/benchmarks/{quiz.id}/questions")
    assert answer.content == (tmp_path / "quiz/questions.jsonl").read_bytes()
    assert answer.headers["content-disposition"].endswith('.jsonl"')


def test_programs_read_questions_with_what_is_right(
    use_api: Callable[..., TestClient], quiz: Benchmark, tmp_path: Path
) -> None:
    api, address = use_api("researcher"), f"/api/v1/benchmarks/{quiz.id}"
    assert api.get(address).json()["format"] == "quiz"
    assert api.get(address).json()["summary"]["licence"] == "CC0-1.0"
    page = api.get(f"{address}/items?limit=1").json()
    (first,) = page["items"]
    assert (first["key"], first["options"], first["answer"], first["answers"]) == (
        "a", ["bread", "rice", "soup"], 1, ["rice"],
    )  # fmt: skip
    assert (first["has_picture"], first["country"], page["next"]) == (True, "ID", 0)
    rest = api.get(f"{address}/items?after=0&language=en").json()
    assert [each["key"] for each in rest["items"]] == ["b", "c"]
    assert rest["next"] is None
    picture = api.get(f"{address}/items/0/picture")
    assert picture.content == (tmp_path / "quiz/pictures/plate.jpg").read_bytes()
    assert use_api("annotator").get(f"{address}/items").status_code == 403


def test_a_benchmark_about_drawings_has_no_such_page(sign_in: SignIn, session: Session) -> None:
    drawn = make_benchmark(session, name="Drawn")
    refused = sign_in().get(f"/benchmarks/{drawn.id}/items")
    assert refused.status_code == 422
    assert "asks about pictures that models draw" in refused.text
    assert sign_in().get(f"/benchmarks/{uuid.UUID(int=1)}/items").status_code == 404
