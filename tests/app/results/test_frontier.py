"""Keeping and gaining by benchmarks alone: of two scopes of one run, or of two runs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.benchmarks.models import Benchmark
from domain.jobs.models import JobState
from domain.variants.models import Variant
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from tests import factories
from tests.benchmark_runs import score_sweep
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


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
    job = score_sweep(session, tmp_path, models, plates, "global", "regional")
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
    globally = score_sweep(session, tmp_path, models, world, "global")
    regionally = score_sweep(session, tmp_path, models, plates, "regional")
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


def test_models_that_were_scored_by_themselves_have_the_betas_of_their_rows(
    sign_in: SignIn,
    session: Session,
    tmp_path: Path,
    models: dict[float, Variant],
    plates: Benchmark,
) -> None:
    job = score_sweep(session, tmp_path, models, plates, "global", "regional", says_betas=False)
    page = sign_in().get(f"/frontier?global={job.id}&regional={job.id}").text
    assert "the choice is &#39;Region half&#39;" in " ".join(page.split())


def test_a_run_that_is_too_old_to_be_offered_is_shown_where_it_is_asked_for(
    sign_in: SignIn,
    session: Session,
    tmp_path: Path,
    models: dict[float, Variant],
    plates: Benchmark,
) -> None:
    old = score_sweep(session, tmp_path, models, plates, "global", "regional")
    for _ in range(50):
        newer = factories.make_job(session, state=JobState.SUCCEEDED, spec=EmbeddingsScore())
        for variant in models.values():
            factories.make_score(session, variant, plates, job_id=newer.id, scope="global")
    browser = sign_in()
    offered = browser.get("/frontier").text
    assert offered.count(f'value="{old.id}"') == 1  # regionally, where there is no other
    page = browser.get(f"/frontier?global={old.id}&regional={old.id}").text
    assert page.count('<svg role="img"') == 2
    assert page.count(f'<option value="{old.id}" selected') == 2
