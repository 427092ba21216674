"""What every training takes from its last checkpoint, and tells of what it wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from ml import digests, files
from ml.training import checkpoints, log, steps
from ml.training.settings import Settings


def read_trained(latest: Path, settings: Settings) -> dict[str, Tensor]:
    """The average of the weights where one was kept, or else the last."""
    return checkpoints.read_tensors(latest, steps.AVERAGE if settings.ema_decay else steps.WEIGHTS)


def copy_log(state_dir: Path, out_dir: Path) -> list[dict[str, Any]]:
    """And its rows."""
    told = state_dir / log.FILE
    (out_dir / log.FILE).write_bytes(told.read_bytes())
    return log.read_rows(told)


def describe_end(checkpoint: Mapping[str, Any], *notes: str) -> dict[str, Any]:
    """Under which conditions the same would come out again; `checkpoint` are the facts of the last
    one, `notes` what else there is to say.
    """
    own = checkpoint["notes"]
    return {
        "is_bit_exact": not own,
        "notes": [*own, *notes],
        "conditions": checkpoint["conditions"],
    }


def describe_files(model: Path) -> dict[str, Any]:
    return {
        "digest": digests.of_folder(model),
        "size_bytes": files.measure_size(model),
    }


def name_source(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts.get(name) for name in ("name", "digest", "licence")}
