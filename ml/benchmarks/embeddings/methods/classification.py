"""Pictures of a data set, sorted into the classes of one of its columns."""

from collections.abc import Sequence
from pathlib import Path

from ml.benchmarks.embeddings import phrases
from ml.benchmarks.embeddings.choosing import Choice, Choosing
from ml.benchmarks.embeddings.sources import DatasetSource, Entry
from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets.problems import shown
from specs.embeddings.classification import Classification
from stats.answers.modes import Question

_FEWEST = 2


def plan(
    method: Classification, scope: str, *, dataset: Path | None, quiz: Path | None
) -> Choosing:
    if dataset is None or quiz is not None:
        raise BenchmarkImpossible("Classes are of a data set: name one, and no quiz.")
    source = DatasetSource(dataset)
    once = _list_once(source.entries, method.label_column)
    classes = sorted({name for _, name in once})
    if len(classes) < _FEWEST:
        raise BenchmarkImpossible(
            f"The column '{shown(method.label_column)}' of '{shown(dataset.name)}' has "
            f"{len(classes)} classes; at least {_FEWEST} are needed to choose from."
        )
    options = tuple(phrases.write(method.templates, option=name) for name in classes)
    choices = [
        Choice(
            question=Question(
                key=entry.key,
                options=tuple(classes),
                answer=classes.index(name),
                answers=(name,),
                labels=(*entry.list_labels(), f"class:{name}"),
            ),
            picture=entry.sha256,
            options=options,
            scope=entry.find_scope(scope),
            tie=(entry.sha256, entry.sha256),
        )
        for entry, name in once
    ]
    others = len({entry.sha256 for entry in source.entries}) - len(choices)
    return Choosing(
        mode=method.method,
        source=source,
        choices=choices,
        left_out={"pictures without a class": others} if others else {},
    )


def _list_once(entries: Sequence[Entry], column: str) -> list[tuple[Entry, str]]:
    """The first row of each picture that has a class: its captions in several languages are several
    rows.
    """
    found: dict[str, tuple[Entry, str]] = {}
    for entry in entries:
        name = entry.read_text(column)
        if not name:
            continue
        first, before = found.setdefault(entry.sha256, (entry, name))
        if before != name:
            raise BenchmarkImpossible(
                f"The picture of '{shown(first.key)}' and '{shown(entry.key)}' is of two classes: "
                f"'{shown(before)}' and '{shown(name)}'."
            )
    return list(found.values())
