"""LLaVA-NeXT, which is LLaVA 1.6."""

from pathlib import Path
from typing import Any

from transformers import LlavaNextProcessor

from ml.loading.speaking import processors


def load_processor(folder: Path) -> Any:
    return processors.load(LlavaNextProcessor, folder)
