"""The recipe of the sandbox as jobs: the real runtime, real child processes, real computing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from sqlalchemy import func, select

from domain.artifacts import service as artifacts
from domain.benchmarks.models import Score
from domain.datasets.models import Dataset
from domain.jobs.models import Job, JobState
from domain.launches import service as launches
from domain.outputs.models import Output
from domain.shelf import service as shelf
from domain.shipped import service as shipped
from domain.variants.models import Variant
from sandbox import assets, entries, train, trial
from specs import recipe_files
from stats.frontier import trade_off
from workers.settings import WorkerSettings

from .conftest import Bench

pytestmark = pytest.mark.xdist_group("sandbox")


@pytest.fixture
def worker_settings(worker_settings: WorkerSettings) -> WorkerSettings:
    """With leases as in earnest: this computes for a while, whatever else the machine does."""
    return worker_settings.model_copy(update={"lease_s": 60, "heartbeat_s": 5, "grace_s": 30})


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few prompts under the names of the shipped ones."""
    for name, path in trial.write_texts(tmp_path / "texts").items():
        monkeypatch.setitem(assets._PLACES, name, path)


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shipped ones; in a clone of work in progress, tiny ones that are made here."""
    if assets.has_weights():
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    train.train(tmp_path / "weights", sizes=train.SMALL)
    monkeypatch.setattr(assets, "WEIGHTS", tmp_path / "weights")
    for name in (train.BASE, train.JUDGE):
        monkeypatch.setitem(assets._PLACES, f"sandbox-{name}", tmp_path / "weights" / name)
    yield
    torch.set_num_threads(before)


def run_recipe(bench: Bench) -> dict[str, Job]:
    """By the names of its steps."""
    settings = bench.runtime.settings
    bench.do(shipped.register, settings, entries.list_entries())
    file = recipe_files.find("sandbox")
    assert file is not None
    recipe = trial.shrink(recipe_files.read(file))
    jobs = bench.do(launches.launch_recipe, recipe, settings, actor=None)
    bench.runtime.run_available("gpu")
    ended = [bench.look(job.id) for job in jobs]
    assert [(job.kind, job.state, job.error) for job in ended] == [
        (step.kind, JobState.SUCCEEDED, None) for step in recipe.steps
    ]
    return {step.name: job for step, job in zip(recipe.steps, ended, strict=True)}


def test_the_recipe_becomes_jobs_that_end_in_scores_of_every_merge(
    bench: Bench, texts: None, weights: None
) -> None:
    jobs = run_recipe(bench)

    def find(table: Any, name: str) -> Any:
        found = bench.do(shelf.find_by_name, table, name)
        assert found is not None, name
        return found

    def count(query: Any) -> dict[Any, int]:
        return dict(bench.do(lambda session: session.execute(query).all()))

    pool, kept = find(Dataset, "Sandbox pool"), find(Dataset, "Sandbox pool, regional")
    assert (pool.num_items + pool.num_problems, kept.parent_id) == (600, pool.id)
    assert 0 < kept.num_items < 120
    assert kept.num_items + kept.num_rejected == pool.num_items + pool.num_problems
    assert [entry["stage"] for entry in kept.funnel] == [
        "read", "decode", "blur", "duplicates", "region",
    ]  # fmt: skip

    base, tuned = find(Variant, "sandbox-base"), find(Variant, "Sandbox, tuned")
    assert (tuned.base_id, tuned.job_id) == (base.id, jobs["tune"].id)
    assert tuned.digest != base.digest
    # The ends of the sweep are the base and the tuned model; its middle is a merge without files.
    merges = select(Variant.beta).where(Variant.tuned_id == tuned.id)
    assert bench.do(lambda session: session.scalars(merges).all()) == [0.5]

    # Of each: four global and four regional prompts; two seeds to choose and three to report.
    of_each = count(select(Output.variant_id, func.count()).group_by(Output.variant_id))
    assert sorted(of_each.values()) == [40, 40, 40]
    assert {base.id, tuned.id} < set(of_each)

    for half, num_pictures in (("choose", 48), ("report", 72)):
        job = jobs[f"score-to-{half}"]
        scores = count(
            select(Score.variant_id, func.count())
            .where(Score.job_id == job.id)
            .group_by(Score.variant_id)
        )
        assert scores == dict.fromkeys(of_each, 2)
        result = job.result or {}
        assert result["judge"].startswith("attributes ")
        assert (result["num_pictures"], result["items_without_pictures"]) == (num_pictures, 0)
        rows = trade_off.list_rows(result["variants"], result["effects"])
        assert [row.beta for row in rows] == [0, 0.5, 1]
    output = bench.do(artifacts.get_readable, kept.artifact_id)
    assert Path(output.uri.removeprefix("file://"), "card.md").is_file()
