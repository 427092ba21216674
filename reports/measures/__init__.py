"""What every measure is, in words: for codebooks, for the glossary of the printed report and for
pages. A figure may carry a sharper definition of its own; these are for people who ask.
"""

from reports.measures import agreement, effects, frontier, people
from reports.measures.measure import Measure

MEASURES = (
    *agreement.AGREEMENT,
    *agreement.LEFT_OUT,
    *agreement.USED,
    *effects.EFFECTS,
    *effects.MODEL,
    *people.RATERS,
    *people.ITEMS,
    *people.COUNTS,
    *frontier.FRONTIER,
    *frontier.SETTINGS,
)
_BY_PATH = {measure.path: measure for measure in MEASURES}


def find(*keys: str) -> Measure | None:
    """By the keys that lead to a figure: the longest end of them that is known."""
    ends = (".".join(keys[start:]) for start in range(len(keys)))
    return next((_BY_PATH[end] for end in ends if end in _BY_PATH), None)
