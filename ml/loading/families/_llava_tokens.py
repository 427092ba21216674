"""How many tokens a picture takes in LLaVA 1.5 and LLaVA-NeXT, as the model has it.

What transformers wrote before it counted them, or after such a folder was trained, says nothing of
it in its processor_config.json, or has none.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml.loading.speaking import models

# Of the towers that see: tokens besides those of the patches.
_ADDED: Mapping[str, int] = {"clip_vision_model": 1, "siglip_vision_model": 0}


def read(folder: Path) -> dict[str, Any]:
    config = models.read_config(folder)
    tower = config.vision_config
    return {
        "patch_size": getattr(tower, "patch_size", None),
        "num_additional_image_tokens": _ADDED.get(tower.model_type),
        "vision_feature_select_strategy": config.vision_feature_select_strategy,
    }
