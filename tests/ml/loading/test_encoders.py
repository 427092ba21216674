"""Pictures and texts as vectors; compared with what transformers computes by itself."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file

from ml.loading import encoders
from ml.loading.problems import UnfitModel
from tests import pictures, tiny_encoders

BUILDERS: dict[str, Callable[[Path], Path]] = {
    "clip": tiny_encoders.build_clip,
    "siglip": tiny_encoders.build_siglip,
    "siglip2": tiny_encoders.build_siglip2,
}
every_family = pytest.mark.parametrize("family", BUILDERS)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("encoders")
    torch.set_num_threads(1)
    return {name: build(root / name) for name, build in BUILDERS.items()}


@pytest.fixture
def shots() -> list[Image.Image]:
    """Wide, tall, square, larger and smaller than what the models look at."""
    sizes = [(64, 48), (40, 90), (32, 32), (20, 28), (200, 120)]
    return [pictures.draw(*size, seed=seed) for seed, size in enumerate(sizes)]


def ask_transformers(folder: Path, family: str, shots: list[Image.Image]) -> Any:
    classes = {
        "clip": (transformers.CLIPModel, transformers.CLIPImageProcessorPil),
        "siglip": (transformers.SiglipModel, transformers.SiglipImageProcessorPil),
        "siglip2": (transformers.Siglip2Model, transformers.Siglip2ImageProcessorPil),
    }
    model_class, processor_class = classes[family]
    model = model_class.from_pretrained(folder).eval()
    inputs = processor_class.from_pretrained(folder)(images=shots, return_tensors="pt")
    with torch.inference_mode():
        found = model.get_image_features(**inputs)
    found = getattr(found, "pooler_output", found)
    return (found / found.norm(dim=-1, keepdim=True)).numpy()


@every_family
def test_vectors_of_pictures_are_those_of_transformers(
    folders: dict[str, Path], family: str, shots: list[Image.Image]
) -> None:
    encoder = encoders.open_encoder(folders[family], batch_size=2)
    found = encoder.embed_pictures(shots)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, ask_transformers(folders[family], family, shots), atol=2e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)


@every_family
def test_texts_lie_in_the_same_space_and_do_not_depend_on_their_neighbours(
    folders: dict[str, Path], family: str
) -> None:
    encoder = encoders.open_encoder(folders[family])
    alone = encoder.embed_texts(["a kite"])
    together = encoder.embed_texts(["a kite", "a much longer text " * 9])
    np.testing.assert_allclose(alone[0], together[0], atol=1e-5)
    assert together.shape == (2, encoder.embed_pictures([pictures.draw()]).shape[1])
    assert abs(float(together[0] @ together[1])) < 0.99999


@every_family
def test_texts_that_are_not_seen_whole_are_counted(folders: dict[str, Path], family: str) -> None:
    """The tiny models read 23 characters and an end."""
    encoder = encoders.open_encoder(folders[family])
    texts = ["x" * length for length in (0, 22, 23, 24, 25, 200)]
    assert encoder.longest == tiny_encoders.TOKENS == 24
    assert [encoder.count_cut([text]) for text in texts] == [0, 0, 0, 1, 1, 1]
    assert encoder.count_cut(texts) == 3
    assert encoder.count_cut([]) == 0
    seen, whole = encoder.embed_texts(["x" * 23 + "end", "x" * 23])
    np.testing.assert_allclose(seen, whole, atol=1e-6)


def spoil(folder: Path, target: Path, name: str, value: float) -> Path:
    shutil.copytree(folder, target)
    stored = load_file(target / "model.safetensors")
    stored[name].view(-1)[0] = value
    save_file(stored, target / "model.safetensors", {"format": "pt"})
    return target


@every_family
@pytest.mark.parametrize("tower", ["text_model", "vision_model"])
def test_an_encoder_whose_weights_are_no_numbers_is_refused(
    folders: dict[str, Path], family: str, tower: str, tmp_path: Path
) -> None:
    """A filter would reject everything, with a score of NaN as its reason."""
    stored = load_file(folders[family] / "model.safetensors")
    name = next(each for each in sorted(stored) if each.startswith(tower) and "layers.0" in each)
    broken = spoil(folders[family], tmp_path / "broken", name, float("nan"))
    with pytest.raises(UnfitModel, match=f"'{name}' of 'broken' holds weights that are NaN"):
        encoders.open_encoder(broken)


def test_vectors_that_are_no_numbers_are_refused(
    folders: dict[str, Path], shots: list[Image.Image], tmp_path: Path
) -> None:
    """The weights are finite and what is computed with them is not."""
    layer = "vision_model.post_layernorm.weight"
    broken = spoil(folders["clip"], tmp_path / "broken", layer, 3e38)
    encoder = encoders.open_encoder(broken)
    with pytest.raises(UnfitModel, match="'broken' gives vectors that are NaN or infinite"):
        encoder.embed_pictures(shots)


@every_family
def test_the_same_pictures_give_the_same_bits(
    folders: dict[str, Path], family: str, shots: list[Image.Image]
) -> None:
    first = encoders.open_encoder(folders[family]).embed_pictures(shots)
    again = encoders.open_encoder(folders[family]).embed_pictures(shots)
    assert first.tobytes() == again.tobytes()


def test_grey_and_transparent_pictures_are_taken_as_rgb(folders: dict[str, Path]) -> None:
    encoder = encoders.open_encoder(folders["clip"])
    grey = pictures.draw().convert("L")
    vectors = encoder.embed_pictures([grey, grey.convert("RGB"), grey.convert("LA")])
    np.testing.assert_array_equal(vectors[0], vectors[1])
    np.testing.assert_array_equal(vectors[0], vectors[2])


def test_nothing_to_embed_gives_no_vectors(folders: dict[str, Path]) -> None:
    encoder = encoders.open_encoder(folders["clip"])
    assert len(encoder.embed_pictures([])) == len(encoder.embed_texts([])) == 0


def test_a_crop_larger_than_the_picture_is_filled_up_as_transformers_does(tmp_path: Path) -> None:
    folder = tiny_encoders.build_clip(tmp_path / "m", size={"shortest_edge": 20})
    shot = pictures.draw(40, 30)
    found = encoders.open_encoder(folder).embed_pictures([shot])
    np.testing.assert_allclose(found, ask_transformers(folder, "clip", [shot]), atol=2e-6)


def test_an_encoder_says_what_it_is(folders: dict[str, Path]) -> None:
    facts = encoders.open_encoder(folders["siglip2"]).describe()
    assert facts["family"] == "SigLIP2"
    assert len(facts["digest"]) == 64


def test_older_configurations_say_sizes_as_one_number(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    shutil.copytree(folders["clip"], folder)
    for path in folder.glob("*processor_config.json"):
        path.unlink()
    facts = {"size": 32, "crop_size": 32, "resample": 3, "image_mean": [0.5] * 3}
    (folder / "preprocessor_config.json").write_text(json.dumps(facts))
    found = encoders.open_encoder(folder).preprocessing
    assert (found.shortest_side, found.crop, found.resample) == (32, (32, 32), 3)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("no_processor", "does not say how pictures are prepared"),
        ("odd_size", "which is not understood"),
        ("cut_off", "was cut off"),
        ("pickle", "weights as a pickle"),
        ("another_family", "is of the family 'bert'; an encoder of the families CLIP"),
        ("text_only", "is not a whole model of pictures and texts"),
        ("more_layers", "'model' is no whole CLIPModel: it lacks 16 of its tensors"),
        ("odd_width", r"'model' cannot be loaded: The hidden size .+\.$"),
        ("no_number", r"'model' cannot be loaded: Field 'hidden_size' expected int"),
    ],
)
def test_a_folder_that_is_no_whole_encoder_is_refused_in_a_sentence(
    folders: dict[str, Path], tmp_path: Path, damage: str, sentence: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(folders["clip"], folder)
    weights, config = folder / "model.safetensors", json.loads((folder / "config.json").read_text())
    if damage == "no_processor":
        for path in folder.glob("*processor_config.json"):
            path.unlink()
    elif damage == "odd_size":
        (folder / "preprocessor_config.json").write_text('{"size": {"width": 3}}')
    elif damage == "cut_off":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif damage == "pickle":
        weights.rename(folder / "pytorch_model.bin")
    elif damage == "another_family":
        config["model_type"] = "bert"
    elif damage == "text_only":
        del config["vision_config"]
    elif damage == "odd_width":
        config["vision_config"]["num_attention_heads"] = 5
    elif damage == "no_number":
        config["vision_config"]["hidden_size"] = "wide"
    else:
        config["vision_config"]["num_hidden_layers"] = 3
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UnfitModel, match=sentence):
        encoders.open_encoder(folder)


def test_a_folder_without_a_tokenizer_embeds_pictures_but_no_texts(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(folders["clip"], folder)
    for path in folder.glob("tokenizer*"):
        path.unlink()
    encoder = encoders.open_encoder(folder)
    assert encoder.embed_pictures([pictures.draw()]).shape == (1, 12)
    with pytest.raises(UnfitModel, match="has no tokenizer: none of"):
        encoder.embed_texts(["a"])
