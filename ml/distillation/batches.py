"""What one step sees, made ahead in a thread: items with all their sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch

from ml.distillation.material import Material
from ml.distillation.vectors import Layout, Vectors
from ml.loading.preprocessing import Pixels
from ml.training.data.order import Order
from specs.kinds.model.model_distill import ModelDistill


@dataclass(frozen=True, kw_only=True)
class Lot:
    pixels: tuple[Pixels, ...]
    sentences: tuple[str, ...]
    layout: Layout
    taught: Vectors
    is_last: bool = True  # a batch is compared as a whole

    def to(self, device: torch.device) -> "Lot":
        """The rest goes there with the part of it that is computed."""
        pictures, sentences = (
            each.to(device, non_blocking=True)
            for each in (self.taught.pictures, self.taught.sentences)
        )
        return replace(self, taught=Vectors(pictures, sentences))

    def pin(self) -> "Lot":
        taught = Vectors(self.taught.pictures.pin_memory(), self.taught.sentences.pin_memory())
        return replace(self, taught=taught)


class Batches:
    def __init__(self, spec: ModelDistill, material: Material) -> None:
        self._material = material
        # No larger than the data: an item that is compared with itself would be wrong and right.
        self.size = min(spec.batch_size, material.num_items)
        self._order = Order(
            {0: range(material.num_items)}, batch_size=self.size, num_views=1, seed=spec.seed
        )
        in_epochs = -(-spec.epochs * material.num_items // self.size)
        self.num_steps = in_epochs if spec.max_steps is None else spec.max_steps

    def make_step(self, step: int) -> Iterator[Lot]:
        material = self._material
        # Where one epoch ends and the next begins an item may come twice: once is enough.
        items = list(dict.fromkeys(self._order.find(step).items.tolist()))
        numbers = [number for item in items for number in material.list_sentences(item)]
        owners = [place for place, item in enumerate(items) for _ in material.list_sentences(item)]
        said = [material.find_sentence(number) for number in numbers]
        seen, read = material.find_taught(items, numbers)
        yield Lot(
            pixels=tuple(material.find_pixels(item) for item in items),
            sentences=tuple(words for _, words in said),
            layout=Layout(
                num_items=len(items),
                items=tuple(owners),
                languages=tuple(language for language, _ in said),
                texts=tuple(words for _, words in said),
            ),
            taught=Vectors(torch.from_numpy(seen), torch.from_numpy(read)),
        )
