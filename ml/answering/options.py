"""How likely each option is as an answer: the mean log-likelihood of its tokens after the question,
which is asked openly, without naming the options. The end of the answer does not count.
"""

from collections.abc import Sequence

import torch

from ml.answering.problems import CannotAnswer
from ml.devices import Computing
from ml.loading.speaking import batches
from ml.loading.speaking.batches import Encoded
from ml.loading.speaking.speaker import Speaker, to_device

Question = tuple[Encoded, Sequence[str]]


def weigh(
    speaker: Speaker, asked: Sequence[Question], computing: Computing, batch_size: int
) -> list[list[float]]:
    """For each question one number per option, `batch_size` options at a time."""
    flat = [(openly, option) for openly, options in asked for option in options]
    scores: list[float] = []
    for start in range(0, len(flat), batch_size):
        scores += _weigh_batch(speaker, flat[start : start + batch_size], computing)
    found = iter(scores)
    return [[next(found) for _ in options] for _, options in asked]


@torch.inference_mode()
def _weigh_batch(
    speaker: Speaker, pairs: Sequence[tuple[Encoded, str]], computing: Computing
) -> list[float]:
    lessons = [speaker.teach(openly, option) for openly, option in pairs]
    counts = [len(lesson) - len(openly) for lesson, (openly, _) in zip(lessons, pairs, strict=True)]
    # Filled up on the left, all answers end together: nothing but their logits is kept.
    stacked = batches.stack(lessons, side="left", pad_id=speaker.pad_id)
    labels = stacked.pop("labels")
    batch = to_device(stacked, computing.device, computing.torch_dtype)
    most = max(counts) + 1
    logits = speaker.model(**batch, logits_to_keep=most).logits[:, :-1].float()
    if bool(logits.isnan().any()):
        raise CannotAnswer(
            f"The weights of options came out as NaN. The number format {computing.dtype} is too "
            "narrow for this model, or its weights are broken."
        )
    wanted = labels[:, -(most - 1) :].to(logits.device)
    found = logits.log_softmax(-1).gather(2, wanted.clamp_min(0)[..., None])[..., 0].cpu()
    # The last one is the end mark, which is no token of the option.
    return [float(row[-count:-1].mean()) for row, count in zip(found, counts, strict=True)]
