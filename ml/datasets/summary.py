"""Counts for people, kept while items pass by. Bounded: whatever a column holds, memory is flat."""

import hashlib
from collections.abc import Mapping
from typing import Any

from ml.datasets.items import Item
from ml.datasets.problems import Problem, shown

MOST_VALUES = 300  # distinct values per count; what comes later is counted as OTHERS
OTHERS = "…"
SIDES = (256, 512, 768, 1024, 2048)  # pixels of the shorter side
SAMPLE_SIZE = 60
LONGEST_CAPTION = 600


class Counts:
    COUNTED = ("language", "country", "licence", "split", "format", "side", "problem")

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        state = state or {}
        self.num_items: int = state.get("num_items", 0)
        self.num_problems: int = state.get("num_problems", 0)
        self.num_left_out: int = state.get("num_left_out", 0)
        self.size_bytes: int = state.get("size_bytes", 0)
        self.by: dict[str, dict[str, int]] = {
            name: dict(state.get("by", {}).get(name, {})) for name in self.COUNTED
        }
        self.first_problem: str = state.get("first_problem", "")

    def to_json(self) -> dict[str, Any]:
        return vars(self)

    def add_item(self, item: Item) -> None:
        self.num_items += 1
        self.size_bytes += len(item.picture)
        for name in ("language", "country", "licence", "split", "format"):
            self._count(name, getattr(item, name))
        self._count("side", name_side(min(item.width, item.height)))

    def add_problem(self, problem: Problem) -> None:
        self.num_problems += 1
        self.num_left_out += not problem.is_kept
        self._count("problem", str(problem.reason))
        if not problem.is_kept and not self.first_problem:
            self.first_problem = f"{shown(problem.reference)}: {problem.message}"

    def _count(self, name: str, value: str) -> None:
        counts = self.by[name]
        value = shown(value)
        if value not in counts and len(counts) >= MOST_VALUES:
            value = OTHERS
        counts[value] = counts.get(value, 0) + 1

    def sorted(self) -> dict[str, dict[str, int]]:
        """The most frequent first; sides from small to large."""
        found = {
            name: dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
            for name, counts in self.by.items()
        }
        sides = [name_side(side - 1) for side in SIDES] + [name_side(SIDES[-1])]
        found["side"] = {side: self.by["side"][side] for side in sides if side in self.by["side"]}
        return found


def name_side(side: int) -> str:
    lower = 0
    for upper in SIDES:
        if side < upper:
            return f"{lower}-{upper - 1}"
        lower = upper
    return f"{lower}-"


def preview_name(position: int) -> str:
    return f"{position:012d}.webp"


class Sample:
    """The items whose hashed position is lowest: spread evenly, the same in every run, and known
    without knowing how many items there will be.
    """

    def __init__(self, state: list[dict[str, Any]] | None = None) -> None:
        self.entries: list[dict[str, Any]] = list(state or [])

    @staticmethod
    def rank(position: int) -> str:
        return hashlib.sha256(str(position).encode()).hexdigest()[:16]

    def would_take(self, position: int) -> bool:
        entries = self.entries
        return len(entries) < SAMPLE_SIZE or self.rank(position) < entries[-1]["rank"]

    def add(self, item: Item) -> int:
        """Returns the position that it takes the place of; -1 while there is room."""
        self.entries.append(
            {
                "rank": self.rank(item.position),
                "position": item.position,
                "key": item.key,
                "caption": item.caption[:LONGEST_CAPTION],
                "language": item.language,
                "country": item.country,
                "licence": item.licence,
                "width": item.width,
                "height": item.height,
                "preview": preview_name(item.position),
            }
        )
        self.entries.sort(key=lambda entry: str(entry["rank"]))
        return int(self.entries.pop()["position"]) if len(self.entries) > SAMPLE_SIZE else -1

    def in_order(self) -> list[dict[str, Any]]:
        entries = sorted(self.entries, key=lambda entry: int(entry["position"]))
        return [{k: v for k, v in entry.items() if k != "rank"} for entry in entries]
