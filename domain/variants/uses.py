"""What models of a family are for, so that a page offers what they can do."""

from specs.embeddings import encoders
from specs.families.registry import list_families
from specs.inputs import Use

_PIPELINES = ("sd15", "sd2", "sdxl")


def find_use(family: str) -> Use | None:
    """None of a family that is not known: any of these may be right, or none."""
    if family in encoders.FAMILIES:
        return "vectors"
    if any(family in each.model_types for each in list_families()):
        return "answers"
    return "pictures" if family in _PIPELINES else None
