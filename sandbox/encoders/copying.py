"""Teaches an encoder by another one that has learned: it copies what the other makes of the same
pictures and texts, and learns by SigLIP's loss which of them belong together.

So it comes to know what the other knows, in few steps, and stays as ignorant of the rest.
Legend of shapes: L lessons, P pictures, D the vectors' length, which both have in common.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ml.loading.encoders import Encoder
from ml.progress import Progress
from sandbox.encoders import lessons, teaching
from sandbox.encoders.teaching import Batch, Pictures, TeachingSizes

_COPYING = 10.0  # what a vector that is off weighs, beside what else is learned


def teach(
    encoder: Encoder,
    master: Encoder,
    pictures: Pictures,
    sizes: TeachingSizes,
    *,
    seed: int,
    progress: Progress,
) -> list[float]:
    """In place; gives the loss of every step. Both look at the same pixels."""
    model = encoder.model.train()
    marks = torch.stack([lessons.mark(scene) for scene in pictures.scenes])
    known = torch.from_numpy(master.embed_pixels(pictures.pixels))

    def measure(batch: Batch) -> Tensor:
        seen = functional.normalize(
            encoder.see([pictures.pixels[place] for place in batch.pictures])
        )
        read = functional.normalize(encoder.read(batch.texts))
        with torch.no_grad():
            told = functional.normalize(master.read(batch.texts))
        shown = known[batch.pictures]
        copied = measure_distance(seen, shown) + measure_distance(read, told)
        alike = compare(read @ seen.T, told @ shown.T, master.scale)
        others = lessons.find_others(batch.taught, marks)
        return _COPYING * copied + alike + judge(model, read @ seen[: len(read)].T, others)

    given = teaching.give(pictures.scenes, sizes, seed)
    losses = teaching.learn([*model.parameters()], measure, given, sizes, progress)
    model.eval()
    return losses


def measure_distance(found: Tensor, wanted: Tensor) -> Tensor:
    """The mean of squared distances of rows [D]."""
    return (found - wanted).square().sum(dim=1).mean()


def compare(found: Tensor, wanted: Tensor, scale: float) -> Tensor:
    """How far from what the master finds likely is what the pupil does: of pictures for a text, and
    of texts for a picture. Cosines are [L, P].
    """
    sides = [
        functional.kl_div(
            (scale * mine).log_softmax(dim=1),
            (scale * masters).log_softmax(dim=1),
            log_target=True,
            reduction="batchmean",
        )
        for mine, masters in ((found, wanted), (found.T, wanted.T))
    ]
    return torch.stack(sides).mean()


def judge(model: Any, cosines: Tensor, others: Tensor) -> Tensor:
    """SigLIP's loss (arXiv:2303.15343), of each text beside each picture [L, L] the question
    whether it belongs there. Where it is true of another's picture nothing is asked.
    """
    logits = cosines * model.logit_scale.exp() + model.logit_bias
    signs = 2 * torch.eye(len(logits)) - 1
    asked = functional.logsigmoid(signs * logits).masked_fill(others, 0)
    return -asked.sum() / len(logits)
