"""The paper's own points (arXiv 2604.11490 v2, tables 3 and 4), to stand beside ours, labelled.

DPG-Bench overall for keeping; the people's mean over all strata on a scale of 3 levels for gaining.
The paper publishes no interval for either.
"""

from dataclasses import dataclass

from domain.results.report import Design

LEVELS = 3


@dataclass(frozen=True, kw_only=True)
class PaperPoint:
    name: str
    beta: float
    benchmark: float
    correctness: float
    naturalness: float


POINTS = (
    PaperPoint(name="SDXL", beta=0, benchmark=73.75, correctness=1.491, naturalness=1.675),
    PaperPoint(
        name="SEA-SDXL 25%", beta=0.25, benchmark=74.75, correctness=1.569, naturalness=1.767
    ),
    PaperPoint(name="SEA-SDXL 100%", beta=1, benchmark=74.32, correctness=1.431, naturalness=1.557),
)


def list_points_beside(design: Design) -> tuple[PaperPoint, ...]:
    """Those that may stand beside a study's: its gains are levels of a scale of 3, given to
    pictures, or there are none.
    """
    levels = {each.levels for each in design.criteria}
    return POINTS if design.medium == "picture" and levels == {LEVELS} else ()


def retention(point: PaperPoint) -> float:
    return point.benchmark / POINTS[0].benchmark


def gain(point: PaperPoint) -> float:
    """In levels of correctness."""
    return point.correctness - POINTS[0].correctness
