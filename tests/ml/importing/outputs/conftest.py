import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.importing.outputs.run import import_outputs
from ml.progress import Silent
from specs.kinds.outputs.outputs_import import OutputsImport

Row = dict[str, Any]


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@dataclass(frozen=True)
class Made:
    """What came of an import."""

    facts: dict[str, Any]
    out: Path

    @property
    def rows(self) -> list[Row]:
        return _read(self.out / "outputs.jsonl")

    @property
    def prompts(self) -> list[Row]:
        return _read(self.out / "prompts.jsonl")

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        table = pq.read_table(self.out / "problems.parquet").to_pylist()
        return [(row["reference"], row["reason"], row["message"]) for row in table]


Import = Callable[..., Made]


@pytest.fixture
def run(tmp_path: Path) -> Import:
    """Import a path; keywords are fields of the specification."""

    outs = [tmp_path / f"out{number or ''}" for number in range(9)]

    def import_path(path: Path, *, options: dict[str, Any] | None = None, **fields: Any) -> Made:
        spec = OutputsImport(**{"name": "Given", "source": path.name, **fields})
        # Empty at the start, as every computation's.
        out = next(out for out in outs if not out.exists())
        given = {"out_dir": out, "state_dir": tmp_path / "state", "progress": Silent()}
        return Made(import_outputs(spec, path=str(path), **given | (options or {})), out)

    return import_path


def make_row(arm: str = "One", key: str = "p1", **changes: Any) -> Row:
    """An answer; with a file and without text a picture."""
    row = {"arm": arm, "prompt_key": key, "prompt": f"What is {key}?", "text": f"{arm} on {key}"}
    return {name: value for name, value in (row | changes).items() if value is not None}


def write_jsonl(path: Path, rows: Sequence[Row]) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    return path


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, rows: Sequence[Row]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = {name: [row.get(name) for row in rows] for name in columns}
    pq.write_table(pa.table(table), path)
    return path


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}
