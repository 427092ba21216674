"""All families of vision-language models. A further one is a specification in `specs/families` and
a module of the same name here; both are found by their files.

The module has `load_processor(folder: Path)`, and PARTS, which says what every weight of its class
is for; `mend(model, folder)` where something of its class or its folders must be put right; and
CAN_PACK where a test has shown that questions in one row are learnt as questions side by side. It
is imported when its family is asked for.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ml import digests
from ml.datasets.problems import shown
from ml.devices import Computing
from ml.loading import generative, weights
from ml.loading.problems import UnfitModel
from ml.loading.speaking.parts import Parts
from ml.loading.speaking.speaker import Speaker
from specs.families import registry
from specs.families.registry import UnknownFamily
from specs.family import FamilySpec

# Models that people will try, by what their config.json says.
_NOT_NATIVE: Mapping[str, str] = {
    "phi3_v": "Phi-3-vision and Phi-3.5-vision have no class in transformers and would run code "
    "of their own; Phi-4 multimodal has one",
    "internvl_chat": "this is InternVL in the form that runs code of its own; the same model is "
    "published in the form that transformers has a class for, under a name that ends in -hf",
    "phi4mm": "this is Phi-4 multimodal in the form that runs code of its own; it is published in "
    "the form that transformers has a class for as well",
    "gemma3_text": "this is Gemma 3 without pictures",
}


def look_at(folder: Path) -> tuple[FamilySpec, str]:
    """The family of the model that lies in a folder, and its type: everything that can be refused
    before anything is loaded.
    """
    name = shown(folder.name)
    config = folder / "config.json"
    if config.is_file():
        said = weights.read_json(config).get("model_type")
        if said in _NOT_NATIVE:
            raise UnfitModel(f"'{name}' cannot be asked: {_NOT_NATIVE[str(said)]}.")
    layout = weights.check(folder)
    if layout.kind != "transformers":
        raise UnfitModel(f"'{name}' is no vision-language model of transformers.")
    try:
        return registry.find_family(layout.family), layout.family
    except UnknownFamily as error:
        raise UnfitModel(f"'{name}' cannot be asked. {error}") from error


def read(folder: Path, dtype: Any = None) -> Any:
    """The model alone, on the processor; without a format of torch, in that of its files."""
    from ml.loading.speaking import models  # noqa: PLC0415 - costs seconds

    family, model_type = look_at(folder)
    model = models.read(folder, family, model_type, dtype)
    module = _find_module(family)
    if hasattr(module, "mend"):
        module.mend(model, folder)
    return model


def load(folder: Path, computing: Computing, *, model: bool = True) -> Speaker:
    """Without a model, what is said can be turned into tokens and counted."""
    from ml.loading.speaking import models  # noqa: PLC0415 - costs seconds; looking is quick

    family, _ = look_at(folder)
    loaded = None
    if model:
        loaded = models.settle(read(folder, computing.torch_dtype), computing)
    return Speaker(
        family=family,
        processor=_find_module(family).load_processor(folder),
        config=models.read_config(folder),
        folder=folder,
        digest=digests.of_folder(folder),
        model=loaded,
    )


def load_processor(folder: Path) -> Any:
    """As the family of the model prepares pictures and texts; of a model of none of these, as its
    folder says. Some classes prepare videos as well, for which they want more than Pillow.
    """
    try:
        family = registry.find_family(weights.check(folder).family)
    except UnknownFamily:
        return generative.load_processor(folder)
    return _find_module(family).load_processor(folder)


def find_parts(family: FamilySpec) -> Parts:
    parts: Parts = _find_module(family).PARTS
    return parts


def can_pack(family: FamilySpec) -> bool:
    return getattr(_find_module(family), "CAN_PACK", False)


def _find_module(family: FamilySpec) -> ModuleType:
    return importlib.import_module(f"{__package__}.{family.method.replace('-', '_')}")
