"""What a vision-language model says that is asked for a number from 1 to 5, as UnifiedReward (arXiv
2503.05236) is. Only an answer that is such a number counts; any other is a reason to reject.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import partial

from PIL import Image

from ml.datasets.problems import shown
from ml.filtering.rows import Reason, Row
from ml.filtering.scorers.scorer import Scorer
from ml.filtering.stage import Tools
from ml.loading.raters import asked
from ml.loading.raters.asked import Answer
from specs.filters.reward import HIGHEST, LOWEST, MARK, Reward

LOOK = "unified-reward"
_SIDE = 1024  # pixels of the shorter side; models look at less of it, and a batch is held at once
_NUMBER = re.compile(r"\d+(\.\d+)?")


def build(spec: Reward, tools: Tools) -> Scorer:
    rater = asked.load(
        tools.given["scorer"], device=tools.spec.device, max_new_tokens=spec.max_tokens
    )

    def score(rows: Sequence[Row]) -> list[float | Reason]:
        found: list[float | Reason] = []
        for few in tools.split(rows):
            texts = [row.caption for row in few]
            answers = rater.ask([row.looks[LOOK] for row in few], texts, template=spec.template)
            found += map(partial(read, max_tokens=spec.max_tokens), answers)
        return found

    return Scorer(score=score, looks={LOOK: shrink}, side=_SIDE, model=rater.describe())


def shrink(picture: Image.Image) -> Image.Image:
    scale = _SIDE / min(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def read(answer: Answer, *, max_tokens: int) -> float | Reason:
    """The number alone, or what stands behind the mark, which may come once, after reasons."""
    if answer.held_mark:
        return Reason(
            "holds_mark",
            f"The caption holds '{shown(answer.held_mark)}', a mark of the model's own.",
        )
    if not answer.finished:
        return Reason("not_finished", f"The answer was not finished after {max_tokens:,} tokens.")
    text = unicodedata.normalize("NFKC", answer.text).strip()
    _, mark, behind = text.partition(MARK)
    number = (behind if mark else text).strip().removesuffix(".")
    if _NUMBER.fullmatch(number) and LOWEST <= float(number) <= HIGHEST:
        return float(number)
    return Reason(
        "unparsable",
        f"The model answered '{shown(text)}', which is no number from {LOWEST} to {HIGHEST}.",
    )
