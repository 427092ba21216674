"""model.distill: ask the teacher about everything once, teach the student, and write it.

Each of the first two leaves what it made in the state folder: stopped or killed, the next attempt
goes on in the middle of the one it was at.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ml import devices
from ml.datasets import contents
from ml.distillation import checking, material, publishing, students
from ml.distillation.batches import Batches
from ml.distillation.combination import Combination
from ml.distillation.material import Material
from ml.distillation.training import Training
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.progress import Progress, word
from ml.training import checkpoints, log, memory
from ml.training.course import Course
from ml.training.data import captioned
from ml.training.publishing import results
from ml.training.team import Alone
from specs.kinds.model.model_distill import ModelDistill


def distill(
    spec: ModelDistill,
    *,
    teacher: Path,
    dataset: Path,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    computing = devices.choose("auto", spec.precision)
    prepared = _prepare(spec, teacher, computing.device, dataset, state_dir, progress)
    course = Course(
        settings=spec,
        num_steps=Batches(spec, prepared.taught).num_steps,
        state_dir=state_dir,
        identity=hashlib.sha256(f"{spec.digest()}\n{prepared.read}".encode()).hexdigest(),
    )
    with memory.naming(spec, "training", "pictures", "set a smaller batch"):
        _train(spec, course, prepared, progress)
    return prepared.facts | _publish(spec, course, prepared.learner, dataset, out_dir, progress)


@dataclass(frozen=True)
class _Prepared:
    """The teacher itself is no longer in it: what is left of it are its vectors."""

    learner: Encoder  # reads and sees as the teacher does, with the student's weights
    taught: Material
    read: str  # digest of all that was read
    facts: dict[str, Any]


def _prepare(
    spec: ModelDistill,
    teacher: Path,
    device: str,
    dataset: Path,
    state_dir: Path,
    progress: Progress,
) -> _Prepared:
    items, num_left_out = material.find_items(dataset)
    checking.check(spec.formulations, spec.batch_size, [item.languages for item in items])
    teaching = encoders.open_encoder(teacher, device=device)
    read = material.identify(teaching, dataset)
    folder = state_dir / "prepared" / read[:32]
    material.build(items, teaching, dataset, folder, progress)
    taught = Material(folder, captioned.list_languages(items))
    # From what the files hold: a teacher that is asked on a GPU is rounded to half precision.
    student = students.make(encoders.read_model(teacher), spec.start, seed=spec.seed)
    facts = {
        **student.describe(teaching.model),
        "languages": list(taught.languages),
        "num_pictures": taught.num_items,
        "num_captions": taught.num_sentences,
        "num_left_out": num_left_out,
    }
    return _Prepared(replace(teaching, model=student.model.to(device)), taught, read, facts)


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
    learner: Encoder,
    dataset: Path,
    out_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    progress.check()
    progress.update(0, message=word("Writing the model"))
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
        **results.describe_end(facts),
        **results.describe_files(out_dir / "model"),
    }
    publishing.write_card(out_dir, result, spec)
    return result
