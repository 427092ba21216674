"""All stages of a filter. A new one is a module here, a line below, and a module of the same name
in `ml.filtering.stages`.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from specs.filters.blur import Sharpness
from specs.filters.decode import Decode
from specs.filters.duplicates import NearDuplicates
from specs.filters.licence import LicenceList
from specs.filters.region import RegionEvidence
from specs.filters.reward import Reward
from specs.filters.similarity import VisualSimilarity
from specs.filters.translation import Translation
from specs.method import read_text

FilterStage = (
    Decode
    | RegionEvidence
    | LicenceList
    | Sharpness
    | NearDuplicates
    | VisualSimilarity
    | Reward
    | Translation
)

FILTERS: Mapping[str, type[FilterStage]] = {
    "decode": Decode,
    "region": RegionEvidence,
    "licence": LicenceList,
    "blur": Sharpness,
    "duplicates": NearDuplicates,
    "similarity": VisualSimilarity,
    "reward": Reward,
    "translation": Translation,
}


def _read_text(value: object) -> object:
    return read_text(value, "a stage")


Stage = Annotated[FilterStage, Field(discriminator="method"), BeforeValidator(_read_text)]
