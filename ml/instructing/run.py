"""model.instruct: look at all that is to be learnt, train, and write the tuned model.

Each of the three leaves what it made in the state folder: stopped or killed, the next attempt goes
on in the middle of the one it was at.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml import devices
from ml.datasets import contents
from ml.devices import Computing
from ml.instructing import captions, choosing, evaluation, launching, rows, survey
from ml.instructing.launching import Material, Work
from ml.loading import quizzes, weights
from ml.loading.families import registry
from ml.loading.speaking import learnt
from ml.loading.speaking.speaker import Speaker
from ml.progress import Progress, word
from ml.training import checkpoints, log, processes
from ml.training.data import store
from ml.training.problems import UnfitForTraining
from ml.training.publishing import card, models, results
from ml.training.team import Team
from ml.training.work import carry_out
from specs.kinds.model.model_instruct import ModelInstruct

_DIGEST = "sha256"  # of a data set's picture; not every data set names it


def instruct(
    spec: ModelInstruct,
    *,
    base: Path,
    quiz: Path,
    dataset: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    computing = devices.choose("auto", spec.precision)
    processes.check_devices(spec.num_processes, computing.device)
    speaker = registry.load(base, Computing("cpu", "fp32", computing.threads), model=False)
    identity = _identify(spec, speaker, quiz, dataset)
    work = Work(
        spec=spec,
        base=base,
        quiz=quiz,
        prepared=state_dir / "prepared" / identity[:32],
        has_captions=dataset is not None,
        state_dir=state_dir,
        identity=identity,
        device=computing.device,
    )
    _prepare(work, speaker, dataset, progress)
    material = launching.open_material(work, speaker)
    num_steps = material.batches.count_steps()
    if not num_steps:
        raise UnfitForTraining(
            "There is nothing to learn: no epochs on questions, and no data set with captions."
        )
    checkpoints.drop_others(work.checkpoints, identity)

    def train(team: Team, progress: Progress) -> None:
        launching.train(work, team, progress)

    carry_out(work, num_steps, progress, train)
    return _publish(work, speaker, material, dataset, out_dir, progress)


def _identify(spec: ModelInstruct, speaker: Speaker, quiz: Path, dataset: Path | None) -> str:
    """Of everything that decides what is learnt."""
    captions_digest = contents.read_facts(dataset).get("digest", "") if dataset else ""
    read = [quizzes.read(quiz).facts.digest, str(captions_digest), speaker.digest]
    return hashlib.sha256("\n".join([spec.digest(), *read]).encode()).hexdigest()


def _prepare(work: Work, speaker: Speaker, dataset: Path | None, progress: Progress) -> None:
    quiz = quizzes.read(work.quiz)
    chosen = choosing.choose(quiz, work.spec)
    if dataset is not None:
        captions.build(work.spec, speaker, dataset, work.prepared / launching.CAPTIONS, progress)
    questions = work.prepared / launching.QUESTIONS
    survey.look(work.spec, speaker, quiz, chosen, questions, progress)


def _publish(
    work: Work,
    speaker: Speaker,
    material: Material,
    dataset: Path | None,
    out_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    progress.check()
    progress.update(0, message=word("Writing the model"))
    spec = work.spec
    latest = checkpoints.get_latest(work.checkpoints, work.identity)
    layout = weights.check(work.base)
    models.write(layout, spec, results.read_trained(latest, spec), out_dir)
    _tell_learnt(work, material, dataset, out_dir)
    told = results.copy_log(work.state_dir, out_dir)
    result = {
        "name": spec.name or f"{Path(spec.base).name or work.base.name} taught",
        "family": layout.family,
        "component": "",
        "kind": layout.kind if spec.method == "full" or spec.fuse_lora else "lora",
        **_describe(work, speaker, material, checkpoints.read_facts(latest), told),
        "quiz": results.name_source(vars(material.quiz.facts)),
        "data": results.name_source(contents.read_facts(dataset)) if dataset else None,
        **results.describe_files(out_dir / "model"),
    }
    what = (
        f"A vision-language model of the type {result['family']} that was taught to answer "
        f"({result['method']}, {result['steps']:,} steps, "
        f"{result['num_questions']:,} questions)."
    )
    card.write(out_dir, result, spec, what)
    return result


def _tell_learnt(work: Work, material: Material, dataset: Path | None, out_dir: Path) -> None:
    """What is held out was looked at and not learnt. Of a data set all pictures count, those too
    whose captions were too long.
    """
    pictures: tuple[str, ...] = ()
    if dataset is not None and _DIGEST in contents.list_columns(dataset):
        rows = contents.iterate(dataset, columns=[_DIGEST])
        pictures = tuple(str(row[_DIGEST]) for row in rows)
    taught = learnt.gather(material.surveyed.learnt, pictures)
    for name in ("model", "adapter"):
        if (out_dir / name).is_dir():
            learnt.write(out_dir / name, learnt.read(work.base) | taught)


def _describe(
    work: Work,
    speaker: Speaker,
    material: Material,
    facts: Mapping[str, Any],
    told: list[dict[str, Any]],
) -> dict[str, Any]:
    surveyed, stages = material.surveyed, material.batches.stages
    looks = [row for row in told if evaluation.LOSS in row]
    read = _read_captions(work)
    return {
        "method": work.spec.method,
        "trained": work.spec.trained,
        "steps": facts["step"],
        "caption_steps": stages[0].num_steps if work.has_captions else 0,
        "epochs": round(stages[-1].count_seen(stages[-1].num_steps), 3),
        "num_questions": len(surveyed.learnt),
        "num_held_out": len(surveyed.held_out),
        "num_too_long": len(surveyed.too_long),
        **read,
        **log.summarise(told),
        "held_out_loss": looks[-1][evaluation.LOSS] if looks else None,
        "held_out_accuracy": looks[-1][evaluation.ACCURACY] if looks else None,
        "held_out_curve": [
            [row["step"], row[evaluation.LOSS], row[evaluation.ACCURACY]] for row in looks
        ],
        "is_packed": material.batches.is_packed,
        **results.describe_end(facts, *_note(work, speaker, material, read)),
    }


def _read_captions(work: Work) -> dict[str, int]:
    if not work.has_captions:
        return {"num_captions": 0, "num_silent": 0, "num_long_captions": 0}
    return dict(store.read_mark(work.prepared / launching.CAPTIONS)["facts"])


def _note(work: Work, speaker: Speaker, material: Material, read: Mapping[str, int]) -> list[str]:
    notes = []
    if work.spec.packing and not rows.can_pack(speaker):
        notes.append(
            f"Questions were filled up and not packed: models of the family "
            f"'{speaker.family.label}' cannot keep questions in one row apart."
        )
    too_long = material.surveyed.too_long
    if too_long:
        notes.append(
            f"{len(too_long):,} questions are too long and were left out, the first is "
            f"'{too_long[0]}'."
        )
    if work.spec.held_out and not material.surveyed.held_out:
        notes.append("There are too few questions to hold any out: nothing was evaluated.")
    if read["num_silent"]:
        notes.append(f"{read['num_silent']:,} pictures have no caption and were left out.")
    if read["num_long_captions"]:
        notes.append(f"{read['num_long_captions']:,} captions are too long and were left out.")
    return notes
