"""From questions and outputs to one score that carries its mode and everything counted apart.

score = 100 * right / questions that have an output. Refused and unparsable answers are not right,
and are counted beside; of_answered is the same share of the answers that could be read. A question
without an output is a gap: it is counted, named, and in no mean. Where a question was asked with
several seeds, it counts as the mean over them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from stats.answers.modes import MODES, Output, Question, is_right
from stats.answers.reply import Reply

SCALE = 100.0


class NothingToScore(ValueError):
    """The outputs and the questions have nothing in common that the mode can score."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    output: Output
    reply: Reply
    is_right: bool


@dataclass(frozen=True, kw_only=True)
class Scored:
    mode: str
    items: Mapping[str, float]
    """Of each question that has an output, between 0 and 1."""
    judged: Sequence[Judged]
    gaps: tuple[str, ...]  # questions without an output
    by_label: Mapping[str, float]
    questions_by_label: Mapping[str, int]

    @property
    def score(self) -> float | None:
        """None when no question has an output."""
        return SCALE * fmean(self.items.values()) if self.items else None

    @property
    def of_answered(self) -> float | None:
        rights = [each.is_right for each in self.judged if each.reply.kind == "answered"]
        return SCALE * fmean(rights) if rights else None

    def count(self, kind: str) -> int:
        return sum(each.reply.kind == kind for each in self.judged)

    def to_json(self) -> dict[str, Any]:
        """With the names that the score of a benchmark of pictures has, where it is the same."""
        return {
            "mode": self.mode,
            "score": self.score,
            "of_answered": self.of_answered,
            "n_items": len(self.items),
            "n_questions": len(self.items),
            "n_outputs": len(self.judged),
            "n_correct": sum(each.is_right for each in self.judged),
            "n_answered": self.count("answered"),
            "n_refused": self.count("refused"),
            "n_unparsable": self.count("unparsable"),
            "n_ties": sum(each.reply.is_tie for each in self.judged),
            "gaps": len(self.gaps),
            "left_out": [
                {"item_id": key, "reason": "gap", "message": "there is no output"}
                for key in self.gaps
            ],
            "by_category": dict(self.by_label),
            "questions_by_category": dict(self.questions_by_label),
        }


def score(questions: Sequence[Question], outputs: Iterable[Output], mode: str) -> Scored:
    """Every question is expected to have an output. Raises OutputUnfit."""
    by_key = {question.key: question for question in questions}
    judged = [_judge(by_key[output.key], output, mode) for output in outputs]
    rights: dict[str, list[bool]] = defaultdict(list)
    for each in judged:
        rights[each.output.key].append(each.is_right)
    items = {key: fmean(rights[key]) for key in by_key if key in rights}
    labels: dict[str, list[float]] = defaultdict(list)
    for key, value in items.items():
        for label in by_key[key].labels:
            labels[label].append(value)
    return Scored(
        mode=mode,
        items=items,
        judged=judged,
        gaps=tuple(key for key in by_key if key not in rights),
        by_label={label: SCALE * fmean(labels[label]) for label in sorted(labels)},
        questions_by_label=dict(sorted(Counter(_list_labels(by_key, items)).items())),
    )


def _judge(question: Question, output: Output, mode: str) -> Judged:
    reply = MODES[mode].read(question, output)
    return Judged(output=output, reply=reply, is_right=is_right(question, reply))


def _list_labels(by_key: Mapping[str, Question], items: Mapping[str, float]) -> Iterable[str]:
    return (label for key in items for label in by_key[key].labels)
