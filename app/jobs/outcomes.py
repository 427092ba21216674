"""What came of a job, as its page shows it: ways to what it made, pictures to look at, scores to
compare. Pictures are those that the result names, and are asked for by their place in it: no name
of a file comes from a visitor.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.benchmarks import pages as benchmarks
from app.benchmarks import trade_off
from app.benchmarks.pages import Table
from app.jobs import charts
from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.benchmarks import queries as scores
from domain.errors import NotFound
from domain.jobs import queries
from domain.jobs.models import Job
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.kinds.quiz.quiz_import import QuizImport

PUBLISHED = "output"  # what a job calls the folder it leaves
SHEET = "grid.png"  # prompts by variants, of images.generate
_SAMPLE = re.compile(r"samples/step-(?P<step>\d{1,12})-(?P<prompt>\d{1,4})\.png")
_MOST_SCORES = 500
# Told in another way than as a name with a value.
_SHOWN = frozenset(
    {
        *("dataset_id", "variant_id", "benchmark_id", "knowledge_base_id", "knowledge_index_id"),
        *("rows", "loss_curve", "samples"),
    }
)
_SHOWN_OF_IMPORTS = frozenset({"arms", "problems", "prompt_set_id", "reasons"})
_SHOWN_OF_VARIANTS = frozenset({"variants"})
_SHOWN_OF_EFFECTS = frozenset({"effects"})
# Kinds that list the rows that they left out; that score; and whose outputs belong to variants.
_IMPORTS = frozenset({OutputsImport.kind, KnowledgeImport.kind, QuizImport.kind})
_MEASURES = frozenset(
    {BenchmarkRun.kind, AnswersScore.kind, EmbeddingsScore.kind, DistillationMeasure.kind}
)
_DRAWS = frozenset({ImagesGenerate.kind, OutputsImport.kind, AnswersGenerate.kind})


class PictureNotFound(NotFound):
    def __init__(self, number: int) -> None:
        super().__init__("This job has no picture number %(number)s.", number=number)


@dataclass(frozen=True)
class Sample:
    """A picture that a model drew while it was tuned."""

    number: int  # among the job's pictures
    step: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    facts: Sequence[tuple[str, Any]]
    nested: Mapping[str, Any]  # what does not fit into a line
    has_sheet: bool
    strips: Sequence[Sequence[Sample]]  # one per prompt, each over the steps
    loss: charts.Line | None
    variants: Sequence[Mapping[str, Any]]  # that a merge wrote
    drawn: Sequence[uuid.UUID]  # variants whose outputs were generated or imported
    arms: Sequence[Mapping[str, Any]]  # of an import: name, variant, role, number of outputs
    problems: Sequence[Mapping[str, Any]]  # the first rows that an import left out
    scores: Sequence[Table]
    trade_off: trade_off.View | None  # of a benchmark over both scopes


def describe(session: Session, job: Job, published: Mapping[str, Artifact]) -> Outcome:
    result = job.result or {}
    pictures = list_pictures(job) if is_there(published.get(PUBLISHED)) else []
    variants = [each for each in result.get("variants", []) if "variant_id" in each]
    tables = _list_scores(session, job)
    weighed = trade_off.make_view(result) if job.kind in _MEASURES else None
    told = _SHOWN | (_SHOWN_OF_VARIANTS if variants or tables else frozenset())
    told |= _SHOWN_OF_EFFECTS if weighed else frozenset()
    is_import = job.kind in _IMPORTS
    told |= _SHOWN_OF_IMPORTS if is_import else frozenset()
    left = {name: value for name, value in result.items() if name not in told}
    return Outcome(
        facts=flatten(left),
        nested={name: value for name, value in left.items() if _is_nested(value)},
        has_sheet=SHEET in pictures,
        strips=_make_strips(pictures),
        loss=charts.draw_curve("loss", result.get("loss_curve", ())),
        variants=variants,
        drawn=_list_drawn(job),
        arms=result.get("arms", ()) if is_import else (),
        problems=result.get("problems", ()) if is_import else (),
        scores=tables,
        trade_off=weighed,
    )


def flatten(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names in words, values that fit into a line."""
    return [
        (name.replace("_", " "), value) for name, value in values.items() if not _is_nested(value)
    ]


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)


def is_there(artifact: Artifact | None) -> bool:
    return artifact is not None and artifact.released_at is None and artifact.erased_at is None


def list_pictures(job: Job) -> list[str]:
    """Names inside the folder that the job published, in the order of their numbers."""
    if job.result is None:
        return []
    if job.kind == ImagesGenerate.kind:
        return [SHEET] if job.spec.get("sheet_prompts", 1) else []
    if job.kind == ModelFinetune.kind:
        named = job.result.get("samples", [])
        return [name for name in named if _SAMPLE.fullmatch(name)]
    return []


def read_picture(session: Session, job: Job, number: int) -> bytes:
    """A PNG. Raises PictureNotFound, or ArtifactGone with the reason."""
    names = list_pictures(job)
    found = queries.list_artifacts(session, job.id).get(PUBLISHED)
    if found is None or not 0 <= number < len(names):
        raise PictureNotFound(number)
    artifact = artifacts.get_readable(session, found.id)
    with storage.open_read(storage.join(artifact.uri, names[number])) as file:
        return file.read()


def _make_strips(pictures: Sequence[str]) -> list[list[Sample]]:
    strips: dict[int, list[Sample]] = {}
    for number, name in enumerate(pictures):
        if match := _SAMPLE.fullmatch(name):
            sample = Sample(number, int(match["step"]))
            strips.setdefault(int(match["prompt"]), []).append(sample)
    return [sorted(strips[prompt], key=lambda each: each.step) for prompt in sorted(strips)]


def _list_drawn(job: Job) -> list[uuid.UUID]:
    if job.kind not in _DRAWS:
        return []
    return [uuid.UUID(each) for each in dict.fromkeys((job.result or {}).get("rows", {}).values())]


def _list_scores(session: Session, job: Job) -> list[Table]:
    if job.kind not in _MEASURES:
        return []
    found = scores.list_scores(session, job_id=job.id, limit=_MOST_SCORES)
    return benchmarks.make_tables(session, found)
