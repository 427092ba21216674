"""model.distill: ask the teacher about everything once, unless that was done before for several
students (`ml.distillation.preparing`); teach the student, and write it.

Each of the first two leaves what it made in the state folder: stopped or killed, the next attempt
goes on in the middle of the one it was at.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ml import devices
from ml.datasets import contents
from ml.distillation import checking, publishing, students
from ml.distillation import material as materials
from ml.distillation.batches import Batches
from ml.distillation.combination import Combination
from ml.distillation.material import Material
from ml.distillation.training import Training
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.progress import Progress, word
from ml.training import checkpoints, log, memory
from ml.training.course import Course
from ml.training.publishing import results
from ml.training.team import Alone
from specs.kinds.model.model_distill import ModelDistill


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
    prepared = _prepare(spec, teacher, dataset, material, state_dir, progress)
    course = Course(
        settings=spec,
        num_steps=Batches(spec, prepared.taught).num_steps,
        state_dir=state_dir,
        identity=_identify(spec, prepared.taught),
    )
    with memory.naming(spec, "training", "pictures", "set a smaller batch"):
        _train(spec, course, prepared, progress)
    return prepared.facts | _publish(spec, course, prepared, dataset, out_dir, progress)


def _identify(spec: ModelDistill, taught: Material) -> str:
    """Of the work, wherever what it reads lies."""
    work = spec.model_copy(update={"material": ""}).digest()
    return hashlib.sha256(f"{work}\n{taught.identity}".encode()).hexdigest()


def _ask(
    spec: ModelDistill, teaching: Encoder, dataset: Path, state_dir: Path, progress: Progress
) -> Path:
    """What the student has no use for is known before the teacher is asked."""
    found = materials.find_items(dataset)
    checking.check(spec.formulations, spec.batch_size, [item.languages for item in found[0]])
    folder = state_dir / "prepared" / materials.identify(teaching, dataset)[:32]
    materials.build(found, teaching, dataset, folder, progress)
    return folder


@dataclass(frozen=True)
class _Prepared:
    """The teacher itself is no longer in it, nor in memory: what is left of it are its vectors."""

    learner: Encoder  # reads and sees as the teacher does, with the student's weights
    taught: Material
    facts: dict[str, Any]


def _prepare(
    spec: ModelDistill,
    teacher: Path,
    dataset: Path,
    material: Path | None,
    state_dir: Path,
    progress: Progress,
) -> _Prepared:
    computing = devices.choose("auto", spec.precision)
    teaching = encoders.open_encoder(teacher, device=computing.device)
    folder = material or _ask(spec, teaching, dataset, state_dir, progress)
    taught = Material.read(folder, teaching, dataset)
    checking.check(spec.formulations, spec.batch_size, taught.list_spoken())
    # From what the files hold: a teacher that is asked on a GPU is rounded to half precision.
    student = students.make(encoders.read_model(teaching.folder), spec.start, seed=spec.seed)
    facts = {
        **student.describe(teaching.model),
        "languages": list(taught.languages),
        "num_pictures": taught.num_items,
        "num_captions": taught.num_sentences,
        "num_left_out": taught.num_left_out,
        "num_cut_captions": taught.num_cut,
    }
    learner = replace(teaching, model=student.model.to(teaching.device))
    return _Prepared(learner, taught, facts)


def _train(spec: ModelDistill, course: Course, prepared: _Prepared, progress: Progress) -> None:
    checkpoints.drop_others(course.checkpoints, course.identity)
    learner = prepared.learner
    training = Training(course, learner, Combination(spec.formulations), Alone(learner.device))
    try:
        training.run(Batches(spec, prepared.taught), progress)
    finally:
        memory.free()


def _publish(
    spec: ModelDistill,
    course: Course,
    prepared: _Prepared,
    dataset: Path,
    out_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    progress.check()
    progress.update(0, message=word("Writing the model"))
    learner = prepared.learner
    latest = checkpoints.get_latest(course.checkpoints, course.identity)
    trained = results.read_trained(latest, spec)
    publishing.write_model(learner.model, trained, learner.folder, out_dir / "model")
    publishing.write_origin(out_dir / "model", spec, learner, dataset, course.num_steps)
    told = results.copy_log(course.state_dir, out_dir)
    facts = checkpoints.read_facts(latest)
    result = {
        "name": spec.name or f"{Path(spec.teacher).name or learner.folder.name} distilled",
        "family": learner.family,
        "component": "",
        "kind": "transformers",
        "method": "distillation",
        "formulations": {each.method: each.weight for each in spec.formulations},
        "steps": facts["step"],
        **log.summarise(told),
        "teacher": learner.describe(),
        "data": results.name_source(contents.read_facts(dataset)),
        **results.describe_end(facts, *prepared.taught.list_notes(learner.longest)),
        **results.describe_files(out_dir / "model"),
    }
    publishing.write_card(out_dir, result, spec)
    return result
