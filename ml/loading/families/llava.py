"""LLaVA 1.5."""

from pathlib import Path
from typing import Any

from transformers import LlavaProcessor

from ml.loading.families import _llava_tokens
from ml.loading.speaking import processors
from ml.loading.speaking.parts import Parts

PARTS = Parts(
    language=("model.language_model", "lm_head"),
    vision=("model.vision_tower",),
    projector=("model.multi_modal_projector",),
)
CAN_PACK = True


def load_processor(folder: Path) -> Any:
    return processors.load(LlavaProcessor, folder, **_llava_tokens.read(folder))
