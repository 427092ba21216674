from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from specs.method import MethodSpec

SHORT_NAMES: Mapping[str, str] = {"down": "down_blocks", "mid": "mid_block", "up": "up_blocks"}
"""What people call the parts of a UNet, and what its tensors do."""


def _read_blocks(value: object) -> object:
    """'mid=0.25' as it stands in a list, or a mapping."""
    if not isinstance(value, list | tuple):
        return value
    found: dict[str, str] = {}
    for line in value:
        pattern, equals, beta = str(line).rpartition("=")
        if not equals or not pattern.strip():
            raise ValueError(f"'{line}' is not of the form pattern=beta, such as mid=0.25.")
        if pattern.strip() in found:
            raise ValueError(f"The pattern '{pattern.strip()}' is given twice.")
        found[pattern.strip()] = beta.strip()
    return found


class PerBlock(MethodSpec):
    label: ClassVar[str] = "Beta per block"
    summary: ClassVar[str] = (
        "A linear merge in which the tensors that a pattern matches take a beta of their own; all "
        "others take the beta of the sweep."
    )
    paper: ClassVar[str | None] = None

    method: Literal["per-block"] = "per-block"
    blocks: Annotated[
        Mapping[str, Annotated[float, Field(ge=0, le=1)]], BeforeValidator(_read_blocks)
    ] = Field(
        min_length=1,
        title="Betas of blocks",
        description="pattern=beta: 'down', 'mid', 'up', the start of a tensor's name or a pattern "
        "with * such as '*.attn2.*'; the first that matches counts.",
    )

    def find_pattern(self, tensor: str) -> str | None:
        """The first pattern that matches the tensor of this name."""
        return next((each for each in self.blocks if matches(each, tensor)), None)


def matches(pattern: str, tensor: str) -> bool:
    """By whole parts of the dotted name from its start, or as a glob over all of it."""
    whole = SHORT_NAMES.get(pattern, pattern)
    return tensor == whole or tensor.startswith(f"{whole}.") or fnmatchcase(tensor, whole)
