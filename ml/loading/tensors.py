"""The tensors of a model: as they are stored, by name, in the number format of the checkpoint; and
whether they are numbers at all.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ml.datasets.problems import shown
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    import torch

    from ml.loading.weights import Component


def read(component: Component) -> dict[str, torch.Tensor]:
    """All of them, in memory of their own: the files may go afterwards."""
    import safetensors.torch  # noqa: PLC0415 - loads torch, which costs seconds

    found: dict[str, torch.Tensor] = {}
    for file in component.files:
        for name, tensor in safetensors.torch.load_file(file).items():
            if name in found:
                raise UnfitModel(
                    f"The tensor '{shown(name)}' stands in two files of "
                    f"'{shown(component.folder.name)}'."
                )
            found[name] = tensor
    return found


def check_finite(named: Iterable[tuple[str, torch.Tensor]], whose: str) -> None:
    """Of a model that was loaded. With weights that are not, a training would blame the learning
    rate, and a judge or a filter would answer something, always the same.
    """
    for name, tensor in named:
        if not is_finite(tensor):
            format_ = str(tensor.dtype).removeprefix("torch.")
            raise UnfitModel(
                f"The tensor '{shown(name)}' of {whose} holds weights that are NaN or infinite, as "
                f"{format_}: the model is broken, or its weights are too large for that number "
                "format."
            )


def is_finite(tensor: torch.Tensor) -> bool:
    import torch  # noqa: PLC0415 - see above

    # The sum is the quick look, in a fifth of the time: it is not finite when a value is not. Many
    # large values may make it so as well, so it only acquits.
    if not tensor.is_floating_point() or math.isfinite(float(tensor.detach().sum())):
        return True
    return bool(torch.isfinite(tensor).all())
