"""Merge a tuned model into the one it came from, for several shares of it at once."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from specs.inputs import NAMED, Input, Readable
from specs.job import JobSpec
from specs.lines import strip_line
from specs.merging.registry import METHODS, MergeMethod

MethodName = Literal["linear", "task-arithmetic", "per-block", "lora-scale"]

# Beyond this a lambda or a scale is a mistake, not an experiment.
_FURTHEST = 10.0
_SHARES = frozenset({"linear", "per-block"})


class ModelMerge(JobSpec):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"base": "sandbox-base", "tuned": "Batik", "betas": [0.25, 0.5]}]
        }
    )

    kind: ClassVar[str] = "model.merge"
    label: ClassVar[str] = "Merge models"
    summary: ClassVar[str] = (
        "Mixes the weights of a tuned model with those of its base model, for several shares of "
        "the tuned one (beta) in one pass, and writes a whole model for each."
    )
    paper: ClassVar[str | None] = "arXiv 2604.11490"
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(name="base", what="model"),
        Input(name="tuned", what="model"),
    )
    makes: ClassVar[Mapping[Readable, str]] = MappingProxyType({"model": NAMED})
    essentials: ClassVar[tuple[str, ...]] = ("name", "base", "tuned", "method", "betas")

    name: str = Field(
        default="",
        max_length=100,
        title="Name",
        description="How people will find the merges; each gets its beta added. Empty: as the "
        "tuned model.",
    )
    base: str = Field(
        default="",
        max_length=2000,
        title="Base model",
        description="The model that was tuned; empty when a step before makes it.",
    )
    tuned: str = Field(
        default="",
        max_length=2000,
        title="Tuned model",
        description="What tuning made of it; empty when a step before makes it.",
    )
    method: MethodName = Field(
        default="linear", title="Method", description="How the weights are mixed."
    )
    betas: tuple[Annotated[float, Field(allow_inf_nan=False)], ...] = Field(
        default=(0.25, 0.5, 0.75, 1.0),
        min_length=1,
        max_length=32,
        title="Betas",
        description="Shares of the tuned model, from 0 (the base) to 1 (the tuned one); for task "
        "arithmetic its lambdas, for a LoRA its scales.",
    )
    component: str = Field(
        default="unet",
        pattern=r"^[A-Za-z0-9_]+$",
        max_length=60,
        title="Component",
        description="Which part of a pipeline is merged; the others stay as they are.",
    )
    blocks: tuple[str, ...] = Field(
        default=(),
        max_length=64,
        title="Betas of blocks",
        description="For 'per-block': pattern=beta, such as mid=0.25.",
    )

    _strip = field_validator("name", "base", "tuned")(strip_line)

    @field_validator("betas")
    @classmethod
    def _check_betas(cls, values: tuple[float, ...]) -> tuple[float, ...]:
        found: dict[str, float] = {}
        for value in values:
            beta = value + 0.0  # which makes 0 of -0
            if abs(beta) > _FURTHEST:
                raise ValueError(f"{beta:g} lies beyond {_FURTHEST:g}.")
            if name_beta(beta) in found:
                raise ValueError(f"Two betas would both be called '{name_beta(beta)}'.")
            found[name_beta(beta)] = beta
        return tuple(found.values())

    @model_validator(mode="after")
    def _check_method(self) -> Self:
        outside = [beta for beta in self.betas if not 0 <= beta <= 1]
        if outside and self.method in _SHARES:
            raise ValueError(
                f"The method '{self.method}' takes betas from 0 to 1, not {outside[0]:g}; "
                "'task-arithmetic' takes others."
            )
        self.read_method()
        return self

    def read_method(self) -> MergeMethod:
        """The method with what it is set to: of the fields here, those that it has as well."""
        method = METHODS[self.method]
        given = {"blocks": self.blocks} if self.blocks else {}
        unknown = [name for name in given if name not in method.model_fields]
        if unknown:
            raise ValueError(f"The method '{self.method}' takes no {unknown[0]}.")
        try:
            return method.model_validate(given)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            said = problem["msg"].removeprefix("Value error, ")
            place = ".".join(map(str, problem["loc"]))
            raise ValueError(f"The method '{self.method}' says of {place}: {said}") from error


def name_beta(beta: float) -> str:
    """What the folder of the merge with this beta is called."""
    return f"beta-{beta + 0.0:g}"
