"""Says that memory ran out, of what, and what to change; and gives back what a GPU held."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ml.progress import OutOfMemory
from specs.kinds.model_finetune import ModelFinetune


def free() -> None:
    """What a GPU held is free for others at once."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@contextmanager
def naming(spec: ModelFinetune, doing: str) -> Iterator[None]:
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not _is_lack(error):
            raise
        raise OutOfMemory(_name(spec, doing)) from error


def _is_lack(error: BaseException) -> bool:
    """Of a GPU torch says so by a class, of the processor by words."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def _name(spec: ModelFinetune, doing: str) -> str:
    advice = [f"cut the batch of {spec.batch_size} into more than {spec.accumulation} parts"]
    if not spec.gradient_checkpointing:
        advice.append("turn gradient checkpointing on")
    if spec.method == "full":
        advice.append("train a LoRA")
    return (
        f"The device ran out of memory while {doing}, {spec.micro_batch} pictures at once. "
        f"What helps: {', '.join(advice)}, or lower the resolution."
    )
