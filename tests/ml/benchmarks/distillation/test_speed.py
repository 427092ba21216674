"""Time is taken by turns; a clock of ours says what it takes."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from ml.benchmarks.distillation import speed
from ml.loading.encoders import Encoder
from ml.progress import Silent

STUDENT, TEACHER = (cast("Encoder", name) for name in ("student", "teacher"))


class Machine:
    """A clock that goes on by what each work takes."""

    def __init__(self, takes: Callable[[Any, int], float]) -> None:
        self.now, self.done, self._takes = 0.0, [], takes  # type: ignore[var-annotated]

    def clock(self) -> float:
        return self.now

    def work(self, encoder: Encoder) -> None:
        self.now += self._takes(encoder, self.done.count(encoder))
        self.done.append(encoder)


def test_the_median_round_counts_and_the_ratio_is_within_rounds() -> None:
    """Rounds take the student 9 (not counted), 1, 2, 4 and the teacher 9, 3, 4, 8: medians 2 and 4,
    ratios 3, 2, 2.
    """
    times = {STUDENT: [9, 1, 2, 4], TEACHER: [9, 3, 4, 8]}
    machine = Machine(lambda encoder, number: times[encoder][number])
    seconds = speed.take(
        [STUDENT, TEACHER], {"texts": machine.work}, 3, Silent(), clock=machine.clock
    )
    assert seconds == {"texts": [[1, 3], [2, 4], [4, 8]]}
    values = {each.measure: each.value for each in speed.list_values(seconds, {"texts": 10})}
    assert values == {"texts per second": 5.0, "texts, times the teacher's": 2.0}


def test_who_is_first_changes_from_round_to_round() -> None:
    machine = Machine(lambda _encoder, _number: 1.0)
    speed.take([STUDENT, TEACHER], {"texts": machine.work}, 2, Silent(), clock=machine.clock)
    assert machine.done == [TEACHER, STUDENT, STUDENT, TEACHER, TEACHER, STUDENT]


def test_a_teacher_alone_has_no_ratio() -> None:
    machine = Machine(lambda _encoder, _number: 0.5)
    seconds = speed.take([TEACHER], {"texts": machine.work}, 1, Silent(), clock=machine.clock)
    (value,) = speed.list_values(seconds, {"texts": 10})
    assert value.value == pytest.approx(20.0)
