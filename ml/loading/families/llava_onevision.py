"""LLaVA-OneVision, without its videos."""

from pathlib import Path
from typing import Any

import transformers

from ml.loading.speaking import models, processors
from ml.loading.speaking.parts import Parts
from ml.loading.speaking.processors import ImagesOnly

PARTS = Parts(
    language=("model.language_model", "lm_head"),
    vision=("model.vision_tower",),
    projector=("model.multi_modal_projector", "model.image_newline"),
)
CAN_PACK = True


class LlavaOnevisionProcessor(ImagesOnly, transformers.LlavaOnevisionProcessor):
    pass


def load_processor(folder: Path) -> Any:
    config = models.read_config(folder)
    tower = config.vision_config
    return processors.load(
        LlavaOnevisionProcessor,
        folder,
        num_image_tokens=(tower.image_size // tower.patch_size) ** 2,
        vision_feature_select_strategy=config.vision_feature_select_strategy,
        vision_aspect_ratio=config.vision_aspect_ratio,
    )
