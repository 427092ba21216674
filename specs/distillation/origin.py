"""How a student came to be, as it stands in its folder: whoever measures students together sees
whether they had the same lessons.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from specs.distillation.registry import Formulation

FILE = "distillation.json"


class Named(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    digest: str


class Distilled(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    teacher: Named
    dataset: Named
    formulations: tuple[Formulation, ...]
    start: str
    seed: int
    steps: int
    batch_size: int
    learning_rate: float
    training: str = ""  # digest of all other settings that decide what is learnt, once told
    weights: Mapping[str, str]  # of each file of them, the digest


def read(folder: Path) -> Distilled | None:
    """Of a model's folder; nothing where it is no student of ours."""
    path = folder / FILE
    return Distilled.model_validate_json(path.read_text("utf-8")) if path.is_file() else None


def name_method(formulations: Sequence[Formulation]) -> str:
    """As tables call it: ED, or 0.5 ED + DR. Settings that are not the usual ones are said."""
    return " + ".join(_name(each) for each in formulations)


def _name(formulation: Formulation) -> str:
    weight = "" if formulation.weight == 1 else f"{formulation.weight:g} "
    changed = formulation.model_dump(exclude_defaults=True, exclude={"weight"})
    settings = ", ".join(f"{name} {value}" for name, value in changed.items())
    return f"{weight}{formulation.method.upper()}{f' ({settings})' if settings else ''}"
