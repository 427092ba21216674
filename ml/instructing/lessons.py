"""What is learnt, one thing after another: a plan says what is asked and what the answer is, and is
made into tokens when its turn comes.

All chance is drawn by (seed, epoch, number of the question): the same in however many parts a batch
is computed, and again after a resume.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from ml.loading.quizzes import Quiz
from ml.loading.speaking import questions
from ml.loading.speaking.batches import Lesson
from ml.loading.speaking.speaker import Speaker
from ml.loading.speaking.turns import Turn
from specs.kinds.model.model_instruct import ModelInstruct
from specs.quiz import QuizItem

_OPTIONS, _CONTEXT, _ANSWER = 22, 23, 24  # keep random numbers of different purposes apart


@dataclass(frozen=True)
class Plan:
    number: int  # of the item
    answer: str
    num_learnt: int  # tokens of the answer and its end
    length: int  # of the whole in tokens, nearly
    item: QuizItem | None = None
    passages: tuple[str, ...] = ()


class Lessons(Protocol):
    @property
    def num_items(self) -> int: ...

    def plan(self, number: int, epoch: int) -> Plan: ...

    def encode(self, plan: Plan) -> Lesson: ...


class QuizLessons:
    """`lengths`: of each question without context, in tokens. Where they are not known yet, nothing
    is grouped by them.
    """

    def __init__(
        self,
        spec: ModelInstruct,
        speaker: Speaker,
        quiz: Quiz,
        items: Sequence[QuizItem],
        lengths: Sequence[int] | None = None,
    ) -> None:
        self._spec, self._speaker, self._quiz = spec, speaker, quiz
        self._items, self._lengths = items, lengths
        self.num_items = len(items)
        self.longest = find_limit(spec, speaker)

    def plan(self, number: int, epoch: int) -> Plan:
        item, passages = self._items[number], self._draw_passages(number, epoch)
        if item.is_choice and self._spec.shuffle_options:
            item = shuffle(item, self._draw(_OPTIONS, epoch, number))
        length = 0 if self._lengths is None else int(self._lengths[number])
        length += sum(map(self._speaker.count_words, passages))
        answer = self._choose_answer(item, epoch, number)
        return self._make_plan(number, item, answer, passages, length)

    def plan_plain(self, number: int) -> Plan:
        """As it is asked when it is looked at how things go: without chance and context."""
        item = self._items[number]
        return self._make_plan(number, item, say(item, item.answers), (), 0)

    def plan_longest(self, number: int) -> Plan:
        """With the longest answer that may be learnt, without context."""
        item = self._items[number]
        longest = max(item.answers, key=self._speaker.count_words)
        return self._make_plan(number, item, say(item, [longest]), (), 0)

    def encode(self, plan: Plan) -> Lesson:
        """Passages that are too much are left out, the last ones first."""
        assert plan.item is not None, "Plans of a quiz are about one of its questions."
        passages = list(plan.passages)
        picture = self._quiz.open_picture(plan.item)
        while True:
            text = questions.write(plan.item, passages, self._speaker.family)
            turn = Turn(text=text, picture=picture, system=self._spec.system)
            lesson = self._speaker.encode_lesson(turn, plan.answer)
            if len(lesson) <= self.longest or not passages:
                return lesson
            passages.pop()

    def _make_plan(
        self, number: int, item: QuizItem, answer: str, passages: tuple[str, ...], length: int
    ) -> Plan:
        return Plan(
            number=number,
            answer=answer,
            num_learnt=count_learnt(self._speaker, answer),
            length=length,
            item=item,
            passages=passages,
        )

    def _choose_answer(self, item: QuizItem, epoch: int, number: int) -> str:
        """Of several that are accepted, another one in other epochs."""
        place = int(self._draw(_ANSWER, epoch, number).integers(len(item.answers)))
        return say(item, item.answers[place : place + 1])

    def _draw_passages(self, number: int, epoch: int) -> tuple[str, ...]:
        item, random = self._items[number], self._draw(_CONTEXT, epoch, number)
        if not item.context or random.random() >= self._spec.context_share:
            return ()
        # Twice as many as are needed: some may be the question's own, or come twice.
        places = random.integers(len(self._foreign), size=2 * self._spec.num_distractors)
        others = [self._foreign[place] for place in dict.fromkeys(places.tolist())]
        strange = [text for group, text in others if group != item.group]
        passages = [*item.context, *strange[: self._spec.num_distractors]]
        return tuple(passages[int(place)] for place in random.permutation(len(passages)))

    @cached_property
    def _foreign(self) -> list[tuple[str, str]]:
        return [(item.group, text) for item in self._items for text in item.context]

    def _draw(self, purpose: int, epoch: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self._spec.seed, purpose, epoch, number])


def find_limit(spec: ModelInstruct, speaker: Speaker) -> int:
    return min(spec.max_length or speaker.longest, speaker.longest)


def count_learnt(speaker: Speaker, answer: str) -> int:
    return len(speaker.encode_answer(answer)) + 1  # the mark of its end


def shuffle(item: QuizItem, random: np.random.Generator) -> QuizItem:
    """The same question with its options in another order."""
    assert item.answer is not None, "A choice has a right option."
    places = random.permutation(len(item.options)).tolist()
    options = tuple(item.options[place] for place in places)
    return item.model_copy(update={"options": options, "answer": places.index(item.answer)})


def say(item: QuizItem, answers: Sequence[str]) -> str:
    """The answer in the form that is asked for: a letter, or words."""
    if item.is_choice:
        assert item.answer is not None, "A choice has a right option."
        return item.letters[item.answer]
    return answers[0]
