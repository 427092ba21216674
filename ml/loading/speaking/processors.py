"""How a model's folder says that texts and pictures are prepared.

Pictures are prepared by the image processors that need Pillow and nothing more, whatever else is
installed: others resize differently, and answers would depend on the machine. The class is named
here and not looked up: transformers hands out a bare tokenizer, silently, where it does not know
the class that a folder names.
"""

from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase, ProcessorMixin

from ml.datasets.problems import shown
from ml.loading import tokenizers
from ml.loading.problems import UnfitModel

# Transformers finds what is wrong with a folder in many ways.
_UNFIT = (OSError, ValueError, LookupError, TypeError, AttributeError, ImportError)


class ImagesOnly:
    """For processors that want a video processor as well, which needs torchvision: without."""

    @classmethod
    def get_attributes(cls) -> list[str]:
        return ["image_processor", "tokenizer"]


def load(processor_class: type[ProcessorMixin], folder: Path) -> Any:
    tokenizers.load_tokenizer(folder)  # which says it where the folder has none
    try:
        processor = processor_class.from_pretrained(
            str(folder), backend="pil", local_files_only=True, trust_remote_code=False
        )
    except _UNFIT as error:
        reason = shown(str(error).strip().partition("\n")[0]).rstrip(".")
        raise UnfitModel(
            f"'{shown(folder.name)}' does not say how pictures and questions are prepared for "
            f"{processor_class.__name__}: {reason}."
        ) from error
    return check(processor, folder)


def check(processor: Any, folder: Path) -> Any:
    """That it is what it should be, all of it."""
    tokenizer = getattr(processor, "tokenizer", None)
    pixels = getattr(processor, "image_processor", None)
    if not isinstance(processor, ProcessorMixin) or not isinstance(
        tokenizer, PreTrainedTokenizerBase
    ):
        raise UnfitModel(f"'{shown(folder.name)}' has no processor of pictures and texts.")
    if getattr(pixels, "backend", None) != "pil":
        raise UnfitModel(
            f"'{shown(folder.name)}' prepares pictures with '{shown(type(pixels).__name__)}', "
            "which has no form that works with Pillow alone."
        )
    if not (processor.chat_template or tokenizer.chat_template):
        raise UnfitModel(
            f"'{shown(folder.name)}' has no chat template, so it is not known how to ask it."
        )
    return processor
