"""What computes here. torch is imported when asked, never at import: it costs seconds."""

import importlib.util
import os
from typing import Any


def has_torch() -> bool:
    return importlib.util.find_spec("torch") is not None


def describe() -> dict[str, Any]:
    """The device a computation would use, with its memory; the processor when there is no GPU."""
    cores = len(os.sched_getaffinity(0))
    if not has_torch():
        return {"device": "cpu", "cores": cores, "torch": None, "torch_threads": None}
    import torch  # noqa: PLC0415 - see the module's docstring

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
