"""base + beta * (alpha / rank) * B @ A, for the layers that an adapter changes."""

from collections.abc import Sequence

from ml.datasets.problems import shown
from ml.loading.mixtures import adapters
from ml.merging.models import Model
from ml.merging.plan import Plan, Step
from ml.merging.problems import CannotMerge
from specs.merging.lora_scale import LoraScale


def make_plan(spec: LoraScale, base: Model, tuned: Model, betas: Sequence[float]) -> Plan:  # noqa: ARG001 - the signature of every method
    if not tuned.is_adapter:
        raise CannotMerge(
            f"'{shown(tuned.name)}' is a whole model, not a LoRA adapter. Use the method 'linear'."
        )
    changes = adapters.read_changes(tuned.layout, base.layout, base.component)
    return Plan(
        steps=tuple(
            Step(
                name=name,
                base=stored,
                change=changes.get(name),
                weights=tuple(betas) if name in changes else (0.0,) * len(betas),
            )
            for name, stored in base.tensors.items()
        )
    )
