"""LLaVA-OneVision, without its videos."""

from pathlib import Path
from typing import Any

import transformers

from ml.loading.speaking import processors
from ml.loading.speaking.processors import ImagesOnly


class LlavaOnevisionProcessor(ImagesOnly, transformers.LlavaOnevisionProcessor):
    pass


def load_processor(folder: Path) -> Any:
    return processors.load(LlavaOnevisionProcessor, folder)
