"""What the models learn from: a pool's pictures as tensors, with the captions found beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image

from sandbox.models.pictures import to_pixels
from sandbox.pool import flaws
from sandbox.pool.plan import Entry, make_plan
from sandbox.world.scene import Scene, draw
from specs.kinds.sandbox.sandbox_draw import SandboxDraw


@dataclass(frozen=True)
class Lessons:
    pixels: torch.Tensor  # uint8 BCHW
    captions: list[str]

    def __len__(self) -> int:
        return len(self.captions)


def read_pool(spec: SandboxDraw) -> Lessons:
    """The pool as anybody would train on it: everything that can be opened, flaws and all."""
    entries = [each for each in make_plan(spec) if not each.file_fault or _is_open(each)]
    return Lessons(to_pixels(_draw(each) for each in entries), [each.caption for each in entries])


def draw_all(scenes: Sequence[Scene], seed: int) -> torch.Tensor:
    return to_pixels(draw(scene, seed + number) for number, scene in enumerate(scenes))


def _is_open(entry: Entry) -> bool:
    return entry.file_fault == "blurred"


def _draw(entry: Entry) -> Image.Image:
    return flaws.soften(entry, draw(entry.scene, entry.seed))
