"""images.generate: one picture per variant, prompt and seed, with everything that decided it.

Out come images/<variant>/*.png, outputs.jsonl (a row per picture), generation.json (what made
them) and grid.png (to look at). A run that was interrupted goes on with the next batch of the plan,
and ends with the same bytes.
"""

import hashlib
import io
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ml import devices, digests, files
from ml.devices import Computing
from ml.generation import contact_sheet, models, plan, report
from ml.generation.models import Changing, Inputs
from ml.generation.painter import Painter
from ml.generation.plan import Batch, Plan, Variant
from ml.generation.problems import CannotGenerate
from ml.generation.storage import Storage
from ml.loading import prompts as prompt_files
from ml.progress import Progress, word
from ml.records import Row
from specs.kinds.images.images_generate import ImagesGenerate


def generate(
    spec: ImagesGenerate,
    *,
    base: Path,
    prompts: Path,
    tuned: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    planned = _make_plan(spec, prompts, is_sweep=tuned is not None)
    inputs = models.look_at(base, tuned, spec.component)
    seen = {**inputs.digests, "prompts": digests.of_file(prompts)}
    made = state_dir / "made"
    with Storage(made) as storage:
        computing = _settle(spec, seen, storage)
        with devices.limited_threads(computing.threads):
            run = Run(spec, planned, inputs, computing, storage)
            run.make_all(progress)
        storage.finish()
        rows = [row for variant in planned.variants for row in run.read(variant)]
    facts = report.describe_run(run.painter, planned, seen, rows)
    _publish(planned, rows, facts, made, out_dir)
    if spec.sheet_prompts:
        _write_sheet(report.lay_out_sheet(planned, spec.sheet_prompts, made / "images"), out_dir)
    return facts


def _make_plan(spec: ImagesGenerate, prompts: Path, *, is_sweep: bool) -> Plan:
    if is_sweep and not spec.betas:
        raise CannotGenerate("A sweep needs betas: name the shares of the regional model to try.")
    if spec.betas and not is_sweep:
        raise CannotGenerate("Betas need a second model to merge with, and none was given.")
    asked = prompt_files.read(prompts)[: spec.max_prompts]
    return plan.make(asked, seeds=spec.seeds, betas=spec.betas, batch_size=spec.batch_size)


def _settle(spec: ImagesGenerate, seen: Mapping[str, str], storage: Storage) -> Computing:
    """What computes. An attempt that goes on uses as many threads as the one before, because their
    number decides the last bits; under another device or torch it begins anew.
    """
    computing = devices.choose(spec.device, spec.dtype, spec.threads)
    told = [spec.digest(), seen, computing.device, computing.dtype, torch.__version__]
    wish = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    kept = storage.begin({"wish": wish, "threads": computing.threads})
    return replace(computing, threads=int(kept["threads"]))


class Run:
    """All batches of all variants, in the plan's order."""

    def __init__(
        self,
        spec: ImagesGenerate,
        planned: Plan,
        inputs: Inputs,
        computing: Computing,
        storage: Storage,
    ) -> None:
        self.planned = planned
        self.storage = storage
        pipeline = models.load(inputs, spec, computing)
        self.sweep: Changing | None = None
        if inputs.tuned is not None:
            self.sweep = models.make_sweep(pipeline, inputs, spec)
        if spec.compile:
            models.compile_denoiser(pipeline)
        self.painter = Painter(pipeline, spec, computing)

    def make_all(self, progress: Progress) -> None:
        left = {
            variant: [b for b in self.planned.batches if self.storage.find(variant, b) is None]
            for variant in self.planned.variants
        }
        self.num_done = self.planned.num_images - sum(
            len(batch.shots) for batches in left.values() for batch in batches
        )
        self.num_known, self.started = self.num_done, time.perf_counter()
        for variant, batches in left.items():
            self._report(variant, progress)
            if self.sweep is not None and variant.beta is not None and batches:
                self.sweep.set(variant.beta)
            for batch in batches:
                progress.check()
                self._make(variant, batch, progress)

    def read(self, variant: Variant) -> list[Row]:
        rows: list[Row] = []
        for batch in self.planned.batches:
            found = self.storage.find(variant, batch)
            assert found is not None, "What was made was kept."
            rows += found
        return rows

    def _make(self, variant: Variant, batch: Batch, progress: Progress) -> None:
        pictures = self.painter.paint(batch, progress)
        if batch.index == 0 and all(picture.is_nan for picture in pictures):
            raise CannotGenerate(
                f"The first {len(pictures)} pictures of '{variant.name}' all came out as NaN. The "
                f"number format {self.painter.computing.dtype} is too narrow for this model, or "
                "its weights are broken."
            )
        facts = [report.describe_picture(self.painter, variant, batch, each) for each in pictures]
        self.storage.keep(variant, batch, pictures, facts)
        self.num_done += len(pictures)
        self._report(variant, progress)

    def _report(self, variant: Variant, progress: Progress) -> None:
        elapsed = time.perf_counter() - self.started
        speed = (self.num_done - self.num_known) / elapsed if elapsed else 0.0
        progress.update(
            self.num_done,
            self.planned.num_images,
            unit=word("pictures"),
            message=variant.name,
            metrics={"pictures_per_s": speed},
        )


def _publish(
    planned: Plan, rows: list[Row], facts: Mapping[str, Any], made: Path, out_dir: Path
) -> None:
    for variant in planned.variants:
        (out_dir / "images" / variant.name).mkdir(parents=True)
    for row in rows:
        files.place(made / row["file"], out_dir / row["file"])
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    files.write_text(out_dir / "outputs.jsonl", "".join(f"{line}\n" for line in lines))
    files.write_json(out_dir / "generation.json", facts)


def _write_sheet(sheet: contact_sheet.Sheet, out_dir: Path) -> None:
    buffer = io.BytesIO()
    contact_sheet.draw(sheet).save(buffer, "PNG")
    files.write_bytes(out_dir / "grid.png", buffer.getvalue())
