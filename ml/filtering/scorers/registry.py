"""All scorers. A new one is a module here, a line below and a name in the spec's `ScorerName`; a
test holds them together.
"""

from collections.abc import Callable, Mapping

from ml.filtering.scorers import clip, column, image_reward, unified_reward
from ml.filtering.scorers.scorer import Scorer
from ml.filtering.stage import Tools
from specs.filters.reward import Reward

SCORERS: Mapping[str, Callable[[Reward, Tools], Scorer]] = {
    "clip": clip.build,
    "image-reward": image_reward.build,
    "unified-reward": unified_reward.build,
    "column": column.build,
}
