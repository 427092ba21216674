"""Reads what answers.generate made: a row per variant, question and seed."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ml.benchmarks.outputs import TABLE, read_rows
from ml.benchmarks.problems import BenchmarkImpossible
from stats.answers.modes import Output
from stats.tables import show


class _Row(BaseModel):
    """What is needed of a row; answering writes more."""

    model_config = ConfigDict(frozen=True)

    variant: str = Field(min_length=1)
    beta: float | None = Field(default=None, allow_inf_nan=False)
    prompt_key: str
    seed: int = 0
    text: str | None = None
    option_scores: tuple[float, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the variants of one folder said."""

    betas: dict[str, float | None]  # by variant, in the order in which they come
    outputs: dict[str, list[Output]]  # by variant

    @property
    def num_outputs(self) -> int:
        return sum(map(len, self.outputs.values()))

    def list_keys(self) -> set[str]:
        return {output.key for outputs in self.outputs.values() for output in outputs}


def read(folder: Path) -> Said:
    table = folder / TABLE
    if not table.is_file():
        raise BenchmarkImpossible(f"'{folder.name}' holds no answers: there is no {TABLE} in it.")
    said = Said(betas={}, outputs={})
    lines: dict[tuple[str, str, int], int] = {}
    for line, row in read_rows(table, _Row):
        where = f"{TABLE}, line {line:,}"
        key = (row.variant, row.prompt_key, row.seed)
        if key in lines:
            raise BenchmarkImpossible(
                f"{where}: the answer of '{show(row.variant)}' to '{show(row.prompt_key)}' with "
                f"seed {row.seed} stands in line {lines[key]:,} already."
            )
        lines[key] = line
        _take(said, row, where)
    if not said.outputs:
        raise BenchmarkImpossible(f"{TABLE} of '{folder.name}' holds no answers.")
    return said


def _take(said: Said, row: _Row, where: str) -> None:
    if said.betas.setdefault(row.variant, row.beta) != row.beta:
        raise BenchmarkImpossible(f"{where}: '{show(row.variant)}' has two betas.")
    if row.text is None and row.option_scores is None:
        raise BenchmarkImpossible(
            f"{where}: the output of '{show(row.variant)}' for '{show(row.prompt_key)}' is neither "
            "a text nor likelihoods of options."
        )
    said.outputs.setdefault(row.variant, []).append(
        Output(
            key=row.prompt_key, seed=row.seed, text=row.text or "", option_scores=row.option_scores
        )
    )
