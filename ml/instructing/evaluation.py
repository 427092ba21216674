"""Asks what is held out, with the right answer before the model's eyes: how likely is it, and would
the model say just that?
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ml import devices
from ml.instructing import rows
from ml.instructing.lessons import Plan, QuizLessons
from ml.loading.speaking import speaker as speaking
from ml.loading.speaking.speaker import Speaker
from specs.kinds.model.model_instruct import ModelInstruct

LOSS, ACCURACY = "held_out_loss", "held_out_accuracy"


@dataclass(frozen=True)
class Evaluation:
    spec: ModelInstruct
    speaker: Speaker
    lessons: QuizLessons

    @torch.no_grad()
    def look(self, model: Any, step: int) -> Mapping[str, float] | None:  # noqa: ARG002 - of every look
        """The loss is the mean over tokens of answers. An answer counts as right when each of its
        tokens, the end left out, is the one that the model finds most likely there: greedily, it
        would say them. The model is left as it was found.
        """
        was_training = model.training
        model.eval()
        losses, is_right = 0.0, []
        num_tokens = 0
        for plans in self._cut():
            token_losses, hits = self._ask(model, plans)
            losses += float(token_losses.double().sum())
            num_tokens += len(token_losses)
            is_right += [bool(each[:-1].all()) for each in _split(hits, plans)]
        model.train(was_training)
        return {LOSS: losses / num_tokens, ACCURACY: sum(is_right) / len(is_right)}

    def _cut(self) -> Iterator[list[Plan]]:
        plans = [self.lessons.plan_plain(number) for number in range(self.lessons.num_items)]
        size = self.spec.micro_batch
        for start in range(0, len(plans), size):
            yield plans[start : start + size]

    def _ask(self, model: Any, plans: Sequence[Plan]) -> tuple[torch.Tensor, torch.Tensor]:
        """Token by token, question after question."""
        encoded = [self.lessons.encode(plan) for plan in plans]
        tensors = speaking.to_device(self.speaker.collate(encoded), model.device, model.dtype)
        with _computing(self.spec, model.device.type):
            logits, right = rows.say(model, tensors)
        losses = torch.nn.functional.cross_entropy(logits.float(), right, reduction="none")
        return losses, logits.argmax(-1) == right


def _computing(spec: ModelInstruct, device: str) -> Any:
    return torch.autocast(
        device, dtype=devices.find_dtype(spec.precision), enabled=spec.precision != "fp32"
    )


def _split(values: torch.Tensor, plans: Sequence[Plan]) -> Sequence[torch.Tensor]:
    return torch.split(values, [plan.num_learnt for plan in plans])
