"""The steps of a student: its vectors against the teacher's."""

from collections.abc import Mapping

from torch import Tensor

from ml.distillation.batches import Lot
from ml.distillation.combination import Combination
from ml.distillation.vectors import Batch, Vectors
from ml.loading.encoders import Encoder
from ml.progress import Progress
from ml.training.course import Course
from ml.training.gradients.encoding import EncoderSteps
from ml.training.team import Team


class Training(EncoderSteps[Lot]):
    """`student` is an encoder whose model is the one that is trained."""

    def __init__(
        self, course: Course, student: Encoder, combination: Combination, team: Team
    ) -> None:
        super().__init__(course, student, team)
        self.combination = combination
        self._kept: dict[str, Tensor] = {}

    def go_back(self, batch: Lot, progress: Progress) -> Tensor:
        self.combination.take_in(batch.taught)
        loss = super().go_back(batch, progress)
        # Only now: a step that is stopped in the middle has left nothing behind.
        self._kept = self.combination.pack()
        return loss

    def measure(self, batch: Lot, vectors: Mapping[str, Tensor]) -> Tensor:
        student = Vectors.of(vectors["pictures"], vectors["sentences"])
        held = Batch(student=student, teacher=batch.taught, layout=batch.layout)
        return self.combination.compute(held)[0]

    def pack_kept(self) -> dict[str, Tensor]:
        return self._kept

    def unpack_kept(self, tensors: Mapping[str, Tensor]) -> None:
        kept = {name: each.to(self.team.device) for name, each in tensors.items()}
        self.combination.unpack(kept)
        self._kept = kept
