"""DPG-Bench as its published program computes it, for comparison with printed tables.

Its loader drops the first row of the file. Children of the question that is lost then look for a
parent that is not there: the program gives such an item up, and so do we, by name. Categories are
means of the raw answers about the last crop, as if there were no dependencies.
"""

from collections.abc import Sequence
from dataclasses import replace

from stats.scoring.questions import Question, QuestionSet
from stats.scoring.rules import ItemFails, Scores, cascade, find_parents


class DpgOfficial:
    def select(self, questions: QuestionSet) -> QuestionSet:
        item_id, lost = questions.find_first_row()
        if item_id not in questions.items:
            return questions
        rest = tuple(each for each in questions.items[item_id] if each.proposition_id != lost)
        return replace(questions, items={**questions.items, item_id: rest})

    def score(self, answers_cq: Scores, questions: Sequence[Question]) -> Scores:
        if not questions:
            raise ItemFails("its only question stood in the first row, which is lost")
        there = {question.proposition_id for question in questions}
        for question in questions:
            lost = [parent for parent in question.parents if parent not in there]
            if lost:
                raise ItemFails(
                    f"question {question.proposition_id} depends on question {lost[0]}, which is "
                    "not there"
                )
        return cascade(answers_cq, find_parents(questions))

    def categorise(self, answers_cq: Scores, scores_cq: Scores) -> Scores:  # noqa: ARG002 - Mode
        return answers_cq[-1:]
