"""Merges of two models in memory, one after the other, in the place where one of them computes.

The mixture is the linear merge that would be written, by the same arithmetic in the number format
of the checkpoint, so pictures equal those of the written merge, bit for bit. Held are the two ends
as they are stored and the live weights; where those have another format or lie elsewhere, one
buffer serves all tensors. At exactly 0 and 1 an end is copied.
"""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch

from ml import devices
from ml.datasets.problems import shown
from ml.loading import tensors
from ml.loading.mixtures import mixing
from ml.loading.mixtures.lowrank import LowRank
from ml.loading.problems import UnfitModel

Tensors = Mapping[str, torch.Tensor]
_PIECE = 2 * mixing.BLOCK
"""Values that one thread mixes at a time."""


class Sweep:
    def __init__(self, live: torch.nn.Module, base: Tensors, tuned: Tensors) -> None:
        """`base` and `tuned` hold the stored tensors, `live` the weights that compute."""
        self.live: Tensors = live.state_dict(keep_vars=True)
        check_names(base, self.live, "the base", "its class")
        check_names(base, tuned, "the base", "the regional model")
        for name, tensor in base.items():
            _check_pair(name, tensor, tuned[name])
        self.base, self.tuned = base, tuned
        self._buffers: dict[torch.dtype, torch.Tensor] = {}

    @torch.no_grad()
    def set(self, beta: float) -> None:
        if beta in (0, 1):
            for name, target in self.live.items():
                target.copy_(self.tuned[name] if beta else self.base[name])
            return
        with _start_mixer(beta) as mixer:
            for name, target in self.live.items():
                if target.is_floating_point():
                    self._interpolate(name, target, mixer)
                else:
                    _check_equal(name, self.base[name], self.tuned[name])

    def _interpolate(self, name: str, target: torch.Tensor, mixer: "Mixer") -> None:
        base, tuned = self.base[name], self.tuned[name]
        is_in_place = target.dtype == base.dtype and target.device == base.device
        if is_in_place and target.is_contiguous():
            mixer.mix(base, tuned, target.data)
            return
        buffer = self._find_buffer(base)
        mixer.mix(base, tuned, buffer)
        target.copy_(buffer)

    def _find_buffer(self, like: torch.Tensor) -> torch.Tensor:
        """As large as the largest tensor of its type."""
        if like.dtype not in self._buffers:
            largest = max(each.numel() for each in self.base.values() if each.dtype == like.dtype)
            self._buffers[like.dtype] = torch.empty(largest, dtype=like.dtype)
        return self._buffers[like.dtype][: like.numel()].view(like.shape)


class Mixer:
    """Takes the place of torch's own threads: how torch cuts the work up depends on their number,
    and shows in last bits.
    """

    def __init__(self, beta: float, pool: ThreadPoolExecutor) -> None:
        self.beta = beta
        self.pool = pool
        self._own = threading.local()

    def mix(self, base: torch.Tensor, tuned: torch.Tensor, out: torch.Tensor) -> None:
        flat = base.reshape(-1), tuned.reshape(-1), out.view(-1)
        starts = range(0, out.numel(), _PIECE)
        pieces = (tuple(each[start : start + _PIECE] for each in flat) for start in starts)
        for _ in self.pool.map(self._mix_piece, pieces):
            pass

    def _mix_piece(self, piece: tuple[torch.Tensor, ...]) -> None:
        if not hasattr(self._own, "scratch"):
            self._own.scratch = mixing.make_scratch()
        base, tuned, out = piece
        mixing.mix(base, tuned, self.beta, out, self._own.scratch)


@contextmanager
def _start_mixer(beta: float) -> Iterator[Mixer]:
    num_threads = torch.get_num_threads()
    with devices.limited_threads(1), ThreadPoolExecutor(num_threads, "sweep") as pool:
        yield Mixer(beta, pool)


class LoraSweep:
    """Base + beta * scale * B @ A: summed in fp64 and rounded once to the number format of the
    checkpoint, like a merge that is written. Held are the base as it is stored, the adapter's two
    thin matrices per layer, and the live weights.
    """

    def __init__(
        self,
        live: torch.nn.Module,
        base: Mapping[str, torch.Tensor],
        changes: Mapping[str, LowRank],
    ) -> None:
        self.live: Mapping[str, torch.Tensor] = live.state_dict(keep_vars=True)
        check_names(base, self.live, "the base", "its class")
        self.base, self.changes = base, changes

    @torch.no_grad()
    def set(self, beta: float) -> None:
        for name, target in self.live.items():
            base = self.base[name]
            if name not in self.changes or beta == 0:
                target.copy_(base)
            else:
                target.copy_(self.changes[name].add_to(base, beta))


def check_names(left: Tensors, right: Tensors, left_name: str, right_name: str) -> None:
    for one, other, having, lacking in (
        (left, right, left_name, right_name),
        (right, left, right_name, left_name),
    ):
        missing = next((name for name in one if name not in other), None)
        if missing is not None:
            raise UnfitModel(
                f"The tensor '{shown(missing)}' is in {having} and not in {lacking}; the two do "
                "not belong together."
            )


def _check_pair(name: str, base: torch.Tensor, tuned: torch.Tensor) -> None:
    for what, left, right in (
        ("shape", list(base.shape), list(tuned.shape)),
        ("type", base.dtype, tuned.dtype),
    ):
        if left != right:
            raise UnfitModel(
                f"The tensor '{shown(name)}' has the {what} {left} in the base and {right} in the "
                "regional model; the two do not belong together."
            )
    for tensor, whose in ((base, "base"), (tuned, "regional model")):
        if not tensors.is_finite(tensor):
            raise UnfitModel(
                f"The tensor '{shown(name)}' of the {whose} holds NaN or infinite weights; its "
                "training went wrong."
            )


def _check_equal(name: str, base: torch.Tensor, tuned: torch.Tensor) -> None:
    if not torch.equal(base, tuned):
        raise UnfitModel(
            f"The tensor '{shown(name)}' holds whole numbers that differ between the two models; "
            "there is nothing between them. Only beta 0 and 1 are possible."
        )
