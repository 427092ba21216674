"""Ranks of an index's chunks by vectors, their joining with ranks by words, and what is taken.

Ranks by vectors are computed here, exactly, or come from whoever keeps the vectors in a database,
as a file that names chunks, best first; either way the same passages are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.datasets.problems import shown
from ml.retrieval import exact, folders, fusion
from ml.retrieval.folders import FILTERS, Index
from ml.retrieval.fusion import Fused
from ml.retrieval.problems import CannotRetrieve
from ml.retrieval.questions import QueryVectors
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """Rows of the index, best first, with what they were ranked by."""

    rows: Sequence[int]
    scores: Sequence[float]


NOTHING = Ranked(rows=(), scores=())


@dataclass(frozen=True, kw_only=True)
class Hit:
    row: int
    score: float  # what the order is by: of the words, of the vectors, or of both ranks
    lexical_rank: int | None
    dense_rank: int | None


def choose_rows(index: Index, spec: KnowledgeRetrieve) -> NDArray[np.int64]:
    """Chunks that the filters let through."""
    wanted = {name: getattr(spec, name) for name in FILTERS if getattr(spec, name)}
    rows = [
        row for row, chunk in enumerate(index.chunks)
        if all(getattr(chunk, name) == value for name, value in wanted.items())
    ]  # fmt: skip
    if not rows:
        said = ", ".join(f"{name} '{shown(value)}'" for name, value in wanted.items())
        raise CannotRetrieve(f"The knowledge base has no passage of {said}.")
    return np.array(rows, np.int64)


def rank_by_vectors(
    index: Index, rows: NDArray[np.int64], found: QueryVectors, keys: Sequence[str], depth: int
) -> dict[str, Ranked]:
    """By key."""
    assert index.vectors is not None, "Was checked with the encoder."
    vectors = index.vectors if len(rows) == len(index.chunks) else index.vectors[rows]
    asked = found.vectors[[found.rows[key] for key in keys]]
    nearest = exact.search(vectors, asked, depth)
    return {
        key: Ranked(rows=rows[each.rows].tolist(), scores=each.scores.tolist())
        for key, each in zip(keys, nearest, strict=True)
    }


def read_ranks(
    path: Path, index: Index, rows: NDArray[np.int64], keys: Sequence[str], depth: int
) -> dict[str, Ranked]:
    """A line per question: {"key", "chunk_ids", "scores"}, at least as deep as is searched here."""
    places = {chunk.id: row for row, chunk in enumerate(index.chunks)}
    allowed = set(rows.tolist())
    found: dict[str, Ranked] = {}
    for where, line in folders.read_lines(path):
        key, ids, scores = _read_rank(where, line)
        if len(ids) != len(scores) or len(set(ids)) != len(ids):
            raise CannotRetrieve(f"{where} does not rank each chunk once, with its score.")
        ranked = [places.get(each, -1) for each in ids]
        if not set(ranked) <= allowed:
            wrong = next(each for each, row in zip(ids, ranked, strict=True) if row not in allowed)
            raise CannotRetrieve(f"{where} ranks '{shown(wrong)}', which is not searched here.")
        if len(ranked) < min(depth, len(allowed)):
            raise CannotRetrieve(
                f"{where} ranks {len(ranked):,} chunks; {min(depth, len(allowed)):,} are needed."
            )
        found[key] = Ranked(rows=ranked[:depth], scores=scores[:depth])
    missing = [key for key in keys if key not in found]
    if missing:
        raise CannotRetrieve(
            f"'{shown(path.name)}' has no ranks for {len(missing):,} questions, such as "
            f"'{shown(missing[0])}'."
        )
    return found


def _read_rank(where: str, line: Any) -> tuple[str, list[str], list[float]]:
    try:
        ids, scores = list(map(str, line["chunk_ids"])), list(map(float, line["scores"]))
        return str(line["key"]), ids, scores
    except (KeyError, TypeError, ValueError) as error:
        raise CannotRetrieve(f"{where} does not hold key, chunk_ids and scores.") from error


def join(lexical: Ranked, dense: Ranked, spec: KnowledgeRetrieve) -> list[Hit]:
    """By the method that was asked for."""
    if spec.method == "hybrid":
        fused = fusion.fuse((lexical.rows, dense.rows), k=spec.rrf_k)
        return [_to_hit(each) for each in fused]
    is_lexical = spec.method == "lexical"
    ranked = lexical if is_lexical else dense
    return [
        Hit(
            row=row,
            score=score,
            lexical_rank=rank if is_lexical else None,
            dense_rank=None if is_lexical else rank,
        )
        for rank, (row, score) in enumerate(zip(ranked.rows, ranked.scores, strict=True), 1)
    ]


def _to_hit(fused: Fused) -> Hit:
    lexical_rank, dense_rank = fused.ranks
    return Hit(row=fused.row, score=fused.score, lexical_rank=lexical_rank, dense_rank=dense_rank)


def choose(hits: Sequence[Hit], index: Index, spec: KnowledgeRetrieve) -> list[Hit]:
    """The best, of each passage one if asked so."""
    if not spec.one_per_passage:
        return list(hits[: spec.num_passages])
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(index.chunks[hit.row].passage_id, hit)
    return list(first.values())[: spec.num_passages]
