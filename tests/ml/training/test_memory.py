"""What is advised where memory ran out."""

import pytest
import torch

from ml.progress import OutOfMemory
from ml.training import memory
from ml.training.settings import Settings
from specs.kinds.model.model_align import ModelAlign
from specs.kinds.model.model_distill import ModelDistill
from specs.kinds.model.model_finetune import ModelFinetune

ALWAYS = "cut the batch of 8 into parts, "
CASES = [
    (ModelFinetune(batch_size=8), f"{ALWAYS}turn gradient checkpointing on, train a LoRA, or"),
    (ModelAlign(batch_size=8), f"{ALWAYS}train a LoRA, or"),
    (ModelAlign(batch_size=8, accumulation=2), "cut the batch of 8 into more than 2 parts, train"),
    (ModelAlign(batch_size=8, method="lora"), f"{ALWAYS}or set a smaller batch."),
    (ModelDistill(batch_size=8), f"{ALWAYS}or set a smaller batch."),
]


@pytest.mark.parametrize(("spec", "helps"), CASES)
def test_only_what_the_kind_can_do_is_advised(spec: Settings, helps: str) -> None:
    with (
        pytest.raises(OutOfMemory, match="ran out of memory while training") as error,
        memory.naming(spec, "training", "pictures", "set a smaller batch"),
    ):
        raise torch.OutOfMemoryError
    assert f"What helps: {helps}" in str(error.value)


def test_other_mistakes_are_left_as_they_are() -> None:
    with (
        pytest.raises(RuntimeError, match="shapes"),
        memory.naming(ModelDistill(), "training", "pictures", "set a smaller batch"),
    ):
        raise RuntimeError("shapes do not match")
