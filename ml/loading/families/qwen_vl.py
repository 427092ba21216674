"""Qwen2-VL and Qwen2.5-VL, without their videos."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import transformers

from ml.loading import weights
from ml.loading.speaking import processors
from ml.loading.speaking.parts import Parts
from ml.loading.speaking.processors import ImagesOnly

PARTS = Parts(
    language=("model.language_model", "lm_head"),
    vision=("model.visual",),
    projector=("model.visual.merger",),
)
CAN_PACK = True


class Qwen2VLProcessor(ImagesOnly, transformers.Qwen2VLProcessor):
    pass


class Qwen2_5_VLProcessor(ImagesOnly, transformers.Qwen2_5_VLProcessor):  # noqa: N801 - as there
    pass


_CLASSES: Mapping[str, Any] = {"qwen2_vl": Qwen2VLProcessor, "qwen2_5_vl": Qwen2_5_VLProcessor}


def load_processor(folder: Path) -> Any:
    model_type = weights.read_json(folder / "config.json")["model_type"]
    return processors.load(_CLASSES[model_type], folder)
