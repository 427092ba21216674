"""What one part of a training step learns from, made ahead in a thread."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ml.instructing import rows
from ml.instructing.lessons import Lessons, Plan
from ml.loading.speaking.batches import IGNORED, Tensors
from ml.loading.speaking.speaker import Speaker
from ml.training.data.order import Order
from specs.kinds.model.model_instruct import ModelInstruct


@dataclass(frozen=True)
class Part:
    tensors: Tensors
    weight: float  # of each token that is learnt in the loss of the step
    is_last: bool  # of the parts of this process in its step

    def to(self, device: torch.device) -> "Part":
        """From pinned memory the copy runs beside the computation."""
        if device.type == "cpu":
            return self
        return self._change(lambda tensor: tensor.to(device, non_blocking=True))

    def pin(self) -> "Part":
        return self._change(Tensor.pin_memory)

    def _change(self, change: Callable[[Tensor], Tensor]) -> "Part":
        tensors = {name: change(tensor) for name, tensor in self.tensors.items()}
        return replace(self, tensors=tensors)


class Stage:
    """A part of the training with lessons of its own."""

    def __init__(
        self, spec: ModelInstruct, lessons: Lessons, *, epochs: int, num_steps: int | None
    ) -> None:
        self.lessons = lessons
        self.order = Order(
            {0: range(lessons.num_items)}, batch_size=spec.batch_size, num_views=1, seed=spec.seed
        )
        self._batch_size = spec.batch_size
        in_epochs = -(-epochs * lessons.num_items // spec.batch_size)
        self.num_steps = in_epochs if num_steps is None else num_steps

    def count_seen(self, num_steps: int) -> float:
        """Epochs."""
        return num_steps * self._batch_size / self.lessons.num_items

    def plan(self, step: int) -> list[Plan]:
        seen = self.order.find(step)
        pairs = zip(seen.items.tolist(), seen.epochs.tolist(), strict=True)
        return [self.lessons.plan(item, epoch) for item, epoch in pairs]


class Batches:
    """Of the process with number `rank`. The parts of a step are dealt out to the processes in
    turns, so that parts in one process and processes side by side see the same.
    """

    def __init__(
        self, spec: ModelInstruct, speaker: Speaker, stages: Sequence[Stage], rank: int = 0
    ) -> None:
        self._spec, self._speaker, self._rank = spec, speaker, rank
        self.stages = tuple(stages)
        self.is_packed = spec.packing and rows.can_pack(speaker)

    def count_steps(self) -> int:
        return sum(stage.num_steps for stage in self.stages)

    def make_step(self, step: int) -> Iterator[Part]:
        """The mean is over all tokens that the step learns, however it is cut up."""
        stage, place = self._find_stage(step)
        plans = stage.plan(place)
        weight = 1.0 / sum(plan.num_learnt for plan in plans)
        own = self._cut(plans)[self._rank :: self._spec.num_processes]
        for number, part in enumerate(own, 1):
            yield self._make(stage.lessons, part, weight, is_last=number == len(own))

    def _find_stage(self, step: int) -> tuple[Stage, int]:
        for stage in self.stages:
            if step < stage.num_steps:
                return stage, step
            step -= stage.num_steps
        raise IndexError(f"There are {self.count_steps():,} steps.")

    def _cut(self, plans: Sequence[Plan]) -> list[list[Plan]]:
        """Those of about one length go through the model together: less has to be filled up."""
        size = self._spec.micro_batch
        in_turn = sorted(plans, key=lambda plan: plan.length)
        return [in_turn[start : start + size] for start in range(0, len(in_turn), size)]

    def _make(
        self, lessons: Lessons, plans: Sequence[Plan], weight: float, *, is_last: bool
    ) -> Part:
        encoded = [lessons.encode(plan) for plan in plans]
        tensors = rows.put_together(self._speaker, encoded, packed=self.is_packed)
        learnt = int((tensors["labels"] != IGNORED).sum())
        assert learnt == sum(plan.num_learnt for plan in plans), "Answers are counted as they are."
        return Part(tensors, weight, is_last)
