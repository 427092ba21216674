"""LLaVA 1.5."""

from pathlib import Path
from typing import Any

from transformers import LlavaProcessor

from ml.loading.speaking import processors


def load_processor(folder: Path) -> Any:
    return processors.load(LlavaProcessor, folder)
