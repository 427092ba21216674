"""What a study's items are drawn from, and what they are once drawn: values, named by ids."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from domain.studies.models import ItemKind
from specs.study.design import StudyDesign


@dataclass(frozen=True, kw_only=True)
class OfPrompt:
    id: uuid.UUID
    key: str
    stratum: str
    category: str


@dataclass(frozen=True, kw_only=True)
class OfArm:
    id: uuid.UUID
    name: str
    is_baseline: bool
    is_photo: bool
    is_external: bool = False  # made elsewhere: under which parameters, nobody knows


@dataclass(frozen=True, kw_only=True)
class OfOutput:
    id: uuid.UUID
    arm_id: uuid.UUID
    prompt_id: uuid.UUID
    seed: int
    parameters: str = ""  # a digest; outputs of other parameters are not compared


@dataclass(frozen=True, kw_only=True)
class Member:
    arm_id: uuid.UUID | None
    output_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class PlannedItem:
    kind: ItemKind
    prompt: OfPrompt
    members: tuple[Member, ...]
    quota: int
    original: "PlannedItem | None" = None
    expected: Mapping[str, Any] | None = None
    id: uuid.UUID = field(default_factory=uuid.uuid4)


class NoSuchOutput(ValueError):
    """A gold or practice item names what is not there."""


@dataclass(frozen=True, kw_only=True)
class Material:
    design: StudyDesign
    prompts: Sequence[OfPrompt]
    arms: Sequence[OfArm]
    outputs: Sequence[OfOutput]
    seed: int

    @property
    def compared(self) -> list[OfArm]:
        return [arm for arm in self.arms if not arm.is_photo]

    @cached_property
    def parameters(self) -> str | None:
        """Those under which every arm of ours made the most outputs; None when they share none."""
        made = {each.arm_id for each in self.outputs}
        own = {arm.id for arm in self.compared if not arm.is_external and arm.id in made}
        counts = Counter(
            (each.parameters, each.arm_id) for each in self.outputs if each.arm_id in own
        )
        shared = {
            parameters: min(counts[parameters, arm] for arm in own)
            for parameters in dict.fromkeys(parameters for parameters, _ in counts)
        }
        # Of equally many, the newest: rows come in the order in which they were made.
        found = max(reversed(shared), key=lambda each: shared[each], default=None)
        return found if found is not None and shared[found] else None

    def list_outputs(self, arm: OfArm) -> list[OfOutput]:
        is_free = arm.is_external or arm.is_photo
        return [
            each
            for each in self.outputs
            if each.arm_id == arm.id and (is_free or each.parameters == self.parameters)
        ]

    def map_seeds(self, arm: OfArm) -> dict[uuid.UUID, dict[int, OfOutput]]:
        """Prompt -> seed -> output of this arm."""
        found: dict[uuid.UUID, dict[int, OfOutput]] = {}
        for output in self.list_outputs(arm):
            found.setdefault(output.prompt_id, {})[output.seed] = output
        return found

    def find(self, prompt_key: str, arm_name: str) -> tuple[OfPrompt, Member]:
        """By the names that a design uses. Raises NoSuchOutput."""
        prompt = next((each for each in self.prompts if each.key == prompt_key), None)
        arm = next((each for each in self.arms if each.name == arm_name), None)
        if prompt is not None and arm is not None:
            outputs = self.map_seeds(arm).get(prompt.id, {})
            if outputs:
                output = outputs[min(outputs)]
                return prompt, Member(arm_id=arm.id, output_id=output.id)
        raise NoSuchOutput(f"There is no output of '{arm_name}' for the prompt '{prompt_key}'.")
