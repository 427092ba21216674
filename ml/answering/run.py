"""answers.generate: one answer per variant, question and seed, with everything that decided it.

Out come outputs.jsonl (a row per answer), generation.json (what made them) and pictures/ (what the
questions are about). A run that was interrupted goes on with the next batch of the plan, and ends
with the same bytes.
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import torch

from ml import devices, digests, files
from ml.answering import models, passages, plan, report
from ml.answering.answerer import Answerer
from ml.answering.models import Changing, Inputs
from ml.answering.passages import Passages
from ml.answering.plan import Batch, Plan, Variant
from ml.answering.preparation import Preparation
from ml.answering.problems import CannotAnswer
from ml.datasets import confinement
from ml.datasets.problems import UnfitItem, shown
from ml.devices import Computing
from ml.loading import quizzes
from ml.loading.families import registry
from ml.loading.quizzes import Quiz
from ml.progress import Progress, word
from ml.records import Records, Row
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.quiz import QuizItem


def answer(
    spec: AnswersGenerate,
    *,
    base: Path,
    quiz: Path,
    tuned: Path | None = None,
    passages: Path | None = None,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
) -> dict[str, Any]:
    _check_sweep(spec, is_sweep=tuned is not None)
    asked = quizzes.read(quiz)
    items = asked.items[: spec.max_questions]
    pictures = _find_pictures(asked, items)
    retrieved = _read_passages(spec, passages, items)
    inputs = models.look_at(base, tuned)
    seen = {**inputs.digests, "quiz": asked.facts.digest}
    if passages is not None:
        seen["passages"] = digests.of_file(passages)
    records = Records(state_dir / "made")
    computing = _settle(spec, seen | {"wording": inputs.family.digest_wording()}, records)
    with devices.limited_threads(computing.threads):
        run = Run(spec, asked, inputs, computing, records)
        run.plan_all(items, retrieved)
        run.make_all(progress)
    rows = run.read_all()
    overlaps = models.find_learnt(inputs, items)
    facts = report.describe_run(run.answerer, run.planned, seen, rows, overlaps)
    _publish(rows, facts, pictures, out_dir)
    return facts


def _check_sweep(spec: AnswersGenerate, *, is_sweep: bool) -> None:
    if is_sweep and not spec.betas:
        raise CannotAnswer("A sweep needs betas: name the shares of the regional model to try.")
    if spec.betas and not is_sweep:
        raise CannotAnswer("Betas need a second model to merge with, and none was given.")


def _find_pictures(asked: Quiz, items: Sequence[QuizItem]) -> dict[str, Path]:
    """By their names in the quiz. One that is missing is told before anything is loaded."""
    root = asked.folder.resolve()
    found: dict[str, Path] = {}
    for item in items:
        if not item.picture:
            continue
        place = PurePosixPath(item.picture)
        if place.is_absolute() or ".." in place.parts:  # it is placed under the same name
            raise CannotAnswer(
                f"The picture '{shown(item.picture)}' of the question '{shown(item.key)}' leads "
                "through another folder than the quiz's own."
            )
        try:
            found[item.picture] = confinement.resolve(root, item.picture)
        except UnfitItem as unfit:
            raise CannotAnswer(
                f"The question '{shown(item.key)}' cannot be asked. {unfit}"
            ) from unfit
    return found


def _read_passages(
    spec: AnswersGenerate, path: Path | None, items: Sequence[QuizItem]
) -> Mapping[str, Passages]:
    return {} if path is None else passages.read(path, items, spec.num_passages)


def _settle(spec: AnswersGenerate, seen: Mapping[str, str], records: Records) -> Computing:
    """What computes. An attempt that goes on uses as many threads as the one before, because their
    number decides the last bits; under another device, torch or wording it begins anew.
    """
    computing = devices.choose(spec.device, spec.dtype, spec.threads)
    if spec.dtype == "auto" and computing.device == "cuda":
        computing = replace(computing, dtype="bf16")  # fp16 is too narrow for some families
    told = [spec.digest(), seen, computing.device, computing.dtype, torch.__version__]
    wish = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    kept = records.begin({"wish": wish, "threads": computing.threads})
    return replace(computing, threads=int(kept["threads"]))


class Run:
    """All batches of all variants, in the plan's order."""

    planned: Plan

    def __init__(
        self,
        spec: AnswersGenerate,
        quiz: Quiz,
        inputs: Inputs,
        computing: Computing,
        records: Records,
    ) -> None:
        self.spec = spec
        self.records = records
        speaker = registry.load(inputs.base, computing)
        self.sweep: Changing | None = None
        if inputs.tuned is not None:
            self.sweep = models.make_sweep(speaker, inputs, spec.lora_scale)
        self.preparation = Preparation(speaker, quiz, spec)
        self.answerer = Answerer(speaker, self.preparation, spec, computing)

    def plan_all(self, items: Sequence[QuizItem], retrieved: Mapping[str, Passages]) -> None:
        self.planned = plan.make(
            items,
            retrieved,
            seeds=self.spec.seeds,
            betas=self.spec.betas,
            batch_size=self.spec.batch_size,
            measure=self.preparation.measure,
        )

    def make_all(self, progress: Progress) -> None:
        left = {
            variant: [b for b in self.planned.batches if self._find(variant, b) is None]
            for variant in self.planned.variants
        }
        self.num_done = self.planned.num_answers - sum(
            len(batch.asks) for batches in left.values() for batch in batches
        )
        self.num_known, self.started = self.num_done, time.perf_counter()
        for variant, batches in left.items():
            self._report(variant, progress)
            if self.sweep is not None and variant.beta is not None and batches:
                self.sweep.set(variant.beta)
            for batch in batches:
                progress.check()
                self._make(variant, batch, progress)

    def read_all(self) -> list[Row]:
        """Variant by variant, in the order of the quiz."""
        return [
            row
            for variant in self.planned.variants
            for row in sorted(self._read(variant), key=lambda row: int(row["number"]))
        ]

    def _read(self, variant: Variant) -> list[Row]:
        rows: list[Row] = []
        for batch in self.planned.batches:
            found = self._find(variant, batch)
            assert found is not None, "What was made was kept."
            rows += found
        return rows

    def _find(self, variant: Variant, batch: Batch) -> list[Row] | None:
        return self.records.find(variant.name, batch.index)

    def _make(self, variant: Variant, batch: Batch, progress: Progress) -> None:
        answers = self.answerer.answer(batch, progress)
        rows = [
            report.describe_answer(self.answerer, variant, batch, ask.number, found)
            for ask, found in zip(batch.asks, answers, strict=True)
        ]
        self.records.keep(variant.name, batch.index, rows)
        self.num_done += len(rows)
        self._report(variant, progress)

    def _report(self, variant: Variant, progress: Progress) -> None:
        elapsed = time.perf_counter() - self.started
        speed = (self.num_done - self.num_known) / elapsed if elapsed else 0.0
        progress.update(
            self.num_done,
            self.planned.num_answers,
            unit=word("answers"),
            message=variant.name,
            metrics={"answers_per_s": speed},
        )


def _publish(
    rows: Sequence[Row], facts: Mapping[str, Any], pictures: Mapping[str, Path], out_dir: Path
) -> None:
    out_dir.mkdir(parents=True, exist_ok=True)
    told = [
        {name: value for name, value in row.items() if name != "number"}
        for row in rows
        if report.GAP not in row
    ]
    for name in dict.fromkeys(row["question_file"] for row in told if row["question_file"]):
        files.place(pictures[name], out_dir / name)
    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in told)
    files.write_text(out_dir / "outputs.jsonl", "".join(f"{line}\n" for line in lines))
    files.write_json(out_dir / "generation.json", facts)
