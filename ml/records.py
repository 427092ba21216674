"""What a run of batches keeps while it works: a record per finished batch, with its rows.

A batch counts as done when its record is there, which appears whole or not at all; then it is never
done again.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import files

Row = dict[str, Any]


class Records:
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

    def find(self, variant: str, index: int) -> list[Row] | None:
        """The rows of a batch that was done, or None."""
        path = self._locate(variant, index)
        if not path.is_file():
            return None
        rows: list[Row] = json.loads(path.read_text("utf-8"))
        return rows

    def keep(self, variant: str, index: int, rows: Sequence[Row]) -> None:
        path = self._locate(variant, index)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_json(path, rows)

    def _locate(self, variant: str, index: int) -> Path:
        return self.folder / "batches" / variant / f"{index:06d}.json"
