"""What a scoring mode decides. Arrays are answers: 1 for yes, 0 for no.

Legend of shapes: c crops (pictures of one item), q questions of the item.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stats.scoring.questions import Question, QuestionSet

Scores = NDArray[np.bool_]


class ItemFails(ValueError):
    """An item that the mode cannot score. It is left out of the mean, by name."""


class Mode(Protocol):
    def select(self, questions: QuestionSet) -> QuestionSet:
        """The questions that count."""

    def score(self, answers_cq: Scores, questions: Sequence[Question]) -> Scores:
        """Per crop and question: what counts for the item. Raises ItemFails."""

    def categorise(self, answers_cq: Scores, scores_cq: Scores) -> Scores:
        """What counts for the categories: any number of rows, a column per question."""


def find_parents(questions: Sequence[Question]) -> list[list[int]]:
    """The places of each question's parents in the item. A parent that the item does not have
    asks for nothing.
    """
    place = {question.proposition_id: at for at, question in enumerate(questions)}
    return [
        [place[parent] for parent in question.parents if parent in place] for question in questions
    ]


def cascade(answers_cq: Scores, parents: Sequence[Sequence[int]]) -> Scores:
    """In order and in place: a question becomes 0 when any parent is 0 by now, so that zeros go
    on to the children of children. A parent that comes later counts as it was answered.
    """
    scores_cq = answers_cq.copy()
    for at, of_question in enumerate(parents):
        for parent in of_question:
            scores_cq[:, at] &= scores_cq[:, parent]
    return scores_cq
