"""What of a vision-language model is trained: parts of it, or adapters in them (LoRA)."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml.devices import Computing
from ml.loading.families import registry
from ml.loading.speaking.parts import Part, Parts
from ml.loading.speaking.speaker import Speaker
from ml.training import adapters
from ml.training.problems import UnfitForTraining
from ml.training.trainable import Trainable
from specs.family import FamilySpec
from specs.kinds.model.model_instruct import ModelInstruct, Trained

_TRAINED: Mapping[Trained, frozenset[Part]] = {
    "all": frozenset({"language", "projector", "vision"}),
    "language": frozenset({"language"}),
    "language+projector": frozenset({"language", "projector"}),
}


def load(folder: Path, spec: ModelInstruct, threads: int) -> tuple[Speaker, Trainable]:
    """On the processor, in training mode. What is trained is kept in fp32; beside adapters the
    model is in the precision of the computation, as when it answers.
    """
    dtype = spec.precision if spec.method == "lora" else "fp32"
    speaker = registry.load(folder, Computing("cpu", dtype, threads))
    model = speaker.model
    model.config.use_cache = False
    check(model, speaker.family)
    choose(model, registry.find_parts(speaker.family), spec)
    if spec.gradient_checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})
    model.train()
    return speaker, Trainable.of(model)


def check(model: Any, family: FamilySpec) -> None:
    """That nothing is trained, or left as it is, because its name was not known."""
    parts = registry.find_parts(family)
    for name, _ in model.named_parameters():
        if parts.find(name) is None:
            raise UnfitForTraining(
                f"The family '{family.label}' does not say what the weight '{name}' is for: "
                "whether it reads, sees or lies between. So it is not known whether it is to be "
                "trained."
            )


def choose(model: Any, parts: Parts, spec: ModelInstruct) -> None:
    trained = _TRAINED[spec.trained]
    for name, weight in model.named_parameters():
        is_trained = spec.method == "full" and parts.find(name) in trained
        weight.requires_grad_(is_trained and weight.is_floating_point())
    if spec.method == "lora":
        adapters.seed(spec)
        layers = find_layers(model, parts, spec)
        model.add_adapter(adapters.make_config(spec, layers), adapter_name=adapters.ADAPTER)


def find_layers(model: Any, parts: Parts, spec: ModelInstruct) -> list[str]:
    """That get an adapter, by their whole names: the part that sees has layers of the same kind."""
    trained = _TRAINED[spec.trained]
    found = adapters.find_layers(model, spec.lora_targets, "the model")
    kept = [name for name in found if parts.find(name) in trained]
    if not kept:
        raise UnfitForTraining(
            f"All layers that can get an adapter and end in {' or '.join(spec.lora_targets)} lie "
            f"outside of what is trained ('{spec.trained}')."
        )
    tied = _find_tied(model)
    shared = [name for name in kept if f"{name}.weight" in tied]
    if shared:
        raise UnfitForTraining(
            f"The layer '{shared[0]}' shares its weight with another one, which an adapter would "
            "change as well. Leave it out of the targets."
        )
    return kept


def _find_tied(model: Any) -> frozenset[str]:
    named = list(model.named_parameters(remove_duplicate=False))
    counts = Counter(id(parameter) for _, parameter in named)
    return frozenset(name for name, parameter in named if counts[id(parameter)] > 1)
