"""Pictures of Phi-4 multimodal, compared with the library's own code. That needs torchvision: it is
run here with what it takes of torchvision written anew.
"""

import importlib.util
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional
from transformers import BatchFeature
from transformers.image_utils import PILImageResampling, SizeDict

from ml.loading.families import _phi4_pixels, phi4


def resize(image: torch.Tensor, size: list[int]) -> torch.Tensor:
    """As torchvision does: bytes stay bytes."""
    return functional.interpolate(
        image[None], size=size, mode="bilinear", align_corners=False, antialias=True
    )[0]


def pad(image: torch.Tensor, edges: list[int], fill: list[int]) -> torch.Tensor:
    assert fill == [255] * 3
    return functional.pad(image, (edges[0], edges[2], edges[1], edges[3]), value=255)


class Backend:
    def rescale_and_normalize(self, image: torch.Tensor, *settings: Any) -> torch.Tensor:
        do_rescale, factor, do_normalize, mean, std = settings
        assert do_rescale
        assert do_normalize
        return (image * factor - mean[0]) / std[0]

    def resize(
        self, image: torch.Tensor, size: SizeDict, *, resample: Any, antialias: bool
    ) -> torch.Tensor:
        assert resample == PILImageResampling.BICUBIC
        assert not antialias
        return functional.interpolate(
            image[None], size=(size.height, size.width), mode="bicubic", align_corners=False
        )[0]


@pytest.fixture(scope="module")
def original() -> Any:
    """The class of the library's file, on the base above."""
    spec = importlib.util.find_spec("transformers.models.phi4_multimodal")
    assert spec is not None
    assert spec.submodule_search_locations
    file = Path(spec.submodule_search_locations[0]) / "image_processing_phi4_multimodal.py"
    source = re.sub(r"^from .*$", "", file.read_text("utf-8"), flags=re.MULTILINE)

    class Anything:
        def __class_getitem__(cls, _: Any) -> type:
            return cls

    names: dict[str, Any] = {
        "tvF": SimpleNamespace(resize=resize, pad=pad), "TorchvisionBackend": Backend,
        "BatchFeature": BatchFeature, "SizeDict": SizeDict, "Unpack": Anything,
        "PILImageResampling": PILImageResampling, "ImageInput": Any, "TensorType": Any,
        "ImagesKwargs": dict, "auto_docstring": lambda thing: thing,
        "logging": SimpleNamespace(get_logger=lambda _: None),
    }  # fmt: skip
    source = source.replace("(ImagesKwargs, total=False)", "(ImagesKwargs)")
    exec(compile(source, str(file), "exec"), names)
    found = names["Phi4MultimodalImageProcessor"]
    return found.__new__(found)


SIZES = [(40, 48), (448, 448), (900, 300), (2000, 500), (449, 447), (1300, 1300), (60, 600)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("most", [4, 36])
def test_tokens_and_masks_are_those_of_the_library_and_pixels_nearly(
    original: Any, size: tuple[int, int], most: int
) -> None:
    generator = np.random.default_rng(sum(size))
    small = generator.integers(0, 256, (9, 9, 3), dtype=np.uint8)
    picture = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
    ours = phi4.Phi4MultimodalImageProcessorPil(dynamic_hd=most)([picture], return_tensors="pt")
    theirs = original._preprocess(
        [torch.from_numpy(np.array(picture)).permute(2, 0, 1)],
        do_resize=True, size=SizeDict(height=448, width=448), resample=PILImageResampling.BICUBIC,
        do_rescale=True, rescale_factor=1 / 255, do_normalize=True, image_mean=[0.5] * 3,
        image_std=[0.5] * 3, patch_size=14, dynamic_hd=most, return_tensors="pt",
    )  # fmt: skip
    assert torch.as_tensor(ours["num_img_tokens"]).tolist() == theirs["num_img_tokens"].tolist()
    assert torch.equal(ours["image_sizes"], theirs["image_sizes"])
    assert torch.equal(ours["image_attention_mask"], theirs["image_attention_mask"])
    difference = (ours["image_pixel_values"] - theirs["image_pixel_values"]).abs()
    assert float(difference.max()) < 0.01


@pytest.mark.parametrize("most", [1, 4, 12, 36])
def test_a_large_picture_gets_the_grid_that_the_library_chooses(original: Any, most: int) -> None:
    for width in range(100, 6000, 371):
        for height in range(100, 6000, 457):
            columns, rows = _phi4_pixels.choose_tiles(width, height, 448, most)
            try:
                _, mask = original.dynamic_preprocess(
                    torch.zeros(3, height, width, dtype=torch.uint8, device="meta"),
                    448, 14, 32, max_num=most,
                )  # fmt: skip
            except ValueError:
                continue  # too narrow
            assert mask.shape == (rows * 32, columns * 32)


def test_pictures_of_one_batch_are_filled_up_to_the_most_tiles() -> None:
    made = phi4.Phi4MultimodalImageProcessorPil()(
        [Image.new("RGB", (40, 48)), Image.new("RGB", (900, 300))], return_tensors="pt"
    )
    assert made["image_pixel_values"].shape == (2, 4, 3, 448, 448)
    assert not made["image_pixel_values"][0, 2:].any()
    assert made["image_attention_mask"][0, 2:].all()


def test_a_picture_that_is_a_line_is_refused() -> None:
    with pytest.raises(ValueError, match="4,000 x 3 pixels is too narrow for Phi-4"):
        phi4.Phi4MultimodalImageProcessorPil()([Image.new("RGB", (4000, 3))])
