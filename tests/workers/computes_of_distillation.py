"""Stand-ins for teaching and measuring students, which are tested where they live: the same
arguments, files and results, without a model. Joining is quick enough to be real.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ml import digests, files
from ml.benchmarks.distillation import joining
from ml.benchmarks.distillation.values import FILE, Value
from ml.progress import Progress
from specs.distillation import origin as distilled
from specs.distillation.origin import Distilled, Named
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.distillation.distillation_prepare import DistillationPrepare
from specs.kinds.distillation.distillation_run import DistillationRun
from specs.kinds.model.model_distill import ModelDistill
from tests.workers import computes
from tests.workers.computes import behave

# A student finds so much by its first formulation; a teacher 80.
FINDS = {"dr": 76.0, "ed": 60.0}
_TEACHER = 80.0


VECTORS = "vectors.txt"


def prepare(
    spec: DistillationPrepare,
    *,
    teacher: Path,
    dataset: Path,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (dataset / "dataset.json").is_file()
    (out_dir / VECTORS).write_text(f"of {digests.of_folder(teacher)}")
    return {"num_pictures": 4}


def distill(
    spec: ModelDistill,
    *,
    teacher: Path,
    dataset: Path,
    material: Path | None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    """As everywhere, and it says how it was taught."""
    result = computes.distill(
        spec, teacher=teacher, dataset=dataset, material=material, out_dir=out_dir,
        state_dir=state_dir, progress=progress,
    )  # fmt: skip
    assert material is not None
    assert (material / VECTORS).read_text() == f"of {digests.of_folder(teacher)}"
    origin = Distilled(
        teacher=Named(name=teacher.name, digest=digests.of_folder(teacher)),
        dataset=Named(name="Pool", digest="d"),
        formulations=spec.formulations,
        start=spec.start,
        seed=spec.seed,
        steps=spec.max_steps or 1,
        batch_size=spec.batch_size,
        learning_rate=spec.learning_rate,
        training="as it is",
        weights={},
    )
    model = out_dir / "model"
    files.write_json(model / distilled.FILE, origin.model_dump(mode="json"))
    return result | {"digest": digests.of_folder(model)}


def measure(
    spec: DistillationMeasure,
    *,
    model: Path,
    teacher: Path | None,
    dataset: Path,
    quiz: Path | None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    behave(state_dir, progress)
    assert (dataset / "dataset.json").is_file()
    origin = distilled.read(model) if teacher else None
    found = _TEACHER
    if origin is not None:
        found = FINDS[origin.formulations[0].method] + origin.seed
    values = [
        Value(task="image-to-text", measure="MRR@10", language=language, value=found, num_items=50)
        for language in ("en", "th")
    ]
    facts = {
        "name": Path(spec.model).name or model.name,
        "family": "CLIP",
        "digest": digests.of_folder(model),
        "teacher_digest": digests.of_folder(teacher) if teacher else "",
        "origin": None if origin is None else origin.model_dump(mode="json"),
        "dataset": {"name": "Test", "digest": "t"},
        "quiz": {"name": "Dishes", "digest": "q"} if quiz else None,
        "device": "cpu",
        "batch_size": spec.batch_size,
        "rounds": spec.rounds,
        "notes": [],
        "values": [asdict(each) for each in values],
        "scores": _score(found, with_quiz=quiz is not None),
    }
    files.write_json(out_dir / FILE, facts)
    return facts


def _score(found: float, *, with_quiz: bool) -> dict[str, Any]:
    told = {"dataset": _tell("retrieval", "MRR@10", found)}
    told["dataset"]["variants"][0]["rows"] = [
        {"direction": "image-to-text", "language": language, "n_queries": 50, "n_candidates": 50}
        | dict.fromkeys(("R@1", "R@5", "R@10", "MRR@10"), found)
        for language in ("en", "th")
    ]
    return told | ({"quiz": _tell("zeroshot", "accuracy", found / 2)} if with_quiz else {})


def _tell(mode: str, metric: str, found: float) -> dict[str, Any]:
    counts = {"n_items": 100, "n_questions": 100, "gaps": 0, "malformed": 0}
    one = {"variant": "model", "beta": None, "scope": "global", "score": found, "by_category": {}}
    judge = f"similarity, {mode}, all taken as global"
    return {"mode": mode, "metric": metric, "judge": judge, "variants": [one | counts]}


def join(
    spec: DistillationRun,
    *,
    teachers: list[Path],
    students: list[Path],
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    """The real one, once it may."""
    behave(state_dir, progress)
    return joining.join(
        spec, teachers=teachers, students=students, out_dir=out_dir, state_dir=state_dir,
        progress=progress,
    )  # fmt: skip


FAKES = {
    DistillationPrepare: prepare,
    ModelDistill: distill,
    DistillationMeasure: measure,
    DistillationRun: join,
}
