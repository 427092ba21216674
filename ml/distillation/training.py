"""The steps of a student: its vectors against the teacher's, in parts when memory is short."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from torch import Tensor

from ml.distillation.batches import Lot
from ml.distillation.combination import Combination
from ml.distillation.vectors import Batch, Vectors
from ml.loading.encoders import Encoder
from ml.progress import Progress
from ml.training.gradients import caching
from ml.training.gradients.caching import Parts
from ml.training.steps import Course, Steps
from ml.training.team import Team
from ml.training.trainable import Trainable

T = TypeVar("T")


class Training(Steps[Lot]):
    """`student` is an encoder whose model is the one that is trained."""

    def __init__(
        self, course: Course, student: Encoder, combination: Combination, team: Team
    ) -> None:
        super().__init__(course, Trainable.of(student.model), team)
        self.student, self.combination = student, combination
        self._kept: dict[str, Tensor] = {}

    def compute_loss(self, batch: Lot) -> Tensor:
        vectors = {
            "pictures": self._see(batch.pixels),
            "sentences": self._read(batch.sentences),
        }
        return self._measure(batch, vectors)

    def go_back(self, batch: Lot, progress: Progress) -> Tensor:
        self.combination.take_in(batch.taught)
        if self.settings.accumulation == 1:
            loss = super().go_back(batch, progress)
        else:
            loss = self._go_back_in_parts(batch, progress)
        # Only now: a step that is stopped in the middle has left nothing behind.
        self._kept = self.combination.pack()
        return loss

    def _go_back_in_parts(self, batch: Lot, progress: Progress) -> Tensor:
        groups: Mapping[str, Parts[Any]] = {
            "pictures": Parts(self._cut(batch.pixels), self._see),
            "sentences": Parts(self._cut(batch.sentences), self._read),
        }
        scale = self.scaler.get_scale()
        measured = caching.go_back(
            groups,
            lambda vectors: self.scaler.scale(self._measure(batch, vectors)),
            check=progress.check,
        )
        return measured / scale

    def _measure(self, batch: Lot, vectors: Mapping[str, Tensor]) -> Tensor:
        student = Vectors.of(vectors["pictures"].float(), vectors["sentences"].float())
        held = Batch(student=student, teacher=batch.taught, layout=batch.layout)
        return self.combination.compute(held)[0]

    def _cut(self, things: Sequence[T]) -> list[Sequence[T]]:
        """Into as many parts, however many there are of each kind."""
        size = -(-len(things) // self.settings.accumulation)
        return [things[start : start + size] for start in range(0, len(things), size)]

    @property
    def _see(self) -> Callable[[Any], Tensor]:
        return self._within(self.student.see)

    @property
    def _read(self) -> Callable[[Any], Tensor]:
        return self._within(self.student.read)

    def _within(self, embed: Callable[[Any], Tensor]) -> Callable[[Any], Tensor]:
        def run(part: Any) -> Tensor:
            with self.computing():
                return embed(part)

        return run

    def pack_kept(self) -> dict[str, Tensor]:
        return self._kept

    def unpack_kept(self, tensors: Mapping[str, Tensor]) -> None:
        kept = {name: each.to(self.team.device) for name, each in tensors.items()}
        self.combination.unpack(kept)
        self._kept = kept
