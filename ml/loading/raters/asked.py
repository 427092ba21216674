"""Vision-language models that are asked what they think of a picture and its caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml import digests
from ml.loading import generative
from ml.loading.families import registry

if TYPE_CHECKING:
    from PIL import Image

_PLACE = "{caption}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    text: str = ""
    finished: bool = False
    held_mark: str = ""  # what stood in the caption, so that the model was not asked


@dataclass(frozen=True, kw_only=True)
class AskedRater:
    folder: Path
    digest: str
    model: Any
    processor: Any
    max_new_tokens: int

    def describe(self) -> dict[str, Any]:
        family = str(self.model.config.model_type)
        return {"name": self.folder.name, "family": family, "digest": self.digest}

    def ask(
        self, pictures: Sequence[Image.Image], captions: Sequence[str], *, template: str
    ) -> list[Answer]:
        """`template` holds {caption} once. A caption is data: one that holds a mark by which the
        model tells turns or pictures apart is not put to it.
        """
        marks = [generative.find_mark(self.processor.tokenizer, caption) for caption in captions]
        conversations = [
            generative.write_turn(template.replace(_PLACE, caption), picture)
            for picture, caption, mark in zip(pictures, captions, marks, strict=True)
            if not mark
        ]
        answers = iter(self._answer(conversations))
        return [Answer(held_mark=mark) if mark else next(answers) for mark in marks]

    def _answer(self, conversations: Sequence[Any]) -> list[Answer]:
        if not conversations:
            return []
        inputs = generative.encode_conversations(self.processor, conversations)
        written = generative.write(self.model, inputs, max_new_tokens=self.max_new_tokens)
        told = written[:, inputs["input_ids"].shape[1] :]
        are_finished = generative.find_finished(self.model, told, self.max_new_tokens)
        texts = self.processor.batch_decode(told, skip_special_tokens=True)
        return [
            Answer(text=text, finished=finished)
            for text, finished in zip(texts, are_finished, strict=True)
        ]


def load(folder: Path, *, device: str, max_new_tokens: int) -> AskedRater:
    import transformers  # noqa: PLC0415 - costs seconds; who asks nothing does not need it

    model = generative.load_model(
        transformers.AutoModelForImageTextToText,
        folder,
        device=device,
        dtype="bf16" if device.startswith("cuda") else "fp32",
    )
    processor = registry.load_processor(folder)
    generative.prepare_conversations(processor, folder)
    return AskedRater(
        folder=folder,
        digest=digests.of_folder(folder),
        model=model,
        processor=processor,
        max_new_tokens=max_new_tokens,
    )
