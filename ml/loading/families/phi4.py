"""Phi-4 multimodal, without its speech."""

from pathlib import Path
from typing import Any

import transformers
from transformers.models.phi4_multimodal.modeling_phi4_multimodal import (
    Phi4MultimodalVisionAttention,
)

from ml.loading import tokenizers, weights
from ml.loading.families._phi4_pixels import Phi4MultimodalImageProcessorPil
from ml.loading.mixtures import own
from ml.loading.speaking import processors
from ml.loading.speaking.parts import Parts
from ml.loading.speaking.processors import ImagesOnly

PARTS = Parts(
    language=("model.embed_tokens", "model.layers", "model.norm", "lm_head"),
    vision=("model.embed_tokens_extend.image_embed.img_processor",),
    projector=("model.embed_tokens_extend.image_embed",),
    hearing=("model.embed_tokens_extend.audio_embed",),
)
CAN_PACK = True


class Phi4MultimodalProcessor(ImagesOnly, transformers.Phi4MultimodalProcessor):
    def __init__(
        self, image_processor: Any, tokenizer: Any, chat_template: str | None = None
    ) -> None:
        self.image_token = tokenizer.image_token
        self.image_token_id = tokenizer.image_token_id
        # Past the original's own way of beginning, which wants to hear as well.
        begin: Any = transformers.ProcessorMixin.__init__
        begin(self, image_processor, tokenizer, chat_template=chat_template)

    @classmethod
    def _get_arguments_from_pretrained(
        cls,
        pretrained_model_name_or_path: str,
        processor_dict: Any = None,  # noqa: ARG003 - as transformers calls it
        **options: Any,  # noqa: ARG003 - the same
    ) -> list[Any]:
        """Which would look for the image processor of the library, and find that it needs more."""
        folder = Path(pretrained_model_name_or_path)
        pixels = Phi4MultimodalImageProcessorPil.from_pretrained(str(folder), local_files_only=True)
        return [pixels, tokenizers.load_tokenizer(folder)]


def load_processor(folder: Path) -> Any:
    return processors.load(Phi4MultimodalProcessor, folder)


def mend(model: Any, folder: Path) -> None:
    """It sees with an adapter of its own. And its eyes say of themselves that they look at patches
    one after the other: where no patch is masked, transformers takes that at its word, and what is
    seen would depend on the batch.
    """
    for module in model.modules():
        if isinstance(module, Phi4MultimodalVisionAttention):
            module.is_causal = False
    own.add_to(model, weights.check(folder))
