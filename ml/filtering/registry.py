"""All stages. A new one is a module in `stages`, a line below, and a module of the same name in
`specs.filters`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ml.filtering.stage import Stage, Tools
from ml.filtering.stages import (
    blur,
    decode,
    duplicates,
    licence,
    region,
    reward,
    similarity,
    translation,
)

Build = Callable[[Any, Tools, Any], Stage]

STAGES: Mapping[str, Build] = {
    "decode": decode.build,
    "region": region.build,
    "licence": licence.build,
    "blur": blur.build,
    "duplicates": duplicates.build,
    "similarity": similarity.build,
    "reward": reward.build,
    "translation": translation.build,
}
