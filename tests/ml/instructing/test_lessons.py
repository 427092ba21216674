"""What is asked and what is learnt: the form that is asked for later, and chance that repeats."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ml.devices import Computing
from ml.instructing import choosing
from ml.instructing.lessons import QuizLessons
from ml.loading import quizzes
from ml.loading.families import registry
from ml.loading.speaking import questions
from ml.loading.speaking.batches import IGNORED
from ml.loading.speaking.speaker import Speaker
from ml.training.problems import UnfitForTraining
from specs.kinds.model.model_instruct import ModelInstruct
from specs.quiz import QuizItem

from .conftest import COLOURS, make_item, write_quiz


@pytest.fixture(scope="module")
def speaker(bases: Callable[[str], Path]) -> Speaker:
    return registry.load(bases("llava"), Computing("cpu", "fp32", 1), model=False)


@pytest.fixture
def make(speaker: Speaker, quiz: Path) -> Callable[..., QuizLessons]:
    def open_lessons(**fields: Any) -> QuizLessons:
        found = quizzes.read(quiz)
        return QuizLessons(ModelInstruct(**fields), speaker, found, found.items)

    return open_lessons


def test_the_answer_of_a_choice_is_the_letter_of_the_right_option(
    make: Callable[..., QuizLessons],
) -> None:
    lessons = make()
    letters = set()
    for epoch in range(8):
        plan = lessons.plan(1, epoch)
        assert plan.item is not None
        assert plan.item.options["ABCD".index(plan.answer)] == COLOURS[1]
        assert sorted(plan.item.options) == sorted(COLOURS)
        letters.add(plan.answer)
    assert len(letters) > 1
    plain = make(shuffle_options=False).plan(1, 3)
    assert (plain.answer, plain.item and plain.item.options) == ("B", COLOURS)


def test_chance_depends_on_seed_epoch_and_question_alone(
    make: Callable[..., QuizLessons],
) -> None:
    def plan(seed: int) -> list[Any]:
        lessons = make(seed=seed)
        return [lessons.plan(number, epoch) for epoch in range(3) for number in range(12)]

    assert plan(1) == plan(1)
    assert plan(1) != plan(2)


def test_an_open_question_takes_turns_with_its_answers(make: Callable[..., QuizLessons]) -> None:
    lessons = make()
    assert {lessons.plan(0, epoch).answer for epoch in range(12)} == {"red", "very red"}
    assert lessons.plan_plain(0).answer == "red"


def test_what_is_learnt_is_what_the_model_is_asked_for(
    make: Callable[..., QuizLessons], speaker: Speaker
) -> None:
    lessons = make(context_share=1.0, num_distractors=0, system="Be brief.")
    plan = lessons.plan(5, 0)
    lesson = lessons.encode(plan)
    assert plan.item is not None
    text = questions.write(plan.item, ["It is green, says 5."], speaker.family)
    said = speaker.decode([lesson.input_ids[lesson.labels == IGNORED]])[0]
    assert text in said.replace("<image>", "")
    assert "Be brief." in said
    learnt = lesson.labels[lesson.labels != IGNORED]
    assert speaker.decode([learnt]) == [plan.answer]
    assert learnt[-1] == speaker.end_ids[0]
    assert len(learnt) == plan.num_learnt


def test_context_is_shown_as_often_as_was_asked_for_with_passages_of_others(
    make: Callable[..., QuizLessons],
) -> None:
    lessons = make(context_share=0.5, num_distractors=2)
    plans = [lessons.plan(number, epoch) for number in range(12) for epoch in range(30)]
    shown = [plan for plan in plans if plan.passages]
    assert 0.4 < len(shown) / len(plans) < 0.6
    for plan in shown:
        own = f"says {plan.number}."
        assert sum(text.endswith(own) for text in plan.passages) == 1
        assert 1 <= len(set(plan.passages)) == len(plan.passages) <= 3
    first = [plan.passages[0].endswith(f"says {plan.number}.") for plan in shown]
    assert 0.2 < sum(first) / len(first) < 0.6
    assert not any(make(context_share=0.0).plan(number, 0).passages for number in range(12))


def test_passages_that_are_too_much_are_left_out_from_the_last_one_up(
    make: Callable[..., QuizLessons],
) -> None:
    fields = {"context_share": 1.0, "num_distractors": 3}
    whole = make(**fields)
    plan = whole.plan(1, 0)
    length = len(whole.encode(plan))
    assert len(plan.passages) > 2
    shorter = make(max_length=length - 1, **fields)
    assert length - 50 < len(shorter.encode(shorter.plan(1, 0))) < length
    assert len(shorter.encode(shorter.plan_plain(1))) < length - 50


def choose(tmp_path: Path, rows: list[dict[str, Any]], **fields: Any) -> choosing.Chosen:
    quiz = quizzes.read(write_quiz(tmp_path / "quiz", rows))
    return choosing.choose(quiz, ModelInstruct(**fields))


def list_keys(items: tuple[QuizItem, ...]) -> set[str]:
    return {item.key for item in items}


def test_languages_of_one_question_are_learnt_or_held_out_together(tmp_path: Path) -> None:
    rows = [make_item(number, group=f"g{number // 3}") for number in range(30)]
    chosen = choose(tmp_path, rows, held_out=0.3)
    learnt = {item.group for item in chosen.learnt}
    held_out = {item.group for item in chosen.held_out}
    assert len(held_out) == 3
    assert not learnt & held_out


def test_no_more_questions_are_held_out_than_are_asked(tmp_path: Path) -> None:
    """By whole groups: of the last one in, a question may be neither learnt nor asked."""
    rows = [make_item(number, group=f"g{number // 3}") for number in range(30)]
    six, five = (
        choose(tmp_path / str(most), rows, held_out=0.9, max_evaluated=most) for most in (6, 5)
    )
    assert (len(six.learnt), len(six.held_out)) == (24, 6)
    assert (list_keys(five.learnt), len(five.held_out)) == (list_keys(six.learnt), 5)


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        ({"scope": "regional"}, {1, 3, 5, 7}),
        ({"scope": "global"}, {0, 2, 4, 6}),
        ({"form": "open"}, {0, 3, 6}),
        ({"form": "choice"}, {1, 2, 4, 5, 7}),
        ({"split": "train"}, {0, 1, 2, 3}),
        ({"scope": "regional", "form": "open"}, {3}),
    ],
)
def test_only_questions_that_were_asked_for_are_learnt(
    tmp_path: Path, fields: dict[str, Any], numbers: set[int]
) -> None:
    rows = [make_item(number, split="train" if number < 4 else "test") for number in range(8)]
    chosen = choose(tmp_path, rows, held_out=0.0, **fields)
    assert list_keys(chosen.learnt) == {f"q{number}" for number in numbers}
    assert not chosen.held_out


def test_a_number_of_questions_is_drawn_by_the_seed(tmp_path: Path) -> None:
    rows = [make_item(number) for number in range(30)]
    drawn = [
        choose(tmp_path / str(number), rows, held_out=0.0, max_questions=5, seed=seed).learnt
        for number, seed in enumerate((1, 1, 2))
    ]
    assert [len(each) for each in drawn] == [5, 5, 5]
    assert list_keys(drawn[0]) == list_keys(drawn[1]) != list_keys(drawn[2])


def test_a_wish_that_no_question_fulfils_is_refused_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(
        UnfitForTraining, match=r"None of the 4 questions of 'Colours' .* \(split 'dev'\)"
    ):
        choose(tmp_path, [make_item(number) for number in range(4)], split="dev")
