"""Sharpness: the variance of the Laplacian of the grey picture. A blurred picture has few edges.

Scaled down to 256 pixels on its shorter side, so that one threshold fits pictures of all sizes;
smaller ones are taken as they are.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from specs.filters.blur import Sharpness

SIDE = 256
LOOK = "sharpness"


def build(spec: Sharpness, tools: Tools, saved: Any) -> Stage:  # noqa: ARG001 - the form of every stage
    return Stage(
        judge=partial(_judge, spec.threshold),
        columns=(pa.field(LOOK, pa.float32()),),
        looks={LOOK: measure},
        side=SIDE,
    )


def measure(picture: Image.Image) -> float:
    grey = picture.convert("L")
    scale = SIDE / min(grey.size)
    if scale < 1:
        width, height = (max(1, round(side * scale)) for side in grey.size)
        grey = grey.resize((width, height), Image.Resampling.BOX)
    pixels = np.asarray(grey).astype(np.int32)
    if min(pixels.shape) < 3:  # noqa: PLR2004 - a Laplacian needs neighbours
        return 0.0
    middle = pixels[1:-1, 1:-1]
    beside = pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:]
    return float((beside - 4 * middle).var())


def _judge(threshold: float, rows: Sequence[Row]) -> list[Reason | None]:
    reasons: list[Reason | None] = []
    for row in rows:
        found = row.extra[LOOK] = row.looks[LOOK]
        reasons.append(
            None if found >= threshold
            else Reason("blurred", f"The sharpness is {found:.1f}; at least {threshold:g} is kept.")
        )  # fmt: skip
    return reasons
