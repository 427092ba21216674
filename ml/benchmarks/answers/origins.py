"""Who answered, and how it was asked: what answers.generate tells of its run, kept with the scores.

Two folders of scores stand in one comparison of with and without retrieval only where nothing
but the passages differs between them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml.benchmarks.problems import BenchmarkImpossible
from ml.loading.speaking.learnt import Overlap
from stats.tables import show

FILE = "generation.json"


class Digests(BaseModel):
    """Empty: there was none."""

    model_config = ConfigDict(frozen=True)

    base: str = Field(min_length=1)
    tuned: str = ""
    passages: str = ""


class Decoding(BaseModel):
    model_config = ConfigDict(frozen=True)

    temperature: float
    top_p: float
    max_new_tokens: int
    seeds: tuple[int, ...]
    system: str
    lora_scale: float


class Origin(BaseModel):
    model_config = ConfigDict(frozen=True)

    digests: Digests
    decoding: Decoding
    # By model: how much of what was asked it had been taught.
    learnt: Mapping[str, Overlap] = Field(default_factory=dict)


class _Generation(BaseModel):
    """What is needed of the file; answering writes more."""

    digests: Digests
    spec: Decoding
    learnt: Mapping[str, Overlap] = Field(default_factory=dict)


def find(outputs: Path) -> Origin | None:
    """Beside these answers. None: they came from elsewhere, and nothing is known of them."""
    path = outputs / FILE
    if not path.is_file():
        return None
    try:
        told = _Generation.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise BenchmarkImpossible(
            f"{FILE} in '{show(outputs.name)}' does not tell how questions were answered: "
            f"'{show(where)}': {first['msg']}."
        ) from error
    return Origin(digests=told.digests, decoding=told.spec, learnt=told.learnt)


def check_alike(plain: tuple[str, Origin], retrieved: tuple[str, Origin]) -> None:
    """Of two folders of scores, each with its name: but for the passages, everything is equal."""
    (name, first), (other_name, second) = plain, retrieved
    if first.digests.passages:
        raise BenchmarkImpossible(
            f"The answers of '{name}' were given with passages ({first.digests.passages[:12]})"
            ": what is compared as plain is without. Are the two folders swapped?"
        )
    if not second.digests.passages:
        raise BenchmarkImpossible(
            f"The answers of '{other_name}' were given without passages: what is compared as "
            "retrieved is with some."
        )
    for what, ours, theirs in _list_pairs(first, second):
        if ours != theirs:
            raise BenchmarkImpossible(
                f"'{name}' and '{other_name}' cannot be compared: the {what} of the one is "
                f"{_spell(ours)}, of the other {_spell(theirs)}."
            )


def _list_pairs(first: Origin, second: Origin) -> list[tuple[str, Any, Any]]:
    models = (("base model", "base"), ("regional model", "tuned"))
    digests = [
        (what, getattr(first.digests, name), getattr(second.digests, name)) for what, name in models
    ]
    decoding = [
        (name, getattr(first.decoding, name), getattr(second.decoding, name))
        for name in Decoding.model_fields
    ]
    return [*digests, *decoding]


def _spell(value: Any) -> str:
    return f"'{show(str(value))}'" if value != "" else "none"
