from collections.abc import Mapping

import torch
from torch import Tensor

from ml.distillation import loss
from ml.distillation.queue import Queue
from ml.distillation.vectors import Batch, Vectors
from specs.distillation.dr import DistributionalReplication


class Loss(loss.Loss):
    def __init__(self, spec: DistributionalReplication) -> None:
        self.spec = spec
        self.queues = {"pictures": Queue(spec.queue_size), "sentences": Queue(spec.queue_size)}

    def take_in(self, teacher: Vectors) -> None:
        self.queues["pictures"].take_in(teacher.pictures)
        self.queues["sentences"].take_in(teacher.sentences)

    def compute(self, batch: Batch) -> Tensor:
        batch.check_width("comparing both with one queue")
        parts = [self._compare(batch, queue) for queue in self.queues.values()]
        return torch.stack(parts).mean()

    def _compare(self, batch: Batch, queue: Queue) -> Tensor:
        assert queue.held is not None, "A batch is taken in before it is compared."
        queued = queue.held.to(batch.student.all)
        wanted = batch.teacher.all @ queued.T / self.spec.teacher_temperature  # [K, Q]
        found = batch.student.all @ queued.T / self.spec.student_temperature
        return torch.nn.functional.cross_entropy(found, wanted.softmax(dim=-1))

    def pack(self) -> dict[str, Tensor]:
        return {name: each.held for name, each in self.queues.items() if each.held is not None}

    def unpack(self, tensors: Mapping[str, Tensor]) -> None:
        for name, queue in self.queues.items():
            queue.held = tensors.get(name)
