"""The processes that train together. One alone costs nothing: no process group, no wrapper."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import Tensor


class Team(Protocol):
    rank: int
    size: int
    device: torch.device

    def wrap(self, model: Any, *, has_idle: bool) -> Any:
        """The model to call, on this team's device. `has_idle`: not every part of a batch goes
        through all weights.
        """

    def gathering(self, model: Any, *, now: bool) -> Any:
        """A context in which gradients are summed over all, or kept until a later part."""

    def agrees(self, asked: bool) -> bool:  # noqa: FBT001 - a vote
        """Whether anybody said yes. All must ask."""

    def add_up(self, values: Tensor) -> Tensor:
        """The sum over all."""

    def wait(self) -> None:
        """Until all are here."""


class Alone:
    rank = 0
    size = 1

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)

    def wrap(self, model: Any, *, has_idle: bool) -> Any:  # noqa: ARG002 - of a team
        return model.to(self.device)

    @contextmanager
    def gathering(self, model: Any, *, now: bool) -> Iterator[None]:  # noqa: ARG002 - of a team
        yield

    def agrees(self, asked: bool) -> bool:  # noqa: FBT001 - a vote
        return asked

    def add_up(self, values: Tensor) -> Tensor:
        return values

    def wait(self) -> None: ...


class Together:
    """Started by accelerate, one process per device. Gradients travel while they are computed."""

    def __init__(self, device: str) -> None:
        from accelerate import (  # type: ignore[import-untyped]  # noqa: PLC0415 - only where there are several
            PartialState,
        )

        state = PartialState(cpu=device == "cpu")
        self.device = state.device
        self.rank, self.size = state.process_index, state.num_processes
        # Votes are words between processors: through a GPU each would wait for all its work.
        self._votes = torch.distributed.new_group(backend="gloo")

    def wrap(self, model: Any, *, has_idle: bool) -> Any:
        devices = [self.device] if self.device.type == "cuda" else None
        return torch.nn.parallel.DistributedDataParallel(
            model.to(self.device),
            device_ids=devices,
            gradient_as_bucket_view=True,
            find_unused_parameters=has_idle,
        )

    @contextmanager
    def gathering(self, model: Any, *, now: bool) -> Iterator[None]:
        if now:
            yield
            return
        with model.no_sync():
            yield

    def agrees(self, asked: bool) -> bool:  # noqa: FBT001 - a vote
        vote = torch.tensor([int(asked)])
        torch.distributed.all_reduce(vote, group=self._votes)
        return bool(vote.item())

    def add_up(self, values: Tensor) -> Tensor:
        total = values.clone()
        torch.distributed.all_reduce(total)
        return total

    def wait(self) -> None:
        torch.distributed.barrier(group=self._votes)

    def leave(self) -> None:
        torch.distributed.destroy_process_group()
