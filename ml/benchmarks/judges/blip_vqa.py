"""BLIP for visual question answering (arXiv 2201.12086): a question in, some words out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import BlipForQuestionAnswering

from ml.benchmarks.generative import GenerativeJudge, digest_judge
from ml.benchmarks.judging import Asked, Setting
from ml.loading import generative
from specs.judges.blip_vqa import BlipVqaJudge


def load(spec: BlipVqaJudge, source: Path, setting: Setting) -> GenerativeJudge:
    return GenerativeJudge(
        generative.load_model(
            BlipForQuestionAnswering, source, device=setting.device, dtype=setting.dtype
        ),
        generative.load_processor(source),
        _prepare,
        digest=digest_judge(spec, source, setting),
        max_new_tokens=spec.max_new_tokens,
        echoes_prompt=False,
    )


def _prepare(processor: Any, batch: Sequence[Asked]) -> Any:
    return processor(
        images=[asked.open_picture() for asked in batch],
        text=[asked.question for asked in batch],
        padding=True,
        return_tensors="pt",
    )
