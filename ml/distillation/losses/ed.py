import torch
from torch import Tensor

from ml.distillation import loss
from ml.distillation.vectors import Batch
from specs.distillation.ed import EnglishDistillation


class Loss(loss.Loss):
    def __init__(self, spec: EnglishDistillation) -> None:
        self.spec = spec

    def compute(self, batch: Batch) -> Tensor:
        batch.check_width("copying them")
        taught = batch.teacher.sentences
        pivots = torch.tensor(batch.layout.find_pivots(self.spec.pivot), device=taught.device)
        pictures = loss.compare_vectors(batch.student.pictures, batch.teacher.pictures)
        sentences = loss.compare_vectors(batch.student.sentences, taught[pivots])
        return (pictures + sentences) / 2
