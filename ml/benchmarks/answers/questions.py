"""Questions of a quiz as they are scored, and the groups in which they are reported apart."""

from specs.quiz import QuizItem
from stats.answers.modes import Question


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
