"""Puts models that were made anew in the place of those that were there, with their figures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import files

METRICS = "metrics.json"


def write_metrics(folder: Path, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Gives them as they will be read."""
    text = json.dumps(metrics, indent=1, ensure_ascii=False)
    (folder / METRICS).write_text(text + "\n", "utf-8")
    written: dict[str, Any] = json.loads(text)
    return written


def replace(part: Path, folder: Path, names: Sequence[str]) -> None:
    """`part` holds these folders and the figures, all that there will be. Figures go first and come
    last: beside models that they do not belong to, there are none.
    """
    files.sync_tree(part)
    (folder / METRICS).unlink(missing_ok=True)
    for name in names:
        files.replace_folder(part / name, folder / name)
    (part / METRICS).rename(folder / METRICS)
    files.sync(folder)


def measure_size(folder: Path) -> int:
    """Of all files, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
