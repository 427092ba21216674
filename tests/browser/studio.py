"""The studio of the small institute: data that was filtered, models that were tuned and merged,
pictures that they drew, and what a judge said of them. Small, and with files that are really there.
"""

import csv
import datetime as dt
import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from sqlalchemy.orm import Session

from domain import clock
from domain.benchmarks import service as benchmarks
from domain.benchmarks.models import Benchmark
from domain.benchmarks.service import NewBenchmark
from domain.datasets.models import Dataset
from domain.jobs import events
from domain.jobs.models import Job, JobState
from domain.outputs import service as outputs
from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.settings import Settings
from domain.variants.models import Variant
from sandbox.world import captions, scene
from sandbox.world.concepts import list_concepts
from sandbox.world.scene import Scene
from specs.job import JobSpec
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_merge import ModelMerge
from tests import factories
from tests.imports import filter_dataset, import_folder

BETAS = (0.0, 0.25, 0.5, 0.75, 1.0)
_SEED = 7
_STEPS = (100, 200, 300, 400)
_COLUMNS = (
    "item_id", "text", "proposition_id", "dependency", "question_natural_language",
    "category_broad",
)  # fmt: skip


@dataclass(frozen=True)
class Studio:
    dataset: Dataset
    pool: Dataset
    variants: Sequence[Variant]  # base, tuned, then merges by beta
    prompt_set: PromptSet
    benchmark: Benchmark
    jobs: Mapping[str, Job]


def fill(session: Session, settings: Settings) -> Studio:
    pool, kept = _make_data(session, settings)
    base = factories.make_variant(session, name="Small world", card="# Small world\n\nSDXL, tiny.")
    tuned, tuning = _tune(session, settings, base, kept)
    merges, merging = _merge(session, base, tuned)
    prompt_set, benchmark = _make_questions(session, settings)
    drawing = _draw(session, settings, [base, *merges, tuned], prompt_set)
    scoring = _score(session, benchmark, [base, *merges, tuned])
    jobs = {
        "filtering": session.get_one(Job, kept.job_id),
        "tuning": tuning,
        "merging": merging,
        "drawing": drawing,
        "scoring": scoring,
    }
    return Studio(kept, pool, [base, tuned, *merges], prompt_set, benchmark, jobs)


# -- data -----------------------------------------------------------------------------------------


def _make_data(session: Session, settings: Settings) -> tuple[Dataset, Dataset]:
    """A pool with a few regional things in it, one of them twice and one of them blurred."""
    folder = settings.inbox / "pool"
    folder.mkdir(parents=True)
    rng = random.Random(_SEED)
    everyday, regional = list_concepts("global"), list_concepts("regional")
    scenes = [scene.sample(rng, everyday) for _ in range(16)]
    scenes += [scene.sample(rng, [concept]) for concept in regional[:8]]
    for number, each in enumerate([*scenes, scenes[-1]]):
        # The last is the one before it once more, saved a little differently.
        seed = min(number, len(scenes) - 1)
        picture = scene.draw(each, seed).resize((128, 128), Image.Resampling.NEAREST)
        picture.save(folder / f"{number:03d}.png")
        (folder / f"{number:03d}.txt").write_text(captions.caption(each, "en", seed=seed))
    pool = import_folder(session, settings, folder, name="Small world, pool", licence="CC0-1.0")
    kept = filter_dataset(
        session,
        settings,
        pool,
        name="Small world, regional",
        region="sea",
        stages=[
            {"method": "decode"},
            {"method": "region", "evidence": ["gazetteer"], "at_least": 1},
            {"method": "duplicates"},
        ],
    )
    return pool, kept


# -- models ---------------------------------------------------------------------------------------


