"""What a merge will do, as values: one step per tensor of the base model. Nothing is computed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ml.loading.mixtures.lowrank import LowRank
from ml.merging import reading
from ml.merging.models import Model, Stored
from ml.merging.problems import CannotMerge, ShapesDiffer, TensorMissing, TypesDiffer, ValuesDiffer

Weigh = Callable[[str, float], float]
"""Of a tensor's name and a beta of the sweep: the share of the tuned model in it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    name: str
    base: Stored
    weights: tuple[float, ...]  # one per beta
    tuned: Stored | None = None
    change: LowRank | None = None  # in place of `tuned`

    @property
    def is_copied(self) -> bool:
        """Whether every merge takes it over as it is, from one model or the other."""
        return all(weight in (0.0, 1.0) for weight in self.weights) and self.change is None


@dataclass(frozen=True, kw_only=True)
class Plan:
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()


def pair(base: Model, tuned: Model, betas: Sequence[float], weigh: Weigh) -> Plan:
    """Every tensor of the base with the one of the same name of the tuned model."""
    if tuned.is_adapter:
        raise CannotMerge(
            f"'{tuned.name}' is a LoRA adapter, not a whole model. Use the method 'lora-scale'."
        )
    partners, notes = _find_partners(base, tuned)
    steps = []
    for name, stored in base.tensors.items():
        partner = partners[name]
        weights = tuple(weigh(name, beta) for beta in betas)
        step = Step(name=name, base=stored, tuned=partner, weights=weights)
        _check(step, partner)
        steps.append(step)
    return Plan(steps=tuple(steps), notes=tuple(notes))


def _check(step: Step, tuned: Stored) -> None:
    a, b = step.base.place, tuned.place
    if a.shape != b.shape:
        raise ShapesDiffer(step.name, a.shape, b.shape)
    if a.dtype != b.dtype:
        raise TypesDiffer(step.name, a.dtype, b.dtype)
    if not step.base.is_float and not step.is_copied and not reading.are_equal(step.base, tuned):
        raise ValuesDiffer(step.name, a.dtype)


def _find_partners(base: Model, tuned: Model) -> tuple[Mapping[str, Stored], list[str]]:
    """By name. A tensor that one of them stores twice, because two layers share it, and the other
    once is no difference: its values are those of its twin.
    """
    partners: dict[str, Stored] = {}
    notes: list[str] = []
    for name in base.tensors:
        if name in tuned.tensors:
            partners[name] = tuned.tensors[name]
            continue
        twin = next((each for each in _list_twins(base, name) if each in tuned.tensors), None)
        if twin is None:
            raise TensorMissing(name, lacks="tuned", has="base model")
        partners[name] = tuned.tensors[twin]
        notes.append(f"'{name}' is shared with '{twin}': the tuned model stores it once.")
    for name in tuned.tensors:
        if name in base.tensors:
            continue
        if not any(each in base.tensors for each in _list_twins(tuned, name)):
            raise TensorMissing(name, lacks="base", has="tuned model")
        notes.append(f"'{name}' of the tuned model repeats a tensor that is shared.")
    return partners, notes


def _list_twins(model: Model, name: str) -> Iterator[str]:
    mine = model.tensors[name]
    for other, stored in model.tensors.items():
        if (
            other != name
            and mine.own is stored.own is None
            and (stored.place.dtype, stored.place.shape) == (mine.place.dtype, mine.place.shape)
            and reading.are_equal(mine, stored)
        ):
            yield other
