"""The kinds of the method through the real runtime and real child processes, which compute with
stand-ins: what they are handed, and what their results become.
"""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.benchmarks import service as benchmarks
from domain.benchmarks.models import Score
from domain.benchmarks.service import NewBenchmark
from domain.datasets import contents, uploads
from domain.datasets.models import Dataset
from domain.jobs import claim, service
from domain.jobs.models import Job, JobState
from domain.launches import queries as uses
from domain.launches import service as launches
from domain.outputs.models import Output
from domain.shelf import service as shelf
from domain.shipped import service as shipped
from domain.shipped.entries import ShippedModel
from domain.variants.models import Variant
from specs.job import JobSpec
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_align import ModelAlign
from specs.kinds.model.model_distill import ModelDistill
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_merge import ModelMerge
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.recipe import Recipe, Step
from tests import pictures
from tests.workers import computes
from workers import kinds

from .conftest import Bench

QUESTIONS = (
    "item_id,text,proposition_id,dependency,question_natural_language\n"
    "a,a market,1,0,Is there a market?\n"
    "a,a market,2,1,Is it busy?\n"
    "b,a boat,1,0,Is there a boat?\n"
)
ALIGN = ModelAlign(base="Base", dataset="Pool", method="lora", loss="sigmoid")
HALVE = ModelDistill(teacher="Base", dataset="Pool", start="fresh")
TUNE = ModelFinetune(name="Tuned", base="Base", dataset="Pool")
SWEEP = ImagesGenerate(
    base="Base", tuned="Tuned", prompts="Questions", betas=(0.0, 0.25, 1.0), seeds=(0, 1)
)
FILTER = DatasetFilter(name="Kept", dataset="Pool")
IMPORT = OutputsImport(name="Asked", source="answers.csv")
ANSWERS = (
    "arm,prompt_key,prompt,text\n"
    "One,q1,What is on the plate?,Rice\n"
    "Two,q1,What is on the plate?,Bread\n"
)
MERGE = ModelMerge(name="Merged", base="Base", tuned="Tuned", betas=(0.25, 0.5))


