"""As it would stand in ml/loading/families."""

from pathlib import Path
from typing import Any

from transformers import Idefics3Processor

from ml.loading.speaking import processors
from ml.loading.speaking.parts import Parts

PARTS = Parts(
    language=("model.text_model", "lm_head"),
    vision=("model.vision_model",),
    projector=("model.connector",),
)


def load_processor(folder: Path) -> Any:
    return processors.load(Idefics3Processor, folder)
