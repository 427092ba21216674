"""Gemma 3."""

from pathlib import Path
from typing import Any

from transformers import Gemma3Processor

from ml.loading.speaking import models, processors
from ml.loading.speaking.parts import Parts

PARTS = Parts(
    language=("model.language_model", "lm_head"),
    vision=("model.vision_tower",),
    projector=("model.multi_modal_projector",),
)
CAN_PACK = True


def load_processor(folder: Path) -> Any:
    num_tokens = models.read_config(folder).mm_tokens_per_image
    return processors.load(Gemma3Processor, folder, image_seq_length=num_tokens)
