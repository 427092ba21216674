"""Data sets over which encoders were scored stand among the benchmarks."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.benchmarks.errors import IsDataset
from domain.benchmarks.models import Benchmark
from domain.benchmarks.service import BY_LANGUAGE
from domain.jobs.models import JobState
from domain.launches import finding, queries
from specs.inputs import Input
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from tests.factories import make_benchmark, make_dataset, make_job, make_score, make_variant
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
MEASURES = ("R@1", "R@5", "R@10", "MRR@10")


@pytest.fixture
def plates(session: Session) -> Benchmark:
    dataset = make_dataset(session, name="Plates")
    return make_benchmark(
        session, name="Plates", format="dataset", default_mode="retrieval", scope="mixed",
        dataset_id=dataset.id, prompt_set_id=None, artifact_id=dataset.artifact_id,
        summary={"licence": dataset.licence, "digest": dataset.digest},
    )  # fmt: skip


def make_rows(**values: float) -> list[dict[str, Any]]:
    return [
        {"direction": direction, "language": language, "n_queries": 40, "n_candidates": 20}
        | dict.fromkeys(MEASURES, value)
        for language, value in values.items()
        for direction in ("image-to-text", "text-to-image")
    ]


def test_its_page_leads_to_the_data_set_and_to_no_questions(
    sign_in: SignIn, plates: Benchmark
) -> None:
    browser = sign_in()
    page = browser.get(f"/benchmarks/{plates.id}").text
    assert f'href="/datasets/{plates.dataset_id}"' in page
    assert f"/benchmarks/{plates.id}/questions" not in page
    assert 'href="/jobs/new/embeddings.score"' in page
    assert ">Data set<" in browser.get("/benchmarks").text
    answer = browser.get(f"/benchmarks/{plates.id}/questions")
    assert answer.status_code == 404
    assert "its data set is what is asked" in answer.text


def test_modes_stand_in_tables_of_their_own(
    sign_in: SignIn, session: Session, plates: Benchmark
) -> None:
    encoder = make_variant(session, name="Encoder", family="clip")
    for mode in ("retrieval", "classification"):
        make_score(session, encoder, plates, mode=mode, judge=f"similarity, {mode}", metric=mode)
    page = " ".join(sign_in().get(f"/benchmarks/{plates.id}").text.split())
    assert "Scores, global, mode retrieval" in page
    assert "Scores, global, mode classification" in page


def test_the_page_of_an_encoder_shows_what_it_finds_in_each_language(
    sign_in: SignIn, session: Session, plates: Benchmark
) -> None:
    encoder = make_variant(session, name="Encoder", family="clip")
    facts = {BY_LANGUAGE: make_rows(th=61.5, id=72.5)}
    make_score(session, encoder, plates, mode="retrieval", metric="MRR@10", facts=facts)
    page = " ".join(sign_in().get(f"/variants/{encoder.id}").text.split())
    assert "Retrieval over Plates, global: by direction and language" in page
    assert page.index("Indonesian") < page.index("Thai")
    assert page.count("72.5") == 8
    assert "picture of a text" in page


def test_a_model_that_was_asked_for_nothing_else_has_no_such_table(
    sign_in: SignIn, session: Session
) -> None:
    drawn = make_variant(session)
    make_score(session, drawn, make_benchmark(session))
    assert "by direction and language" not in sign_in().get(f"/variants/{drawn.id}").text


def test_its_job_says_what_each_merge_gains_and_keeps(
    sign_in: SignIn, session: Session, plates: Benchmark
) -> None:
    def measure(beta: float, scope: str, score: float) -> dict[str, Any]:
        return {"variant": f"beta-{beta:g}", "beta": beta, "scope": scope, "score": score}

    def compare(scope: str, ratio: float) -> dict[str, Any]:
        interval = {"value": ratio, "low": ratio, "high": ratio, "reason": None}
        told = {"variant": "beta-1", "beta": 1.0, "scope": scope, "ratio": interval}
        return told | {"confidence": 0.95, "num_resamples": 2000}

    result = {
        "mode": "retrieval", "benchmark_id": str(plates.id), "rows": {},
        "variants": [
            measure(0.0, "global", 60.0), measure(1.0, "global", 59.4),
            measure(0.0, "regional", 40.0), measure(1.0, "regional", 50.0),
        ],
        "effects": [compare("global", 0.99), compare("regional", 1.25)],
    }  # fmt: skip
    job = make_job(session, state=JobState.SUCCEEDED, spec=EmbeddingsScore(), result=result)
    make_score(session, make_variant(session, family="clip"), plates, job_id=job.id)
    page = " ".join(sign_in().get(f"/jobs/{job.id}").text.split())
    assert "Recommended: beta-1" in page
    assert "99.0%" in page
    assert "+25.0%" in page
    assert f'href="/benchmarks/{plates.id}"' in page
    assert "Scores, global, mode dsg" in page


def test_it_is_offered_neither_as_prompts_nor_as_questions(
    session: Session, plates: Benchmark
) -> None:
    for what in ("prompts", "questions", "quiz"):
        assert "Plates" not in queries.list_choices(session, what)
        with pytest.raises(IsDataset, match="has no questions and no prompts"):
            finding.find(session, Input(name="asked", what=what), "Plates")


def test_the_api_names_its_data_set(use_api: Callable[..., TestClient], plates: Benchmark) -> None:
    told = use_api("researcher").get(f"/api/v1/benchmarks/{plates.id}").json()
    assert (told["format"], told["prompt_set_id"]) == ("dataset", None)
    assert told["dataset_id"] == str(plates.dataset_id)