def _tune(
    session: Session, settings: Settings, base: Variant, dataset: Dataset
) -> tuple[Variant, Job]:
    """With pictures that were drawn on the way, from a blur to the thing itself."""
    folder = settings.data / "made" / "tuning"
    things = [scene.sample(random.Random(number), list_concepts("regional")) for number in (2, 9)]
    names = []
    for step in _STEPS:
        for number, thing in enumerate(things):
            names.append(f"samples/step-{step:06d}-{number}.png")
            seen = scene.draw(thing, step)
            side = max(4, 64 * step // _STEPS[-1])
            _save(seen.resize((side, side)).resize((64, 64)), folder / names[-1])
    spec = ModelFinetune(
        name="Small world, tuned", base=base.name, dataset=dataset.name, sample_every=100
    )
    curve = [
        [step, round(0.9 * 0.995**step + 0.08 + 0.02 * (step % 7), 4)] for step in range(0, 401, 8)
    ]
    result = {
        "method": "full",
        "steps": _STEPS[-1],
        "final_loss": curve[-1][1],
        "num_items": dataset.num_items,
        "loss_curve": curve,
        "samples": names,
        "name": spec.name,
    }
    job = _finish(session, spec, result, minutes=6)
    artifact = factories.publish(
        session, job, factories.make_artifact(session, kind="model", uri=folder.as_uri())
    )
    tuned = factories.make_variant(
        session, base=base, name=spec.name, job_id=job.id, artifact_id=artifact.id, method="full"
    )
    job.result = result | {"variant_id": str(tuned.id)}
    return tuned, job


def _merge(session: Session, base: Variant, tuned: Variant) -> tuple[list[Variant], Job]:
    betas = BETAS[1:-1]
    spec = ModelMerge(name="Small world", base=base.name, tuned=tuned.name, betas=betas)
    job = _finish(session, spec, {}, minutes=1)
    made = [
        factories.make_variant(
            session, base=base, tuned=tuned, beta=beta, name=f"Small world, beta {beta:g}",
            job_id=job.id, size_bytes=6_940_000,
        )
        for beta in betas
    ]  # fmt: skip
    variants = [
        {
            "beta": each.beta,
            "folder": f"beta-{each.beta:g}",
            "digest": each.digest,
            "size_bytes": each.size_bytes,
            "variant_id": str(each.id),
            "name": each.name,
        }
        for each in made
    ]
    job.result = {"method": "linear", "component": "unet", "variants": variants}
    return made, job


# -- pictures and scores --------------------------------------------------------------------------


def _make_questions(session: Session, settings: Settings) -> tuple[PromptSet, Benchmark]:
    lines: list[str] = []
    file = io.StringIO()
    questions = csv.writer(file)
    questions.writerow(_COLUMNS)
    for number, each in enumerate(_list_asked()):
        text, thing = captions.caption(each, "en", seed=number), each.thing
        line = {"text": text, "scope": thing.scope, "stratum": thing.stratum, "language": "en"}
        lines.append(json.dumps({"key": f"w{number}", **line}))
        for place, asked in enumerate(("Is it there?", f"Is it {each.colour}?")):
            questions.writerow([f"w{number}", text, place + 1, place, asked, thing.scope])
    made = prompts.create(
        session, name="Things to draw", text="\n".join(lines), source="things.jsonl", actor=None
    )
    new = NewBenchmark(
        name="Is it what was asked for",
        text=file.getvalue(),
        default_mode="dsg",
        prompt_set=made,
        source="questions.csv",
    )
    return made, benchmarks.create(session, new, settings, actor=None)


def _list_asked() -> list[Scene]:
    rng = random.Random(_SEED)
    both = [*list_concepts("regional")[:3], *list_concepts("global")[:3]]
    return [scene.sample(rng, [concept]) for concept in both]


def _draw(
    session: Session, settings: Settings, variants: Sequence[Variant], prompt_set: PromptSet
) -> Job:
    """The more of the tuned weights, the more of what is regional; at the end less of the rest."""
    folder = settings.data / "made" / "drawing"
    asked = list(zip(_list_asked(), factories.list_prompts(session, prompt_set), strict=True))
    everyday = scene.sample(random.Random(1), list_concepts("global"))
    sheet = Image.new("RGB", (len(variants) * 72, len(asked) * 72), "white")
    rows = []
    for column, beta in enumerate(BETAS):
        for line, (thing, prompt) in enumerate(asked):
            is_regional = thing.thing.scope == "regional"
            wanted = (
                thing if (beta > 0) == is_regional or (beta < 1 and not is_regional) else everyday
            )
            file = f"images/beta-{beta:g}/{prompt.key}.png"
            picture = scene.draw(wanted, line + column)
            sheet.paste(picture, (column * 72 + 4, line * 72 + 4))
            _save(picture, folder / file)
            rows.append(
                {
                    "variant": f"beta-{beta:g}", "prompt_key": prompt.key, "prompt": prompt.text,
                    "seed": _SEED, "file": file, "sha256": "c" * 64, "width": 64, "height": 64,
                    "scheduler": "DDIMScheduler", "steps": 20, "guidance": 2.0, "beta": beta,
                }
            )  # fmt: skip
    _save(sheet, folder / "grid.png")
    named = {f"beta-{beta:g}": each for beta, each in zip(BETAS, variants, strict=True)}
    spec = ImagesGenerate(
        base=variants[0].name, tuned=variants[-1].name, prompts=prompt_set.name, betas=BETAS,
        seeds=(_SEED,), steps=20, guidance=2.0,
    )  # fmt: skip
    result = {
        "num_outputs": len(rows),
        "num_new": len(rows),
        "num_prompts": len(asked),
        "rows": {name: str(each.id) for name, each in named.items()},
        "versions": {"diffusers": "0.36.0", "torch": "2.9.1"},
    }
    job = _finish(session, spec, result, minutes=2)
    artifact = factories.make_artifact(session, kind="outputs", uri=folder.as_uri())
    factories.publish(session, job, artifact)
    outputs.record(session, job, rows, prompt_set=prompt_set, variants=named, artifact=artifact)
    return job


def _score(session: Session, benchmark: Benchmark, variants: Sequence[Variant]) -> Job:
    spec = BenchmarkRun(questions=benchmark.name, judge="Judge", judge_method="attributes")
    job = _finish(session, spec, {"mode": "dsg", "judge": "attributes"}, minutes=1)
    values = {
        "global": (99.5, 98.75, 95.25, 80.5, 71.875),
        "regional": (71.25, 92.5, 99.25, 98.5, 97.0),
    }
    for scope, of_scope in values.items():
        for variant, value in zip(variants, of_scope, strict=True):
            factories.make_score(
                session, variant, benchmark, job_id=job.id, scope=scope, value=value,
                judge="attributes", metric="correct", n_items=3, n_questions=6,
                gaps=int(variant.beta == 0.5),
                by_category={"entity": value, "colour": 50 + value / 2},
            )  # fmt: skip
    job.result = {
        "mode": "dsg",
        "judge": "attributes",
        "benchmark_id": str(benchmark.id),
        "num_scores": 10,
    }
    return job


def _finish(session: Session, spec: JobSpec, result: Mapping[str, object], *, minutes: int) -> Job:
    ended = clock.now()
    job = factories.make_job(
        session, state=JobState.SUCCEEDED, spec=spec, result=dict(result), finished_at=ended,
        started_at=ended - dt.timedelta(minutes=minutes),
    )  # fmt: skip
    events.add(session, job, "claimed", owner="worker@hibiscus:4242", attempt=1, token=1)
    events.add(session, job, "succeeded")
    return job


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
