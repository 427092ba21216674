"""What is brought from a hub: named exactly, safetensors only, and never without being allowed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import huggingface_hub
import pytest

from ml.loading import hub
from ml.loading.hub import HubName, NoHub
from ml.loading.problems import UnfitModel
from ml.progress import Silent, Stopped

REPOSITORY = [
    ".gitattributes", "LICENSE.md", "README.md", "model_index.json", "sd_xl_base_1.0.safetensors",
    "scheduler/scheduler_config.json", "tokenizer/merges.txt", "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.bin", "unet/openvino_model.bin", "vae/config.json",
    "vae/diffusion_pytorch_model.fp16.safetensors", "vae/model.onnx", "run.py",
]  # fmt: skip


def test_names_are_read_with_their_revision() -> None:
    assert hub.is_name("hub:some/model")
    assert not hub.is_name("some/model")
    assert hub.read_name("hub:some/model-1.0") == HubName("some/model-1.0", None)
    assert str(hub.read_name("hub:some/model@refs/pr/1")) == "some/model@refs/pr/1"


@pytest.mark.parametrize(
    "name", ["model", "a/b/c", "../b", "a/..", "a/b@", "a b/c", "a/b--c", "/etc/passwd", "a/b@../x"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(UnfitModel, match=r"is not of the form hub:OWNER/NAME\[@REVISION\]"):
        hub.read_name(f"hub:{name}")


def test_plain_safetensors_and_texts_are_chosen_and_nothing_that_runs() -> None:
    assert hub.choose_files(REPOSITORY) == [
        "LICENSE.md", "README.md", "model_index.json", "scheduler/scheduler_config.json",
        "tokenizer/merges.txt", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json", "vae/diffusion_pytorch_model.fp16.safetensors",
    ]  # fmt: skip
    assert hub.choose_files(["model.safetensors", "config.json"]) == [
        "config.json", "model.safetensors",
    ]  # fmt: skip
    assert hub.choose_files(["config.json", "pytorch_model.bin"]) == []


# Repositories as they are published: a model of each kind of tokenizer, template and shards. What
# nobody reads here is marked with a bar before it: code, sounds, pickles, twins of other libraries.
PUBLISHED = {
    "llava-1.5": (
        "README.md added_tokens.json chat_template.jinja chat_template.json config.json "
        "generation_config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors "
        "model.safetensors.index.json preprocessor_config.json processor_config.json "
        "special_tokens_map.json tokenizer.json tokenizer.model tokenizer_config.json "
        "|.gitattributes"
    ),
    "internvl3-hf": (
        "README.md added_tokens.json chat_template.jinja config.json generation_config.json "
        "merges.txt model.safetensors preprocessor_config.json processor_config.json "
        "special_tokens_map.json tokenizer.json tokenizer_config.json "
        "video_preprocessor_config.json vocab.json |.gitattributes |examples/image1.jpg"
    ),
    "gemma-3": (
        "README.md added_tokens.json chat_template.json config.json generation_config.json "
        "model-00001-of-00002.safetensors model-00002-of-00002.safetensors "
        "model.safetensors.index.json preprocessor_config.json processor_config.json "
        "special_tokens_map.json tokenizer.json tokenizer.model tokenizer_config.json"
    ),
    "phi-4-multimodal": (
        "LICENSE README.md added_tokens.json chat_template.jinja config.json merges.txt "
        "model-00001-of-00003.safetensors model.safetensors.index.json preprocessor_config.json "
        "processor_config.json speech-lora/adapter_config.json "
        "speech-lora/adapter_model.safetensors vision-lora/adapter_config.json "
        "vision-lora/adapter_model.safetensors tokenizer.json tokenizer_config.json vocab.json "
        "|modeling_phi4mm.py |figures/audio.png |examples/sound.wav |report.pdf"
    ),
    "qwen2.5-vl": (
        "LICENSE README.md chat_template.json config.json generation_config.json merges.txt "
        "model-00001-of-00002.safetensors model-00002-of-00002.safetensors "
        "model.safetensors.index.json preprocessor_config.json tokenizer.json "
        "tokenizer_config.json vocab.json"
    ),
    "siglip2-naflex": (
        "README.md config.json model.safetensors preprocessor_config.json special_tokens_map.json "
        "tokenizer.json tokenizer_config.json"
    ),
    "clip": (
        "README.md config.json merges.txt model.safetensors preprocessor_config.json "
        "special_tokens_map.json tokenizer.json tokenizer_config.json vocab.json "
        "|flax_model.msgpack |pytorch_model.bin |tf_model.h5 |onnx/model.onnx"
    ),
    "opus-mt": (
        "README.md config.json generation_config.json metadata.json model.safetensors source.spm "
        "target.spm tokenizer_config.json vocab.json |pytorch_model.bin |rust_model.ot |tf_model.h5"
    ),
    "phobert": (
        "LICENSE README.md bpe.codes config.json model.safetensors vocab.txt |pytorch_model.bin"
    ),
    "several-templates": (
        "additional_chat_templates/tools.jinja chat_template.jinja config.json model.safetensors"
    ),
}


@pytest.mark.parametrize("listing", PUBLISHED.values(), ids=PUBLISHED)
def test_all_is_brought_that_a_model_is_asked_with_and_of_twins_one(listing: str) -> None:
    names = listing.split()
    wanted = sorted(name for name in names if not name.startswith("|"))
    assert hub.choose_files([name.removeprefix("|") for name in names]) == wanted


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A hub with the repository above; what is asked of it."""
    names: list[str] = []

    def info(self: Any, repository: str, *, revision: str | None) -> Any:
        return SimpleNamespace(
            sha="c0ffee", siblings=[SimpleNamespace(rfilename=name) for name in REPOSITORY]
        )

    def download(repository: str, file: str, *, revision: str, local_dir: Path) -> None:
        names.append(f"{repository}@{revision}/{file}")
        (local_dir / file).parent.mkdir(parents=True, exist_ok=True)
        (local_dir / file).write_text(file)

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", info)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    return names


def test_what_is_brought_is_of_one_commit(asked: list[str], tmp_path: Path) -> None:
    folder, commit = hub.fetch(HubName("some/model", "main"), tmp_path, Silent())
    assert commit == "c0ffee"
    assert len(asked) == 9
    assert all(each.startswith("some/model@c0ffee/") for each in asked)
    assert (folder / "unet/diffusion_pytorch_model.safetensors").is_file()


def test_bringing_stops_when_asked(asked: list[str], tmp_path: Path) -> None:
    class Stop(Silent):
        def check(self) -> None:
            raise Stopped

    with pytest.raises(Stopped):
        hub.fetch(HubName("some/model", None), tmp_path, Stop())


@pytest.mark.parametrize("at", ["model_info", "hf_hub_download"])
def test_hub_that_cannot_be_reached_is_told(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise httpx.ConnectError("Name or service not known")

    owner: Any = huggingface_hub.HfApi if at == "model_info" else huggingface_hub
    monkeypatch.setattr(owner, at, fail)
    with pytest.raises(NoHub, match="'some/model' could not be brought from the hub: Name or serv"):
        hub.fetch(HubName("some/model", None), tmp_path, Silent())


def test_repository_of_pickles_alone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SimpleNamespace(sha="c0ffee", siblings=[SimpleNamespace(rfilename="model.ckpt")])
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_, **__: found)
    with pytest.raises(UnfitModel, match="holds no weights as safetensors; pickles are not broug"):
        hub.fetch(HubName("some/model", None), tmp_path, Silent())
