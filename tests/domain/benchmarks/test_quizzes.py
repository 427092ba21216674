"""A quiz in the panel: a prompt for each question, what is right apart from it."""

import pytest
from sqlalchemy.orm import Session

from domain.benchmarks import errors, quizzes
from domain.benchmarks.models import Benchmark
from domain.benchmarks.quizzes import NewQuiz
from domain.launches import finding
from domain.launches import queries as launches
from domain.launches.errors import NothingNamed
from specs.inputs import Input
from tests.factories import list_prompts, make_artifact, make_benchmark, make_prompt_set
from tests.quizzes import make_item

ITEMS = (
    make_item("a", country="ID", language="id", scope="regional", category="food"),
    make_item("b", country="TH", language="en", scope="regional", group="a"),
    make_item("c", question="Who\0am I?", answers=["a\0boat", "ship"], language="en"),
)


@pytest.fixture
def quiz(session: Session) -> Benchmark:
    new = NewQuiz(name="Plates", digest="d" * 64, summary={"licence": "CC0-1.0"}, items=ITEMS)
    return quizzes.record(session, new, make_artifact(session, kind="quiz"), job=None)


def test_each_question_is_a_prompt_that_shows_its_options(
    session: Session, quiz: Benchmark
) -> None:
    (prompt_set,) = launches.list_choices(session, "prompts")[:1]
    assert prompt_set == "Plates"
    found = quizzes.list_questions(session, quiz, where={})
    assert [each.prompt.text for each in found] == [
        "What is on plate a?\nA. bread\nB. rice\nC. soup",
        "What is on plate b?\nA. bread\nB. rice\nC. soup",
        "Who\N{REPLACEMENT CHARACTER}am I?",
    ]
    assert [each.right for each in found[1:]] == [
        ["rice"],
        ["a\N{REPLACEMENT CHARACTER}boat", "ship"],
    ]
    first = found[0].prompt
    assert (first.scope, first.country, first.language, first.category) == (
        "regional", "ID", "id", "food",
    )  # fmt: skip


def test_it_counts_questions_and_what_they_are_asked_of(quiz: Benchmark) -> None:
    """Two of them are one item in two languages."""
    assert (quiz.format, quiz.default_mode, quiz.scope) == ("quiz", "choice", "mixed")
    assert (quiz.n_items, quiz.n_questions, quiz.malformed) == (2, 3, 0)
    assert quiz.summary == {"licence": "CC0-1.0", "digest": "d" * 64}


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ({"country": "ID"}, ["a"]),
        ({"language": "en", "scope": "regional"}, ["b"]),
        ({"scope": "global"}, ["c"]),
        ({"category": "dance"}, []),
        ({"country": "", "nonsense": "x"}, ["a", "b", "c"]),
    ],
)
def test_questions_are_found_by_where_they_belong(
    session: Session, quiz: Benchmark, where: dict[str, str], keys: list[str]
) -> None:
    found = quizzes.list_questions(session, quiz, where=where)
    assert [each.prompt.key for each in found] == keys
    assert quizzes.count_questions(session, quiz, where=where) == len(keys)


def test_questions_are_listed_from_a_place_on(session: Session, quiz: Benchmark) -> None:
    found = quizzes.list_questions(session, quiz, where={}, after=0, limit=1)
    assert [each.prompt.key for each in found] == ["b"]


def test_what_is_right_is_known_of_prompts_of_quizzes_alone(
    session: Session, quiz: Benchmark
) -> None:
    others = list_prompts(session, make_prompt_set(session))
    asked = quizzes.list_questions(session, quiz, where={})
    ids = [each.id for each in others] + [asked[0].id]
    assert list(quizzes.map_questions(session, ids)) == [asked[0].id]


def test_a_question_without_a_picture_says_so(session: Session, quiz: Benchmark) -> None:
    with pytest.raises(errors.NoQuizQuestion, match=r"'Plates' has no picture for a question"):
        quizzes.read_picture(session, quiz, 0)


def test_a_quiz_and_a_file_about_drawings_are_not_taken_for_each_other(
    session: Session, quiz: Benchmark
) -> None:
    drawn = make_benchmark(session, name="Drawn")
    as_quiz, as_file = (Input(name="quiz", what="quiz"), Input(name="questions", what="questions"))
    assert finding.find(session, as_quiz, "Plates").row is quiz
    assert finding.find(session, as_file, "Drawn").row is drawn
    with pytest.raises(errors.NoQuiz, match="'Drawn' asks about pictures that models draw"):
        finding.find(session, as_quiz, "Drawn")
    with pytest.raises(errors.IsQuiz, match="'Plates' is a quiz, which models answer"):
        finding.find(session, as_file, "Plates")
    with pytest.raises(NothingNamed, match=r"no quiz named 'Plate'. There are: 'Plates'.$"):
        finding.find(session, as_quiz, "Plate")
    assert launches.list_choices(session, "quiz") == ["Plates"]
    assert launches.list_choices(session, "questions") == ["Drawn"]
