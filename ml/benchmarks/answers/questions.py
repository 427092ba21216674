"""Questions of a quiz as they are scored, and the groups in which they are reported apart, and in
which they are drawn together.
"""

from collections.abc import Mapping

from specs.quiz import QuizItem
from stats import labels
from stats.answers.modes import Question

Tie = tuple[str, str]
"""Of a question: its group, and the digest of its picture or nothing."""
UNIT = "questions of one group or about one picture"
"""What is drawn together, in words."""


def make(item: QuizItem) -> Question:
    return Question(
        key=item.key,
        options=item.options,
        answer=item.answer,
        answers=item.answers,
        language=item.language,
        labels=tuple(list_labels(item)),
    )


def list_labels(item: QuizItem) -> list[str]:
    """The language without its variety, and the words' own as the language of the prompt."""
    values = {
        "country": item.country,
        "language": item.language.partition("-")[0],
        "prompt_language": item.language,
        "category": item.category,
        "stratum": item.stratum,
    }
    return [f"{name}:{value}" for name, value in values.items() if value]


def find_tie(item: QuizItem) -> Tie:
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
