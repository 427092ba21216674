"""Students of half a teacher's depth: every other of its layers, or the same shape drawn anew.

Students keep the teacher's width, so that vectors of both can be held against each other number by
number. Knows nothing of data and losses.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ml.loading import encoders
from ml.loading.problems import UnfitModel
from specs.kinds.model.model_distill import Start

ENCODERS = ("text", "vision")
_LAYER = re.compile(r"^(text|vision)_model\.encoder\.layers\.(\d+)\.(.+)$")


@dataclass(frozen=True)
class Student:
    model: Any
    start: Start
    layers: dict[str, list[int]]  # of the teacher's, by encoder, which the student has in its place

    def describe(self, teacher: Any) -> dict[str, Any]:
        return {
            "start": self.start,
            "layers": self.layers,
            "num_parameters": encoders.count_parameters(self.model),
            "num_parameters_teacher": encoders.count_parameters(teacher),
        }


def make(teacher: Any, start: Start, *, seed: int) -> Student:
    """Of the teacher's class: CLIP, SigLIP or SigLIP2. In fp32, whatever the teacher is kept in."""
    layers = find_layers(teacher)
    config = deepcopy(teacher.config)
    for name, chosen in layers.items():
        getattr(config, f"{name}_config").num_hidden_layers = len(chosen)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = type(teacher)(config).float()
    if start == "every-other":
        model.load_state_dict(_take(teacher.state_dict(), layers))
    return Student(model.train(), start, layers)


def find_layers(teacher: Any) -> dict[str, list[int]]:
    """Of each encoder those that a student keeps."""
    return {name: choose_layers(name, _count_layers(teacher, name)) for name in ENCODERS}


def choose_layers(encoder: str, num_layers: int) -> list[int]:
    """The first, the third and so on; half of them, rounded up."""
    if num_layers < 2:  # noqa: PLR2004 - what can be halved
        raise UnfitModel(
            f"The teacher's {encoder} encoder has {num_layers} layer; a student of half the depth "
            "needs a teacher with at least 2."
        )
    return list(range(0, num_layers, 2))


def _count_layers(teacher: Any, encoder: str) -> int:
    return int(getattr(teacher.config, f"{encoder}_config").num_hidden_layers)


def _take(tensors: dict[str, Tensor], layers: Mapping[str, Sequence[int]]) -> dict[str, Tensor]:
    """Those that the student has, under its names."""
    taken = {}
    for name, tensor in tensors.items():
        found = _LAYER.match(name)
        if found is None:
            taken[name] = tensor
            continue
        encoder, number, rest = found[1], int(found[2]), found[3]
        if number in layers[encoder]:
            place = layers[encoder].index(number)
            taken[f"{encoder}_model.encoder.layers.{place}.{rest}"] = tensor
    return taken
