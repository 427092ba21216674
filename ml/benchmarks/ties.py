"""Which questions of a quiz belong together, and are drawn together."""

from collections.abc import Mapping

from specs.quiz import QuizItem
from stats import labels

Tie = tuple[str, str]
"""Of what is scored: its group, and the digest of its picture or nothing."""
UNIT = "questions of one group or about one picture"
"""What is drawn together, in words."""


def find(item: QuizItem) -> Tie:
    return item.group, item.sha256


def find_clusters(ties: Mapping[str, Tie]) -> dict[str, str]:
    """Of each question, what it is drawn with. Versions of one question share what makes it hard,
    and so do questions about one picture: as independent ones they would make intervals too small.
    """
    if not ties:
        return {}
    groups, pictures = zip(*ties.values(), strict=True)
    codes = labels.connect(groups, pictures)
    return {key: str(code) for key, code in zip(ties, codes.tolist(), strict=True)}
