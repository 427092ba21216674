"""DPG-Bench (arXiv 2403.05135) as it is meant: zeros go on through the graph, and categories are
means of the same scores as the whole, over all crops.
"""

from collections.abc import Sequence

from stats.scoring.questions import Question, QuestionSet
from stats.scoring.rules import Scores, cascade, find_parents


class Dpg:
    def select(self, questions: QuestionSet) -> QuestionSet:
        return questions

    def score(self, answers_cq: Scores, questions: Sequence[Question]) -> Scores:
        return cascade(answers_cq, find_parents(questions))

    def categorise(self, answers_cq: Scores, scores_cq: Scores) -> Scores:  # noqa: ARG002 - Mode
        return scores_cq
