"""Where a model comes from and what was made of it, as a drawing: places for boxes and lines.

Columns are generations: a model stands to the right of what it was made from. Many merges of one
pair stand below each other by beta.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.variants.models import Variant

BOX_WIDTH, BOX_HEIGHT = 200, 44
GAP_X, GAP_Y = 64, 14
MARGIN = 4


@dataclass(frozen=True)
class Box:
    variant: Variant
    x: int
    y: int
    is_here: bool


@dataclass(frozen=True)
class Line:
    """From the right edge of one box to the left edge of another."""

    x1: int
    y1: int
    x2: int
    y2: int
    middle: int
    is_tuned: bool  # it carries the tuned weights of a merge


@dataclass(frozen=True)
class Lineage:
    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def draw(variants: Sequence[Variant], here: uuid.UUID) -> Lineage:
    """A family of models, each at most once."""
    by_id = {variant.id: variant for variant in variants}
    columns: dict[int, list[Variant]] = {}
    for variant in sorted(by_id.values(), key=_order):
        columns.setdefault(_count_generations(variant, by_id), []).append(variant)
    boxes = {
        variant.id: Box(
            variant,
            MARGIN + column * (BOX_WIDTH + GAP_X),
            MARGIN + row * (BOX_HEIGHT + GAP_Y),
            variant.id == here,
        )
        for column, members in columns.items()
        for row, variant in enumerate(members)
    }
    return Lineage(
        boxes=list(boxes.values()),
        lines=[line for box in boxes.values() for line in _draw_lines(box, boxes)],
        width=max(box.x for box in boxes.values()) + BOX_WIDTH + MARGIN,
        height=max(box.y for box in boxes.values()) + BOX_HEIGHT + MARGIN,
    )


def _order(variant: Variant) -> tuple[float, uuid.UUID]:
    return (variant.beta if variant.beta is not None else -1.0, variant.id)


def _list_parents(variant: Variant) -> list[uuid.UUID]:
    return [each for each in (variant.base_id, variant.tuned_id) if each is not None]


def _count_generations(variant: Variant, by_id: Mapping[uuid.UUID, Variant]) -> int:
    """Steps from the farthest ancestor that is shown. Parents exist before their children, so
    there are no circles.
    """
    parents = [by_id[each] for each in _list_parents(variant) if each in by_id]
    return 1 + max((_count_generations(parent, by_id) for parent in parents), default=-1)


def _draw_lines(box: Box, boxes: Mapping[uuid.UUID, Box]) -> list[Line]:
    found = []
    for parent_id in _list_parents(box.variant):
        parent = boxes.get(parent_id)
        if parent is not None:
            x1, x2 = parent.x + BOX_WIDTH, box.x
            found.append(
                Line(
                    x1=x1,
                    y1=parent.y + BOX_HEIGHT // 2,
                    x2=x2,
                    y2=box.y + BOX_HEIGHT // 2,
                    # The bend lies in the gap before the child, clear of boxes between.
                    middle=x2 - GAP_X // 2,
                    is_tuned=parent_id == box.variant.tuned_id,
                )
            )
    return found