class Shop:
    """Launch as the doors do, and run until nothing is left."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.data = bench.runtime.settings.data

    def launch(self, spec: JobSpec, **options: Any) -> Job:
        settings = self.bench.runtime.settings
        return self.bench.do(launches.launch, spec, settings, actor=None, **options).job

    def run(self, spec: JobSpec, **options: Any) -> Job:
        job = self.launch(spec, **options)
        self.bench.runtime.run_available("gpu")
        return self.bench.look(job.id)

    def make(self, spec: JobSpec, **options: Any) -> dict[str, Any]:
        job = self.run(spec, **options)
        assert job.state == JobState.SUCCEEDED, job.error
        assert job.result is not None
        return job.result

    def count(self, table: Any) -> int:
        return self.bench.do(lambda session: session.scalar(select(func.count(table.id)))) or 0

    def find(self, table: Any, name: str) -> Any:
        found = self.bench.do(shelf.find_by_name, table, name)
        assert found is not None, name
        return found


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Shop:
    """With a base model, a data set and a benchmark."""
    for spec, function in computes.FAKES.items():
        compute = f"{computes.__name__}:{function.__name__}"
        kinds.register(dataclasses.replace(kinds.find(spec.kind), compute=compute, preloaded=False))
    settings = bench.runtime.settings
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "weights.txt").write_text("base")
    entry = ShippedModel(name="Base", path=tmp_path / "base", family="sdxl")
    bench.do(shipped.register, settings, [entry])
    new = NewBenchmark(name="Questions", text=QUESTIONS, default_mode="dsg", scope="regional")
    bench.do(benchmarks.create, new, settings, actor=None)
    folder = pictures.write_folder(settings.inbox / "pool", num_items=3)
    (settings.inbox / "answers.csv").write_text(ANSWERS, "utf-8")
    shop = Shop(bench)
    shop.make(DatasetImport(name="Pool", source=str(folder), licence="CC0-1.0"))
    return shop


def upload_answers(session: Session, shop: Shop) -> str:
    settings = shop.bench.runtime.settings
    staged = uploads.make_staging(settings) / "answers.csv"
    staged.write_text("item_id,proposition_id,answer\na,1,yes\n")
    return f"upload:{uploads.accept(session, staged, 'answers.csv', settings).id}"


def test_a_filtered_data_set_knows_what_it_is_from_and_what_was_left_out(shop: Shop) -> None:
    result = shop.make(FILTER)
    kept, pool = shop.find(Dataset, "Kept"), shop.find(Dataset, "Pool")
    assert (kept.parent_id, kept.source, kept.source_kind) == (pool.id, "Pool", "filter")
    assert (kept.num_items, kept.num_rejected) == (2, 1)
    assert kept.funnel == result["funnel"] != []
    assert kept.summary["calibration"] == result["calibration"]
    assert result["calibration"]["is_calibrated"] is False
    artifact = shop.bench.do(artifacts.get_readable, kept.artifact_id)
    (row,) = contents.list_rejected(artifact)
    assert (row.key, row.stage, row.reason, row.detail) == ("x", "region", "elsewhere", "")
    assert [job.kind for job in shop.bench.do(uses.list_users, pool)] == ["dataset.filter"]


def test_a_recipe_from_filter_to_scores_becomes_rows(shop: Shop) -> None:
    """Steps find what the steps before made, and the row that was meant is written down."""
    answers = shop.bench.do(upload_answers, shop)
    steps = (
        Step(name="filter", kind="dataset.filter", spec={"name": "Kept", "dataset": "Pool"}),
        Step(
            name="tune",
            kind="model.finetune",
            spec={"name": "Tuned", "base": "Base"},
            needs={"dataset": "filter"},
        ),
        Step(
            name="merge",
            kind="model.merge",
            spec={"base": "Base", "betas": [0.25, 0.5]},
            needs={"tuned": "tune"},
        ),
        Step(
            name="generate",
            kind="images.generate",
            spec={"base": "Base", "prompts": "Questions", "betas": [0, 0.25, 1]},
            needs={"tuned": "tune"},
            after=("merge",),
        ),
        Step(
            name="bench",
            kind="benchmark.run",
            spec={"questions": "Questions", "judge_method": "answers", "answers": answers},
            needs={"outputs": "generate"},
        ),
        Step(
            name="one",
            kind="images.generate",
            spec={"base": "beta-0.5", "prompts": "Questions"},
            needs={"base": "merge"},
        ),
    )
    recipe = Recipe(name="The method", steps=steps)
    settings = shop.bench.runtime.settings
    jobs = shop.bench.do(launches.launch_recipe, recipe, settings, actor=None)
    shop.bench.runtime.run_available("gpu")
    ended = [shop.bench.look(job.id) for job in jobs]
    assert [(job.state, job.error) for job in ended] == [("succeeded", None)] * 6

    base, tuned = shop.find(Variant, "Base"), shop.find(Variant, "Tuned")
    merge, half = shop.find(Variant, "Tuned beta-0.25"), shop.find(Variant, "Tuned beta-0.5")
    assert (tuned.base_id, tuned.role, tuned.recipe["component"]) == (base.id, "tuned", "unet")
    assert (merge.base_id, merge.tuned_id, merge.folder) == (base.id, tuned.id, "beta-0.25")
    assert merge.card == "# merged at 0.25"
    # The sweep's ends are the base and the tuned model, and its middle the merge that was written.
    assert shop.count(Variant) == 4

    def count_by_variant(session: Session) -> dict[Any, int]:
        query = select(Output.variant_id, func.count()).group_by(Output.variant_id)
        return dict(session.execute(query).all())

    of_each = {base.id: 2, merge.id: 2, tuned.id: 2, half.id: 2}
    assert shop.bench.do(count_by_variant) == of_each
    scores = shop.bench.do(lambda session: session.scalars(select(Score)).all())
    assert {score.variant_id: score.value for score in scores} == {
        base.id: 50.0, merge.id: 51.0, tuned.id: 52.0,
    }  # fmt: skip
    again = shop.bench.do(launches.launch_recipe, recipe, settings, actor=None)
    assert [job.id for job in again] == [job.id for job in jobs]


def test_a_sweep_makes_merges_without_files_which_writing_completes(shop: Shop) -> None:
    shop.make(TUNE)
    result = shop.make(SWEEP)
    assert (result["num_outputs"], result["num_new"]) == (12, 12)
    swept = shop.find(Variant, "Tuned beta-0.25")
    assert (swept.artifact_id, swept.digest, swept.beta) == (None, None, 0.25)
    shop.make(MERGE)
    written = shop.find(Variant, "Merged beta-0.25")
    assert written.id == swept.id
    assert written.artifact_id is not None
    artifact = shop.bench.do(artifacts.get_readable, written.artifact_id)
    assert storage.exists(storage.join(artifact.uri, written.folder, "weights.txt"))
    # Making the same pictures again adds none, and the merge keeps its files.
    assert shop.make(SWEEP, fresh=True)["num_new"] == 0
    shop.make(MERGE, fresh=True)
    assert shop.find(Variant, "Merged beta-0.25").artifact_id == written.artifact_id
    assert shop.count(Output) == 12


def test_a_student_knows_its_teacher_and_what_it_learnt_from(shop: Shop) -> None:
    result = shop.make(HALVE)
    student = shop.find(Variant, "Base on Pool")
    assert str(student.id) == result["variant_id"]
    assert student.base_id == shop.find(Variant, "Base").id
    assert (student.role, student.method) == ("tuned", "distillation")
    assert student.recipe["dataset_id"] == str(shop.find(Dataset, "Pool").id)
    assert student.recipe["spec"]["start"] == "fresh"


def test_an_aligned_encoder_knows_its_base_and_what_it_learnt_from(shop: Shop) -> None:
    result = shop.make(ALIGN)
    tuned = shop.find(Variant, "Base on Pool")
    assert str(tuned.id) == result["variant_id"]
    assert tuned.base_id == shop.find(Variant, "Base").id
    assert (tuned.role, tuned.method) == ("tuned", "lora")
    assert tuned.recipe["dataset_id"] == str(shop.find(Dataset, "Pool").id)
    assert (tuned.recipe["kind"], tuned.recipe["spec"]["loss"]) == ("transformers", "sigmoid")


def test_a_row_that_was_meant_is_read_though_it_is_renamed(shop: Shop) -> None:
    job = shop.launch(TUNE)
    pool = shop.find(Dataset, "Pool")
    shop.bench.do(lambda s: shelf.rename(s, s.get(Dataset, pool.id), "Pond", actor=None))
    shop.bench.runtime.run_available("gpu")
    assert shop.bench.look(job.id).state == JobState.SUCCEEDED
    assert shop.find(Variant, "Tuned").recipe["dataset_id"] == str(pool.id)


def test_a_name_that_was_taken_meanwhile_is_told_before_computing(shop: Shop) -> None:
    job = shop.launch(FILTER)
    pool = shop.find(Dataset, "Pool")
    shop.bench.do(lambda s: shelf.rename(s, s.get(Dataset, pool.id), "Kept", actor=None))
    shop.bench.runtime.run_available("cpu")
    ended = shop.bench.look(job.id)
    assert ended.state == JobState.FAILED
    assert ended.error is not None
    assert ended.error["message"] == (
        "There is already a data set named 'Kept'. Choose another name."
    )


@pytest.mark.parametrize(
    "spec", [FILTER, TUNE, HALVE, SWEEP, MERGE, IMPORT], ids=lambda spec: spec.kind
)
def test_what_fails_is_cancelled_or_lost_leaves_no_row_and_then_one(
    shop: Shop, spec: JobSpec
) -> None:
    """Failed with a sentence; asked to stop while it works; taken over from a worker whose token
    is old; and in the end there is what one run makes.
    """
    bench = shop.bench
    if spec in (SWEEP, MERGE):
        shop.make(TUNE)
    tables = (Dataset, Variant, Output)
    before = [shop.count(table) for table in tables]
    (shop.data / computes.BEHAVE).write_text("fail")
    failed = shop.run(spec)
    assert failed.state == JobState.FAILED
    assert failed.error == {
        "kind": "invalid", "message": "The sky in row 3 is green; it must be blue.",
    }  # fmt: skip
    (shop.data / computes.BEHAVE).write_text("wait")
    bench.do(service.retry, failed.id)
    thread = bench.run_aside(spec.queue)
    bench.wait_until(lambda: bench.look(failed.id).state == JobState.RUNNING)
    bench.do(service.request_cancel, failed.id)
    thread.join(timeout=15)
    assert bench.look(failed.id).state == JobState.CANCELLED
    assert [shop.count(table) for table in tables] == before
    (shop.data / computes.BEHAVE).unlink()
    bench.do(service.resume, failed.id)
    lost = bench.do(claim.take, [spec.queue], owner="gone", lease_s=-1)
    bench.runtime.run_available("gpu")
    assert bench.look(failed.id).fencing_token == lost.token + 1
    done = bench.look(failed.id)
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)
    assert [shop.count(table) for table in tables] != before
