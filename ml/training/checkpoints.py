"""What a training needs to go on where it stopped, bit for bit. All or nothing, the last two kept.

Tensors are safetensors, the rest is JSON: nothing here is a pickle.
"""

import json
import random
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ml import files

NUM_KEPT = 2
_PATTERN = "step-*"
_FACTS = "facts.json"


@dataclass(frozen=True)
class Checkpoint:
    step: int
    facts: Mapping[str, Any]  # JSON
    tensors: Mapping[str, Mapping[str, Tensor]]  # by file


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Of a step that has none yet: removing one to write it again would risk both."""
    final = folder / f"step-{checkpoint.step:08d}"
    with files.new_folder(final) as partial:
        for name, tensors in checkpoint.tensors.items():
            whole = {key: each.detach().cpu().contiguous() for key, each in tensors.items()}
            save_file(whole, partial / f"{name}.safetensors")
        facts = {"step": checkpoint.step, **checkpoint.facts}
        (partial / _FACTS).write_text(json.dumps(facts), "utf-8")
    for old in list_checkpoints(folder)[:-NUM_KEPT]:
        shutil.rmtree(old)


def list_checkpoints(folder: Path) -> list[Path]:
    """The oldest first."""
    return sorted(path for path in folder.glob(_PATTERN) if (path / _FACTS).is_file())


def find_latest(folder: Path, identity: str) -> Path | None:
    found = [each for each in list_checkpoints(folder) if _is_of(each, identity)]
    return found[-1] if found else None


def get_latest(folder: Path, identity: str) -> Path:
    """The one that a training which has ended left."""
    latest = find_latest(folder, identity)
    if latest is None:
        raise FileNotFoundError(f"There is no checkpoint in {folder}.")
    return latest


def drop_others(folder: Path, identity: str) -> None:
    """Those of another training, whose steps would be mixed up with the ones to come; and what
    was half written when a process was killed.
    """
    for path in folder.glob(".step-*.part"):
        shutil.rmtree(path)
    for path in list_checkpoints(folder):
        if not _is_of(path, identity):
            shutil.rmtree(path)


def _is_of(path: Path, identity: str) -> bool:
    return bool(read_facts(path).get("identity") == identity)


def read_facts(path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((path / _FACTS).read_text("utf-8"))
    return facts


def read_tensors(path: Path, name: str) -> dict[str, Tensor]:
    return load_file(path / f"{name}.safetensors")


def pack_optimizer(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    state = optimizer.state_dict()["state"]
    return {
        f"{number}/{name}": value for number, each in state.items() for name, value in each.items()
    }


def unpack_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, _, name = key.partition("/")
        state.setdefault(int(number), {})[name] = value
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def pack_random() -> dict[str, Any]:
    version, numbers, gauss = random.getstate()
    state: Any = np.random.get_state(legacy=False)  # noqa: NPY002 - the global one, as it is
    state["state"]["key"] = state["state"]["key"].tolist()
    gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {
        "python": [version, list(numbers), gauss],
        "numpy": state,
        "torch": torch.get_rng_state().tolist(),
        "cuda": [each.tolist() for each in gpus],
    }


def unpack_random(facts: Mapping[str, Any]) -> None:
    version, numbers, gauss = facts["python"]
    random.setstate((version, tuple(numbers), gauss))
    state = {**facts["numpy"], "state": dict(facts["numpy"]["state"])}
    state["state"]["key"] = np.asarray(state["state"]["key"], np.uint32)
    np.random.set_state(state)  # noqa: NPY002 - see above
    torch.set_rng_state(torch.tensor(facts["torch"], dtype=torch.uint8))
    states: Sequence[Any] = facts["cuda"]
    if torch.cuda.is_available() and len(states) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all([torch.tensor(each, dtype=torch.uint8) for each in states])
