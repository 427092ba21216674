"""Writes a student as others read it: weights and shape of its own, the rest the teacher's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from ml import files
from ml.training.publishing import card
from specs.distillation._formulation import ABOUT
from specs.kinds.model.model_distill import ModelDistill

# Weights and the shape are the student's own; what tells of the teacher alone would be wrong here.
_WEIGHTS = (".safetensors", ".safetensors.index.json", ".bin", ".msgpack", ".h5")
_OF_THE_TEACHER = frozenset(
    {"config.json", "README.md", "README.base.md", "card.md", "merge.json", "mergekit.yml"}
)


def write_model(model: Any, tensors: Mapping[str, Tensor], teacher: Path, out: Path) -> None:
    """`tensors` are what was trained, by the names of the class."""
    strange = model.load_state_dict(tensors, strict=False)
    assert not strange.unexpected_keys, "What was trained is the student's."
    model.to("cpu").save_pretrained(out)
    for path in sorted(teacher.iterdir()):
        is_own = path.name.endswith(_WEIGHTS) or path.name in _OF_THE_TEACHER
        if path.is_file() and not is_own:
            files.place(path, out / path.name)


def write_card(out: Path, facts: Mapping[str, Any], spec: ModelDistill) -> None:
    formulas = [f"- {each.label}, weight {each.weight:g}: `{each.formula}`"
                for each in spec.formulations]  # fmt: skip
    what = (
        f"A student of half the depth of '{facts['teacher']['name']}' "
        f"({facts['teacher']['family']}), taught in {facts['steps']:,} steps."
    )
    card.write(out, facts, spec, what, "\n".join(formulas), ABOUT)
