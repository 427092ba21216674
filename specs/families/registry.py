"""All families of vision-language models. A new one is a module here, a line below, and a module of
the same name in `ml.loading.families`.
"""

from collections.abc import Mapping, Sequence

from specs.families.gemma3 import Gemma3
from specs.families.internvl import InternVL
from specs.families.llava import Llava
from specs.families.llava_next import LlavaNext
from specs.families.llava_onevision import LlavaOnevision
from specs.families.phi4 import Phi4
from specs.families.qwen_vl import QwenVL
from specs.family import FamilySpec

FAMILIES: Mapping[str, type[FamilySpec]] = {
    "llava": Llava,
    "llava-next": LlavaNext,
    "llava-onevision": LlavaOnevision,
    "internvl": InternVL,
    "phi4": Phi4,
    "gemma3": Gemma3,
    "qwen-vl": QwenVL,
}


class UnknownFamily(ValueError):
    def __init__(self, model_type: str) -> None:
        known = ", ".join(each.label for each in list_families())
        super().__init__(
            f"Models of the type '{model_type}' are of no known family. The families are: {known}."
        )


def list_families() -> Sequence[type[FamilySpec]]:
    return tuple(FAMILIES.values())


def find_family(model_type: str) -> FamilySpec:
    """By what config.json says."""
    for family in FAMILIES.values():
        if model_type in family.model_types:
            return family(method=family.model_fields["method"].default)
    raise UnknownFamily(model_type)
