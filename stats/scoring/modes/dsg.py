"""Davidsonian Scene Graph (arXiv 2310.18235): a question counts when it and all its parents were
answered yes. Parents are looked up in the answers as given, so zeros do not go on to
grandchildren.
"""

from collections.abc import Sequence

from stats.scoring.questions import Question, QuestionSet
from stats.scoring.rules import Scores, find_parents


class Dsg:
    def select(self, questions: QuestionSet) -> QuestionSet:
        return questions

    def score(self, answers_cq: Scores, questions: Sequence[Question]) -> Scores:
        scores_cq = answers_cq.copy()
        for at, parents in enumerate(find_parents(questions)):
            scores_cq[:, at] &= answers_cq[:, parents].all(axis=1)
        return scores_cq

    def categorise(self, answers_cq: Scores, scores_cq: Scores) -> Scores:  # noqa: ARG002 - Mode
        return scores_cq
