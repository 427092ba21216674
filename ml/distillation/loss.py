"""What a formulation computes, and what it keeps from one step to the next."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from torch import Tensor

from ml.distillation.vectors import Batch, Vectors


class Loss(ABC):
    """`compute` changes nothing. What is kept between steps enters by `take_in`, once a step and
    before `compute`, and belongs into the checkpoint: `pack` and `unpack`.
    """

    @abstractmethod
    def compute(self, batch: Batch) -> Tensor: ...

    def take_in(self, teacher: Vectors) -> None:  # noqa: B027 - not abstract: see below
        """Most keep nothing."""

    def pack(self) -> dict[str, Tensor]:
        return {}

    def unpack(self, tensors: Mapping[str, Tensor]) -> None:
        assert not tensors, "Who packed nothing is given nothing."


def compare_vectors(student: Tensor, teacher: Tensor) -> Tensor:
    """The mean squared distance of vectors [K, D] from those in the same rows."""
    return (student - teacher).square().sum(dim=-1).mean()
