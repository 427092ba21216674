"""How the next token is chosen: the likeliest, or one that is drawn.

The question and the seed alone decide what is drawn: neither the batch an answer is in, nor the
device, the variant, or what was answered before it. A draw is the likeliest token after noise was
added (Gumbel's), which is the same distribution, and needs one number per token and answer.
"""

import hashlib
from collections.abc import Sequence
from typing import cast

import torch
from transformers import LogitsProcessor, TopPLogitsWarper

from ml.answering.problems import CannotAnswer
from specs.quiz import QuizItem

# Changes when the way from question to number does: answers are then no longer the same.
_VERSION = 1


def derive(item: QuizItem, seed: int) -> int:
    """A number below 2^63, equal on every machine. The picture counts: many questions of a quiz
    have the same words.
    """
    data = f"{_VERSION}\0{seed}\0{item.sha256}\0{item.question}".encode()
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big") >> 1


class Draw(LogitsProcessor):
    """Made anew for every batch; what it returns is meant for a greedy choice."""

    def __init__(self, numbers: Sequence[int], *, temperature: float, top_p: float) -> None:
        # On the processor: a GPU's own generator would give other numbers.
        self._generators = [torch.Generator("cpu").manual_seed(number) for number in numbers]
        self._temperature = temperature
        self._cut = TopPLogitsWarper(top_p) if top_p < 1 else None

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        weighed = scores.float() / self._temperature
        if self._cut is not None:
            weighed = self._cut(input_ids, weighed)
        size = scores.shape[1]
        uniform = torch.stack(
            [torch.rand(size, generator=each, dtype=torch.float64) for each in self._generators]
        )
        noise = -torch.log(-torch.log(uniform))
        return cast("torch.FloatTensor", weighed + noise.to(weighed.device, weighed.dtype))


class Numbers(LogitsProcessor):
    """Of NaN, a greedy choice would take one all the same."""

    def __init__(self, dtype: str) -> None:
        self._dtype = dtype

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        del input_ids
        if bool(scores.isnan().any()):
            raise CannotAnswer(
                f"The model's answers came out as NaN. The number format {self._dtype} is too "
                "narrow for it, or its weights are broken."
            )
        return scores
