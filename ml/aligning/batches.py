"""What one step sees, made ahead in a thread: pairs of a picture and one of its captions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from ml.aligning import relation
from ml.aligning.relation import Relation
from ml.loading.preprocessing import Pixels
from ml.training.data.captioned import Material
from ml.training.data.order import Order
from specs.kinds.model.model_align import ModelAlign


@dataclass(frozen=True, kw_only=True)
class Lot:
    pixels: tuple[Pixels, ...]
    sentences: tuple[str, ...]
    relation: Relation
    is_last: bool = True  # a batch is compared as a whole

    def to(self, device: torch.device) -> "Lot":
        """The rest goes there with the part of it that is computed."""
        return replace(self, relation=self.relation.to(device))

    def pin(self) -> "Lot":
        return replace(self, relation=self.relation.pin())


class Batches:
    def __init__(self, spec: ModelAlign, material: Material, items: Sequence[int]) -> None:
        self._material = material
        self._size = spec.batch_size
        pairs = [number for item in items for number in material.list_sentences(item)]
        self.num_pairs = len(pairs)
        self._order = Order({0: pairs}, batch_size=self._size, num_views=1, seed=spec.seed)
        in_epochs = -(-spec.epochs * self.num_pairs // self._size)
        self.num_steps = in_epochs if spec.max_steps is None else spec.max_steps

    def count_epochs(self, num_steps: int) -> float:
        return num_steps * self._size / self.num_pairs

    def make_step(self, step: int) -> Iterator[Lot]:
        # Where one epoch ends and the next begins a pair may come twice: once is enough.
        pairs = list(dict.fromkeys(self._order.find(step).items.tolist()))
        related = relation.relate(self._material, pairs)
        yield Lot(
            pixels=tuple(self._material.find_pixels(item) for item in related.items),
            sentences=related.texts,
            relation=related.relation,
        )
