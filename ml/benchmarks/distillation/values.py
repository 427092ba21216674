"""One number of one model, before it is known whose student that is.

What does not say its language counts where all languages are taken together, as whoever asks for
everything expects, and is no language of its own: of its captions nobody knows in what they agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from stats.answers.score import Scored
from stats.distillation import measures
from stats.distillation.rows import ALL
from stats.retrieval.measures import MEASURES
from stats.retrieval.score import Retrieved
from stats.vectors.consistency import Consistency
from stats.vectors.purity import Purity

FILE = "measured.json"  # where they stand
_PER_CENT = 100.0
_LANGUAGE = "prompt_language:"  # with its variety, as captions are told apart by


@dataclass(frozen=True, kw_only=True)
class Value:
    task: str
    measure: str
    value: float
    language: str = ALL
    num_items: int = 0


def of_retrieval(found: Retrieved) -> Iterator[Value]:
    """By direction: all queries together, then each language."""
    whole = found.to_json()["measures"]
    rows = found.list_rows()
    for direction, values in whole.items():
        own = [row for row in rows if row.direction == direction]
        num_items = sum(row.num_queries for row in own)
        for name in MEASURES:
            yield Value(task=direction, measure=name, value=values[name], num_items=num_items)
            for row in own:
                if row.language:
                    yield Value(
                        task=direction,
                        measure=name,
                        value=row.values[name],
                        language=row.language,
                        num_items=row.num_queries,
                    )


def of_questions(found: Scored) -> Iterator[Value]:
    assert found.score is not None, "A quiz without questions with options is refused before."
    task, name = measures.ZEROSHOT, measures.ACCURACY
    yield Value(task=task, measure=name, value=found.score, num_items=len(found.items))
    for label, value in found.by_label.items():
        if label.startswith(_LANGUAGE):
            yield Value(
                task=task,
                measure=name,
                value=value,
                language=label.removeprefix(_LANGUAGE),
                num_items=found.questions_by_label[label],
            )


def of_consistency(found: Consistency) -> Iterator[Value]:
    task, name = measures.CONSISTENCY, measures.CORRELATION
    yield Value(task=task, measure=name, value=found.whole, num_items=found.count())
    for language, value in found.by_language.items():
        num = found.count(language)
        yield Value(task=task, measure=name, value=value, language=language, num_items=num)


def of_purity(found: Purity) -> Iterator[Value]:
    task = name = measures.PURITY
    whole, num = _PER_CENT * found.whole, sum(found.num_sentences.values())
    yield Value(task=task, measure=name, value=whole, num_items=num)
    for language, value in found.by_language.items():
        if language:
            yield Value(
                task=task,
                measure=name,
                value=_PER_CENT * value,
                language=language,
                num_items=found.num_sentences[language],
            )
