"""The same job where files go to S3, and from a process that has torch in memory."""

import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import psutil
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine

from domain.artifacts import storage
from domain.datasets import uploads
from domain.jobs import logs, queries
from specs.kinds.dataset.dataset_import import DatasetImport
from tests.chaos.kinds import Fail, Sleep
from tests.workers.conftest import Bench
from workers import kinds
from workers.runtime import Runtime
from workers.settings import WorkerSettings
from workers.tasks.dataset import dataset_import


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    fsspec.filesystem("s3").clear_instance_cache()
    name = f"ggez-{secrets.token_hex(4)}"  # moto's servers share what they hold
    fsspec.filesystem("s3").mkdir(name)
    yield f"s3://{name}/artifacts"
    server.stop()


@pytest.fixture
def s3_bench(bench: Bench, bucket: str, worker_settings: WorkerSettings) -> Iterator[Bench]:
    """`bench` cleans the tables up."""
    del bench
    settings = worker_settings.model_copy(update={"artifacts_uri": bucket})
    runtime = Runtime(settings, owner="test", queues=("cpu",))
    yield Bench(runtime)
    runtime.close()


def test_files_and_log_go_to_s3_and_nothing_stays_here(s3_bench: Bench, bucket: str) -> None:
    job = s3_bench.run(Sleep(seconds=0.1))
    assert job.state == "succeeded", job.error
    output = s3_bench.do(queries.list_artifacts, job.id)["output"]
    assert output.uri == f"{bucket}/jobs/{job.id}/1"
    with storage.local_copy(output.uri) as folder:
        assert float((folder / "slept.txt").read_text()) >= 0.1
    assert job.log_uri == f"{bucket}/logs/{job.id}-1.log"
    assert logs.read_tail(job) == "sleeping 0.1 s\n"
    left = [path for path in s3_bench.runtime.settings.data.rglob("*") if path.is_file()]
    assert left == []


def test_a_storage_that_is_away_is_tried_again(
    s3_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.filesystem("s3").clear_instance_cache()
    job = s3_bench.run(Sleep(seconds=0))
    assert (job.state, job.attempt) == ("lost", 3)
    assert job.error is not None
    assert "does not answer" in job.error["message"]


def test_a_job_that_computes_with_torch_starts_with_it_in_memory(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    del engine
    preloaded = kinds.Task(spec=Sleep, compute="tests.chaos.kinds:sleep", preloaded=True)
    monkeypatch.setitem(kinds._TASKS, "test.sleep", preloaded)
    runtime = bench.runtime
    runtime.settings = runtime.settings.model_copy(update={"preload": ("torch", "not_installed")})
    first = bench.run(Sleep(seconds=0))
    assert first.state == "succeeded", first.error
    assert "torch" in first.environment["packages"]
    started = time.monotonic()
    second = bench.run(Sleep(seconds=0, name="again"))
    assert time.monotonic() - started < 3
    assert second.state == "succeeded"


def test_a_job_that_needs_no_torch_does_not_load_it(bench: Bench) -> None:
    job = bench.run(Sleep(seconds=0))
    assert job.environment["packages"] == {}


def list_forked() -> set[int]:
    """Fork servers, which wait for the next job, and what they forked."""
    return {
        child.pid
        for child in psutil.Process().children(recursive=True)
        if "multiprocessing.forkserver" in " ".join(child.cmdline())
    }


def test_no_process_is_left_after_jobs_of_every_ending(bench: Bench) -> None:
    bench.run(Sleep(seconds=0))  # its server is there from now on
    before = list_forked()
    bench.run(Sleep(seconds=0))
    bench.run(Fail(how="surprise"))
    bench.run(Fail(how="killed"))
    assert list_forked() == before


def test_an_upload_in_s3_is_brought_into_what_the_job_keeps(
    s3_bench: Bench, tmp_path: Path
) -> None:
    settings = s3_bench.runtime.settings
    staged = tmp_path / "staged"
    staged.write_bytes(b"image,caption\n")
    artifact = s3_bench.do(uploads.accept, staged, "a.csv", settings)
    spec = DatasetImport(name="N", source=f"upload:{artifact.id}", licence="L")
    job = s3_bench.look(s3_bench.enqueue(spec))
    for _ in range(2):  # the second attempt finds it there
        path = Path(s3_bench.do(dataset_import.prepare, job, spec, settings)["path"])
        assert path.read_bytes() == b"image,caption\n"
        storage.delete(artifact.uri)
    assert path.is_relative_to(kinds.find_state(settings, job.id))
