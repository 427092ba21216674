"""distillation.measure: a student with its teacher, or a teacher, and what it is asked, in; numbers
out.

Out come measured.json, which distillation.run reads, and measured.csv. Vectors are kept as they
come: a run that was interrupted goes on from them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from ml import devices, digests, files
from ml.benchmarks import tables
from ml.benchmarks.distillation import likeness, scores, speed, values
from ml.benchmarks.distillation.values import FILE, Value
from ml.benchmarks.embeddings import reading
from ml.benchmarks.embeddings.methods import registry
from ml.benchmarks.embeddings.methods.retrieval import Retrieving
from ml.benchmarks.embeddings.plan import Plan
from ml.benchmarks.embeddings.reporting import Reporter, count_things
from ml.benchmarks.embeddings.vectors import Embedder, Found
from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets.problems import shown
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.progress import Progress
from specs.distillation import origin as distilled
from specs.distillation.origin import Distilled
from specs.embeddings.encoders import FAMILIES
from specs.embeddings.retrieval import Retrieval
from specs.embeddings.zeroshot import Zeroshot
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from stats.answers.score import Scored
from stats.distillation.measures import BYTES, PARAMETERS, SIZE
from stats.retrieval.score import Retrieved

# Of everything together: a study tells languages and tasks apart, not scopes.
_SCOPE = "global"


def measure(
    spec: DistillationMeasure,
    *,
    model: Path,
    teacher: Path | None = None,
    dataset: Path,
    quiz: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    asked = _Asked.read(dataset, quiz)
    origin = _read_origin(model) if teacher is not None else None
    _check_unseen(origin, asked)
    device = devices.choose(spec.device).device
    models = [
        encoders.open_encoder(path, device=device, batch_size=spec.batch_size)
        for path in (model, teacher)
        if path is not None
    ]
    measured, *beside = models
    for each in beside:
        _check_taught(origin, measured, each)
    name = Path(spec.model).name or model.name
    read = reading.read(measured, asked.plans)
    answered = _ask(asked, models, state_dir, progress)
    listed = list(_measure(spec, asked, models, answered, progress))
    facts = {
        "name": name,
        "family": FAMILIES[measured.family],
        "digest": measured.digest,
        "teacher_digest": beside[0].digest if beside else "",
        "origin": None if origin is None else origin.model_dump(mode="json"),
        **asked.describe(),
        "num_texts": read.num_texts,
        "num_cut": read.num_cut,
        "notes": [*asked.list_notes(), *read.list_notes(f"'{shown(name)}'")],
        "device": device,
        "batch_size": spec.batch_size,
        "rounds": spec.rounds,
        "values": [asdict(each) for each in listed],
        "scores": answered.list_scores(asked),
    }
    _write(out_dir, facts, listed)
    return facts


def _read_origin(student: Path) -> Distilled:
    origin = distilled.read(student)
    if origin is None:
        raise BenchmarkImpossible(
            f"'{shown(student.name)}' does not say how it was taught: a student is measured that "
            "model.distill made."
        )
    if dict(origin.weights) != digests.of_weights(student):
        raise BenchmarkImpossible(
            f"'{shown(student.name)}' has other weights than those that model.distill wrote: it is "
            "not the student that it says it is."
        )
    return origin


def _check_unseen(origin: Distilled | None, asked: "_Asked") -> None:
    if origin is not None and origin.dataset.digest == asked.describe()["dataset"]["digest"]:
        raise BenchmarkImpossible(
            f"'{shown(origin.dataset.name)}' is what the student was taught on: measure it on "
            "other pictures."
        )


def _check_taught(origin: Distilled | None, student: Encoder, teacher: Encoder) -> None:
    if origin is not None and origin.teacher.digest != teacher.digest:
        raise BenchmarkImpossible(
            f"'{shown(student.folder.name)}' was taught by another model ('"
            f"{shown(origin.teacher.name)}', {origin.teacher.digest[:12]}) than "
            f"'{shown(teacher.folder.name)}' ({teacher.digest[:12]})."
        )


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Refused before anything is embedded where nothing could be told of languages."""

    retrieval: Retrieving
    questions: Plan | None

    @classmethod
    def read(cls, dataset: Path, quiz: Path | None) -> "_Asked":
        retrieval = registry.plan(Retrieval(), _SCOPE, dataset=dataset, quiz=None)
        questions = None
        if quiz is not None:
            questions = registry.plan(Zeroshot(), _SCOPE, dataset=None, quiz=quiz)
        asked = cls(retrieval=cast("Retrieving", retrieval), questions=questions)
        if not likeness.has_translations(asked.retrieval):
            raise BenchmarkImpossible(
                f"No picture of '{shown(dataset.name)}' has captions in 2 languages, between which "
                f"consistency is measured. {asked.count_unnamed()}".rstrip()
            )
        return asked

    @property
    def plans(self) -> list[Plan]:
        return [self.retrieval, *([] if self.questions is None else [self.questions])]

    def count_unnamed(self) -> str:
        """In words; nothing where every caption says its language."""
        pairs = self.retrieval.pairs
        num = sum(not pair.language for pair in pairs)
        return f"{num:,} of {len(pairs):,} captions do not say their language." if num else ""

    def describe(self) -> dict[str, Any]:
        quiz = None if self.questions is None else self.questions.source.facts["quiz"]
        return {"dataset": self.retrieval.source.facts["dataset"], "quiz": quiz}

    def list_notes(self) -> list[str]:
        notes = list(self.retrieval.list_notes())
        if unnamed := self.count_unnamed():
            notes.append(
                f"{unnamed} They count where all languages are taken together, in no language's "
                "own values, and not in consistency."
            )
        return notes


