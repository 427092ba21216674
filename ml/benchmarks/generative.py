"""What judges that write their answer have in common: how they are loaded, asked and read.

Weights come from safetensors only, code that a folder brings is never run, and a folder that lacks
part of the model is refused: what is missing would be made up of random numbers. Answers are
greedy, so the same batch gives the same answers.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoProcessor

from ml import digests
from ml.benchmarks.judging import Asked, Reply, Setting, read_reply
from ml.datasets.problems import shown
from ml.loading import pipelines, tensors, weights
from ml.loading.encoders import without_progress_bar
from ml.loading.problems import UnfitModel
from ml.progress import OutOfMemory
from specs.method import MethodSpec

Prepare = Callable[[Any, Sequence[Asked]], Any]
"""From a processor and a batch to the model's inputs."""


class GenerativeJudge:
    is_repeatable = True

    def __init__(
        self,
        model: Any,
        processor: Any,
        prepare: Prepare,
        *,
        digest: str,
        max_new_tokens: int,
        echoes_prompt: bool,
    ) -> None:
        self.digest = digest
        self._model = model
        self._processor = processor
        self._prepare = prepare
        self._max_new_tokens = max_new_tokens
        self._echoes_prompt = echoes_prompt

    def answer(self, batch: Sequence[Asked]) -> list[Reply]:
        inputs = self._prepare(self._processor, batch).to(self._model.device, self._model.dtype)
        try:
            with torch.inference_mode():
                written = self._model.generate(
                    **inputs,
                    max_new_tokens=self._max_new_tokens,
                    do_sample=False,
                    num_beams=1,
                )
        except torch.OutOfMemoryError as error:
            raise OutOfMemory(
                f"The judge ran out of memory with {len(batch)} questions at once; choose a "
                "smaller batch size."
            ) from error
        if self._echoes_prompt:
            written = written[:, inputs["input_ids"].shape[1] :]
        texts = self._processor.batch_decode(written, skip_special_tokens=True)
        return [read_reply(text.strip()) for text in texts]


def load_model(model_class: Any, folder: Path, setting: Setting) -> Any:
    weights.check(folder)
    with without_progress_bar():
        model, report = model_class.from_pretrained(
            str(folder),
            dtype=pipelines.find_dtype(setting.dtype),
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    missing = sorted(report["missing_keys"])
    if missing:
        raise UnfitModel(
            f"'{shown(folder.name)}' is no {type(model).__name__}: it lacks {len(missing)} of its "
            f"tensors, the first is '{shown(missing[0])}'."
        )
    tensors.check_finite(model.named_parameters(), f"'{shown(folder.name)}'")
    return model.to(setting.device).eval()


def load_processor(folder: Path) -> Any:
    """The image processor that needs Pillow and nothing more, whatever else is installed: others
    resize differently, and answers would depend on the machine.
    """
    try:
        # transformers says no types of this one.
        processor = AutoProcessor.from_pretrained(  # type: ignore[no-untyped-call]
            str(folder), backend="pil", local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise UnfitModel(
            f"'{shown(folder.name)}' does not say how pictures and questions are prepared: "
            f"{shown(reason)}."
        ) from error
    if not hasattr(processor, "image_processor"):
        raise UnfitModel(f"'{shown(folder.name)}' does not say how pictures are prepared.")
    return processor


def digest_judge(spec: MethodSpec, folder: Path, setting: Setting) -> str:
    """Of everything that an answer depends on, but for the machine."""
    facts = [spec.model_dump(mode="json"), setting.dtype, digests.of_folder(folder)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
