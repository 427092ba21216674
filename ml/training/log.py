"""What is told of each step: kept on the device until somebody reads it, then written as JSON.

A row of a step holds its loss; rows of what was looked at in between hold other numbers.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ml.training.problems import LossNotFinite
from ml.training.team import Team

FILE = "training.jsonl"
_CURVE_POINTS = 200
_LAST_STEPS = 50


@dataclass
class _Told:
    """What was computed and not yet read from the device."""

    steps: list[int] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    losses: list[Tensor] = field(default_factory=list)
    norms: list[Tensor] = field(default_factory=list)


class Log:
    def __init__(self, path: Path, team: Team) -> None:
        self._path, self._team = path, team
        self._told = _Told()
        self._began_at = time.perf_counter()
        self.num_bytes = 0  # of what counts

    def note(self, step: int, rate: float, loss: Tensor, norm: Tensor) -> None:
        self._told.steps.append(step)
        self._told.rates.append(rate)
        self._told.losses.append(loss)
        self._told.norms.append(norm)

    def cut(self) -> None:
        """What was written after the checkpoint that is gone on from."""
        if self._team.rank == 0:
            with self._path.open("ab") as file:
                file.truncate(self.num_bytes)

    def write(self, rows: list[dict[str, Any]]) -> None:
        if self._team.rank == 0:
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            with self._path.open("ab") as file:
                self.num_bytes += file.write(lines.encode())

    def read_told(self) -> dict[str, float]:
        """Waits for the device. Returns the last numbers, none when no step was taken since."""
        told, self._told = self._told, _Told()
        if not told.steps:
            return {}
        losses = self._team.add_up(torch.stack(told.losses)).tolist()
        norms = torch.stack(told.norms).tolist()
        took = time.perf_counter() - self._began_at
        rows = []
        for step, rate, loss, norm in zip(told.steps, told.rates, losses, norms, strict=True):
            if not np.isfinite(loss):
                raise LossNotFinite(step, rate)
            # In fp16 a gradient may overflow: the step is left out then, and the scale lowered.
            row = {"step": step, "loss": loss, "lr": rate}
            rows.append(row | ({"grad_norm": norm} if np.isfinite(norm) else {}))
        self.write(rows)
        self.begin()
        return {"loss": losses[-1], "lr": told.rates[-1], "steps_per_s": len(losses) / took}

    def begin(self) -> None:
        """From now on time is that of steps."""
        self._began_at = time.perf_counter()


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def summarise(rows: list[dict[str, Any]]) -> Mapping[str, Any]:
    steps = [row for row in rows if "loss" in row]
    last = [row["loss"] for row in steps][-_LAST_STEPS:]
    stride = -(-len(steps) // _CURVE_POINTS)
    return {
        "final_loss": sum(last) / len(last),
        "loss_curve": [[row["step"], row["loss"]] for row in steps[::stride]],
    }
