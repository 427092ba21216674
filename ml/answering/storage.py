"""What a run keeps while it works: a record per finished batch, with its rows.

A batch counts as answered when its record is there, which appears whole or not at all; then it is
never answered again.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import files
from ml.answering.plan import Batch, Variant

Row = dict[str, Any]


class Storage:
    """Below the folder that survives from one attempt to the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, conditions: Mapping[str, Any]) -> Mapping[str, Any]:
        """What an earlier attempt at the same was made under, else what is given: then everything
        that lies here is cleared away. `wish` decides whether it is the same.
        """
        path = self.folder / "conditions.json"
        if path.is_file():
            found: dict[str, Any] = json.loads(path.read_text("utf-8"))
            if found["wish"] == conditions["wish"]:
                return found
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        files.write_json(path, conditions)
        return conditions

    def find(self, variant: Variant, batch: Batch) -> list[Row] | None:
        """One row per question of a batch that was answered, or None."""
        path = self._record(variant, batch.index)
        if not path.is_file():
            return None
        rows: list[Row] = json.loads(path.read_text("utf-8"))
        return rows

    def keep(self, variant: Variant, batch: Batch, rows: Sequence[Row]) -> None:
        record = self._record(variant, batch.index)
        record.parent.mkdir(parents=True, exist_ok=True)
        files.write_json(record, rows)

    def _record(self, variant: Variant, index: int) -> Path:
        return self.folder / "batches" / variant.name / f"{index:06d}.json"
