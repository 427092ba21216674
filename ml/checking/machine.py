"""What this machine can do: device, memory, disk and processor, measured in some seconds.

Works without torch: then numpy multiplies.
"""

import itertools
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from ml import devices
from ml.progress import Progress, word
from specs.kinds.system.system_check import SystemCheck

_BLOCK = 1024 * 1024
_NUM_DISK_MEASURES = 2  # writing and reading


def check_machine(
    spec: SystemCheck, *, out_dir: Path, state_dir: Path, progress: Progress
) -> dict[str, Any]:
    """Write, read and multiply `repeats` times each; the medians are reported."""
    device = devices.describe()
    scratch = state_dir / "scratch"
    measures: dict[str, Callable[[], float]] = {
        word("Writing"): lambda: measure_write(scratch, spec.disk_mb, progress),
        word("Reading"): lambda: measure_read(scratch, progress),
        word("Multiplying"): choose_multiplication(spec.multiply_size, device["device"]),
    }
    found = take_measures(measures, spec.repeats, progress)
    scratch.unlink()
    result = {
        "device": device,
        "memory": describe_memory(),
        "disk": {
            "free_bytes": psutil.disk_usage(str(out_dir)).free,
            "write_mb_per_s": round(found["Writing"], 1),
            "read_mb_per_s": round(found["Reading"], 1),
        },
        "multiply_gflops": round(found["Multiplying"], 2),
        "system": {"platform": platform.platform(), "python": platform.python_version()},
    }
    (out_dir / "report.json").write_text(json.dumps(result, indent=2))
    return result


def take_measures(
    measures: Mapping[str, Callable[[], float]], repeats: int, progress: Progress
) -> dict[str, float]:
    """The median of each, taken in turns, so that a short disturbance does not fall on one."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    total = repeats * len(measures)
    for done, (_, name) in enumerate(itertools.product(range(repeats), measures)):
        progress.check()
        progress.update(done, total, unit=word("measures"), message=name)
        found[name].append(measures[name]())
    progress.update(total, total, unit=word("measures"), message=word("Done"))
    return {name: statistics.median(values) for name, values in found.items()}


def describe_memory() -> dict[str, int]:
    memory = psutil.virtual_memory()
    return {"total_bytes": memory.total, "available_bytes": memory.available}


def measure_write(path: Path, size_mb: int, progress: Progress) -> float:
    """MB per second until the disk says that it has them."""
    block = os.urandom(_BLOCK)
    started = time.perf_counter()
    with path.open("wb") as file:
        for _ in range(size_mb):
            progress.check()
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return size_mb / (time.perf_counter() - started)


def measure_read(path: Path, progress: Progress) -> float:
    """MB per second, past the system's cache where it lets us."""
    size_mb = path.stat().st_size / _BLOCK
    with path.open("rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        started = time.perf_counter()
        while file.read(_BLOCK):
            progress.check()
        return size_mb / (time.perf_counter() - started)


def choose_multiplication(size: int, device: str) -> Callable[[], float]:
    """A function that multiplies two matrices once and returns billions of operations a second."""
    num_operations = 2 * size**3
    if not devices.has_torch():
        left_nn = np.random.default_rng(0).random((size, size), dtype=np.float32)
        return lambda: _time(lambda: left_nn @ left_nn, num_operations)
    import torch  # noqa: PLC0415 - costs seconds, and may be missing

    left_nn_torch = torch.rand((size, size), device=device)

    def multiply() -> None:
        torch.matmul(left_nn_torch, left_nn_torch)
        if device == "cuda":
            torch.cuda.synchronize()  # a GPU answers before it has computed

    return lambda: _time(multiply, num_operations)


def _time(work: Callable[[], object], num_operations: int) -> float:
    started = time.perf_counter()
    work()
    return num_operations / (time.perf_counter() - started) / 1e9
