"""One number of one model: what a study of distillation is computed from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from stats.distillation.measures import MEASURES

TEACHER = "teacher"  # in the place of a method: the teacher itself
ALL = ""  # in the place of a language: all of them together


class StudyUnfit(ValueError):
    """Rows that no study can be made of, and why."""


@dataclass(frozen=True, kw_only=True)
class Row:
    teacher: str
    method: str  # TEACHER, or a method's label
    seed: int | None  # none of the teacher
    task: str
    measure: str
    language: str
    value: float
    num_items: int = 0  # on how many queries, questions, captions or sentences it stands

    def __post_init__(self) -> None:
        if (self.task, self.measure) not in MEASURES:
            raise StudyUnfit(f"There is no measure '{self.measure}' of the task '{self.task}'.")
        if (self.method == TEACHER) != (self.seed is None):
            raise StudyUnfit(
                f"A student has a seed and a teacher has none; '{self.method}' of "
                f"'{self.teacher}' has the seed {self.seed}."
            )

    @property
    def place(self) -> tuple[str, str, str]:
        return self.task, self.measure, self.language

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        return cls(**read)
