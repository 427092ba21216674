"""How well picture and caption fit, by a model of the CLIP family: its own scaled cosine, as
CLIPScore and PickScore have it.
"""

from collections.abc import Sequence

from ml.filtering.rows import Reason, Row
from ml.filtering.scorers.scorer import Scorer
from ml.filtering.stage import Tools
from specs.filters.reward import Reward

LOOK = "scorer"


def build(spec: Reward, tools: Tools) -> Scorer:  # noqa: ARG001 - the form of every scorer
    encoder = tools.open_encoder("scorer")
    scale = encoder.scale

    def score(rows: Sequence[Row]) -> list[float | Reason]:
        if not rows:
            return []
        vectors = tools.embed(rows, encoder, LOOK)
        texts = encoder.embed_texts([row.caption for row in rows])
        return [float(value) for value in scale * (vectors * texts).sum(axis=1)]

    return Scorer(
        score=score,
        looks={LOOK: encoder.prepare},
        side=encoder.side,
        model=encoder.describe(),
        count_cut=lambda rows: encoder.count_cut([row.caption for row in rows]),
    )
