"""Any model that goes on from a conversation with a picture in it, such as LLaVA.

The conversation is written by the folder's own chat template; the question stands in it with the
wording that the specification says.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from transformers import AutoModelForImageTextToText

from ml.benchmarks.generative import (
    GenerativeJudge,
    digest_judge,
    load_model,
    load_processor,
)
from ml.benchmarks.judging import Asked, Setting
from ml.datasets.problems import shown
from ml.loading.problems import UnfitModel
from specs.judges.llava import LlavaJudge


def load(spec: LlavaJudge, source: Path, setting: Setting) -> GenerativeJudge:
    model = load_model(AutoModelForImageTextToText, source, setting)
    processor = load_processor(source)
    if not processor.chat_template:
        raise UnfitModel(
            f"'{shown(source.name)}' has no chat template, so it is not known how to ask it."
        )
    tokenizer = processor.tokenizer
    # Answers go on at the end of the text, so what fills up shorter ones stands before it.
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
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
        _write_conversation(template.replace("{question}", asked.question), asked)
        for asked in batch
    ]
    return processor.apply_chat_template(
        conversations,
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        processor_kwargs={"padding": True, "return_tensors": "pt"},
    )


def _write_conversation(text: str, asked: Asked) -> list[dict[str, Any]]:
    content = [{"type": "image", "image": asked.open_picture()}, {"type": "text", "text": text}]
    return [{"role": "user", "content": content}]
