"""How this process computes each kind: the functions that the workers call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.regions import service as regions
from domain.settings import Settings


def _nothing(spec: Any, folder: Path) -> dict[str, Any]:  # noqa: ARG001 - the contract of `more`
    return {}


@dataclass(frozen=True)
class Compute:
    function: str  # 'module:function', the same as the workers'
    # Arguments besides the inputs that the specification names. `folder` is the one from which
    # relative paths are seen.
    more: Callable[[Any, Path], dict[str, Any]] = _nothing


def _find_source(spec: Any, folder: Path) -> dict[str, Any]:
    """Whoever sits at the terminal may read what the account may read."""
    return {"path": str((folder / Path(spec.source).expanduser()).resolve())}


def _find_model(spec: Any, folder: Path) -> dict[str, Any]:
    if spec.is_on_hub:
        return {"path": spec.source, "allow_hub": Settings().model_hub}
    return _find_source(spec, folder)


def _find_region(spec: Any, folder: Path) -> dict[str, Any]:  # noqa: ARG001 - the same for all
    return {"region": regions.get_region(Settings(), spec.region) if spec.region else None}


def _find_source_and_region(spec: Any, folder: Path) -> dict[str, Any]:
    return _find_source(spec, folder) | _find_region(spec, folder)


COMPUTES: Mapping[str, Compute] = {
    "answers.ablate": Compute("ml.benchmarks.answers.ablate:ablate"),
    "answers.compare": Compute("ml.benchmarks.answers.compare:compare"),
    "answers.generate": Compute("ml.answering.run:answer"),
    "answers.score": Compute("ml.benchmarks.answers.run:score_answers"),
    "benchmark.run": Compute("ml.benchmarks.run:run_benchmark"),
    "dataset.filter": Compute("ml.filtering.run:filter_dataset", _find_region),
    "dataset.import": Compute("ml.importing.dataset:import_dataset", _find_source),
    "distillation.check": Compute("ml.distillation.checking:check_dataset"),
    "distillation.measure": Compute("ml.benchmarks.distillation.measuring:measure"),
    "distillation.prepare": Compute("ml.distillation.preparing:prepare"),
    "distillation.run": Compute("ml.benchmarks.distillation.joining:join"),
    "embeddings.score": Compute("ml.benchmarks.embeddings.run:score_embeddings"),
    "images.generate": Compute("ml.generation.run:generate"),
    "knowledge.import": Compute("ml.importing.knowledge.run:import_knowledge", _find_source),
    "knowledge.index": Compute("ml.retrieval.run:index"),
    "knowledge.retrieve": Compute("ml.retrieval.run:retrieve"),
    "model.align": Compute("ml.aligning.run:align"),
    "model.distill": Compute("ml.distillation.run:distill"),
    "model.finetune": Compute("ml.finetuning.run:finetune"),
    "model.import": Compute("ml.importing.model:import_model", _find_model),
    "model.instruct": Compute("ml.instructing.run:instruct"),
    "model.merge": Compute("ml.merging.run:merge"),
    "outputs.import": Compute("ml.importing.outputs.run:import_outputs", _find_source),
    "prompts.augment": Compute("ml.retrieval.augmenting:augment"),
    "questions.embed": Compute("ml.retrieval.run:embed_questions"),
    "quiz.import": Compute("ml.importing.quizzes.run:import_quiz", _find_source_and_region),
    "sandbox.ask": Compute("sandbox.answers.pool:draw_quiz"),
    "sandbox.caption": Compute("sandbox.embeddings.drawing:draw_captions"),
    "sandbox.draw": Compute("sandbox.pool.drawing:draw_pool"),
    "system.check": Compute("ml.checking.machine:check_machine"),
}

# Kinds that are nothing without rows: what they are about is in a database.
OF_AN_INSTANCE = frozenset({"study.analyse", "study.open"})
