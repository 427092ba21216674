"""A model is taken in whole and checked, or refused with the file that is wrong."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from ml import digests
from ml.importing.model import import_model
from ml.loading import hub
from ml.loading.hub import NoHub
from ml.loading.problems import UnfitModel
from ml.progress import Silent, Stopped
from specs.kinds.model.model_import import ModelImport
from tests import tiny_models

SPEC = ModelImport(name="World", source="world", licence="CC0-1.0")


@pytest.fixture(scope="module")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sdxl(tmp_path_factory.mktemp("models") / "sdxl")


@pytest.fixture
def source(sdxl: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sdxl, tmp_path / "source"))


def run(source: Path, out: Path, progress: Silent | None = None) -> dict[str, Any]:
    return import_model(
        SPEC, path=str(source), out_dir=out, state_dir=out.with_name("state"),
        progress=progress or Silent(),
    )  # fmt: skip


def test_pipeline_is_taken_in_with_its_parts_and_its_digest(source: Path, tmp_path: Path) -> None:
    (source / ".cache").mkdir()
    (source / ".cache" / "note").write_text("of a tool")
    (source / "README.md").write_text("a card")
    found = run(source, tmp_path / "out")
    assert (found["kind"], found["family"]) == ("pipeline", "sdxl")
    assert found["name"] == "World"
    assert found["digest"] == digests.of_folder(tmp_path / "out" / "model")
    assert not (tmp_path / "out" / "model" / ".cache").exists()
    assert (tmp_path / "out" / "model" / "README.md").read_text() == "a card"
    parts = {each["name"]: each for each in found["components"]}
    assert parts["unet"]["class_name"] == "UNet2DConditionModel"
    assert set(parts["unet"]["dtypes"]) == {"F32"}
    assert parts["unet"]["num_tensors"] > 50
    assert parts["tokenizer"]["num_files"] == 0
    assert found["size_bytes"] == sum(
        path.stat().st_size for path in (tmp_path / "out" / "model").rglob("*") if path.is_file()
    )
    assert found == json.loads((tmp_path / "out" / "model.json").read_text("utf-8"))


def test_one_file_becomes_a_folder_with_it(tmp_path: Path) -> None:
    save_file({"a": np.ones(2, np.float16)}, tmp_path / "a.safetensors")
    found = run(tmp_path / "a.safetensors", tmp_path / "out")
    assert (found["kind"], found["num_files"]) == ("plain", 1)
    assert [path.name for path in (tmp_path / "out" / "model").iterdir()] == ["a.safetensors"]
    assert found["components"][0]["dtypes"] == {"F16": 1}


@pytest.mark.parametrize("name", ["unet/optimizer.pt", "training_args.bin", "vae/notes.txt"])
def test_any_pickle_is_refused_whether_it_would_be_loaded_or_not(
    source: Path, tmp_path: Path, name: str
) -> None:
    (source / name).write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(UnfitModel, match=rf"'source' holds 1 pickles, the first is '{name}'"):
        run(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_truncated_weights_are_refused(source: Path, tmp_path: Path) -> None:
    path = source / "vae" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UnfitModel, match=r"'source/vae/diffusion_pytorch_model.* was cut off"):
        run(source, tmp_path / "out")


def test_import_stops_when_asked(source: Path, tmp_path: Path) -> None:
    class Stop(Silent):
        def check(self) -> None:
            raise Stopped

    with pytest.raises(Stopped):
        run(source, tmp_path / "out", Stop())


def test_hub_is_asked_only_where_the_installation_allows_it(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "fetch", lambda name, into, progress: (source, "c0ffee"))
    spec = SPEC.model_copy(update={"source": "hub:some/model"})
    assert spec.is_on_hub
    told: dict[str, Any] = {
        "path": spec.source, "out_dir": tmp_path / "out", "state_dir": tmp_path / "state",
        "progress": Silent(),
    }  # fmt: skip
    with pytest.raises(NoHub, match=r"'some/model' lies on a hub, and this installation asks none"):
        import_model(spec, **told)
    found = import_model(spec, allow_hub=True, **told)
    assert (found["revision"], found["family"]) == ("c0ffee", "sdxl")
