"""Schedulers by name, made from the model's own: its noise and what it predicts stay its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import diffusers

if TYPE_CHECKING:
    from specs.kinds.images.images_generate import SchedulerName

_CLASSES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "ddim": ("DDIMScheduler", {}),
    "ddpm": ("DDPMScheduler", {}),
    "dpmpp-2m": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": False}),
    "dpmpp-2m-karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler-ancestral": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "lms": ("LMSDiscreteScheduler", {}),
    "pndm": ("PNDMScheduler", {}),
    "unipc": ("UniPCMultistepScheduler", {}),
}
# What one class calls by a name that means something else in another.
_OWN_WORDS = frozenset({"algorithm_type", "solver_type", "variance_type"})


def choose(name: SchedulerName, own: Any) -> Any:
    """`own` is the one that the model brings."""
    if name == "model":
        return own
    class_name, settings = _CLASSES[name]
    config = {key: value for key, value in own.config.items() if key not in _OWN_WORDS}
    return getattr(diffusers, class_name).from_config(config, **settings)


def list_names() -> list[str]:
    return ["model", *_CLASSES]


def describe(scheduler: Any) -> dict[str, Any]:
    config = {key: value for key, value in scheduler.config.items() if not key.startswith("_")}
    return {"class": type(scheduler).__name__, "config": config}
