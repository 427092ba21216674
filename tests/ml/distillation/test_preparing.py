"""distillation.prepare: a teacher is asked once, and its students are what they were without."""

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ml import digests
from ml.distillation import material
from ml.distillation.preparing import prepare
from ml.loading.problems import UnfitModel
from ml.progress import Progress, Silent, Stopped
from ml.training.data.captioned import Preparation
from ml.training.problems import UnfitForTraining
from specs.kinds.distillation.distillation_prepare import DistillationPrepare
from tests import tiny_encoders
from tests.captioned import write_translated

from .conftest import NUM_PICTURES, Distilled, Run
from .test_run import StopsAfter, apart


class Prepared(NamedTuple):
    result: dict[str, Any]
    folder: Path


def ask(teacher: Path, dataset: Path, folder: Path, progress: Progress | None = None) -> Prepared:
    """Into a new folder, going on from the state that is there."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    result = prepare(
        DistillationPrepare(device="cpu"), teacher=teacher, dataset=dataset, out_dir=out,
        state_dir=folder / "state", progress=progress or Silent(),
    )  # fmt: skip
    return Prepared(result, out)


class Watching(Silent):
    """How far the work was, each time it said so."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def update(self, done: float, *told: Any, **more: Any) -> None:
        self.seen.append(done)


def leave_free(monkeypatch: pytest.MonkeyPatch, num_bytes: int) -> None:
    usage = shutil.disk_usage("/")._replace(free=num_bytes)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)


@pytest.fixture(scope="session")
def prepared(clip: Path, dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return ask(clip, dataset, tmp_path_factory.mktemp("prepared"))


def test_what_was_asked_is_told(prepared: Prepared) -> None:
    assert prepared.result["num_pictures"] == NUM_PICTURES
    assert prepared.result["num_captions"] == 3 + 2 * 2 + 2 * 3
    assert prepared.result["languages"] == ["en", "id", "th"]
    assert prepared.result["size_bytes"] == sum(
        path.stat().st_size for path in prepared.folder.iterdir()
    )


def test_a_student_taught_from_it_is_the_same_bit_for_bit(
    prepared: Prepared, run: Run, whole: Distilled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its teacher is asked nothing more."""
    monkeypatch.setattr(Preparation, "build", lambda *_: pytest.fail("The teacher is asked again."))
    taught = run(material=prepared.folder)
    assert apart(taught, whole) == 0
    assert taught.result == whole.result
    assert not (taught.state / "prepared").exists()


def test_a_student_that_was_stopped_goes_on_wherever_the_material_lies_now(
    prepared: Prepared, run: Run, whole: Distilled, tmp_path: Path
) -> None:
    """Where it is looked for stands in the specification, and is no part of the work."""
    state, moved = tmp_path / "state", shutil.copytree(prepared.folder, tmp_path / "moved")
    with pytest.raises(Stopped):
        run(material=prepared.folder, state=state, progress=StopsAfter(5))
    watching = Watching()
    resumed = run(material=moved, state=state, progress=watching)
    assert min(watching.seen[:-1]) > 2  # and the last one is about writing
    assert apart(resumed, whole) == 0


def test_asking_that_was_stopped_goes_on_and_ends_in_the_same_bytes(
    prepared: Prepared, clip: Path, dataset: Path, tmp_path: Path
) -> None:
    with pytest.raises(Stopped):
        ask(clip, dataset, tmp_path, StopsAfter(0))
    assert digests.of_folder(ask(clip, dataset, tmp_path).folder) == digests.of_folder(
        prepared.folder
    )


def test_material_of_another_teacher_is_refused(
    prepared: Prepared, run: Run, siglip2: Path
) -> None:
    with pytest.raises(UnfitForTraining, match=r"'out' is of another teacher \(\w{12}\) than 'sig"):
        run(material=prepared.folder, teacher=siglip2)


def test_material_of_other_data_is_refused(prepared: Prepared, run: Run, tmp_path: Path) -> None:
    others = write_translated(tmp_path, NUM_PICTURES + 1)
    with pytest.raises(UnfitForTraining, match=r"'out' is of other data \(\w{12}\) than 'dataset'"):
        run(material=prepared.folder, data=others)


def test_material_of_another_version_is_refused(
    prepared: Prepared, run: Run, tmp_path: Path
) -> None:
    old = shutil.copytree(prepared.folder, tmp_path / "old")
    facts = json.loads((old / material.FILE).read_text("utf-8"))
    (old / material.FILE).write_text(json.dumps(facts | {"version": 0}), "utf-8")
    with pytest.raises(UnfitForTraining, match="'old' was made by another version"):
        run(material=old)


def test_material_that_lacks_what_a_formulation_needs_is_refused(
    prepared: Prepared, run: Run
) -> None:
    with pytest.raises(
        UnfitForTraining, match=r"needs a caption in 'th' for every picture; 5 of 7"
    ):
        run(material=prepared.folder, formulations=[{"method": "ed", "pivot": "th"}])


def test_a_folder_of_something_else_is_refused(run: Run, clip: Path) -> None:
    with pytest.raises(UnfitForTraining, match=r"'clip' holds no material\.json"):
        run(material=clip)


def test_a_disk_that_is_too_small_is_said_before_the_teacher_is_asked(
    clip: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As much as it comes to, and not much more."""
    whole = ask(clip, dataset, tmp_path / "whole").result["size_bytes"]
    leave_free(monkeypatch, whole)
    ask(clip, dataset, tmp_path / "enough")
    leave_free(monkeypatch, whole // 2)
    with pytest.raises(OSError, match=r"pictures and the teacher's vectors need 0\.0 GB, and"):
        ask(clip, dataset, tmp_path / "little")
    assert list((tmp_path / "little" / "out").iterdir()) == []


def test_a_teacher_that_cannot_be_halved_is_not_asked(dataset: Path, tmp_path: Path) -> None:
    flat = tiny_encoders.build_clip(tmp_path / "flat", layers=1)
    with pytest.raises(UnfitModel, match="at least 2"):
        ask(flat, dataset, tmp_path)
    assert not (tmp_path / "state").exists()
