"""Choices by similarity: of several phrases, the one that is the most similar to the picture. Of
equal ones the first counts, as where options are weighed by likelihood; ties are counted. Options
of one vector are equal (`stats.vectors.twins`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ml.benchmarks.embeddings.phrases import Phrase
from ml.benchmarks.embeddings.plan import Table
from ml.benchmarks.embeddings.sources import Source
from ml.benchmarks.embeddings.vectors import Found
from ml.benchmarks.tally import Measured
from ml.benchmarks.ties import Tie
from stats.answers import score as scoring
from stats.answers.modes import Output, Question
from stats.answers.score import Scored
from stats.vectors import twins


@dataclass(frozen=True, kw_only=True)
class Choice:
    question: Question
    picture: str
    options: tuple[Phrase, ...]
    scope: str
    tie: Tie


@dataclass(frozen=True, kw_only=True)
class Choosing:
    mode: str
    source: Source
    choices: Sequence[Choice]
    left_out: Mapping[str, int] = field(default_factory=dict)  # counts, by why
    notes: tuple[str, ...] = ()

    @property
    def metric(self) -> str:
        return self.mode

    @property
    def pictures(self) -> Sequence[str]:
        return list(dict.fromkeys(choice.picture for choice in self.choices))

    @property
    def phrases(self) -> Sequence[Phrase]:
        return list(dict.fromkeys(each for choice in self.choices for each in choice.options))

    @property
    def ties(self) -> Mapping[str, Tie]:
        return {choice.question.key: choice.tie for choice in self.choices}

    def measure(self, found: Found) -> Mapping[str, Scored]:
        measured = {}
        for scope in sorted({choice.scope for choice in self.choices}):
            own = [choice for choice in self.choices if choice.scope == scope]
            outputs = [_answer(choice, found) for choice in own]
            scored = scoring.score([choice.question for choice in own], outputs, "likelihood")
            measured[scope] = replace(scored, mode=self.mode)
        return measured

    def describe(self) -> Mapping[str, Any]:
        return {
            "num_questions": len(self.choices),
            "num_groups": len({group for group, _ in self.ties.values()}),
            "left_out": dict(self.left_out),
        }

    def list_notes(self) -> Sequence[str]:
        return self.notes

    def list_tables(self, measured: Sequence[Measured]) -> Sequence[Table]:
        header = ("variant", "item_id", "answer", "correct", "tie", "similarities")
        return [Table(name="answers.csv", header=header, rows=self._list_rows(measured))]

    def _list_rows(self, measured: Sequence[Measured]) -> Iterator[Sequence[object]]:
        questions = {choice.question.key: choice.question for choice in self.choices}
        for each in measured:
            for judged in cast("Scored", each.scored).judged:
                place = judged.reply.option
                assert place is not None, "The most similar option is one of them."
                yield (
                    each.variant,
                    judged.output.key,
                    questions[judged.output.key].options[place],
                    "yes" if judged.is_right else "no",
                    "yes" if judged.reply.is_tie else "no",
                    " ".join(f"{value:.6f}" for value in judged.output.option_scores or ()),
                )


def _answer(choice: Choice, found: Found) -> Output:
    picture_d = found.find_pictures([choice.picture])[0].astype("float64")
    options_od = found.find_phrases(choice.options).astype("float64")
    similarities_o = (options_od @ picture_d)[twins.find_first(options_od)]
    return Output(key=choice.question.key, seed=0, option_scores=similarities_o.tolist())
