"""Keeping and gaining by benchmarks alone: of two scopes of one run, or of two runs."""

import csv
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.benchmarks.models import Benchmark
from domain.jobs.models import Job, JobState
from domain.results.global_quality import FILE
from domain.variants.models import Variant
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from tests import factories
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
# By scope and beta: of forty items the share that is found.
SHARES: Mapping[str, Mapping[float, float]] = {
    "global": {0.0: 0.8, 0.5: 0.8, 1.0: 0.6},
    "regional": {0.0: 0.4, 0.5: 0.6, 1.0: 0.7},
}
NUM_ITEMS = 40


@pytest.fixture
def models(session: Session) -> dict[float, Variant]:
    base = factories.make_variant(session, name="World", family="clip")
    tuned = factories.make_variant(session, name="Region", family="clip", base=base)
    half = factories.make_variant(
        session, name="Region half", family="clip", base=base, tuned=tuned, beta=0.5
    )
    return {0.0: base, 0.5: half, 1.0: tuned}


@pytest.fixture
def plates(session: Session) -> Benchmark:
    return factories.make_benchmark(session, name="Plates")


def score(
    session: Session,
    folder: Path,
    models: Mapping[float, Variant],
    benchmark: Benchmark,
    *scopes: str,
) -> Job:
    """What embeddings.score leaves: rows, and the score of each item beside them."""
    rows = {f"beta-{beta:g}": str(variant.id) for beta, variant in models.items()}
    job = factories.make_job(
        session, state=JobState.SUCCEEDED, spec=EmbeddingsScore(), result={"rows": rows}
    )
    there = folder / str(uuid.uuid4())
    there.mkdir()
    with (there / FILE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("variant", "beta", "scope", "item_id", "score", "mode", "group"))
        for scope in scopes:
            for beta in models:
                for item in range(NUM_ITEMS):
                    found = 1.0 if item < SHARES[scope][beta] * NUM_ITEMS else 0.0
                    table.writerow((f"beta-{beta:g}", beta, scope, f"{scope[0]}{item}", found,
                                    "retrieval", item))  # fmt: skip
    artifact = factories.make_artifact(session, kind="answers", uri=there.as_uri())
    factories.publish(session, job, artifact)
    for scope in scopes:
        for beta, variant in models.items():
            factories.make_score(
                session, variant, benchmark, job_id=job.id, scope=scope, mode="retrieval",
                metric="MRR@10", value=100 * SHARES[scope][beta],
            )  # fmt: skip
    return job


def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn
) -> None:
    assert client.get("/frontier").headers["location"] == "/sign-in?next=/frontier"
    assert sign_in("annotator").get("/frontier").status_code == 403


def test_without_runs_it_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in().get("/frontier").text
    assert "Nothing to compare yet" in page
    assert 'href="/jobs/new/embeddings.score"' in page


def test_both_scopes_of_one_run_make_a_frontier_and_grp(
    sign_in: SignIn,
    session: Session,
    tmp_path: Path,
    models: dict[float, Variant],
    plates: Benchmark,
) -> None:
    job = score(session, tmp_path, models, plates, "global", "regional")
    page = " ".join(
        sign_in().get(f"/frontier?global={job.id}&regional={job.id}&region=sea").text.split()
    )
    assert page.count('<svg role="img"') == 2
    assert "the choice is &#39;Region half&#39;" in page
    assert "100.0" in page  # kept
    assert "the region&#39;s weight" in page or "the region's weight" in page


def test_two_runs_of_the_same_models_are_joined_by_the_models(
    sign_in: SignIn,
    session: Session,
    tmp_path: Path,
    models: dict[float, Variant],
    plates: Benchmark,
) -> None:
    world = factories.make_benchmark(session, name="Everyday things")
    globally = score(session, tmp_path, models, world, "global")
    regionally = score(session, tmp_path, models, plates, "regional")
    browser = sign_in()
    address = f"/frontier?global={globally.id}&regional={regionally.id}"
    page = browser.get(f"{address}&alpha=0.9").text
    assert "Everyday things, retrieval, MRR@10 (3)" in page
    assert "Region half" in page
    assert "the chosen weight, 0.9" in page
    swapped = browser.get(f"/frontier?global={regionally.id}&regional={globally.id}")
    assert swapped.status_code == 404
    assert "scored no two models in the scope" in swapped.text


def test_a_run_whose_items_are_gone_says_so(
    sign_in: SignIn,
    session: Session,
    models: dict[float, Variant],
    plates: Benchmark,
) -> None:
    job = factories.make_job(
        session, state=JobState.SUCCEEDED, spec=EmbeddingsScore(), result={"rows": {}}
    )
    for scope in ("global", "regional"):
        for variant in models.values():
            factories.make_score(session, variant, plates, job_id=job.id, scope=scope)
    answer = sign_in().get(f"/frontier?global={job.id}&regional={job.id}")
    assert answer.status_code == 409
    assert "are not there any more: run it again" in answer.text
