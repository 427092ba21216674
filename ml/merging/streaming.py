"""Carries a plan out: every byte is read once, in pieces of 2 MB, and all merges are written in the
same pass.

A few threads each take the next piece, read it from both models, mix it for every beta and write it
to its place: reading, computing and writing overlap, and memory does not grow with the models. A
tensor lies in the merged file where it lies in the base's, below the same header.
"""

import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from ml.devices import limited_threads
from ml.loading.headers import WeightFile
from ml.loading.mixtures import mixing
from ml.merging import arithmetic, reading
from ml.merging.models import Stored
from ml.merging.plan import Plan, Step
from ml.merging.problems import NotFinite, TooLarge
from ml.merging.reading import PIECE_BYTES, OpenFiles
from ml.progress import Progress, word

NUM_THREADS = min(4, len(os.sched_getaffinity(0)))
"""Not more than there are cores: those that wait for the interpreter cost more than the disk."""
_LOOK_EVERY_S = 0.1

Targets = Sequence[Mapping[Path, Path]]
"""For each beta: the base's file -> the merged one."""


@dataclass(frozen=True)
class Piece:
    number: int  # of its step
    step: Step
    begin: int  # within the tensor, in bytes
    size: int


@dataclass
class Buffers:
    """What one thread holds."""

    base: reading.Bytes = field(default_factory=lambda: np.empty(PIECE_BYTES, np.uint8))
    tuned: reading.Bytes = field(default_factory=lambda: np.empty(PIECE_BYTES, np.uint8))
    out: reading.Bytes = field(default_factory=lambda: np.empty(PIECE_BYTES, np.uint8))
    scratch: mixing.Scratch = field(default_factory=mixing.make_scratch)


def stream(
    plan: Plan, files: Sequence[WeightFile], targets: Targets, progress: Progress
) -> dict[str, float]:
    """Write the merged files. Returns, by tensor, the norm of what tuning changed; tensors that
    hold no fractions are not in it.
    """
    total = sum(step.base.size_bytes for step in plan.steps)
    with reading.open_files() as opened, limited_threads(1):
        for file in files:
            opened.add(file.path)
            for target in targets:
                _begin(opened, file, target[file.path])
        for step in plan.steps:
            if step.tuned is not None:
                opened.add(step.tuned.file)
        pass_ = Pass(plan, targets, opened)
        _run(pass_, total, progress)
        _sync(opened, [path for target in targets for path in target.values()], progress)
    return pass_.join_norms()


