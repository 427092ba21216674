"""dataset.import through the real runtime and a real child process."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.datasets.models import Dataset
from domain.jobs.models import JobState
from specs.kinds.dataset.dataset_import import DatasetImport
from tests import pictures
from workers.settings import WorkerSettings

from .conftest import Bench


def make_spec(source: Path | str) -> DatasetImport:
    return DatasetImport(name="Pictures", source=str(source), licence="CC0-1.0")


def count_rows(session: Session) -> tuple[int, int]:
    count = func.count()
    return (
        session.scalar(select(count).select_from(Dataset)) or 0,
        session.scalar(select(count).select_from(Artifact).where(Artifact.kind == "dataset")) or 0,
    )


def test_import_ends_with_a_data_set(bench: Bench, worker_settings: WorkerSettings) -> None:
    folder = pictures.write_folder(worker_settings.inbox / "pictures")
    (folder / "bad.jpg").write_bytes(b"<html>")
    (folder / "bad.txt").write_text("Not a picture", "utf-8")
    job = bench.run(make_spec(folder))
    assert job.state == JobState.SUCCEEDED, job.error
    assert job.result is not None
    assert (job.result["num_items"], job.result["num_problems"]) == (3, 1)
    assert bench.do(count_rows) == (1, 1)
    again = bench.run(make_spec(folder))
    assert again.state == JobState.FAILED
    assert again.error is not None
    assert "There is already a data set named 'Pictures'." in again.error["message"]


def write_slip(inbox: Path) -> str:
    with zipfile.ZipFile(inbox / "slip.zip", "w") as file:
        file.writestr("../../escaped.jpg", pictures.jpeg())
    return "slip.zip"


def write_bomb(inbox: Path) -> str:
    with zipfile.ZipFile(inbox / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.jpg", b"\0" * (70 * 2**20))
    return "bomb.zip"


def write_wrong_columns(inbox: Path) -> str:
    (inbox / "t.csv").write_text("foto,teks\na.jpg,A\n", "utf-8")
    return "t.csv"


def write_no_parquet(inbox: Path) -> str:
    (inbox / "t.parquet").write_text("no", "utf-8")
    return "t.parquet"


def write_only_bombs(inbox: Path) -> str:
    (inbox / "bombs").mkdir()
    (inbox / "bombs" / "a.png").write_bytes(pictures.bomb_png())
    (inbox / "bombs" / "a.txt").write_text("A", "utf-8")
    return "bombs"


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (write_slip, "which leads outside the archive"),
        (write_bomb, "which is beyond the limit"),
        (write_wrong_columns, "its columns are: foto, teks."),
        (write_no_parquet, "is not Parquet: by its contents it is text."),
        (write_only_bombs, "None of the 1 items of"),
        (lambda _: "absent", "There is no file or folder 'absent'."),
        (lambda _: "/etc", "lies outside the folders that imports may read"),
    ],
)
def test_bad_source_fails_once_with_a_sentence_and_changes_nothing(
    bench: Bench, worker_settings: WorkerSettings, write: Callable[[Path], str], sentence: str
) -> None:
    inbox = worker_settings.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    job = bench.run(make_spec(write(inbox)))
    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    assert job.error is not None
    assert sentence in job.error["message"]
    assert bench.do(count_rows) == (0, 0)
    assert not list(worker_settings.data.rglob("escaped.jpg"))
