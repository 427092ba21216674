"""Reads what answers.ablate found: the one place that knows the shape of its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.facts import Estimated, take
from reports.language import word
from reports.speech import Speech
from specs.kinds.answers.answers_ablate import BASE

HELPS, HURTS, UNTOLD = "helps", "hurts", "cannot be told"  # as stats.frontier.ablation judges
VERDICTS = (word("helps"), word("hurts"), word("cannot be told"))


@dataclass(frozen=True, kw_only=True)
class Addition:
    """Data that were added to those of another model, and what that did."""

    label: str
    against: str  # the label of that model, or BASE
    mean: Estimated  # per cent of right answers
    to_base: Estimated  # points
    to_before: Estimated
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Scope:
    name: str
    base: Estimated
    additions: Sequence[Addition]
    num_questions: int
    num_left_out: int

    def list_judged(self, verdict: str) -> list[Addition]:
        return [each for each in self.additions if each.verdict == verdict]


def list_scopes(found: Mapping[str, Any]) -> list[Scope]:
    return [
        Scope(
            name=each["scope"],
            base=take(each, "base"),
            additions=[_read(row) for row in each["rows"]],
            num_questions=each["num_questions"],
            num_left_out=each["num_left_out"],
        )
        for each in found["scopes"]
    ]


def _read(row: Mapping[str, Any]) -> Addition:
    return Addition(
        label=row["label"],
        against=row["against"],
        mean=take(row, "mean"),
        to_base=take(row, "to_base"),
        to_before=take(row, "to_before"),
        verdict=row["verdict"],
    )


def name_run(label: str, _: Speech) -> str:
    return _("the base model") if label == BASE else label
