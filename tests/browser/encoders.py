"""Encoders: a study of ways to distil them, what one finds in each language, and a data set that is
a benchmark.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.benchmarks.service import BY_LANGUAGE
from domain.jobs.models import Job, JobState
from domain.launches.models import JobInput
from domain.variants.models import Variant
from reports.distillation import files
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.distillation.distillation_run import DistillationRun
from stats.retrieval.score import DIRECTIONS
from tests import factories
from tests.benchmark_runs import score_sweep
from tests.distillation_studies import LANGUAGES, make_study


@dataclass(frozen=True)
class Encoded:
    study: str  # addresses
    short: str  # a study in which nothing was hidden
    job: str
    variant: str
    student: str
    benchmark: str
    frontier: str


def fill(session: Session, folder: Path) -> Encoded:
    encoder = factories.make_variant(session, name="World CLIP", family="clip", digest="d4" * 32)
    dataset = factories.make_dataset(session, name="Plates of six cities")
    benchmark = factories.make_benchmark(
        session, name="Plates of six cities", format="dataset", default_mode="retrieval",
        scope="mixed", dataset_id=dataset.id, prompt_set_id=None, artifact_id=dataset.artifact_id,
        n_items=480, n_questions=480, summary={"licence": "CC-BY-4.0", "digest": "d" * 64},
    )  # fmt: skip
    for scope in ("global", "regional"):
        factories.make_score(
            session, encoder, benchmark, mode="retrieval", judge="similarity, retrieval",
            metric="MRR@10", scope=scope, value=64.3, n_items=960, n_questions=960,
            by_category={"language:th": 61.0, "direction:text-to-image": 63.5},
            facts={BY_LANGUAGE: list_rows()},
        )  # fmt: skip
    sweep = _sweep(session, folder, encoder)
    whole = _add(session, folder / "whole", make_study())
    student = _teach(session, encoder, benchmark, whole)
    small = make_study(labels=("FD", "SD"), teachers=("World CLIP",))
    return Encoded(
        study=f"/distillation/{whole}",
        short=f"/distillation/{_add(session, folder / 'small', small)}",
        job=f"/jobs/{whole}",
        variant=f"/variants/{encoder.id}",
        student=f"/variants/{student.id}",
        benchmark=f"/benchmarks/{benchmark.id}",
        frontier=f"/frontier?global={sweep.id}&regional={sweep.id}&region=sea",
    )


def _teach(session: Session, teacher: Variant, benchmark: Benchmark, study: Any) -> Variant:
    """A student, measured beside its teacher."""
    student = factories.make_variant(
        session, name="Ways: DR, seed 0", family="clip", base=teacher, method="distillation"
    )
    measured = factories.make_job(session, state=JobState.SUCCEEDED, spec=DistillationMeasure())
    factories.make_score(
        session, student, benchmark, job_id=measured.id, mode="retrieval", metric="MRR@10",
        judge="similarity, retrieval, all taken as global", value=61.2, n_items=960,
        n_questions=960, facts={BY_LANGUAGE: list_rows()},
    )  # fmt: skip
    session.add(JobInput(job_id=study, name="students-1", source_job_id=measured.id))
    session.flush()
    return student


def _sweep(session: Session, folder: Path, base: Variant) -> Job:
    tuned = factories.make_variant(session, name="Regional CLIP", family="clip", base=base)
    half = factories.make_variant(
        session, name="Regional CLIP beta-0.5", family="clip", base=base, tuned=tuned, beta=0.5
    )
    models = {0.0: base, 0.5: half, 1.0: tuned}
    benchmark = factories.make_benchmark(session, name="Plates of the world")
    return score_sweep(session, folder, models, benchmark, "global", "regional")


def _add(session: Session, folder: Path, study: Any) -> Any:
    folder.mkdir(parents=True)
    (folder / "study.json").write_bytes(files.write(study))
    told = {name: each for name, each in study.to_json().items() if name not in ("rows", "cells")}
    job = factories.make_job(session, state=JobState.SUCCEEDED, spec=DistillationRun(), result=told)
    factories.publish(session, job, factories.make_artifact(session, uri=folder.as_uri()))
    return job.id


def list_rows() -> list[dict[str, Any]]:
    draw = random.Random(3)
    rows = []
    for language in LANGUAGES:
        for direction in DIRECTIONS:
            first = draw.uniform(40, 60)
            found = {"R@1": first, "R@5": first + 22, "R@10": first + 31, "MRR@10": first + 11}
            place = {"direction": direction, "language": language}
            rows.append(place | {"n_queries": 96, "n_candidates": 96} | found)
    return rows
