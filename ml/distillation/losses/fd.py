from torch import Tensor

from ml.distillation import loss
from ml.distillation.vectors import Batch
from specs.distillation.fd import FeatureDistillation


class Loss(loss.Loss):
    def __init__(self, spec: FeatureDistillation) -> None:
        self.spec = spec

    def compute(self, batch: Batch) -> Tensor:
        batch.check_width("copying them")
        pictures = loss.compare_vectors(batch.student.pictures, batch.teacher.pictures)
        sentences = loss.compare_vectors(batch.student.sentences, batch.teacher.sentences)
        return (pictures + sentences) / 2
