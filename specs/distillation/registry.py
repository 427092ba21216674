"""All formulations of distillation. A new one is a module here, a line below, and a module of the
same name in `ml.distillation.losses`.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from specs.distillation.dr import DistributionalReplication
from specs.distillation.ed import EnglishDistillation
from specs.distillation.fd import FeatureDistillation
from specs.distillation.mcl import MultilingualContrast
from specs.distillation.sd import SimilarityDistillation
from specs.method import read_text

AnyFormulation = (
    FeatureDistillation
    | EnglishDistillation
    | SimilarityDistillation
    | MultilingualContrast
    | DistributionalReplication
)

FORMULATIONS: Mapping[str, type[AnyFormulation]] = {
    "fd": FeatureDistillation,
    "ed": EnglishDistillation,
    "sd": SimilarityDistillation,
    "mcl": MultilingualContrast,
    "dr": DistributionalReplication,
}


def _read_text(value: object) -> object:
    return read_text(value, "a formulation")


Formulation = Annotated[AnyFormulation, Field(discriminator="method"), BeforeValidator(_read_text)]
