"""InternVL in the form that transformers has a class for, without its videos."""

from pathlib import Path
from typing import Any

import transformers

from ml.loading.speaking import models, processors
from ml.loading.speaking.parts import Parts
from ml.loading.speaking.processors import ImagesOnly

PARTS = Parts(
    language=("model.language_model", "lm_head"),
    vision=("model.vision_tower",),
    projector=("model.multi_modal_projector",),
)
CAN_PACK = True


class InternVLProcessor(ImagesOnly, transformers.InternVLProcessor):
    pass


def load_processor(folder: Path) -> Any:
    config = models.read_config(folder)
    eyes = config.vision_config
    rows, columns = (
        side // patch for side, patch in zip(eyes.image_size, eyes.patch_size, strict=True)
    )
    return processors.load(
        InternVLProcessor,
        folder,
        image_seq_length=int(rows * columns * config.downsample_ratio**2),
    )
