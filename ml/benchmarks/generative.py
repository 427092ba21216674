"""What judges that write their answer have in common: how they are asked and read. Answers are
greedy, so the same batch gives the same answers.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ml import digests
from ml.benchmarks.judging import Asked, Reply, Setting, read_reply
from ml.loading import generative
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
        inputs = self._prepare(self._processor, batch)
        written = generative.write(self._model, inputs, max_new_tokens=self._max_new_tokens)
        if self._echoes_prompt:
            written = written[:, inputs["input_ids"].shape[1] :]
        texts = self._processor.batch_decode(written, skip_special_tokens=True)
        return [read_reply(text.strip()) for text in texts]


def digest_judge(spec: MethodSpec, folder: Path, setting: Setting) -> str:
    """Of everything that an answer depends on, but for the machine."""
    facts = [spec.model_dump(mode="json"), setting.dtype, digests.of_folder(folder)]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
