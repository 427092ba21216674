"""model.align: prepare the pictures, train, and write the tuned encoder.

Each of the first two leaves what it made in the state folder: stopped or killed, the next attempt
goes on in the middle of the one it was at.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ml import devices
from ml.aligning import choosing, evaluation, parts, relation
from ml.aligning.batches import Batches
from ml.aligning.choosing import Chosen
from ml.aligning.evaluation import Evaluation
from ml.aligning.training import Training
from ml.datasets import contents
from ml.loading import weights
from ml.loading.encoders import Encoder
from ml.progress import Progress, word
from ml.training import checkpoints, log, memory
from ml.training.course import Course, Look
from ml.training.data import captioned
from ml.training.data.captioned import Item, Material, Preparation
from ml.training.publishing import card, models, results
from ml.training.team import Alone
from specs.kinds.model.model_align import Loss, ModelAlign


def align(
    spec: ModelAlign,
    *,
    base: Path,
    dataset: Path,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    computing = devices.choose("auto", spec.precision)
    loss = parts.choose_loss(base, spec)
    items, num_left_out = captioned.find_items(dataset, one_a_language=False)
    chosen = choosing.choose(items, spec)
    progress.update(0, message=word("Loading the model"))
    encoder = parts.load(base, spec)
    learner = Learner(spec, loss, replace(encoder, device=computing.device), chosen)
    read = learner.identify(dataset)
    folder = state_dir / "prepared" / read[:32]
    material = _prepare(items, encoder, dataset, folder, progress)
    course = learner.train(material, state_dir, read, progress)
    told = {
        "languages": list(material.languages),
        "num_pictures": len(items),
        "num_captions": material.num_sentences,
        "num_left_out": num_left_out,
        "data": results.name_source(contents.read_facts(dataset)),
        "num_cut_captions": material.num_cut,
    }
    progress.check()
    progress.update(0, message=word("Writing the model"))
    return learner.publish(course, material, told, out_dir)


def _prepare(
    items: list[Item], encoder: Encoder, dataset: Path, folder: Path, progress: Progress
) -> Material:
    saying = word("Preparing pictures")
    preparation = Preparation(items=items, encoder=encoder, dataset=dataset, saying=saying)
    preparation.build(folder, progress)
    return Material(folder, captioned.list_languages(items))


@dataclass(frozen=True)
class Learner:
    spec: ModelAlign
    loss: Loss
    encoder: Encoder  # its model is the one that is trained
    chosen: Chosen

    def identify(self, dataset: Path) -> str:
        """Of all that is read."""
        digest = str(contents.read_facts(dataset).get("digest", ""))
        return hashlib.sha256(f"{self.encoder.digest}\n{digest}".encode()).hexdigest()

    def train(self, material: Material, state_dir: Path, read: str, progress: Progress) -> Course:
        spec = self.spec
        batches = Batches(spec, material, self.chosen.learnt)
        course = Course(
            settings=spec,
            num_steps=batches.num_steps,
            state_dir=state_dir,
            identity=hashlib.sha256(f"{spec.digest()}\n{read}".encode()).hexdigest(),
            look=self._make_look(material),
        )
        checkpoints.drop_others(course.checkpoints, course.identity)
        with memory.naming(spec, "training", "pairs", "set a smaller batch"):
            training = Training(course, self.encoder, self.loss, Alone(self.encoder.device))
            try:
                training.run(batches, progress)
            finally:
                memory.free()
        return course

    def _make_look(self, material: Material) -> Look | None:
        held_out = self.chosen.held_out
        if not held_out:
            return None
        pairs = [number for item in held_out for number in material.list_sentences(item)]
        related = relation.relate(material, pairs)
        looking = Evaluation(self.encoder, self.loss, material, related)
        return Look(every=self.spec.evaluate_every, saying=word("Evaluating"), at=looking.look)

    def publish(
        self, course: Course, material: Material, told: Mapping[str, Any], out_dir: Path
    ) -> dict[str, Any]:
        spec = self.spec
        latest = checkpoints.get_latest(course.checkpoints, course.identity)
        layout = weights.check(self.encoder.folder)
        models.write(layout, spec, results.read_trained(latest, spec), out_dir)
        rows = results.copy_log(course.state_dir, out_dir)
        facts = checkpoints.read_facts(latest)
        batches = Batches(spec, material, self.chosen.learnt)
        result = {
            "name": spec.name or f"{Path(spec.base).name or self.encoder.folder.name} aligned",
            "family": self.encoder.family,
            "component": "",
            "kind": layout.kind if spec.method == "full" or spec.fuse_lora else "lora",
            "method": spec.method,
            "loss": self.loss,
            "steps": facts["step"],
            "epochs": round(batches.count_epochs(facts["step"]), 3),
            "num_learnt_captions": batches.num_pairs,
            "num_held_out": len(self.chosen.held_out),
            **told,
            **log.summarise(rows),
            **_describe_looks(rows),
            "base": self.encoder.describe(),
            **results.describe_end(facts, *self._note(material)),
            **results.describe_files(out_dir / "model"),
        }
        card.write(out_dir, result, spec, _say_what(result))
        return result

    def _note(self, material: Material) -> list[str]:
        notes = material.list_notes(self.encoder.longest)
        if self.spec.held_out and not self.chosen.held_out:
            notes.append("There are too few pictures to hold any out: nothing was evaluated.")
        return notes


def _describe_looks(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = (evaluation.LOSS, evaluation.PICTURES, evaluation.TEXTS)
    looks = [row for row in rows if evaluation.LOSS in row]
    last = {name: looks[-1][name] if looks else None for name in names}
    curve = [[row["step"], *(row[name] for name in names)] for row in looks]
    return {**last, "held_out_curve": curve}


def _say_what(result: Mapping[str, Any]) -> str:
    return (
        f"'{result['base']['name']}' ({result['base']['family']}), tuned on pictures with captions "
        f"({result['method']}, loss {result['loss']}, {result['steps']:,} steps, "
        f"{result['num_learnt_captions']:,} pairs)."
    )
