"""A model of transformers or diffusers from a folder that was looked at first.

Weights come from safetensors only, and a folder that lacks part of the model is refused: what is
missing would be made up of random numbers. Logs and terminals have progress of their own, so the
libraries draw none.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ml import devices
from ml.datasets.problems import shown
from ml.loading import tensors
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNFIT = (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError)


def load(model_class: Any, folder: Path, *, what: str = "", device: str = "cpu", **how: Any) -> Any:
    """In the number format that `how` names as `dtype`, ready to compute. Sentences call the model
    by its folder where `what` says nothing else.
    """
    devices.check(device)
    what = what or f"'{shown(folder.name)}'"
    with without_progress_bars(), naming(what):
        model, report = model_class.from_pretrained(
            str(folder),
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
            **how,
        )
    missing = sorted(report["missing_keys"])
    if missing:
        raise UnfitModel(
            f"{what[0].upper()}{what[1:]} is no whole {type(model).__name__}: it lacks "
            f"{len(missing)} of its tensors, the first is '{shown(missing[0])}'."
        )
    tensors.check_finite(model.named_parameters(), what)
    return model.to(device).eval()


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Libraries say what is wrong with a folder in many ways, and rarely of which part."""
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415 - comes with the others

    try:
        yield
    except StrictDataclassError as error:  # itself it names a field or a check, and no reason
        raise _say(what, error.__cause__ or error) from error
    except _UNFIT as error:
        raise _say(what, error) from error


def _say(what: str, error: BaseException) -> UnfitModel:
    reason = shown(str(error).strip().partition("\n")[0]).rstrip(".")
    return UnfitModel(f"{what[0].upper()}{what[1:]} cannot be loaded: {reason}.")


@contextmanager
def without_progress_bars() -> Iterator[None]:
    """Those of transformers, and of diffusers where it is loaded."""
    import transformers  # noqa: PLC0415 - costs seconds; only those who load a model need it

    libraries = (transformers, sys.modules.get("diffusers"))
    loggings = [each.utils.logging for each in libraries if each is not None]
    drawing = [each for each in loggings if each.is_progress_bar_enabled()]
    for each in drawing:
        each.disable_progress_bar()
    try:
        yield
    finally:
        for each in drawing:
            each.enable_progress_bar()
