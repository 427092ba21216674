"""Makes the pictures of one batch with a pipeline of diffusers, as it comes.

The pipeline's own call does everything; it is handed embeddings and noise instead of text and a
seed. A picture that a safety checker flags is the blank that the checker leaves. A picture of NaN
would come out black: it is known and marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ml.devices import Computing
from ml.generation import noise
from ml.generation.conditions import Conditions
from ml.generation.plan import Batch, Shot
from ml.generation.problems import CannotGenerate
from ml.progress import OutOfMemory, Progress
from specs.kinds.images.images_generate import ImagesGenerate

Pixels = npt.NDArray[np.uint8]

_SIDE_STEP = 8  # what these pipelines ask of width and height


@dataclass(frozen=True)
class Picture:
    shot: Shot
    pixels: Pixels  # height, width, 3
    is_flagged: bool
    is_nan: bool


class Painter:
    def __init__(self, pipeline: Any, spec: ImagesGenerate, computing: Computing) -> None:
        self.pipeline = pipeline
        self.spec = spec
        self.computing = computing
        self.conditions = Conditions(pipeline, guided=spec.guidance > 1)
        self.width, self.height = _find_size(pipeline, spec)

    def paint(self, batch: Batch, progress: Progress) -> list[Picture]:
        try:
            made = self._call(batch.shots, progress)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            raise OutOfMemory(
                f"The {self.computing.device} ran out of memory with {len(batch.shots)} pictures "
                f"of {self.width} x {self.height} at once in {self.computing.dtype}. Choose a "
                "smaller batch size than that, or smaller pictures."
            ) from error
        flagged = getattr(made, "nsfw_content_detected", None) or [False] * len(batch.shots)
        return [
            _finish(shot, image, is_flagged=bool(is_flagged))
            for shot, image, is_flagged in zip(batch.shots, made.images, flagged, strict=True)
        ]

    def find_negative(self, shot: Shot) -> str:
        own = shot.prompt.negative
        return self.spec.negative if own is None else own

    def _call(self, shots: Sequence[Shot], progress: Progress) -> Any:
        def check(*_: Any) -> dict[str, Any]:
            progress.check()
            return {}

        generators = [noise.make_generator(shot.prompt.text, shot.seed) for shot in shots]
        latents = noise.draw_latents(generators, self._find_shape())
        return self.pipeline(
            **self.conditions.stack(
                [shot.prompt for shot in shots], [self.find_negative(shot) for shot in shots]
            ),
            latents=latents.to(self.computing.device, self.computing.torch_dtype),
            generator=generators,
            num_inference_steps=self.spec.steps,
            guidance_scale=self.spec.guidance,
            width=self.width,
            height=self.height,
            output_type="np",
            callback_on_step_end=check,
        )

    def _find_shape(self) -> tuple[int, int, int]:
        factor = self.pipeline.vae_scale_factor
        return (
            self.pipeline.unet.config.in_channels, self.height // factor, self.width // factor,
        )  # fmt: skip


def _find_size(pipeline: Any, spec: ImagesGenerate) -> tuple[int, int]:
    own = pipeline.unet.config.sample_size
    rows, columns = own if isinstance(own, Sequence) else (own, own)
    width = spec.width or columns * pipeline.vae_scale_factor
    height = spec.height or rows * pipeline.vae_scale_factor
    for name, side in (("width", width), ("height", height)):
        if side % _SIDE_STEP:
            raise CannotGenerate(f"The {name} of {side} pixels is no multiple of {_SIDE_STEP}.")
    return width, height


def _finish(shot: Shot, image: npt.NDArray[np.float32], *, is_flagged: bool) -> Picture:
    """As diffusers rounds; NaN becomes black, which is what it would look like."""
    is_nan = bool(np.isnan(image).any())
    pixels = (np.nan_to_num(image, nan=0.0) * 255).round().astype(np.uint8)
    return Picture(shot, pixels, is_flagged, is_nan)


def _is_out_of_memory(error: BaseException) -> bool:
    """On a processor torch says it with a RuntimeError of its allocator."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        "can't allocate memory" in str(error)
    )
