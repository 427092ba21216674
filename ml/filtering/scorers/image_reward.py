"""What a model of ImageReward's kind says of picture and caption together."""

from collections.abc import Sequence

from ml.filtering.rows import Reason, Row
from ml.filtering.scorers.scorer import Scorer
from ml.filtering.stage import Tools
from ml.loading.raters import image_reward
from specs.filters.reward import Reward

LOOK = "image-reward"


def build(spec: Reward, tools: Tools) -> Scorer:  # noqa: ARG001 - the form of every scorer
    rater = image_reward.load(tools.given["scorer"], device=tools.spec.device)

    def score(rows: Sequence[Row]) -> list[float | Reason]:
        found: list[float | Reason] = []
        for few in tools.split(rows):
            pixels = [row.looks[LOOK] for row in few]
            found += rater.rate(pixels, [row.caption for row in few])
        return found

    return Scorer(
        score=score,
        looks={LOOK: rater.preprocessing.prepare},
        side=rater.preprocessing.side,
        model=rater.describe(),
        count_cut=lambda rows: rater.count_cut([row.caption for row in rows]),
    )
