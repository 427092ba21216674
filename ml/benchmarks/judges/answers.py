"""Answers that people or another program gave, read from a file.

Columns item_id, proposition_id, answer, and where they are variant and crop (or seed). What the
file does not answer is a gap.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ml import digests
from ml.benchmarks.judging import Asked, Reply, Setting
from ml.benchmarks.problems import BenchmarkImpossible
from specs.judges.answers import AnswersJudge
from stats import tables
from stats.scoring import answers
from stats.scoring.answers import AnswerSet
from stats.tables import show

_VARIANT = "variant"


class AnswersFromFile:
    # The same picture may have been answered differently for another item.
    is_repeatable = False

    def __init__(self, groups: Mapping[str, AnswerSet], *, by_variant: bool, digest: str) -> None:
        self.digest = digest
        self._groups = groups
        self._by_variant = by_variant
        self._has_crops = any(any(group.crops) for group in groups.values())
        self._pictures: dict[tuple[str, int], tuple[str, str]] = {}

    def answer(self, batch: Sequence[Asked]) -> list[Reply]:
        return [self._answer(asked) for asked in batch]

    def _answer(self, asked: Asked) -> Reply:
        self._check_told_apart(asked)
        group = self._groups.get(asked.variant if self._by_variant else "")
        key = (asked.item_id, asked.proposition_id, asked.crop if self._has_crops else "")
        if group is None or key not in group.answers:
            return Reply(None, "the file has no answer")
        found = group.answers[key]
        return Reply(found, "" if found is None else "yes" if found else "no")

    def _check_told_apart(self, asked: Asked) -> None:
        """One answer of the file is about one picture."""
        picture = (
            "" if self._by_variant else asked.variant,
            "" if self._has_crops else asked.crop,
        )
        group = asked.variant if self._by_variant else ""
        # Within a group, whatever column the file lacks must not vary.
        before = self._pictures.setdefault(
            (f"{group}\0{asked.item_id}", asked.proposition_id), picture
        )
        if before != picture:
            column = _VARIANT if before[0] != picture[0] else "crop"
            raise BenchmarkImpossible(
                f"The file of answers has no column '{column}', so it does not say which picture "
                f"of '{show(asked.item_id)}' an answer is about."
            )


def load(spec: AnswersJudge, source: Path, setting: Setting) -> AnswersFromFile:  # noqa: ARG001 - as all judges
    table = tables.read(source, answers.REQUIRED)
    by_variant = _VARIANT in table.columns
    return AnswersFromFile(
        answers.from_table(table, _VARIANT if by_variant else ""),
        by_variant=by_variant,
        digest=digests.of_file(source),
    )
