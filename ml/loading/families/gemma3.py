"""Gemma 3."""

from pathlib import Path
from typing import Any

from transformers import Gemma3Processor

from ml.loading.speaking import processors


def load_processor(folder: Path) -> Any:
    return processors.load(Gemma3Processor, folder)
