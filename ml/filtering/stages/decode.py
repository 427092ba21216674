"""Pictures that decode. The decoding itself runs in threads, ahead of this: see
`ml.filtering.decoding`. What it said of each row is the answer here.
"""

from collections.abc import Sequence
from typing import Any

from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from specs.filters.decode import Decode

ANSWER = "decode.answer"


def build(spec: Decode, tools: Tools, saved: Any) -> Stage:  # noqa: ARG001 - the form of every stage
    return Stage(judge=_judge)


def _judge(rows: Sequence[Row]) -> list[Reason | None]:
    return [row.looks.pop(ANSWER) for row in rows]
