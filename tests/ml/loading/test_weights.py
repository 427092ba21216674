"""What lies in a folder, and what of it is refused before anything is loaded."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from ml.loading import weights
from ml.loading.problems import UnfitModel

Copy = Callable[[], Path]
UNET = "unet/diffusion_pytorch_model.safetensors"


def save(path: Path, *names: str) -> None:
    save_file({name: np.ones(2, np.float32) for name in names or ("a",)}, path)


def change_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_sdxl_pipeline_is_known_with_its_parts(sdxl: Path) -> None:
    layout = weights.check(sdxl)
    assert (layout.kind, layout.family) == ("pipeline", "sdxl")
    assert layout.class_name == "StableDiffusionXLPipeline"
    assert {each.name: len(each.files) for each in layout.components} == {
        "scheduler": 0, "text_encoder": 1, "text_encoder_2": 1, "tokenizer": 0, "tokenizer_2": 0,
        "unet": 1, "vae": 1,
    }  # fmt: skip
    assert layout.find("unet").files == (sdxl / UNET,)
    assert layout.variant is None


def test_sd15_pipeline_without_safety_checker_has_no_such_part(sd15: Path) -> None:
    layout = weights.check(sd15)
    assert layout.family == "sd15"
    assert "safety_checker" not in {each.name for each in layout.components}


def test_one_model_of_a_pipeline_is_a_model_too(sdxl: Path) -> None:
    unet = weights.check(sdxl / "unet")
    assert (unet.kind, unet.class_name) == ("component", "UNet2DConditionModel")
    text = weights.check(sdxl / "text_encoder")
    assert (text.kind, text.family, text.class_name) == (
        "transformers", "clip_text_model", "CLIPTextModel",
    )  # fmt: skip


def test_plain_folder_may_hold_nothing_but_safetensors(tmp_path: Path) -> None:
    save(tmp_path / "b.safetensors", "b")
    save(tmp_path / "a.safetensors", "a")
    layout = weights.check(tmp_path)
    assert layout.kind == "plain"
    assert [file.name for file in layout.files] == ["a.safetensors", "b.safetensors"]
    assert weights.check(tmp_path / "a.safetensors").files == (tmp_path / "a.safetensors",)


def test_lora_is_known_by_its_file(tmp_path: Path) -> None:
    save(tmp_path / "pytorch_lora_weights.safetensors")
    assert weights.check(tmp_path).kind == "lora"


def test_variant_is_taken_when_it_is_the_only_one(copy: Copy) -> None:
    folder = copy()
    (folder / UNET).rename(folder / "unet/diffusion_pytorch_model.fp16.safetensors")
    assert weights.check(folder).find("unet").variant == "fp16"
    save(folder / "unet/diffusion_pytorch_model.ema.safetensors")
    with pytest.raises(UnfitModel, match=r"in the variants ema, fp16; keep one of them\."):
        weights.check(folder)
    save(folder / UNET)
    assert weights.check(folder).find("unet").variant is None


def make_shards(folder: Path) -> dict[str, str]:
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "config.json").write_text('{"model_type": "clip", "architectures": ["CLIPModel"]}')
    for name, file in names.items():
        save(folder / file, name)
    return names


def test_shards_are_those_that_the_index_names(tmp_path: Path) -> None:
    names = make_shards(tmp_path)
    index = tmp_path / "model.safetensors.index.json"
    with pytest.raises(UnfitModel, match="holds 2 weight files and no index"):
        weights.check(tmp_path)
    index.write_text(json.dumps({"weight_map": names}))
    assert [file.name for file in weights.check(tmp_path).files] == sorted(names.values())
    (tmp_path / names["b"]).unlink()
    with pytest.raises(UnfitModel, match=r"lacks the shard 'model-00002-of-00002\.safetensors'"):
        weights.check(tmp_path)


@pytest.mark.parametrize("file", ["../b.safetensors", "/etc/passwd", "weights.bin"])
def test_index_never_names_a_file_elsewhere_nor_a_pickle(tmp_path: Path, file: str) -> None:
    make_shards(tmp_path)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": file}}))
    with pytest.raises(UnfitModel, match="which is no safetensors file beside it"):
        weights.check(tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"weight_map": ["a"]}', "names no weights"),
        ('{"weight_map": "a"}', "names no weights"),
        ('{"weight_map": {}}', "names no weights"),
        (
            '{"weight_map": ' + "9" * 5000 + "}",
            r"'.*/model\.safetensors\.index\.json' is not JSON: ",
        ),
        ("[" * 10**6, "is not JSON: maximum recursion depth"),
    ],
    ids=lambda value: value[:20],
)
def test_index_that_is_none_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    make_shards(tmp_path)
    (tmp_path / "model.safetensors.index.json").write_text(text)
    with pytest.raises(UnfitModel, match=sentence):
        weights.check(tmp_path)


def test_pickle_is_refused_by_name_where_it_would_be_loaded(copy: Copy) -> None:
    folder = copy()
    torch.save({}, folder / "unet/diffusion_pytorch_model.bin")
    weights.check(folder)  # safetensors lie beside it, so it is never touched
    assert weights.list_pickles(folder) == [folder / "unet/diffusion_pytorch_model.bin"]
    (folder / UNET).unlink()
    with pytest.raises(UnfitModel, match=r"'model/unet' holds its weights as a pickle \('diff"):
        weights.check(folder)


def test_pickle_that_is_called_safetensors_is_refused_and_listed(copy: Copy) -> None:
    folder = copy()
    torch.save({}, folder / UNET)
    with pytest.raises(UnfitModel, match=rf"'model/{UNET}' is a pickle"):
        weights.check(folder)
    assert weights.list_pickles(folder) == [folder / UNET]


def test_plain_folder_and_file_of_pickles_are_refused_by_name(tmp_path: Path) -> None:
    torch.save({}, tmp_path / "model.ckpt")
    for path in (tmp_path, tmp_path / "model.ckpt"):
        with pytest.raises(UnfitModel, match=r"as a pickle \('model.ckpt'\)"):
            weights.check(path)


def test_truncated_weights_are_named_with_their_component(copy: Copy) -> None:
    folder = copy()
    with (folder / UNET).open("r+b") as file:
        file.truncate((folder / UNET).stat().st_size - 1)
    with pytest.raises(UnfitModel, match=rf"'model/{UNET}' was cut off"):
        weights.check(folder)


def test_link_that_leads_outside_is_refused(copy: Copy, tmp_path: Path) -> None:
    folder = copy()
    (folder / UNET).rename(tmp_path / "elsewhere")
    (folder / UNET).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnfitModel, match=rf"'model/{UNET}' is a link that leads outside"):
        weights.check(folder)


@pytest.mark.parametrize(
    ("name", "target", "sentence"),
    [
        ("notes.txt", "nothing", "'model/notes.txt' is a link that leads nowhere"),
        ("notes.txt", "notes.txt", "'model/notes.txt' is a link that leads nowhere"),
        ("unet/up", "..", "'model/unet/up' is a link to a folder that holds links to folders"),
    ],
)
def test_link_that_never_ends_is_refused(copy: Copy, name: str, target: str, sentence: str) -> None:
    folder = copy()
    (folder / name).symlink_to(target)
    with pytest.raises(UnfitModel, match=sentence):
        weights.check(folder)


def test_link_to_a_folder_of_the_model_is_one_of_its_folders(copy: Copy) -> None:
    folder = copy()
    shutil.rmtree(folder / "tokenizer_2")
    (folder / "tokenizer_2").symlink_to("tokenizer")
    assert weights.check(folder).find("tokenizer_2").files == ()


def test_pipe_is_refused_before_anybody_waits_for_what_comes_out_of_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "model.safetensors")
    with pytest.raises(UnfitModel, match=r"model\.safetensors' is neither a file nor a folder"):
        weights.check(tmp_path)


def test_links_of_a_hub_cache_lead_to_its_blobs(copy: Copy, tmp_path: Path) -> None:
    folder = copy()
    cache = tmp_path / "models--some--model"
    (cache / "blobs").mkdir(parents=True)
    snapshot = cache / "snapshots" / "0123"
    shutil.copytree(folder, snapshot)
    (snapshot / UNET).rename(cache / "blobs" / "abc")
    (snapshot / UNET).symlink_to("../../../blobs/abc")
    assert weights.check(snapshot).find("unet").files == (snapshot / UNET,)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"_class_name": ["pipeline", "Mine"]}, "names code of its own as its class"),
        ({"unet": ["my.module", "Mine"]}, r"Component 'unet' of 'model' is code of its own"),
        ({"../unet": ["diffusers", "X"]}, "is no name of a component"),
        ({"refiner": ["diffusers", "X"]}, "lacks the folder 'refiner'"),
    ],
)
def test_index_of_a_pipeline_that_names_what_is_not_ours_is_refused(
    copy: Copy, changes: dict[str, object], sentence: str
) -> None:
    folder = copy()
    change_json(folder / "model_index.json", **changes)
    with pytest.raises(UnfitModel, match=sentence):
        weights.check(folder)


def test_code_beside_a_component_is_refused(copy: Copy) -> None:
    folder = copy()
    (folder / "unet/diffusers.py").write_text("raise SystemExit")
    with pytest.raises(UnfitModel, match="Component 'unet' of 'model' brings code; it is not run"):
        weights.check(folder)


def test_remote_code_of_a_transformers_model_is_refused(sdxl: Path, tmp_path: Path) -> None:
    shutil.copytree(sdxl / "text_encoder", tmp_path / "m")
    change_json(tmp_path / "m/config.json", auto_map={"AutoModel": "mine.Mine"})
    with pytest.raises(UnfitModel, match="brings code of its own"):
        weights.check(tmp_path / "m")


def test_folder_without_a_model_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UnfitModel, match=r"holds no model: no model_index\.json, no config"):
        weights.check(tmp_path)
    with pytest.raises(UnfitModel, match="There is no model at"):
        weights.check(tmp_path / "nowhere")
    (tmp_path / "model_index.json").write_text("{")
    with pytest.raises(UnfitModel, match="is not JSON"):
        weights.check(tmp_path)


def test_component_that_is_not_there_is_named_with_those_that_are(sdxl: Path) -> None:
    with pytest.raises(UnfitModel, match="has no component 'prior'; it has: scheduler, text_enc"):
        weights.check(sdxl).find("prior")
