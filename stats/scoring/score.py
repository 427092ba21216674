"""From questions and answers to one score that carries its mode and everything left out.

A crop is the mean over an item's questions, an item the mean over its crops, the score 100 times
the mean over items. Categories are means over all questions of the category in the scored items.
An answer that is missing or unreadable is a gap: it is counted, and its item is left out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from stats.scoring.answers import AnswerSet, list_unknown
from stats.scoring.modes.registry import MODES
from stats.scoring.questions import Question, QuestionSet
from stats.scoring.rules import ItemFails, Mode, Scores

SCALE = 100.0


class NothingToScore(ValueError):
    """The answers and the questions have nothing in common."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    item_id: str
    reason: Literal["gap", "failed"]
    message: str


@dataclass(frozen=True, kw_only=True)
class Scored:
    mode: str
    items: Mapping[str, float]
    """Of each item that was scored, between 0 and 1."""
    num_questions: int
    num_crops: int
    num_gaps: int
    num_malformed: int
    num_out_of_order: int
    num_missing_parents: int
    num_unknown: int
    left_out: tuple[LeftOut, ...]
    by_category: Mapping[str, float]
    questions_by_category: Mapping[str, int]
    by_detail: Mapping[str, float]

    @property
    def score(self) -> float | None:
        """None when no item could be scored."""
        return SCALE * float(np.mean(list(self.items.values()))) if self.items else None

    def to_json(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "score": self.score,
            "n_items": len(self.items),
            "n_questions": self.num_questions,
            "n_crops": self.num_crops,
            "gaps": self.num_gaps,
            "malformed": self.num_malformed,
            "out_of_order": self.num_out_of_order,
            "missing_parents": self.num_missing_parents,
            "unknown": self.num_unknown,
            "left_out": [
                {"item_id": each.item_id, "reason": each.reason, "message": each.message}
                for each in self.left_out
            ],
            "by_category": dict(self.by_category),
            "questions_by_category": dict(self.questions_by_category),
            "by_detail": dict(self.by_detail),
        }


def score(questions: QuestionSet, answers: AnswerSet, mode: str) -> Scored:
    """Every crop that is named anywhere is expected of every item."""
    asked = [(name, q.proposition_id) for name, of_item in questions.items.items() for q in of_item]
    unknown = list_unknown(answers, asked)
    if len(unknown) == len(answers.answers):
        raise NothingToScore("None of the answers belongs to a question of the question file.")
    rules = MODES[mode]
    tally = _Tally(rules, answers)
    for item_id, of_item in rules.select(questions).items.items():
        tally.add(item_id, of_item)
    return Scored(
        mode=mode,
        items=tally.items,
        num_questions=tally.num_questions,
        num_crops=len(answers.crops),
        num_gaps=tally.num_gaps,
        num_malformed=questions.num_malformed,
        num_out_of_order=questions.num_out_of_order,
        num_missing_parents=questions.num_missing_parents,
        num_unknown=len(unknown),
        left_out=tuple(tally.left_out),
        by_category=_to_means(tally.categories),
        questions_by_category=tally.questions_by_category,
        by_detail=_to_means(tally.details),
    )


class _Tally:
    def __init__(self, mode: Mode, answers: AnswerSet) -> None:
        self.mode = mode
        self.answers = answers.answers
        self.crops = answers.crops
        self.items: dict[str, float] = {}
        self.num_questions = 0
        self.num_gaps = 0
        self.left_out: list[LeftOut] = []
        self.categories: dict[str, list[float]] = defaultdict(list)
        self.details: dict[str, list[float]] = defaultdict(list)
        self.questions_by_category: dict[str, int] = defaultdict(int)

    def add(self, item_id: str, questions: Sequence[Question]) -> None:
        found = [
            [self.answers.get((item_id, question.proposition_id, crop)) for question in questions]
            for crop in self.crops
        ]
        num_gaps = sum(answer is None for of_crop in found for answer in of_crop)
        if num_gaps:
            self.num_gaps += num_gaps
            total = len(questions) * len(self.crops)
            message = f"{num_gaps} of {total} answers are missing or neither yes nor no"
            self.left_out.append(LeftOut(item_id=item_id, reason="gap", message=message))
            return
        answers_cq: Scores = np.array(found, dtype=np.bool_)
        try:
            scores_cq = self.mode.score(answers_cq, questions)
        except ItemFails as error:
            self.left_out.append(LeftOut(item_id=item_id, reason="failed", message=str(error)))
            return
        self.items[item_id] = float(scores_cq.mean())
        self.num_questions += len(questions)
        self._add_categories(questions, self.mode.categorise(answers_cq, scores_cq))

    def _add_categories(self, questions: Sequence[Question], scores_cq: Scores) -> None:
        for question, of_question in zip(questions, scores_cq.T.astype(float), strict=True):
            self.questions_by_category[question.category] += 1
            self.categories[question.category].extend(of_question)
            self.details[f"{question.category} - {question.detail}"].extend(of_question)


def _to_means(scores: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: SCALE * float(np.mean(scores[name])) for name in sorted(scores)}
