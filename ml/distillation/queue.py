"""The latest vectors of a teacher, those that have been there longest first."""

import torch
from torch import Tensor


class Queue:
    def __init__(self, size: int) -> None:
        self.size = size
        self.held: Tensor | None = None  # [up to `size`, D]

    def take_in(self, vectors: Tensor) -> None:
        """In their order; as many as are too many leave, from the front."""
        if len(vectors) > self.size:
            raise ValueError(
                f"{len(vectors)} vectors of one batch do not fit into a queue of {self.size}."
            )
        vectors = vectors.detach()
        held = vectors if self.held is None else torch.cat([self.held, vectors])
        # A copy, so that what has left is not kept alive by a view of it.
        self.held = held[-self.size :].clone()
