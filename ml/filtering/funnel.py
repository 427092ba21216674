"""How many rows came to each stage, how many it kept, and why not the others; and a few of those,
for people to look at.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from ml.datasets.summary import LONGEST_CAPTION, Sample, preview_name
from ml.filtering.rows import Reason, Row

READ = "read"  # what comes before the first stage: rows that cannot be read
SAMPLE_SIZE = 8  # per stage and reason


class Funnel:
    def __init__(self, stages: Sequence[str], state: list[dict[str, Any]] | None = None) -> None:
        self.entries = state or [
            {"stage": name, "in": 0, "kept": 0, "reasons": {}} for name in (READ, *stages)
        ]
        self._by_stage = {entry["stage"]: entry for entry in self.entries}

    def count(self, stage: str, reasons: Sequence[Reason | None]) -> None:
        entry = self._by_stage[stage]
        entry["in"] += len(reasons)
        entry["kept"] += sum(reason is None for reason in reasons)
        for reason in reasons:
            if reason is not None:
                entry["reasons"][reason.code] = entry["reasons"].get(reason.code, 0) + 1

    @property
    def num_rejected(self) -> int:
        return sum(entry["in"] - entry["kept"] for entry in self.entries)

    def in_order(self) -> list[dict[str, Any]]:
        """The most frequent reason first."""
        return [
            entry
            | {"reasons": dict(sorted(entry["reasons"].items(), key=lambda each: (-each[1], each)))}
            for entry in self.entries
        ]


class RejectedSample:
    """Of each stage and reason the rows whose hashed position is lowest: the same in every run."""

    def __init__(self, state: list[dict[str, Any]] | None = None) -> None:
        self.entries: list[dict[str, Any]] = list(state or [])

    def _of(self, stage: str, code: str) -> list[dict[str, Any]]:
        return [each for each in self.entries if (each["stage"], each["reason"]) == (stage, code)]

    def would_take(self, row: Row, stage: str, reason: Reason) -> bool:
        same = self._of(stage, reason.code)
        rank = Sample.rank(row.position)
        return len(same) < SAMPLE_SIZE or rank < max(each["rank"] for each in same)

    def add(self, row: Row, stage: str, reason: Reason) -> str:
        """Returns the preview that is no longer needed; '' when there is none."""
        entry = {
            "rank": Sample.rank(row.position),
            "stage": stage,
            "reason": reason.code,
            "detail": reason.detail,
            "of": reason.of,
            "position": row.position,
            "key": row.raw.key,
            "caption": row.caption[:LONGEST_CAPTION],
            "language": row.language,
            "country": row.raw.country,
            "preview": preview_name(row.position),
        }
        self.entries.append(entry)
        same = self._of(stage, reason.code)
        if len(same) <= SAMPLE_SIZE:
            return ""
        last = max(same, key=lambda each: str(each["rank"]))
        self.entries.remove(last)
        return str(last["preview"])

    def forget_previews(self, names: AbstractSet[str]) -> None:
        """Of rows that cannot be shown."""
        for entry in self.entries:
            if entry["preview"] in names:
                entry["preview"] = ""

    def in_order(self, stages: Sequence[str]) -> list[dict[str, Any]]:
        order = {name: number for number, name in enumerate((READ, *stages))}
        entries = sorted(
            self.entries, key=lambda each: (order[each["stage"]], each["reason"], each["position"])
        )
        return [{k: v for k, v in each.items() if k != "rank"} for each in entries]
