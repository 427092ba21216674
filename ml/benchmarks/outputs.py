"""Reads what images.generate made: a row per picture, and the pictures beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml import digests
from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets import lines as table_lines
from ml.progress import Progress, word
from stats.tables import show

TABLE = "outputs.jsonl"

AnyRow = TypeVar("AnyRow", bound=BaseModel)


class _Row(BaseModel):
    """What is needed of a row; generation writes more."""

    model_config = ConfigDict(frozen=True)

    variant: str
    beta: float | None = Field(default=None, allow_inf_nan=False)
    prompt_key: str
    seed: int
    file: str | None = Field(default=None, pattern=r"^[^\x00]+$")
    sha256: str | None = None
    scope: str | None = None
    flagged: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    variant: str
    beta: float | None
    item_id: str
    seed: int
    path: Path
    sha256: str
    scope: str
    is_flagged: bool  # replaced by the model's own safety checker: it shows nothing

    @property
    def crop(self) -> str:
        return str(self.seed)


def read(folder: Path) -> list[Picture]:
    """In the order in which they were made."""
    table = folder / TABLE
    if not table.is_file():
        raise BenchmarkImpossible(
            f"'{folder.name}' holds no generated pictures: there is no {TABLE} in it."
        )
    pictures: list[Picture] = []
    lines: dict[tuple[str, str, int], int] = {}
    for line, row in read_rows(table, _Row):
        key = (row.variant, row.prompt_key, row.seed)
        where = f"{TABLE}, line {line:,}"
        if key in lines:
            raise BenchmarkImpossible(
                f"{where}: the picture of '{show(row.prompt_key)}' by '{show(row.variant)}' with "
                f"seed {row.seed} stands in line {lines[key]:,} already."
            )
        lines[key] = line
        pictures.append(_make_picture(row, folder, where))
    if not pictures:
        raise BenchmarkImpossible(f"{TABLE} of '{folder.name}' names no pictures.")
    _check_betas(pictures)
    return pictures


def verify(pictures: list[Picture], progress: Progress) -> None:
    """That every picture is still the one that was made."""
    for done, picture in enumerate(pictures):
        progress.check()
        progress.update(done, len(pictures), unit=word("pictures"), message=word("Checking"))
        if not picture.path.is_file():
            raise BenchmarkImpossible(f"The picture '{picture.path.name}' is missing.")
        if digests.of_file(picture.path) != picture.sha256:
            raise BenchmarkImpossible(
                f"The picture '{picture.path.name}' is not the one that was generated: its digest "
                f"is another than {TABLE} says."
            )


def read_rows(table: Path, row_type: type[AnyRow]) -> Iterator[tuple[int, AnyRow]]:
    """Of pictures or of answers, with the number of the line."""
    for number, facts in table_lines.read(table, TABLE, BenchmarkImpossible):
        try:
            yield number, row_type.model_validate(facts)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "row"
            raise BenchmarkImpossible(
                f"{TABLE}, line {number:,}: '{field}' cannot be so: {first['msg']}."
            ) from error


def _make_picture(row: _Row, folder: Path, where: str) -> Picture:
    if row.file is None or row.sha256 is None:
        raise BenchmarkImpossible(
            f"{where}: the output of '{show(row.variant)}' for '{show(row.prompt_key)}' is no "
            "picture with its digest, and questions are asked about pictures."
        )
    path = (folder / row.file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BenchmarkImpossible(f"{where}: '{show(row.file)}' leads out of the folder.")
    return Picture(
        variant=row.variant,
        beta=row.beta,
        item_id=row.prompt_key,
        seed=row.seed,
        path=path,
        sha256=row.sha256,
        scope=row.scope or "",
        is_flagged=bool(row.flagged),
    )


def _check_betas(pictures: list[Picture]) -> None:
    betas: dict[str, float | None] = {}
    for picture in pictures:
        if betas.setdefault(picture.variant, picture.beta) != picture.beta:
            raise BenchmarkImpossible(
                f"'{show(picture.variant)}' has two betas in {TABLE}: {betas[picture.variant]} and "
                f"{picture.beta}."
            )
