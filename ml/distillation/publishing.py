"""Writes a student as others read it: weights and shape of its own, the rest the teacher's."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ml import digests, files
from ml.datasets import contents
from ml.loading import headers, weights
from ml.loading.encoders import Encoder
from ml.loading.tensors import check_finite
from ml.training.publishing import card, models
from ml.training.rewriting import DTYPES
from specs.distillation import origin as distilled
from specs.distillation._formulation import ABOUT
from specs.distillation.origin import Distilled, Named
from specs.kinds.model.model_distill import ModelDistill

# Weights and the shape are the student's own.
_WEIGHTS = (".safetensors", ".safetensors.index.json", ".bin", ".msgpack", ".h5")
_OF_THE_TEACHER = models.OF_THE_BASE | {"config.json"}


def write_model(model: Any, tensors: Mapping[str, Tensor], teacher: Path, out: Path) -> None:
    """`tensors` are what was trained, by the names of the class. Stored in the number format of
    most of the teacher's numbers, so that half a model is not the larger file.
    """
    strange = model.load_state_dict(tensors, strict=False)
    assert not strange.unexpected_keys, "What was trained is the student's."
    model.to("cpu", _find_format(teacher))
    check_finite(model.named_parameters(), "the student")
    model.save_pretrained(out)
    for path in sorted(teacher.iterdir()):
        is_own = path.name.endswith(_WEIGHTS) or path.name in _OF_THE_TEACHER
        if path.is_file() and not is_own:
            files.place(path, out / path.name)


def _find_format(model: Path) -> torch.dtype:
    numbers = Counter[str]()
    for file in weights.check(model).files:
        for place in headers.read(file).tensors.values():
            numbers[place.dtype] += math.prod(place.shape)
    formats = [name for name, _ in numbers.most_common() if name in DTYPES]
    return DTYPES[formats[0]] if formats else torch.float32


def write_origin(
    out: Path, spec: ModelDistill, learner: Encoder, dataset: Path, num_steps: int
) -> None:
    """Beside the weights, whose digests are in it: it goes wherever the student goes, and is true
    of nothing that is made of it. `learner` is of the teacher's folder.
    """
    read = contents.read_facts(dataset)
    origin = Distilled(
        teacher=Named(name=learner.folder.name, digest=learner.digest),
        dataset=Named(name=read.get("name") or dataset.name, digest=read.get("digest") or ""),
        formulations=spec.formulations,
        start=spec.start,
        seed=spec.seed,
        steps=num_steps,
        batch_size=spec.batch_size,
        learning_rate=spec.learning_rate,
        training=_digest_training(spec),
        weights=digests.of_weights(out),
    )
    files.write_json(out / distilled.FILE, origin.model_dump(mode="json"))


def _digest_training(spec: ModelDistill) -> str:
    """Without what a grid varies or what stands by itself, and what changes last bits at most."""
    told = spec.model_dump(
        mode="json",
        exclude={"kind", "name", "teacher", "dataset", "material", "formulations", "start", "seed"}
        | {"max_steps", "epochs", "batch_size", "learning_rate"}
        | {"accumulation", "checkpoint_every"},
    )
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def write_card(out: Path, facts: Mapping[str, Any], spec: ModelDistill) -> None:
    formulas = [f"- {each.label}, weight {each.weight:g}: `{each.formula}`"
                for each in spec.formulations]  # fmt: skip
    what = (
        f"A student of half the depth of '{facts['teacher']['name']}' "
        f"({facts['teacher']['family']}), taught in {facts['steps']:,} steps."
    )
    card.write(out, facts, spec, what, "\n".join(formulas), ABOUT)
