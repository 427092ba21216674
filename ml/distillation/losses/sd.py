from torch import Tensor

from ml.distillation import loss
from ml.distillation.vectors import Batch
from specs.distillation.sd import SimilarityDistillation


class Loss(loss.Loss):
    def __init__(self, spec: SimilarityDistillation) -> None:
        self.spec = spec

    def compute(self, batch: Batch) -> Tensor:
        """At least one picture and one sentence are there, so there are pairs."""
        student, teacher = batch.student.all, batch.teacher.all  # [K, D]
        difference = student @ student.T - teacher @ teacher.T  # [K, K]
        num = len(student)
        apart = difference.square().sum() - difference.diagonal().square().sum()
        return apart / (num * (num - 1))
