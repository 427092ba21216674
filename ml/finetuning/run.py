"""model.finetune: encode the data set, train, and write the tuned model.

Each of the three leaves what it made in the state folder: stopped or killed, the next attempt goes
on in the middle of the one it was at.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from ml import devices
from ml.datasets import contents
from ml.devices import Computing
from ml.finetuning import launching, publishing, samples
from ml.finetuning.data import preparation
from ml.finetuning.data.encoding import Encoders
from ml.finetuning.data.preparation import Preparation
from ml.finetuning.foundation import Foundation, open_foundation
from ml.finetuning.launching import Work
from ml.progress import Progress, word
from ml.training import adapters, checkpoints, log, memory, processes, rewriting
from ml.training.data import store
from ml.training.publishing import card, results
from ml.training.team import Team
from ml.training.work import carry_out
from specs.kinds.model.model_finetune import ModelFinetune

_NUM_SAMPLE_CAPTIONS = 4


def finetune(
    spec: ModelFinetune,
    *,
    base: Path,
    dataset: Path,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    cache_dir: Path | None = None,
) -> dict[str, Any]:
    """`cache_dir` keeps encoded data sets for later trainings; else they go with the state."""
    computing = devices.choose("auto", spec.precision)
    processes.check_devices(spec.num_processes, computing.device)
    foundation = open_foundation(base)
    prepared = Preparation(spec, foundation, dataset)
    key = prepared.key()
    encoded = (cache_dir or state_dir / "encoded") / key
    encoded.mkdir(parents=True, exist_ok=True)
    with launching.naming(spec, "encoding pictures"):
        _encode(prepared, encoded, state_dir, computing, progress)
    identity = _identify(spec, key, foundation)
    work = Work(
        spec=spec,
        base=base,
        encoded=encoded,
        num_views=prepared.num_views,
        state_dir=state_dir,
        identity=identity,
        device=computing.device,
    )
    checkpoints.drop_others(work.checkpoints, identity)
    train(work, progress)
    return _publish(work, foundation, dataset, out_dir, progress)


def _identify(spec: ModelFinetune, key: str, foundation: Foundation) -> str:
    text = f"{spec.digest()}\n{key}\n{foundation.digest_unet()}"
    return hashlib.sha256(text.encode()).hexdigest()


def _encode(
    prepared: Preparation, encoded: Path, state_dir: Path, computing: Computing, progress: Progress
) -> None:
    loaded: list[Encoders] = []

    def make() -> Encoders:
        if not loaded:
            progress.update(0, message=word("Loading VAE and text encoders"))
            fp32 = Computing(computing.device, "fp32", computing.threads)
            loaded.append(Encoders(prepared.foundation, fp32))
        return loaded[0]

    prepared.build(encoded, progress, make)
    prompts = state_dir / launching.PROMPTS
    if prepared.spec.sample_every and not prompts.exists():
        captions = preparation.read_captions(encoded)[:_NUM_SAMPLE_CAPTIONS]
        texts = prepared.spec.sample_prompts or captions or [""]
        samples.encode_prompts(prompts, make(), texts)
    loaded.clear()
    memory.free()


def train(work: Work, progress: Progress) -> None:
    def take_part(team: Team, progress: Progress) -> None:
        launching.train(work, team, progress)

    num_steps = launching.open_batches(work).count_steps()
    carry_out(work, num_steps, progress, take_part)


def _publish(
    work: Work, foundation: Foundation, dataset: Path, out_dir: Path, progress: Progress
) -> dict[str, Any]:
    progress.check()
    progress.update(0, message=word("Writing the model"))
    spec = work.spec
    latest = checkpoints.get_latest(work.checkpoints, work.identity)
    facts = checkpoints.read_facts(latest)
    _write_model(foundation, spec, results.read_trained(latest, spec), out_dir)
    told = results.copy_log(work.state_dir, out_dir)
    result = {
        "name": spec.name or f"{Path(spec.base).name or work.base.name} tuned",
        "family": foundation.family,
        "component": "unet",
        "kind": "pipeline" if spec.method == "full" or spec.fuse_lora else "lora",
        **_describe(work, facts, told),
        "data": results.name_source(contents.read_facts(dataset)),
        "samples": publishing.copy_samples(work.state_dir / launching.SAMPLES, out_dir),
        **results.describe_files(out_dir / "model"),
    }
    what = (
        f"A {result['family']} pipeline whose {result['component']} was tuned "
        f"({result['method']}, {result['steps']:,} steps, {result['num_items']:,} pictures)."
    )
    card.write(out_dir, result, spec, what)
    return result


def _write_model(
    foundation: Foundation, spec: ModelFinetune, tensors: Mapping[str, Tensor], out_dir: Path
) -> None:
    model = out_dir / "model"
    if spec.method == "full":
        publishing.check_names(foundation, set(tensors))
        publishing.write_pipeline(foundation, rewriting.replacing(tensors), model)
        return
    if not spec.fuse_lora:
        publishing.write_adapter(foundation, spec, tensors, model)
        return
    publishing.write_adapter(foundation, spec, tensors, out_dir / "adapter")
    deltas = adapters.find_deltas(tensors, spec)
    publishing.check_names(foundation, set(deltas))
    publishing.write_pipeline(foundation, rewriting.adding(deltas), model)


def _describe(work: Work, facts: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    spec = work.spec
    batches = launching.open_batches(work)
    encoded = store.read_mark(work.encoded)["facts"]
    return {
        "method": spec.method,
        "steps": facts["step"],
        "epochs": round(batches.count_seen(facts["step"]), 3),
        "num_items": encoded["num_items"],
        "num_captions": encoded["num_captions"],
        "num_cut_captions": encoded["num_cut"],
        "num_silent_items": encoded["num_silent"],
        "sizes": encoded["sizes"],
        **log.summarise(rows),
        **results.describe_end(facts, *_note_captions(encoded)),
    }


def _note_captions(encoded: Mapping[str, Any]) -> list[str]:
    notes = []
    num_items = encoded["num_items"]
    if encoded["num_cut"]:
        notes.append(
            f"{encoded['num_cut']:,} of {num_items:,} captions have more than 77 tokens; the model "
            "did not see their ends."
        )
    if encoded["num_silent"]:
        notes.append(f"{encoded['num_silent']:,} pictures have no caption.")
    return notes
