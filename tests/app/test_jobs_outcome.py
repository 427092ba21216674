"""What came of a job: each kind shows what it made, and its pictures are the ones it names."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.artifacts import service as artifacts
from domain.artifacts.models import Artifact
from domain.jobs.models import Job, JobState
from specs.job import JobSpec
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_merge import ModelMerge
from specs.kinds.outputs.outputs_import import OutputsImport
from tests.factories import (
    make_artifact,
    make_benchmark,
    make_dataset,
    make_job,
    make_score,
    make_variant,
    publish,
)
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
SAMPLES = [f"samples/step-{step:06d}-{number}.png" for step in (100, 200) for number in (0, 1)]


@pytest.fixture
def finish(session: Session, tmp_path: Path) -> Callable[..., tuple[Job, Artifact]]:
    """A job that succeeded, with these files in the folder that it published."""

    def make(spec: JobSpec, result: dict[str, Any], *names: str) -> tuple[Job, Artifact]:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(name.encode())
        job = make_job(session, state=JobState.SUCCEEDED, spec=spec, result=result)
        return job, publish(session, job, make_artifact(session, uri=tmp_path.as_uri()))

    return make


Finish = Callable[..., tuple[Job, Artifact]]


def test_a_fine_tuning_shows_its_samples_by_prompt_over_the_steps(
    sign_in: SignIn, finish: Finish
) -> None:
    curve = [[step, 1 / (step + 1)] for step in range(50)]
    result = {"samples": SAMPLES, "loss_curve": curve, "final_loss": 0.02}
    job, _ = finish(ModelFinetune(), result, *SAMPLES)
    browser = sign_in()
    page = browser.get(f"/jobs/{job.id}").text
    first, second = page.split('class="picture-strip"')[1:]
    pictures = [f"/jobs/{job.id}/pictures/{number}" for number in range(4)]
    assert [each for each in pictures if f'src="{each}"' in first] == [pictures[0], pictures[2]]
    assert f'src="{pictures[1]}"' in second
    assert "Step 200" in second
    assert "Loss over the steps" in page
    answer = browser.get(pictures[2])
    assert (answer.content, answer.headers["content-type"]) == (SAMPLES[2].encode(), "image/png")


def test_an_import_of_outputs_shows_which_arm_became_what_and_what_was_left_out(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    base = make_variant(session)
    theirs = make_variant(session, role="external", family="external", artifact_id=None)
    said = "The arm 'base' is spelt 'Base' in row 2; an arm has one spelling."
    result = {
        "rows": {"Base": str(base.id), "<Ours>": str(theirs.id)},
        "arms": [
            {"arm": "Base", "variant_id": str(base.id), "role": "base", "num_outputs": 1200},
            {"arm": "<Ours>", "variant_id": str(theirs.id), "role": "external", "num_outputs": 7},
        ],
        "problems": [{"reference": "row 9", "reason": "other_spelling", "message": said}],
        "num_problems": 30,
        "prompt_set_id": str(base.id),
    }
    job, _ = finish(OutputsImport(name="Asked", source="a.csv"), result)
    page = " ".join(sign_in().get(f"/jobs/{job.id}").text.split())
    for shown in ("&lt;Ours&gt;", "Made elsewhere", "1,200", "row 9", "Arm spelt otherwise"):
        assert shown in page
    assert "The first 1 of 30; all of them are in problems.parquet." in page
    assert "The arm &#39;base&#39; is spelt" in page
    assert f'href="/prompts/{base.id}"' in page
    assert f"/variants/compare?id={base.id}&id={theirs.id}" in page.replace("&amp;", "&")


def test_a_generation_shows_its_contact_sheet_and_the_way_to_compare(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    base, other = make_variant(session), make_variant(session)
    rows = {"beta-0": str(base.id), "beta-1": str(other.id)}
    job, _ = finish(ImagesGenerate(), {"rows": rows}, "grid.png")
    browser = sign_in()
    page = browser.get(f"/jobs/{job.id}").text
    assert f'src="/jobs/{job.id}/pictures/0"' in page
    assert f"/variants/compare?id={base.id}&id={other.id}" in page.replace("&amp;", "&")
    assert browser.get(f"/jobs/{job.id}/pictures/0").content == b"grid.png"


def test_a_merge_lists_the_models_that_it_wrote(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    made = make_variant(session, name="Region, a quarter")
    variant = {"beta": 0.25, "folder": "beta-0.25", "digest": "e" * 64, "size_bytes": 5000}
    named = {"variant_id": str(made.id), "name": made.name}
    job, _ = finish(ModelMerge(base="World", tuned="Region"), {"variants": [variant | named]})
    page = sign_in().get(f"/jobs/{job.id}").text
    assert f'href="/variants/{made.id}"' in page
    assert "0.25" in page
    assert "5 kB" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_benchmark_run_shows_its_own_scores_and_no_others(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    benchmark, variant = make_benchmark(session), make_variant(session, name="Region")
    job, _ = finish(BenchmarkRun(), {"benchmark_id": str(benchmark.id)})
    make_score(session, variant, benchmark, job_id=job.id, value=92.5)
    make_score(session, variant, benchmark, value=11.125)
    page = sign_in().get(f"/jobs/{job.id}").text
    assert "92.50" in page
    assert "11.1" not in page
    assert f'href="/benchmarks/{benchmark.id}"' in page


def weigh(**kept: float) -> dict[str, Any]:
    """The result of a run over both scopes: what each merge keeps of a base of 80 and 20."""
    variants, effects = [], []
    for name, share in {"beta-0": 1.0, **kept}.items():
        gain = 1 + float(name[5:])  # a merge of beta .5 is half as good again
        for scope, score, ratio in (("global", 80, share), ("regional", 20, gain)):
            of = {"variant": name, "beta": float(name[5:]), "scope": scope}
            variants.append(of | {"score": score * ratio})
            if name != "beta-0":
                interval = {"value": ratio, "low": ratio - 0.02, "high": ratio + 0.02, "reason": ""}
                effects.append(of | {"ratio": interval, "confidence": 0.95, "num_resamples": 10000})
    return {"variants": variants, "effects": effects}


def read_words(page: str) -> str:
    """Without tags and with one space between words."""
    plain = re.sub(r"<[^>]+>", " ", page.partition('id="trade-off"')[2])
    return " ".join(html.unescape(plain).split())


def test_a_run_over_both_scopes_shows_what_each_merge_gains_and_keeps(
    sign_in: SignIn, finish: Finish
) -> None:
    result = weigh(**{"beta-0.25": 0.995, "beta-0.5": 0.985, "beta-1": 0.9})
    job, _ = finish(BenchmarkRun(), result)
    page = sign_in().get(f"/jobs/{job.id}").text
    words = read_words(page)
    assert "Recommended: beta-0.5 It has the largest regional gain of the 2 of 3 models" in words
    assert "keep at least 98% of the base's global quality; it keeps 98.5%." in words
    assert re.search(r"beta-0 0 80\.0 . 20\.0 . beta-0\.25", words)  # a dash for what the base is
    assert (
        "beta-0.5 recommended 0.5 78.8 98.5% [96.5%, 100.5%] 30.0 +50.0% [48.0%, 52.0%]"
    ) in words
    assert "beta-1 1 72.0 90.0% [88.0%, 92.0%] 40.0 +100.0% [98.0%, 102.0%]" in words
    assert "intervals of 95% from 10,000 resamples" in words
    assert "num_resamples" not in page


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        (
            {"beta-0.5": 0.97, "beta-1": 0.9},
            (
                "Recommended: the base, beta-0 No model keeps at least 98% of its global quality. "
                "beta-0.5 comes nearest: it keeps 97.0%."
            ),
        ),
        (
            {"beta-0.5": 0.99, "beta-1": 0.9},
            "Of the 2 compared with the base, it alone keeps",
        ),
        (
            {"beta-0.0": 0.99},
            (
                "Recommended: the base, beta-0 1 model keeps at least 98% of its global quality, "
                "and is not better regionally."
            ),
        ),
    ],
)
def test_a_recommendation_says_why(
    sign_in: SignIn, finish: Finish, kept: dict[str, float], sentence: str
) -> None:
    result = weigh(**kept)
    for each in result["variants"] + result["effects"]:
        each["beta"] = 0.1 if each["variant"] == "beta-0.0" else each["beta"]
    job, _ = finish(BenchmarkRun(), result)
    assert sentence in read_words(sign_in().get(f"/jobs/{job.id}").text)


def test_a_recommendation_is_told_in_indonesian(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    job, _ = finish(BenchmarkRun(), weigh(**{"beta-0.5": 0.99, "beta-1": 0.9}))
    browser = sign_in()
    browser.user.language = "id"
    session.flush()
    words = read_words(browser.get(f"/jobs/{job.id}").text)
    assert "Disarankan: beta-0.5" in words
    assert "+50,0% [48,0%, 52,0%]" in words


def test_without_a_score_nothing_is_recommended(sign_in: SignIn, finish: Finish) -> None:
    result = weigh(**{"beta-0.5": 0.99})
    result["variants"][0]["score"] = None
    job, _ = finish(BenchmarkRun(), result)
    words = read_words(sign_in().get(f"/jobs/{job.id}").text)
    assert "No model can be recommended Nothing of 'beta-0' could be scored" in words


def test_a_run_over_one_scope_weighs_nothing(sign_in: SignIn, finish: Finish) -> None:
    result = weigh(**{"beta-0.5": 0.99})
    result = {name: [e for e in found if e["scope"] == "global"] for name, found in result.items()}
    job, _ = finish(BenchmarkRun(), result)
    assert 'id="trade-off"' not in sign_in().get(f"/jobs/{job.id}").text


def test_a_filter_leads_to_its_data_set_and_the_funnel(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    dataset = make_dataset(session)
    funnel = [{"stage": "decode", "in": 3, "kept": 2, "reasons": {"broken_picture": 1}}]
    result = {"dataset_id": str(dataset.id), "funnel": funnel}
    job, _ = finish(DatasetFilter(name="Kept"), result)
    page = sign_in().get(f"/jobs/{job.id}").text
    assert f'href="/datasets/{dataset.id}"' in page
    assert f'href="/datasets/{dataset.id}/funnel"' in page


def test_strangers_and_annotators_see_no_picture_of_a_job(
    client: TestClient, sign_in: SignIn, finish: Finish
) -> None:
    job, _ = finish(ImagesGenerate(), {}, "grid.png")
    address = f"/jobs/{job.id}/pictures/0"
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"
    refused = sign_in("annotator").get(address)
    assert refused.status_code == 403
    assert b"grid.png" not in refused.content


@pytest.mark.parametrize("number", ["1", "-1", "99999999999999999999", "grid.png", "..%2Fcard.md"])
def test_only_pictures_that_the_job_has_are_sent(
    sign_in: SignIn, finish: Finish, number: str
) -> None:
    job, _ = finish(ImagesGenerate(), {}, "grid.png", "card.md")
    assert sign_in().get(f"/jobs/{job.id}/pictures/{number}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../secret.png", "/etc/passwd", "samples/../../a.png", "card.md", "samples/step-1-0.svg"],
)
def test_a_result_cannot_name_other_files(sign_in: SignIn, finish: Finish, name: str) -> None:
    job, _ = finish(ModelFinetune(), {"samples": [name]})
    browser = sign_in()
    assert browser.get(f"/jobs/{job.id}/pictures/0").status_code == 404
    assert "picture-strip" not in browser.get(f"/jobs/{job.id}").text


def test_pictures_that_were_given_up_are_not_shown(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    job, artifact = finish(ImagesGenerate(), {}, "grid.png")
    artifacts.release(session, artifact.id)
    session.flush()
    browser = sign_in()
    assert "/pictures/0" not in browser.get(f"/jobs/{job.id}").text
    assert browser.get(f"/jobs/{job.id}/pictures/0").status_code == 409


def test_a_job_of_another_kind_has_no_pictures(sign_in: SignIn, finish: Finish) -> None:
    job, _ = finish(ModelMerge(base="a", tuned="b"), {"samples": SAMPLES}, *SAMPLES)
    assert sign_in().get(f"/jobs/{job.id}/pictures/0").status_code == 404


def test_what_was_measured_of_a_student_stands_as_scores_at_its_job(
    sign_in: SignIn, session: Session, finish: Finish
) -> None:
    student = make_variant(session, name="Half", family="clip")
    told = {"variant_id": str(student.id), "values": [{"task": "size"}], "num_scores": 1}
    job, _ = finish(DistillationMeasure(), told)
    make_score(
        session, student, make_benchmark(session), job_id=job.id, mode="retrieval", value=61.5
    )
    page = sign_in().get(f"/jobs/{job.id}").text
    assert "61.5" in page
    assert page.count(f'href="/variants/{student.id}"') == 2