def _begin(opened: OpenFiles, file: WeightFile, path: Path) -> None:
    """The header, and all the room that the file will need: a disk that is too full says so now."""
    descriptor = opened.add(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    length = min((each.start for each in file.tensors.values()), default=file.size_bytes)
    header = np.empty(length, np.uint8)
    reading.read_into(opened[file.path], header, 0, file.path)
    os.posix_fallocate(descriptor, 0, file.size_bytes)
    reading.write_from(descriptor, header, 0)


def _run(pass_: "Pass", total: int, progress: Progress) -> None:
    with ThreadPoolExecutor(NUM_THREADS, "merge") as pool:
        workers: set[Future[None]] = {pool.submit(pass_.work) for _ in range(NUM_THREADS)}
        try:
            while workers:
                done, workers = wait(workers, timeout=_LOOK_EVERY_S)
                for worker in done:
                    worker.result()
                progress.check()
                progress.update(pass_.num_bytes / 1e6, total / 1e6, unit=word("MB"))
        finally:
            pass_.is_stopping = True


def _sync(opened: OpenFiles, paths: Sequence[Path], progress: Progress) -> None:
    progress.check()
    with ThreadPoolExecutor(NUM_THREADS, "sync") as pool:
        for _ in pool.map(lambda path: os.fsync(opened[path]), paths):
            progress.check()


class Pass:
    """One pass over all tensors, shared by the threads that make it."""

    def __init__(self, plan: Plan, targets: Targets, opened: OpenFiles) -> None:
        self.plan = plan
        self.targets = targets
        self.opened = opened
        self.is_stopping = False
        self.num_bytes = 0
        self._pieces = _cut(plan.steps)
        self._lock = threading.Lock()
        self._norms: list[list[float]] = [[] for _ in plan.steps]

    def work(self) -> None:
        buffers = Buffers()
        while (piece := self._take()) is not None:
            norm = self._merge(piece, buffers)
            with self._lock:
                self._norms[piece.number].append(norm)
                self.num_bytes += piece.size

    def join_norms(self) -> dict[str, float]:
        # Sorted, so that the order in which threads came does not show in the last digit.
        return {
            step.name: math.hypot(*sorted(norms))
            for step, norms in zip(self.plan.steps, self._norms, strict=True)
            if step.base.is_float
        }

    def _take(self) -> Piece | None:
        with self._lock:
            return None if self.is_stopping else next(self._pieces, None)

    def _merge(self, piece: Piece, buffers: Buffers) -> float:
        step = piece.step
        base = self._read(step.base, piece, buffers.base, buffers.scratch)
        tuned = base
        if step.tuned is not None:
            tuned = self._read(step.tuned, piece, buffers.tuned, buffers.scratch)
        mixer = Mixer(step, base, tuned, piece, buffers)
        for weight, target in zip(step.weights, self.targets, strict=True):
            merged = mixer.mix(weight)
            descriptor = self.opened[target[step.base.file]]
            reading.write_from(descriptor, merged, step.base.place.start + piece.begin)
        return mixer.norm

    def _read(
        self, stored: Stored, piece: Piece, buffer: reading.Bytes, scratch: mixing.Scratch
    ) -> reading.Bytes:
        found = buffer[: piece.size]
        position = stored.place.start + piece.begin
        reading.read_into(self.opened[stored.file], found, position, stored.file)
        if stored.own is not None:
            values = arithmetic.view(found, stored.place.dtype)
            begin = piece.begin // values.element_size()
            change = stored.own.compute(begin, begin + len(values))
            mixing.add(values, change, 1, values, scratch)
        return found


def _cut(steps: Sequence[Step]) -> Iterator[Piece]:
    for number, step in enumerate(steps):
        for begin in range(0, step.base.size_bytes, PIECE_BYTES):
            yield Piece(number, step, begin, min(PIECE_BYTES, step.base.size_bytes - begin))


class Mixer:
    """One piece of a tensor, for all betas."""

    def __init__(
        self,
        step: Step,
        base: reading.Bytes,
        tuned: reading.Bytes,
        piece: Piece,
        buffers: Buffers,
    ) -> None:
        self.step = step
        self.dtype = step.base.place.dtype
        self.base_bytes, self.tuned_bytes = base, tuned
        self.out_bytes = buffers.out[: piece.size]
        self.scratch = buffers.scratch
        self.norm = 0.0
        self.change: torch.Tensor | None = None
        if not step.base.is_float:
            return
        self.base, self.tuned, self.out = (
            arithmetic.view(data, self.dtype) for data in (base, tuned, self.out_bytes)
        )
        if step.change is not None:
            size = len(self.base)
            begin = piece.begin // self.base.element_size()
            self.change = step.change.compute(begin, begin + size)
        self.norm = self._measure()

    def mix(self, weight: float) -> reading.Bytes:
        if weight == 0 or not self.step.base.is_float:
            return self.base_bytes if weight != 1 else self.tuned_bytes
        if self.change is not None:
            mixing.add(self.base, self.change, weight, self.out, self.scratch)
        elif weight == 1 or self.step.tuned is None:
            return self.tuned_bytes
        else:
            mixing.mix(self.base, self.tuned, weight, self.out, self.scratch)
        is_share = 0 <= weight <= 1 and self.change is None
        if not is_share and not arithmetic.is_finite(self.out):
            raise TooLarge(self.step.name, self.dtype, weight)
        return self.out_bytes

    def _measure(self) -> float:
        """The norm of the change. On the way it says whether all values are finite, for next to
        nothing: what is not would make the norm so.
        """
        if self.change is not None or self.step.tuned is None:
            self._check_finite(self.base, "base")
            return 0.0 if self.change is None else float(torch.linalg.vector_norm(self.change))
        norm = arithmetic.measure_difference(self.base, self.tuned, self.scratch)
        if math.isfinite(norm):
            return norm
        self._check_finite(self.base, "base")
        self._check_finite(self.tuned, "tuned")
        return arithmetic.measure_exactly(self.base, self.tuned, self.scratch)

    def _check_finite(self, values: torch.Tensor, model: str) -> None:
        if not arithmetic.is_finite(values):
            raise NotFinite(self.step.name, model)
