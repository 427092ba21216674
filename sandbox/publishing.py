"""Makes models anew, and puts them in the place of those that were there, with their figures."""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import files

METRICS = "metrics.json"

# Writes models into the folder that it is given, and says what they measure.
Make = Callable[[Path], Mapping[str, Any]]


def make_anew(folder: Path, names: Sequence[str], make: Make) -> dict[str, Any]:
    """Writes folders of these names and metrics.json below `folder`, once all of them are made, in
    the place of those that were there; gives the metrics.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=folder) as name:
        part = Path(name)
        metrics = _write_metrics(part, make(part))
        _replace(part, folder, names)
    return metrics


def _write_metrics(folder: Path, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Gives them as they will be read."""
    text = json.dumps(metrics, indent=1, ensure_ascii=False)
    (folder / METRICS).write_text(text + "\n", "utf-8")
    written: dict[str, Any] = json.loads(text)
    return written


def _replace(part: Path, folder: Path, names: Sequence[str]) -> None:
    """`part` holds these folders and the figures, all that there will be. Figures go first and come
    last: beside models that they do not belong to, there are none.
    """
    files.sync_tree(part)
    (folder / METRICS).unlink(missing_ok=True)
    for name in names:
        files.replace_folder(part / name, folder / name)
    (part / METRICS).rename(folder / METRICS)
    files.sync(folder)
