"""What computes here, and what is chosen to.

torch is imported when asked, never at import: it costs seconds.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

Dtype = Literal["fp32", "fp16", "bf16"]

_DTYPES: Mapping[str, str] = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}


class NoDevice(ValueError):
    """What was asked to compute is not there, or cannot."""


@dataclass(frozen=True)
class Computing:
    """What computes, and how: part of what decides the last bits, so it stands with results."""

    device: str
    dtype: Dtype
    threads: int

    @property
    def torch_dtype(self) -> torch.dtype:
        return find_dtype(self.dtype)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def choose(device: str = "auto", dtype: str = "auto", threads: int | None = None) -> Computing:
    """'auto' is settled here, once; what was named and is not there is refused."""
    import torch  # noqa: PLC0415 - see the module's docstring

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    check(device)
    if device == "cpu" and dtype == "fp16":
        raise NoDevice("A processor does not compute in fp16; choose fp32 or bf16.")
    format_: Any = find_usual_format(device) if dtype == "auto" else dtype
    return Computing(device, format_, threads or torch.get_num_threads())


def check(device: str) -> None:
    """That it is there: computing never goes on with another."""
    import torch  # noqa: PLC0415 - see above

    if device.startswith("cuda") and not torch.cuda.is_available():
        raise NoDevice(
            f"The device '{device}' is not there: this machine has no GPU that torch can use; "
            "choose the device 'cpu'."
        )


def find_usual_format(device: str) -> Dtype:
    """What models compute in where nobody asks for another."""
    return "fp16" if device.startswith("cuda") else "fp32"


def find_dtype(name: str) -> torch.dtype:
    import torch  # noqa: PLC0415 - see above

    dtype: torch.dtype = getattr(torch, _DTYPES[name])
    return dtype


@contextmanager
def limited_threads(threads: int) -> Iterator[None]:
    import torch  # noqa: PLC0415 - see above

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def share_cores() -> None:
    """To be called before torch is loaded, which reads it once: threads of a computation that wait
    for each other soon let others have the core (docs/decisions/0020). Somebody's own choice
    stays.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")


def has_torch() -> bool:
    return importlib.util.find_spec("torch") is not None


def describe() -> dict[str, Any]:
    """The device a computation would use, with its memory; the processor when there is no GPU."""
    cores = len(os.sched_getaffinity(0))
    if not has_torch():
        return {"device": "cpu", "cores": cores, "torch": None, "torch_threads": None}
    import torch  # noqa: PLC0415 - see above

    found: dict[str, Any] = {
        "device": "cpu",
        "cores": cores,
        "torch": torch.__version__,
        "torch_threads": torch.get_num_threads(),
    }
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        found |= {
            "device": "cuda",
            "name": properties.name,
            "memory_bytes": properties.total_memory,
            "num_devices": torch.cuda.device_count(),
        }
    return found
