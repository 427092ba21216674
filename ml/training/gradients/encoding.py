"""Steps of a model of pictures and texts, whose loss needs the vectors of a whole batch: in parts
when memory is short, by gradient caching.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from torch import Tensor

from ml.loading.encoders import Encoder
from ml.loading.preprocessing import Pixels
from ml.progress import Progress
from ml.training.course import Course
from ml.training.data.ahead import Part
from ml.training.gradients import caching
from ml.training.gradients.caching import Parts
from ml.training.steps import Steps
from ml.training.team import Team
from ml.training.trainable import Trainable

T = TypeVar("T")


class Lot(Part, Protocol):
    """A batch, which is compared as a whole."""

    @property
    def pixels(self) -> Sequence[Pixels]: ...
    @property
    def sentences(self) -> Sequence[str]: ...


L = TypeVar("L", bound=Lot)


class EncoderSteps(Steps[L]):
    """`encoder` is one whose model is trained. A subclass says what the loss of vectors is."""

    def __init__(self, course: Course, encoder: Encoder, team: Team) -> None:
        super().__init__(course, Trainable.of(encoder.model), team)
        self.encoder = encoder

    @abstractmethod
    def measure(self, batch: L, vectors: Mapping[str, Tensor]) -> Tensor:
        """Of the vectors of `pictures` and `sentences` as the model gives them, in fp32."""

    def compute_loss(self, batch: L) -> Tensor:
        vectors = {
            "pictures": self._see(batch.pixels).float(),
            "sentences": self._read(batch.sentences).float(),
        }
        return self.measure(batch, vectors)

    def go_back(self, batch: L, progress: Progress) -> Tensor:
        if self.settings.accumulation == 1:
            return super().go_back(batch, progress)
        groups: Mapping[str, Parts[Any]] = {
            "pictures": Parts(self._cut(batch.pixels), self._see),
            "sentences": Parts(self._cut(batch.sentences), self._read),
        }
        scale = self.scaler.get_scale()
        measured = caching.go_back(
            groups,
            lambda vectors: self.scaler.scale(self.measure(batch, vectors)),
            check=progress.check,
        )
        return measured / scale

    def _cut(self, things: Sequence[T]) -> list[Sequence[T]]:
        """Into as many parts, however many there are of each kind."""
        size = -(-len(things) // self.settings.accumulation)
        return [things[start : start + size] for start in range(0, len(things), size)]

    @property
    def _see(self) -> Callable[[Any], Tensor]:
        return self._within(self.encoder.see)

    @property
    def _read(self) -> Callable[[Any], Tensor]:
        return self._within(self.encoder.read)

    def _within(self, embed: Callable[[Any], Tensor]) -> Callable[[Any], Tensor]:
        def run(part: Any) -> Tensor:
            with self.computing():
                return embed(part)

        return run
