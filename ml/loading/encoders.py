"""Models that put pictures and texts into one space: CLIP, SigLIP, SigLIP2, from a folder.

Vectors come out normalised, float32, as numpy arrays. The same inputs in the same batches on the
same number of threads give the same bits. Weights are read from safetensors only, and code that a
folder brings is never run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml import devices, digests
from ml.datasets.problems import shown
from ml.loading import preprocessing, pretrained, weights
from ml.loading.preprocessing import Pixels, Preprocessing
from ml.loading.problems import UnfitModel
from ml.loading.tokenizers import load_tokenizer
from specs.embeddings.encoders import FAMILIES

if TYPE_CHECKING:
    import torch
    from PIL import Image

Vectors = NDArray[np.float32]  # [N, D], each of length 1

# Trained with texts of exactly this many tokens, padding included.
_SIGLIP_TOKENS = 64


@dataclass(kw_only=True)
class Encoder:
    folder: Path
    family: str
    device: str
    model: Any
    preprocessing: Preprocessing
    batch_size: int = 32
    digest: str = ""
    _tokenizer: Any = field(default=None, repr=False)

    @property
    def side(self) -> int:
        return self.preprocessing.side

    @property
    def scale(self) -> float:
        """By which the model itself multiplies cosines; 1 where it has none."""
        found = getattr(self.model, "logit_scale", None)
        return float(found.detach().exp()) if found is not None else 1.0

    def describe(self) -> dict[str, Any]:
        return {"name": self.folder.name, "family": FAMILIES[self.family], "digest": self.digest}

    def prepare(self, picture: Image.Image) -> Pixels:
        """May be called by many threads at once, ahead of `embed_pixels`."""
        return self.preprocessing.prepare(picture)

    def embed_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        return self.embed_pixels([self.prepare(picture) for picture in pictures])

    def embed_pixels(self, pixels: Sequence[Pixels]) -> Vectors:
        """In batches of `batch_size`, the last one as small as it comes."""
        import torch  # noqa: PLC0415 - costs seconds; who embeds nothing does not need it

        parts = []
        with torch.inference_mode():
            for start in range(0, len(pixels), self.batch_size):
                found = self.see(pixels[start : start + self.batch_size])
                parts.append(self._normalise(found))
        return np.concatenate(parts) if parts else self._nothing()

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        import torch  # noqa: PLC0415 - see above

        parts = []
        with torch.inference_mode():
            for start in range(0, len(texts), self.batch_size):
                found = self.read(texts[start : start + self.batch_size])
                parts.append(self._normalise(found))
        return np.concatenate(parts) if parts else self._nothing()

    def see(self, pixels: Sequence[Pixels]) -> torch.Tensor:
        """As the model gives them, all at once; with gradients where these are wanted."""
        return _take_vectors(self.model.get_image_features(**self._make_inputs(pixels)))

    def read(self, texts: Sequence[str]) -> torch.Tensor:
        """The same of texts."""
        return _take_vectors(self.model.get_text_features(**self._tokenize(list(texts))))

    def _normalise(self, found: torch.Tensor) -> Vectors:
        features = found.float()
        lengths = features.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        if not lengths.isfinite().all():
            format_ = str(self.model.dtype).removeprefix("torch.")
            raise UnfitModel(
                f"'{shown(self.folder.name)}' gives vectors that are NaN or infinite; it cannot "
                f"compute in {format_} on '{self.device}'."
            )
        vectors: Vectors = (features / lengths).cpu().numpy()
        return vectors

    def count_cut(self, texts: Sequence[str]) -> int:
        """How many have an end that the model does not see."""
        if not texts:
            return 0
        found = self._find_tokenizer()(list(texts), verbose=False)["input_ids"]
        return sum(len(tokens) > self.longest for tokens in found)

    @property
    def longest(self) -> int:
        """Of texts, in tokens."""
        most = int(self.model.config.text_config.max_position_embeddings)
        return most if self.family == "clip" else min(_SIGLIP_TOKENS, most)

    def _nothing(self) -> Vectors:
        return np.zeros((0, 0), np.float32)

    def _make_inputs(self, pixels: Sequence[Pixels]) -> dict[str, torch.Tensor]:
        import torch  # noqa: PLC0415 - see above

        if self.family == "siglip2":
            return self._make_patches(pixels)
        batch = torch.from_numpy(np.stack(pixels)).to(self.device)
        found = standardise(batch, self.preprocessing, self.model.dtype)
        return {"pixel_values": found.permute(0, 3, 1, 2).contiguous()}

    def _make_patches(self, pixels: Sequence[Pixels]) -> dict[str, torch.Tensor]:
        """Each picture as a row of patches, filled up to the same number, and how they lie."""
        import torch  # noqa: PLC0415 - see above

        patch, most = self.preprocessing.patch_size, self.preprocessing.max_num_patches
        size = (len(pixels), most, patch * patch * 3)
        values = torch.zeros(size, dtype=self.model.dtype, device=self.device)
        mask = torch.zeros(len(pixels), most, dtype=torch.int32, device=self.device)
        shapes = []
        for index, each in enumerate(pixels):
            rows, columns = each.shape[0] // patch, each.shape[1] // patch
            lying = torch.tensor(each, device=self.device)
            cut = standardise(lying, self.preprocessing, self.model.dtype)
            cut = cut.reshape(rows, patch, columns, patch, 3).transpose(1, 2)
            values[index, : rows * columns] = cut.reshape(rows * columns, -1)
            mask[index, : rows * columns] = 1
            shapes.append((rows, columns))
        return {
            "pixel_values": values,
            "pixel_attention_mask": mask,
            "spatial_shapes": torch.tensor(shapes, device=self.device),
        }

    def _tokenize(self, texts: list[str]) -> dict[str, torch.Tensor]:
        """Longer texts are cut; `count_cut` says how many."""
        padding: Any = True if self.family == "clip" else "max_length"
        tokens = self._find_tokenizer()(
            texts, truncation=True, max_length=self.longest, padding=padding, return_tensors="pt"
        )
        wanted = ("input_ids", "attention_mask") if self.family == "clip" else ("input_ids",)
        return {name: tokens[name].to(self.device) for name in wanted}

    def _find_tokenizer(self) -> Any:
        if self._tokenizer is None:
            found = load_tokenizer(self.folder)
            if found.pad_token is None:
                raise UnfitModel(
                    f"'{shown(self.folder.name)}' has a tokenizer without a token that fills up: "
                    "its tokenizer_config.json says no pad_token."
                )
            self._tokenizer = found
        return self._tokenizer


def _take_vectors(found: Any) -> torch.Tensor:
    """Newer versions of transformers give an object with the vectors in it."""
    vectors: torch.Tensor = getattr(found, "pooler_output", found)
    return vectors


def standardise(
    pixels: torch.Tensor, preprocessing: Preprocessing, dtype: torch.dtype
) -> torch.Tensor:
    """(value / 255 - mean) / std in one multiplication and one addition; colours come last."""
    import torch  # noqa: PLC0415 - costs seconds; only those who embed need it

    std = torch.tensor(preprocessing.std, device=pixels.device)
    mean = torch.tensor(preprocessing.mean, device=pixels.device)
    return torch.addcmul(-mean / std, pixels.float(), 1 / (255 * std)).to(dtype)


def find_family(folder: Path) -> str:
    """Of a whole model of pictures and texts; of anything else, why it is none."""
    layout = weights.check(folder)
    if layout.family not in FAMILIES:
        raise UnfitModel(
            f"'{shown(folder.name)}' is of the family '{shown(layout.family)}'; an encoder of the "
            f"families {', '.join(FAMILIES.values())} is expected."
        )
    config = weights.read_json(folder / "config.json")
    if "vision_config" not in config or "text_config" not in config:
        raise UnfitModel(f"'{shown(folder.name)}' is not a whole model of pictures and texts.")
    return layout.family


def open_encoder(folder: Path, *, device: str = "cpu", batch_size: int = 32) -> Encoder:
    """The model of the folder, in fp32 on a processor and fp16 on a GPU."""
    family = find_family(folder)
    prepared = preprocessing.read(folder, weights.read_json(folder / "config.json"))
    dtype = devices.find_dtype(devices.find_usual_format(device))
    return Encoder(
        folder=folder,
        family=family,
        device=device,
        model=_load_model(folder, family, device, dtype),
        preprocessing=prepared,
        batch_size=batch_size,
        digest=digests.of_folder(folder),
    )


def count_parameters(model: Any) -> int:
    """Those that are tied count once."""
    return sum(each.numel() for each in model.parameters())


def read_model(folder: Path) -> Any:
    """As it is stored: in the number format of its files, on the processor."""
    return _load_model(folder, find_family(folder), "cpu", "auto")


def _load_model(folder: Path, family: str, device: str, dtype: Any) -> Any:
    import transformers  # noqa: PLC0415 - costs seconds; only those who embed need it

    classes: Mapping[str, Any] = {
        "clip": transformers.CLIPModel,
        "siglip": transformers.SiglipModel,
        "siglip2": transformers.Siglip2Model,
    }
    return pretrained.load(classes[family], folder, device=device, dtype=dtype)
