"""What is searched for: questions of a quiz or prompts, as words and as vectors."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import files
from ml.datasets.problems import shown
from ml.loading import prompts as prompt_files
from ml.loading import quizzes
from ml.retrieval import folders
from ml.retrieval.folders import Vectors
from ml.retrieval.problems import CannotRetrieve
from specs.kinds.questions.questions_embed import QueryText

KEYS = "keys.json"


@dataclass(frozen=True, kw_only=True)
class Query:
    key: str
    text: str


@dataclass(frozen=True)
class QueryVectors:
    encoder: Mapping[str, Any]
    rows: Mapping[str, int]  # by key
    vectors: Vectors


def read(quiz: Path | None, prompts: Path | None, query_text: QueryText) -> list[Query]:
    """At least one, in the order of the file."""
    if (quiz is None) == (prompts is None):
        given = "neither was given" if quiz is None else "both were given"
        raise CannotRetrieve(f"Passages are found for a quiz or for prompts; {given}.")
    if prompts is not None:
        return [Query(key=each.key, text=each.text) for each in prompt_files.read(prompts)]
    assert quiz is not None, "One of the two was given."
    with_options = query_text == "question-and-options"
    return [
        Query(
            key=item.key,
            text="\n".join((item.question, *(item.options if with_options else ()))),
        )
        for item in quizzes.read(quiz).items
    ]


def write_vectors(
    folder: Path, queries: Sequence[Query], vectors: Vectors, facts: Mapping[str, Any]
) -> None:
    """`facts` says which encoder made them."""
    folders.write_vectors(folder, vectors)
    files.write_json(folder / KEYS, {**facts, "keys": [query.key for query in queries]})


def read_vectors(folder: Path) -> QueryVectors:
    try:
        facts = json.loads((folder / KEYS).read_text("utf-8"))
        keys, encoder = list(map(str, facts["keys"])), dict(facts["encoder"])
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CannotRetrieve(
            f"'{shown(folder.name)}' holds no vectors of questions: there is no {KEYS} in it."
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CannotRetrieve(
            f"{KEYS} of '{shown(folder.name)}' does not say which vectors they are."
        ) from error
    vectors = folders.read_vectors(folder, len(keys))
    return QueryVectors(encoder, {key: row for row, key in enumerate(keys)}, vectors)
