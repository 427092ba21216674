import torch
from torch import Tensor

from ml.distillation import loss
from ml.distillation.vectors import Batch
from specs.distillation.mcl import MultilingualContrast


class Loss(loss.Loss):
    def __init__(self, spec: MultilingualContrast) -> None:
        self.spec = spec

    def compute(self, batch: Batch) -> Tensor:
        vectors, layout = batch.student.all, batch.layout  # [K, D]
        items = [*range(layout.num_items), *layout.items]
        twins = layout.find_twins()
        total, count = vectors.new_zeros(()), 0
        for places, view_items in layout.list_views():
            place_of = {item: number for number, item in enumerate(view_items)}
            within = set(places)
            anchors = [
                place for place, item in enumerate(items)
                if place not in within and item in place_of
            ]  # fmt: skip
            view = vectors[torch.tensor(places, device=vectors.device)]
            logits = vectors[torch.tensor(anchors, device=vectors.device)] @ view.T
            if twins is not None:
                among = twins[anchors][:, list(places)].to(vectors.device)
                logits = logits.masked_fill(among, -torch.inf)
            right = torch.tensor([place_of[items[place]] for place in anchors])
            total = total + torch.nn.functional.cross_entropy(
                logits / self.spec.temperature, right.to(vectors.device), reduction="sum"
            )
            count += len(anchors)
        return total / count
