"""How each formulation of `specs.distillation` is computed. A new one is a module and a line."""

from collections.abc import Callable, Mapping
from typing import Any

from ml.distillation.loss import Loss
from ml.distillation.losses import dr, ed, fd, mcl, sd

LOSSES: Mapping[str, Callable[[Any], Loss]] = {
    "fd": fd.Loss,
    "ed": ed.Loss,
    "sd": sd.Loss,
    "mcl": mcl.Loss,
    "dr": dr.Loss,
}
