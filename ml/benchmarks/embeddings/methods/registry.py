"""All benchmarks of embeddings, by name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ml.benchmarks.embeddings.methods import classification, retrieval, zeroshot
from ml.benchmarks.embeddings.plan import Plan
from specs.method import MethodSpec


class _Plan(Protocol):
    def __call__(
        self, method: Any, scope: str, *, dataset: Path | None, quiz: Path | None
    ) -> Plan: ...


_PLANS: Mapping[str, _Plan] = {
    "retrieval": retrieval.plan,
    "zeroshot": zeroshot.plan,
    "classification": classification.plan,
}


def plan(method: MethodSpec, scope: str, *, dataset: Path | None, quiz: Path | None) -> Plan:
    return _PLANS[method.method](method, scope, dataset=dataset, quiz=quiz)
