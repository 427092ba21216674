"""Names in a specification become rows, or the sentence that says why not."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts.errors import ArtifactReleased
from domain.datasets.errors import EmptyDataset
from domain.jobs.models import Job, JobState
from domain.launches import errors, finding, queries
from domain.launches import service as launches
from domain.launches.models import JobInput
from domain.settings import Settings
from domain.shelf import errors as shelf_errors
from domain.shelf import service as shelf
from domain.users.person import Person
from domain.variants.errors import DifferentFamilies, WithoutFiles
from specs.job import JobSpec
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.model.model_merge import ModelMerge
from tests.factories import (
    make_artifact,
    make_benchmark,
    make_dataset,
    make_job,
    make_prompt_set,
    make_user,
    make_variant,
    publish,
)

TUNE = ModelFinetune(name="New", base="Base", dataset="Pool")


@pytest.fixture
def launch(session: Session, settings: Settings) -> Any:
    make_variant(session, name="Base")
    make_dataset(session, name="Pool")

    def launch(spec: JobSpec, **options: Any) -> Job:
        return launches.launch(session, spec, settings, **{"actor": None, **options}).job

    return launch


def change(**changes: Any) -> ModelFinetune:
    return TUNE.model_copy(update=changes)


def test_what_is_read_is_written_down_with_its_digest(launch: Any, session: Session) -> None:
    job = launch(TUNE)
    assert job.inputs == {"base": "e" * 64, "dataset": "d" * 64}
    rows = queries.list_rows(session, job.id)
    assert {name: getattr(row, "name", "") for name, row in rows.items()} == {
        "base": "Base", "dataset": "Pool",
    }  # fmt: skip
    assert queries.list_users(session, rows["base"]) == [job]


@pytest.mark.parametrize(
    ("spec", "error", "sentence"),
    [
        (change(base=""), errors.InputMissing, "Choose what is read as 'base'."),
        (
            change(base="Bass"),
            errors.NothingNamed,
            "There is no variant named 'Bass'. There are: 'Base'.",
        ),
        (change(name="Base"), shelf_errors.NameTaken, "already a variant named 'Base'"),
        (
            ImagesGenerate(base="Base", prompts="None"),
            errors.NothingNamed,
            "There is no prompt set named 'None', and none of any other name yet.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_before_it_is_queued(
    launch: Any, session: Session, spec: JobSpec, error: type[Exception], sentence: str
) -> None:
    num_jobs = len(session.scalars(select(Job)).all())
    with pytest.raises(error, match=sentence):
        launch(spec)
    assert len(session.scalars(select(Job)).all()) == num_jobs


def test_rows_that_cannot_be_used_are_refused_with_the_reason(
    launch: Any, session: Session
) -> None:
    make_dataset(session, name="Empty", num_items=0)
    with pytest.raises(EmptyDataset, match="'Empty' has no items"):
        launch(change(dataset="Empty"))
    shelf.archive(session, make_dataset(session, name="Old"), actor=None)
    with pytest.raises(errors.ReferenceArchived, match="'Old' is archived"):
        launch(change(dataset="Old"))
    base = shelf.find_by_name(session, type(make_variant(session)), "Base")
    assert base is not None
    tuned = make_variant(session, base=base, name="Tuned")
    make_variant(session, base=base, tuned=tuned, artifact_id=None, name="Swept")
    with pytest.raises(WithoutFiles, match="'Swept' has no files"):
        launch(change(base="Swept"))
    make_variant(session, name="Small", family="sd")
    with pytest.raises(DifferentFamilies):
        launch(ModelMerge(base="Base", tuned="Small"))
    assert tuned.artifact_id is not None
    artifacts.release(session, tuned.artifact_id)
    with pytest.raises(ArtifactReleased):
        launch(ModelMerge(base="Base", tuned="Tuned"))


def test_only_researchers_launch(launch: Any, session: Session) -> None:
    with pytest.raises(errors.MayNotLaunch, match="'annotator' may not launch"):
        launch(TUNE, actor=Person.of(make_user(session, role="annotator")))


def test_a_benchmark_is_read_as_its_prompts(launch: Any, session: Session) -> None:
    prompt_set = make_prompt_set(session)
    make_benchmark(session, name="Questions", prompt_set_id=prompt_set.id)
    job = launch(ImagesGenerate(base="Base", prompts="Questions"))
    assert queries.list_rows(session, job.id)["prompts"] == prompt_set


def test_one_name_is_made_by_one_job_at_a_time(launch: Any) -> None:
    launch(TUNE)
    with pytest.raises(errors.JobUnderWay, match="A job that makes 'New' is queued or running"):
        launch(change(seed=1))


def test_work_that_was_done_is_offered_though_its_name_is_taken(
    launch: Any, session: Session, settings: Settings
) -> None:
    done = launch(TUNE)
    done.state, done.result = JobState.SUCCEEDED, {}
    make_variant(session, name="New")
    session.flush()
    assert launch(TUNE) is done
    with pytest.raises(shelf_errors.NameTaken):
        launch(TUNE, fresh=True)


def test_what_a_job_before_makes_is_found_by_where_it_left_it(
    launch: Any, session: Session
) -> None:
    base = shelf.find_by_name(session, type(make_variant(session)), "Base")
    assert base is not None
    tuned = make_variant(session, base=base)
    merge = make_variant(session, base=base, tuned=tuned)
    parent = make_job(session, state=JobState.SUCCEEDED, spec=ModelMerge(name="M"))
    parent.result = {"rows": {"beta-0.25": str(merge.id)}}
    make_prompt_set(session, name="P")
    spec = ImagesGenerate(base="beta-0.25", prompts="P")
    job = launch(spec, parents={"base": parent.id})
    assert queries.list_rows(session, job.id)["base"] == merge
    with pytest.raises(errors.RowGone):
        launch(spec.model_copy(update={"base": "beta-0.5"}), parents={"base": parent.id})
    with pytest.raises(errors.InputNotMade, match="name one, such as beta"):
        launch(spec.model_copy(update={"base": ""}), parents={"base": parent.id})
    single = make_job(session, spec=ModelFinetune())
    with pytest.raises(errors.InputTwice, match="comes from a job before this one"):
        launch(spec, parents={"base": single.id})
    with pytest.raises(errors.InputNotMade, match="makes no prompts"):
        launch(ImagesGenerate(base="Base"), parents={"prompts": single.id})
    waiting = launch(ImagesGenerate(prompts="P"), parents={"base": single.id})
    assert waiting.state == JobState.WAITING


def test_outputs_are_named_by_the_job_that_made_them(session: Session) -> None:
    maker = make_job(session, state=JobState.SUCCEEDED, spec=ImagesGenerate())
    artifact = publish(session, maker, make_artifact(session, kind="outputs"))
    (wanted,) = (each for each in BenchmarkRun.inputs if each.what == "outputs")
    found = finding.find(session, wanted, str(maker.id))
    assert (found.row, found.uri) == (maker, artifact.uri)
    for reference in ("yesterday's", str(uuid.uuid4()), str(make_job(session).id)):
        with pytest.raises(errors.NoSuchJob):
            finding.find(session, wanted, reference)
    assert queries.list_source_jobs(session, "outputs") == [maker]


def test_a_clone_looks_names_up_again_and_keeps_what_was_handed_in(
    launch: Any, session: Session, settings: Settings
) -> None:
    job = launch(TUNE, inputs={"script": "abc"})
    job.state, job.result = JobState.FAILED, None
    make_dataset(session, name="Pond", digest="a" * 64)
    made = launches.clone(
        session, job.id, settings, actor=None, changes={"dataset": "Pond", "name": "Newer"}
    )
    assert made.inputs == {"script": "abc", "base": "e" * 64, "dataset": "a" * 64}
    meant = session.scalars(select(JobInput).where(JobInput.job_id == made.id)).all()
    assert {each.name for each in meant} == {"base", "dataset"}


@given(st.text(max_size=10), st.lists(st.text(max_size=10), unique=True))
def test_suggestions_are_all_there_is_in_another_order(wanted: str, known: list[str]) -> None:
    found = finding.suggest(wanted, known)
    assert sorted(found) == sorted(known)
    assert not known or wanted not in known or found[0].casefold() == wanted.casefold()
