"""Pictures to latents and captions to embeddings, as the pipeline itself would see them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import diffusers
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ml.devices import Computing
from ml.finetuning.foundation import Foundation
from ml.loading import pipelines

_PIXELS_AT_ONCE = 4 * 1024 * 1024
_MOST_AT_ONCE = 64


class Encoders:
    """The pipeline without its UNet. Computes in fp32: half types overflow in SDXL's VAE, and what
    is encoded once is read many times.
    """

    def __init__(self, foundation: Foundation, computing: Computing) -> None:
        self._is_xl = foundation.is_xl
        left_out: dict[str, Any] = {"unet": None}
        if not self._is_xl:
            left_out |= {"safety_checker": None, "requires_safety_checker": False}
        with quiet():
            self._pipeline: Any = pipelines.load_pipeline(
                foundation.layout.root, computing, foundation.layout, **left_out
            )
        self._device = computing.device
        # Left in training mode, attention and dropout of some versions would add noise.
        for part in ("vae", "text_encoder", "text_encoder_2"):
            if getattr(self._pipeline, part, None) is not None:
                getattr(self._pipeline, part).eval().requires_grad_(requires_grad=False)

    @torch.no_grad()
    def encode_texts(self, texts: Sequence[str]) -> tuple[Tensor, Tensor | None]:
        """Per token, and pooled where the family has it."""
        with quiet():
            found = self._pipeline.encode_prompt(
                list(texts),
                device=self._device,
                num_images_per_prompt=1,
                do_classifier_free_guidance=False,
            )
        return found[0].float().cpu(), found[2].float().cpu() if self._is_xl else None

    @torch.no_grad()
    def encode_nothing(self) -> tuple[Tensor, Tensor | None]:
        """What guidance puts in the place of a caption: zeros, or the embedding of no words."""
        found = self._pipeline.encode_prompt(
            [""],
            device=self._device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=True,
        )
        return found[1].float().cpu(), found[3].float().cpu() if self._is_xl else None

    def is_too_long(self, text: str) -> bool:
        """Whether the end of it is not seen."""
        tokenizer = self._pipeline.tokenizer
        num_tokens = len(tokenizer(text, verbose=False).input_ids)
        return num_tokens > int(tokenizer.model_max_length)

    @torch.no_grad()
    def encode_pictures(
        self,
        pictures: Sequence[Image.Image],
        seeds: Sequence[int],
        check: Callable[[], None] = lambda: None,
    ) -> Tensor:
        """All of one size. A latent is drawn once, by its own seed, and stays the same. `check` is
        called in between.
        """
        vae = self._pipeline.vae
        width, height = pictures[0].size
        at_once = max(1, min(_MOST_AT_ONCE, _PIXELS_AT_ONCE // (width * height)))
        latents = []
        for start in range(0, len(pictures), at_once):
            check()
            part = slice(start, start + at_once)
            pixels = torch.from_numpy(np.stack([_to_array(each) for each in pictures[part]]))
            found = vae.encode(pixels.to(self._device)).latent_dist
            noise = torch.stack([_draw(found.mean.shape[1:], seed) for seed in seeds[part]])
            latents.append(_scale(found.mean + found.std * noise.to(self._device), vae.config))
        return torch.cat(latents).float().cpu()


def _to_array(picture: Image.Image) -> NDArray[np.float32]:
    pixels_hwc = np.asarray(picture, dtype=np.float32)
    return np.ascontiguousarray(pixels_hwc.transpose(2, 0, 1)) / np.float32(127.5) - np.float32(1)


def _draw(shape: Sequence[int], seed: int) -> Tensor:
    return torch.randn(tuple(shape), generator=torch.Generator().manual_seed(seed))


def _scale(latents_bchw: Tensor, config: Any) -> Tensor:
    factor = float(config.scaling_factor)
    if getattr(config, "latents_mean", None) and getattr(config, "latents_std", None):
        mean = torch.tensor(config.latents_mean, device=latents_bchw.device).view(1, -1, 1, 1)
        std = torch.tensor(config.latents_std, device=latents_bchw.device).view(1, -1, 1, 1)
        return (latents_bchw - mean) * factor / std
    return latents_bchw * factor


@contextmanager
def quiet() -> Iterator[None]:
    """Cut captions are counted and told once; a line for each would fill the log."""
    before = diffusers.utils.logging.get_verbosity()
    diffusers.utils.logging.set_verbosity_error()
    try:
        yield
    finally:
        diffusers.utils.logging.set_verbosity(before)