@dataclass(frozen=True, kw_only=True)
class _Answered:
    """Everybody's vectors of the data set, and what the first of the models finds and answers."""

    vectors: Sequence[Found]
    retrieved: Retrieved
    questions: Scored | None

    def list_scores(self, asked: _Asked) -> dict[str, Any]:
        """By what was asked, as the specification calls it."""
        told = {"dataset": scores.tell(asked.retrieval, self.retrieved, _SCOPE)}
        if asked.questions is not None and self.questions is not None:
            told["quiz"] = scores.tell(asked.questions, self.questions, _SCOPE)
        return told


def _ask(
    asked: _Asked, models: Sequence[Encoder], state_dir: Path, progress: Progress
) -> _Answered:
    beside = (len(models) - 1) * count_things(asked.retrieval)
    reporter = Reporter(sum(map(count_things, asked.plans)) + beside, progress)

    def embed(encoder: Encoder, plan: Plan) -> Found:
        reporter.message = encoder.folder.name
        embedder = Embedder(encoder, (encoder.digest,), state_dir / "vectors", reporter.report)
        return embedder.embed(plan.source, plan.pictures, plan.phrases)

    vectors = [embed(encoder, asked.retrieval) for encoder in models]
    answered = None
    if asked.questions is not None:
        answered = asked.questions.measure(embed(models[0], asked.questions))[_SCOPE]
    return _Answered(
        vectors=vectors,
        retrieved=asked.retrieval.measure(vectors[0])[_SCOPE],
        questions=cast("Scored | None", answered),
    )


def _measure(
    spec: DistillationMeasure,
    asked: _Asked,
    models: Sequence[Encoder],
    answered: _Answered,
    progress: Progress,
) -> Iterator[Value]:
    """The first of the models, beside the second where there is one."""
    own, *others = answered.vectors
    yield from values.of_retrieval(answered.retrieved)
    if answered.questions is not None:
        yield from values.of_questions(answered.questions)
    agreeing = likeness.measure_consistency(asked.retrieval, own, progress.check)
    yield from values.of_consistency(agreeing)
    yield from values.of_purity(likeness.measure_purity(asked.retrieval, own, progress.check))
    for of_teacher in others:
        yield from likeness.compare(asked.retrieval, own, of_teacher, progress.check)
    yield Value(task=SIZE, measure=PARAMETERS, value=encoders.count_parameters(models[0].model))
    yield Value(task=SIZE, measure=BYTES, value=files.measure_size(models[0].folder))
    work, counts = speed.describe(*_choose_timed(spec, asked.retrieval, models[0]))
    yield from speed.list_values(speed.take(models, work, spec.rounds, progress), counts)


def _choose_timed(
    spec: DistillationMeasure, plan: Retrieving, encoder: Encoder
) -> tuple[list[Any], list[str]]:
    """One batch of each; pictures prepared before, which is the same for student and teacher."""
    opened = plan.source.open_pictures(plan.pictures[: spec.batch_size])
    texts = [text for phrase in plan.phrases for text in phrase]
    return [encoder.prepare(open_()) for _, open_ in opened], texts[: spec.batch_size]


def _write(folder: Path, facts: Mapping[str, Any], listed: Sequence[Value]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tables.write(
        folder / "measured.csv",
        ("task", "measure", "language", "value", "n_items"),
        ((one.task, one.measure, one.language, repr(one.value), one.num_items) for one in listed),
    )
    # The last: who finds it finds all of them.
    files.write_json(folder / FILE, facts)
