"""scale * B @ A: what a low-rank adapter adds to a weight. Held are its two thin matrices."""

from dataclasses import dataclass, replace

import torch


@dataclass(frozen=True)
class LowRank:
    a: torch.Tensor  # [rank, columns], of a convolution [rank, in, height, width]
    b: torch.Tensor  # [rows, rank]
    scale: float

    @property
    def num_values(self) -> int:
        return self.b.shape[0] * self._width

    @property
    def _width(self) -> int:
        return self.a.shape[1:].numel()

    def compute(self, begin: int, end: int) -> torch.Tensor:
        """The values from `begin` to `end` of the flattened weight, in fp64."""
        first, last = begin // self._width, -(-end // self._width)
        rows = (self.b[first:last].double().flatten(1) * self.scale) @ self.a.double().flatten(1)
        return rows.view(-1)[begin - first * self._width :][: end - begin]

    def add_to(self, stored: torch.Tensor, share: float = 1) -> torch.Tensor:
        """The sum in the number format of the weight, rounded once."""
        change = self.compute(0, stored.numel()).view(stored.shape)
        return (stored.double() + share * change).to(stored.dtype)

    def scaled(self, factor: float) -> "LowRank":
        return replace(self, scale=self.scale * factor)
