"""All formulations of distillation. A new one is a module here, a line below, and a module of the
same name in `ml.distillation.losses`.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from specs.distillation.dr import DistributionalReplication
from specs.distillation.ed import EnglishDistillation
from specs.distillation.fd import FeatureDistillation
from specs.distillation.mcl import MultilingualContrast
from specs.distillation.sd import SimilarityDistillation

Formulation = Annotated[
    FeatureDistillation
    | EnglishDistillation
    | SimilarityDistillation
    | MultilingualContrast
    | DistributionalReplication,
    Field(discriminator="method"),
]

FORMULATIONS: Mapping[
    str,
    type[
        FeatureDistillation
        | EnglishDistillation
        | SimilarityDistillation
        | MultilingualContrast
        | DistributionalReplication
    ],
] = {
    "fd": FeatureDistillation,
    "ed": EnglishDistillation,
    "sd": SimilarityDistillation,
    "mcl": MultilingualContrast,
    "dr": DistributionalReplication,
}
