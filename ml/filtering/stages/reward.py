"""Reward: what a scorer says of each row, and how often it agrees with people."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ml.filtering import calibration
from ml.filtering.rows import Reason, Row
from ml.filtering.scorers.registry import SCORERS
from ml.filtering.scorers.scorer import Scorer
from ml.filtering.stage import Stage, Tools
from specs.filters.reward import Reward

COLUMN = "reward"


def build(spec: Reward, tools: Tools, saved: Any) -> Stage:
    scorer = SCORERS[spec.scorer](spec, tools)
    pairs = calibration.read_pairs(tools.given["pairs"]) if "pairs" in tools.given else []
    judge = _Judge(spec, scorer, pairs, saved or {})
    return Stage(
        judge=judge.judge,
        columns=(pa.field(COLUMN, pa.float32()),),
        looks=scorer.looks,
        side=scorer.side,
        mark=judge.mark,
        report=judge.report,
        notes=judge.list_notes,
        models=(scorer.model,) if scorer.model is not None else (),
    )


class _Judge:
    def __init__(
        self, spec: Reward, scorer: Scorer, pairs: list[calibration.Pair], saved: dict[str, Any]
    ) -> None:
        self.spec = spec
        self.scorer = scorer
        self.pairs = pairs
        self.paired = {key for pair in pairs for key in (pair.first, pair.second)}
        # Of rows in human pairs only: as many as people have judged, not as many as there are.
        self.scores: dict[str, float] = dict(saved.get("scores", {}))
        self.num_cut: int = saved.get("num_cut", 0)

    def judge(self, rows: Sequence[Row]) -> list[Reason | None]:
        scores = self.scorer.score(rows)
        self.num_cut += self.scorer.count_cut(rows)
        return [self._judge_row(row, score) for row, score in zip(rows, scores, strict=True)]

    def _judge_row(self, row: Row, score: float | Reason) -> Reason | None:
        if isinstance(score, Reason):
            return score
        row.extra[COLUMN] = score
        if row.raw.key in self.paired:
            self.scores[row.raw.key] = score
        if score >= self.spec.threshold:
            return None
        return Reason(
            "low_reward", f"The reward is {score:.4g}; at least {self.spec.threshold:g} is kept."
        )

    def mark(self) -> dict[str, Any]:
        return {"scores": dict(self.scores), "num_cut": self.num_cut}

    def report(self) -> dict[str, Any]:
        found = (
            calibration.compare(self.pairs, self.scores)
            if self.pairs
            else dict(calibration.NOT_CALIBRATED)
        )
        return {"calibration": found, "reward": {"num_cut": self.num_cut}}

    def list_notes(self) -> list[str]:
        if not self.num_cut:
            return []
        sentence = (
            f"{self.num_cut:,} captions are longer than the reward's model reads; it scored them "
            "without their ends."
        )
        return [sentence]
