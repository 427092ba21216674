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


def load(processor_class: Any, folder: Path, **fitting: Any) -> Any:
    """`fitting` are settings that follow from the model, which older folders leave out: they count,
    whatever the folder says of them. One that is None the folder has to say itself.
    """
    tokenizers.load_tokenizer(folder)  # which says it where the folder has none
    how = {"backend": "pil", "local_files_only": True, "trust_remote_code": False}
    try:
        # As `from_pretrained` does it, whose own options would reach the parts as well.
        said, rest = processor_class.get_processor_dict(str(folder), **how)
        parts = processor_class._get_arguments_from_pretrained(str(folder), said, **how)  # noqa: SLF001 - as it
        settings = said | {name: value for name, value in fitting.items() if value is not None}
        processor = processor_class.from_args_and_dict(parts, settings, **rest)
    except _UNFIT as error:
        reason = shown(str(error).strip().partition("\n")[0]).rstrip(".")
        raise UnfitModel(
            f"'{shown(folder.name)}' does not say how pictures and questions are prepared for "
            f"{processor_class.__name__}: {reason}."
        ) from error
    for name in fitting:
        if settings.get(name) is None:
            raise UnfitModel(
                f"'{shown(folder.name)}' does not say how many tokens a picture takes: its "
                f"processor_config.json lacks '{name}', and its model's class does not tell."
            )
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
