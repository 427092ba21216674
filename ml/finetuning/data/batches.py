"""What one part of a training step reads, gathered ahead in a thread.

All chance is drawn here, on the processor, by (seed, step, position in the whole batch): the same
on every device, in however many parts the batch is computed, and again after a resume.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.finetuning.data import preparation
from ml.training.data import store
from ml.training.data.order import Order, Seen
from specs.kinds.model.model_finetune import ModelFinetune

_NOISE = 4  # keeps random numbers of this purpose apart


@dataclass(frozen=True)
class Batch:
    """Letters: B pictures, C H W latents, T tokens, D numbers per token, P of the pooled text."""

    latents_bchw: Tensor
    noise_bchw: Tensor
    times_b: Tensor
    texts_btd: Tensor
    pooled_bp: Tensor | None
    time_ids_b6: Tensor | None
    weight: float  # of each picture in the loss of the step
    is_last: bool  # of the parts of this process in its step

    def to(self, device: torch.device) -> "Batch":
        """From pinned memory the copy runs beside the computation."""
        if device.type == "cpu":
            return self
        return self._change(lambda tensor: tensor.to(device, non_blocking=True))

    def pin(self) -> "Batch":
        return self._change(Tensor.pin_memory)

    def _change(self, change: Callable[[Tensor], Tensor]) -> "Batch":
        changed: dict[str, Any] = {
            name: change(value) for name, value in vars(self).items() if isinstance(value, Tensor)
        }
        return replace(self, **changed)


class Batches:
    """Of the process with number `rank`. The parts of a step are dealt out to the processes in
    turns, so that parts in one process and processes side by side see the same.
    """

    def __init__(
        self, spec: ModelFinetune, folder: Path, *, num_views: int, num_times: int, rank: int = 0
    ) -> None:
        self._spec = spec
        self._arrays = store.open_arrays(folder)
        self._num_views = num_views
        self._num_times = num_times
        self._rank = rank
        self.order = Order(
            self._group(), batch_size=spec.batch_size, num_views=num_views, seed=spec.seed
        )
        self.facts = store.read_mark(folder)["facts"]

    def _group(self) -> dict[int, list[int]]:
        """Pictures by shape; a picture's first view speaks for all of them."""
        shapes = self._arrays["views"][:: self._num_views, preparation.SHAPE]
        _, groups = np.unique(np.asarray(shapes), axis=0, return_inverse=True)
        found: dict[int, list[int]] = {}
        for item, group in enumerate(groups.ravel().tolist()):
            found.setdefault(group, []).append(item)
        return found

    def count_steps(self) -> int:
        if self._spec.max_steps is not None:
            return self._spec.max_steps
        return -(-self._spec.epochs * self.order.num_items // self._spec.batch_size)

    def count_seen(self, num_steps: int) -> float:
        """Epochs."""
        return num_steps * self._spec.batch_size / self.order.num_items

    def make_step(self, step: int) -> Iterator[Batch]:
        """The parts of this process, one after another: at least one, as `micro_batch` times all
        parts is the batch. There are more than were asked for where shapes meet in a batch.
        """
        seen = self.order.find(step)
        chance = _Chance.draw(self._spec, step, self._num_times)
        parts = self.order.cut(seen, self._spec.micro_batch)
        own = parts[self._rank :: self._spec.num_processes]
        for number, positions in enumerate(own, 1):
            yield self._make(seen, chance, positions, is_last=number == len(own))

    def _make(
        self, seen: Seen, chance: "_Chance", positions: NDArray[np.int64], *, is_last: bool
    ) -> Batch:
        places = seen.items[positions] * self._num_views + seen.views[positions]
        views = self._arrays["views"][places]
        height, width = views[0, preparation.SHAPE].tolist()
        latents = self._read(f"latents-{width}x{height}", views[:, preparation.ROW])
        captions = np.where(chance.is_dropped[positions], 0, views[:, preparation.CAPTION])
        has_pooled = "pooled" in self._arrays
        return Batch(
            latents_bchw=latents,
            noise_bchw=chance.draw_noise(positions, latents.shape[1:]),
            times_b=torch.from_numpy(chance.times[positions]),
            texts_btd=self._read("texts", captions),
            pooled_bp=self._read("pooled", captions) if has_pooled else None,
            time_ids_b6=(
                torch.from_numpy(views[:, preparation.TIME_IDS].astype(np.float32))
                if has_pooled
                else None
            ),
            weight=1.0 / self._spec.batch_size,
            is_last=is_last,
        )

    def _read(self, name: str, rows: Any) -> Tensor:
        return torch.from_numpy(np.asarray(self._arrays[name][rows], dtype=np.float32))


@dataclass(frozen=True)
class _Chance:
    """What is drawn for each position of a whole batch: however the batch is cut up, a picture gets
    the same noise.
    """

    is_dropped: NDArray[np.bool_]  # whether the picture goes without its caption
    times: NDArray[np.int64]
    seeds: NDArray[np.int64]  # of the noise

    @classmethod
    def draw(cls, spec: ModelFinetune, step: int, num_times: int) -> "_Chance":
        random = np.random.default_rng([spec.seed, _NOISE, step])
        return cls(
            is_dropped=random.random(spec.batch_size) < spec.caption_dropout,
            times=random.integers(0, num_times, spec.batch_size),
            seeds=random.integers(2**63, size=spec.batch_size),
        )

    def draw_noise(self, positions: NDArray[np.int64], shape: torch.Size) -> Tensor:
        generator = torch.Generator()
        drawn = torch.empty((len(positions), *shape))
        for row, seed in zip(drawn, self.seeds[positions].tolist(), strict=True):
            torch.randn(shape, generator=generator.manual_seed(seed), out=row)
        return drawn
