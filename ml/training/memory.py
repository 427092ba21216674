"""Says that memory ran out, of what, and what to change; and gives back what a GPU held."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ml.progress import OutOfMemory
from ml.training.settings import AdapterSettings, Settings


def free() -> None:
    """What a GPU held is free for others at once."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@contextmanager
def naming(settings: Settings, doing: str, what: str, also: str) -> Iterator[None]:
    """`what` is counted in a batch, `also` helps besides what always does."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not _is_lack(error):
            raise
        raise OutOfMemory(_name(settings, doing, what, also)) from error


def _is_lack(error: BaseException) -> bool:
    """Of a GPU torch says so by a class, of the processor by words."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def _name(settings: Settings, doing: str, what: str, also: str) -> str:
    parts = settings.accumulation
    more = f"more than {parts} parts" if parts > 1 else "parts"
    advice = [f"cut the batch of {settings.batch_size} into {more}"]
    if settings.gradient_checkpointing is False:
        advice.append("turn gradient checkpointing on")
    if settings.method == "full" and isinstance(settings, AdapterSettings):
        advice.append("train a LoRA")
    return (
        f"The device ran out of memory while {doing}, {settings.micro_batch} {what} at once. "
        f"What helps: {', '.join(advice)}, or {also}."
    )
