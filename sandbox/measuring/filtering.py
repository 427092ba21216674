"""How well a filter did on a drawn pool, of which the truth is known.

Duplicates: planted pictures that came to the stage beside another of their group are to be dropped,
and what is dropped is to be planted. Region: of the rows that came to the stage, those that show
something regional are to be kept.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sandbox.pool import truth

Truth = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a whole; its value is None where there is nothing to be a part of."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"value": self.value}


@dataclass(frozen=True, kw_only=True)
class Found:
    """None where the filter had no such stage."""

    duplicate_recall: Share | None  # of the planted ones that came to the stage: dropped
    duplicates_not_planted: Share | None  # of the dropped ones: not planted
    region_precision: Share | None  # of those that the stage kept: regional
    region_recall: Share | None  # of the regional ones that came to it: kept

    def to_json(self) -> dict[str, Any]:
        return {name: share and share.to_json() for name, share in vars(self).items()}


def measure(filtered: Path, pool: Path) -> Found:
    """`filtered` is what dataset.filter wrote of `pool`."""
    known: Truth = {row["key"]: row for row in truth.read(pool).to_pylist()}
    facts = json.loads((filtered / "funnel.json").read_text("utf-8"))
    order = {entry["stage"]: number for number, entry in enumerate(facts["funnel"])}
    ends = dict(_read_ends(filtered))
    # Key -> the number of the stage that rejected it; kept rows passed them all.
    stopped = {key: order.get(stage, len(order)) for key, (stage, _) in ends.items()}
    found: dict[str, Share | None] = dict.fromkeys(Found.__dataclass_fields__)
    if "duplicates" in order:
        dropped = {key: of for key, (stage, of) in ends.items() if stage == "duplicates"}
        came = [key for key, number in stopped.items() if number >= order["duplicates"]]
        found |= _measure_duplicates(known, came, dropped)
    if "region" in order:
        came = [key for key, number in stopped.items() if number >= order["region"]]
        kept = [key for key, number in stopped.items() if number > order["region"]]
        found |= _measure_region(known, came, kept)
    return Found(**found)


def _read_ends(filtered: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Of each row the stage that rejected it, '' for none, and the row that it repeats."""
    for path in sorted(filtered.glob("rejected-*.parquet")):
        for row in pq.read_table(path, columns=["key", "stage", "of"]).to_pylist():
            yield row["key"], (row["stage"], row["of"])
    for path in sorted(filtered.glob("items-*.parquet")):
        for row in pq.read_table(path, columns=["key"]).to_pylist():
            yield row["key"], ("", "")


def _measure_duplicates(
    known: Truth, came: list[str], dropped: Mapping[str, str]
) -> dict[str, Share]:
    """Which of a group is kept does not matter: whoever came first."""
    groups: dict[str, int] = {}
    for key in came:
        original = _find_original(known, key)
        groups[original] = groups.get(original, 0) + 1
    num_surplus = sum(size - 1 for size in groups.values())
    num_right = sum(
        _find_original(known, key) == _find_original(known, of) for key, of in dropped.items()
    )
    return {
        "duplicate_recall": Share(part=num_right, whole=num_surplus),
        "duplicates_not_planted": Share(part=len(dropped) - num_right, whole=len(dropped)),
    }


def _find_original(known: Truth, key: str) -> str:
    return str(known[key]["copy_of"] or key)


def _measure_region(known: Truth, came: list[str], kept: list[str]) -> dict[str, Share]:
    num_right = sum(known[key]["is_regional"] for key in kept)
    num_regional = sum(known[key]["is_regional"] for key in came)
    return {
        "region_precision": Share(part=num_right, whole=len(kept)),
        "region_recall": Share(part=num_right, whole=num_regional),
    }
