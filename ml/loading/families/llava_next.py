"""LLaVA-NeXT, which is LLaVA 1.6."""

from pathlib import Path
from typing import Any

from transformers import LlavaNextProcessor

from ml.loading.families import _llava_tokens
from ml.loading.speaking import processors
from ml.loading.speaking.parts import Parts

PARTS = Parts(
    language=("model.language_model", "lm_head"),
    vision=("model.vision_tower",),
    projector=("model.multi_modal_projector", "model.image_newline"),
)
CAN_PACK = True


def load_processor(folder: Path) -> Any:
    return processors.load(LlavaNextProcessor, folder, **_llava_tokens.read(folder))
