"""Any model that goes on from a conversation with a picture in it, such as LLaVA.

The conversation is written by the folder's own chat template; the question stands in it with the
wording that the specification says.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from transformers import AutoModelForImageTextToText

from ml.benchmarks.generative import GenerativeJudge, digest_judge
from ml.benchmarks.judging import Asked, Setting
from ml.loading import generative
from ml.loading.families import registry
from specs.judges.llava import LlavaJudge


def load(spec: LlavaJudge, source: Path, setting: Setting) -> GenerativeJudge:
    model = generative.load_model(
        AutoModelForImageTextToText, source, device=setting.device, dtype=setting.dtype
    )
    processor = registry.load_processor(source)
    generative.prepare_conversations(processor, source)
    return GenerativeJudge(
        model,
        processor,
        partial(_prepare, spec.template),
        digest=digest_judge(spec, source, setting),
        max_new_tokens=spec.max_new_tokens,
        echoes_prompt=True,
    )


def _prepare(template: str, processor: Any, batch: Sequence[Asked]) -> Any:
    conversations = [
        generative.write_turn(template.replace("{question}", asked.question), asked.open_picture())
        for asked in batch
    ]
    return generative.encode_conversations(processor, conversations)
