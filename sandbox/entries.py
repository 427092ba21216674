"""What every instance has from its first start: the sandbox's models, prompts and questions, and of
the other arms their models, quizzes, knowledge and captions.
"""

import json
from collections.abc import Sequence

from domain.shipped.entries import (
    Entry,
    ShippedBenchmark,
    ShippedDataset,
    ShippedKnowledge,
    ShippedModel,
    ShippedPrompts,
    ShippedQuiz,
)
from sandbox import assets
from sandbox.assets import get

_HALVES = ("choose", "report")


def list_entries() -> Sequence[Entry]:
    """In an order in which each comes after what it refers to."""
    models = _list_models() if assets.has_weights() else []
    answering = [_make_answers_model()] if assets.has_answers() else []
    encoding = _list_encoders() if assets.has_embeddings() else []
    texts = [make(half) for make in (_make_prompts, _make_benchmark) for half in _HALVES]
    quizzes = [_make_quiz(half) for half in _HALVES]
    captions = [_make_captions(half) for half in _HALVES]
    return [*models, *answering, *encoding, *texts, *quizzes, _make_knowledge(), *captions]


def _list_models() -> list[Entry]:
    metrics = json.loads((assets.WEIGHTS / "metrics.json").read_text("utf-8"))
    return [
        ShippedModel(
            name="sandbox-base",
            path=get("sandbox-base"),
            family="sdxl",
            card="A tiny pipeline of SDXL's classes, trained on a drawn world of everyday things "
            "in which regional ones are rare and often wrongly captioned.",
            recipe={"measured": metrics["base"]},
        ),
        ShippedModel(
            name="sandbox-judge",
            path=get("sandbox-judge"),
            family="attributes",
            card="A small network that names what a drawing of the sandbox's world shows.",
            recipe={"measured": metrics["judge"]},
        ),
    ]


def _make_prompts(half: str) -> ShippedPrompts:
    name = f"sandbox-prompts-{half}"
    return ShippedPrompts(name=name, path=get(name))


def _make_benchmark(half: str) -> ShippedBenchmark:
    name = f"sandbox-questions-{half}"
    return ShippedBenchmark(
        name=name, path=get(name), default_mode="dsg", prompts=f"sandbox-prompts-{half}"
    )


def _make_answers_model() -> ShippedModel:
    metrics = json.loads((assets.ANSWERS / "metrics.json").read_text("utf-8"))
    return ShippedModel(
        name="sandbox-answers-base",
        path=get("sandbox-answers-base"),
        family="llava",
        card="A tiny LLaVA that answers questions about a drawn world in English and Indonesian: "
        "well about what is known everywhere, badly about what is regional. It can read.",
        recipe={"measured": metrics["base"]},
    )


def _make_quiz(half: str) -> ShippedQuiz:
    name = f"sandbox-quiz-{half}"
    return ShippedQuiz(name=name, path=get(name))


def _make_knowledge() -> ShippedKnowledge:
    return ShippedKnowledge(name="sandbox-knowledge", path=get("sandbox-knowledge"), region="sea")


def _list_encoders() -> list[Entry]:
    metrics = json.loads((assets.EMBEDDINGS / "metrics.json").read_text("utf-8"))
    return [
        ShippedModel(
            name=f"sandbox-{family}",
            path=get(f"sandbox-{family}"),
            family=family,
            card=f"A tiny {called} that puts pictures of a drawn world and captions in five "
            f"languages into one space: well what is known everywhere, badly what is regional.{by}",
            recipe={"measured": metrics[family]["base"]},
        )
        for family, called, by in (
            ("clip", "CLIP", ""),
            ("siglip2", "SigLIP2", " It learned from the sandbox's CLIP."),
        )
    ]


def _make_captions(half: str) -> ShippedDataset:
    name = f"sandbox-captions-{half}"
    return ShippedDataset(name=name, path=get(name))
