"""knowledge.import through the real runtime and a real child process."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain.jobs import claim, service
from domain.jobs.models import Job, JobState
from domain.knowledge import curating, exporting, queries
from domain.knowledge import service as knowledge
from domain.knowledge.models import KnowledgeBase
from domain.shelf import service as shelf
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from tests import pictures
from workers.settings import WorkerSettings

from .conftest import Bench

DISHES = """\
# Soto
A clear soup.

![a bowl](bowl.png)

# Rendang
A stew.
![gone](gone.png)
"""
SPEC = KnowledgeImport(
    name="Dishes", source="dishes", default_language="en", default_region="sea", licence="CC0-1.0"
)


@pytest.fixture
def folder(worker_settings: WorkerSettings) -> Path:
    folder = worker_settings.inbox / "dishes"
    folder.mkdir(parents=True)
    (folder / "dishes.md").write_text(DISHES, "utf-8")
    (folder / "bowl.png").write_bytes(pictures.png())
    return folder


def find(session: Session) -> KnowledgeBase:
    base = knowledge.find_by_name(session, "Dishes")
    assert base is not None
    return base


def tell(session: Session) -> list[str]:
    return [each.title for each in queries.list_passages(session, find(session).id)]


def succeed(bench: Bench) -> Job:
    job = bench.run(SPEC)
    assert job.state == JobState.SUCCEEDED, job.error
    assert job.result is not None
    return job


def test_an_import_makes_the_base_and_again_adds_nothing(
    bench: Bench, folder: Path, tmp_path: Path
) -> None:
    first = succeed(bench)
    result = first.result or {}
    assert (result["num_new"], result["num_known"], result["num_problems"]) == (2, 0, 1)
    assert bench.do(tell) == ["Soto", "Rendang"]
    base = bench.do(find)
    assert (base.region, base.digest, base.revision) == ("sea", result["digest"], 2)
    written = bench.do(lambda s: exporting.write_folder(s, find(s), base.digest, tmp_path / "out"))
    assert [path.read_bytes() for path in (written / "pictures").iterdir()] == [pictures.png()]

    again = succeed(bench).result or {}
    assert (again["num_new"], again["num_known"]) == (0, 2)
    assert bench.do(find).revision == 2

    (folder / "more.jsonl").write_text('{"title": "Pho", "text": "Noodles."}\n')
    more = succeed(bench).result or {}
    assert (more["num_new"], more["num_known"]) == (1, 2)
    assert more["digest"] == bench.do(find).digest != result["digest"]
    assert bench.do(tell) == ["Soto", "Rendang", "Pho"]


def test_what_a_curator_took_out_stays_out(bench: Bench, folder: Path) -> None:
    succeed(bench)

    def curate(session: Session) -> None:
        base = find(session)
        soto, rendang = queries.list_passages(session, base.id)
        curating.remove(session, base.id, soto.id, actor=None)
        curating.edit(session, base.id, rendang.id, {"title": "R", "text": "x"}, actor=None)

    bench.do(curate)
    result = succeed(bench).result or {}
    assert (result["num_new"], result["num_known"], result["num_taken_out"]) == (0, 0, 2)
    assert bench.do(tell) == ["R"]


def test_what_cannot_be_read_fails_once_with_a_sentence_and_makes_no_base(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    worker_settings.inbox.mkdir(parents=True, exist_ok=True)
    (worker_settings.inbox / "a.md").write_text("# Only a heading\n")
    for source, sentence in (
        ("a.md", "holds no passages."),
        ("absent.md", "There is no file or folder 'absent.md'."),
        ("/etc", "lies outside the folders that imports may read"),
    ):
        job = bench.run(SPEC.model_copy(update={"source": source}))
        assert (job.state, job.attempt) == (JobState.FAILED, 1)
        assert sentence in (job.error or {})["message"]
    assert bench.do(knowledge.find_by_name, "Dishes") is None


def test_an_archived_base_takes_nothing_in(bench: Bench, folder: Path) -> None:
    succeed(bench)
    bench.do(lambda session: shelf.archive(session, find(session), actor=None))
    job = bench.run(SPEC)
    assert job.state == JobState.FAILED
    assert "'Dishes' is archived" in (job.error or {})["message"]


def test_an_import_that_was_cancelled_or_lost_is_done_once_in_the_end(
    bench: Bench, folder: Path
) -> None:
    job_id = bench.enqueue(SPEC)
    bench.do(service.request_cancel, job_id)
    bench.runtime.run_available("cpu")
    assert bench.look(job_id).state == JobState.CANCELLED
    assert bench.do(knowledge.find_by_name, "Dishes") is None
    bench.do(service.resume, job_id)
    lost = bench.do(claim.take, ["cpu"], owner="gone", lease_s=-1)
    bench.runtime.run_available("cpu")
    done = bench.look(job_id)
    assert (done.state, done.fencing_token) == (JobState.SUCCEEDED, lost.token + 1)
    assert bench.do(find).revision == 2
